"""`remit watch`: what a person reads, what a program reads, and what is refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.watch.libraries import needs_durable
from remit_engine.watch import choosing

POLICY = """\
policy shop "Shop" { owner boss  currency EUR  effective from 2026-01-01 }
position boss
position clerk { reports to boss }
record Customer { id: text  used: money  line: money }
event Return { id: text  date: date  customer: Customer  amount: money }
event Report { id: text  date: date  author: Person }
action release { customer: Customer  amount: money  limit on amount }
authority release { clerk may approve any }
watch credit on Customer {
  over: when used over line notify clerk freeze release raise critical to boss
    because "the line is used up" zh "额度已用完"
  when 2 Return within 30 days notify boss
}
duty monthly: clerk reports to boss monthly by day 5 with Report by author
"""
PEOPLE = """\
people:
  - {id: ann, name: Ann, positions: [{position: clerk, from: 2026-01-01}]}
  - {id: bo, name: Bo, positions: [{position: boss, from: 2026-01-01}]}
"""
EVENTS = [
    {"kind": "Customer", "id": "c1", "entry": "o1", "on": "2026-01-02",
     "facts": {"used": 101, "line": 100}},
    {"kind": "Return", "id": "r1", "date": "2026-01-03", "customer": {"id": "c1"}, "amount": 5},
    {"kind": "Return", "id": "r2", "date": "2026-01-04", "customer": {"id": "c1"}, "amount": 5},
    {"kind": "Customer", "id": "c1", "entry": "o2", "on": "2026-01-05", "facts": {"used": 100}},
]  # fmt: skip


@pytest.fixture
def shop(remit, file):
    file("shop/shop.remit", POLICY)
    file("shop/directory.yaml", PEOPLE)
    file("events.jsonl", "".join(json.dumps(e) + "\n" for e in EVENTS))
    return remit


def test_alerts_are_told_in_order_with_why_whom_and_what(shop) -> None:
    ran = shop("watch", "shop", "--replay", "events.jsonl", "--matcher", "plain")
    assert ran.code == 0
    assert (
        ran.out
        == """\
2026-01-02  critical   credit.over  c1
            the line is used up
            used over line: 101.00 EUR against 100.00 EUR
            told: Ann (clerk)
            release is frozen
2026-01-04  info       credit.2  c1
            2 Return within 30 days: 2 against 2
            told: Bo (boss)
2026-01-05  cleared    credit.over  c1  since 2026-01-02

rule         severity  alerts  open
credit.over  critical  1       0
credit.2     info      1       1

4 lines: 4 taken, as of 2026-01-05 (matched by plain)
"""
    )


def test_a_day_may_be_named_and_the_reason_is_in_the_language_asked_for(shop) -> None:
    ran = shop("watch", "shop", "--replay", "events.jsonl", "--until", "2026-02-10",
               "--since", "2026-01-01", "--rule", "monthly", "--language", "zh")  # fmt: skip
    assert "2026-02-06  info       monthly  ann, 2026-01-01\n" in ran.out
    assert "Report by 2026-02-05: none against 1" in ran.out
    assert "as of 2026-02-10" in ran.out
    ran = shop("watch", "shop", "--replay", "events.jsonl", "--rule", "over", "--language", "zh")
    assert "额度已用完" in ran.out


def test_lines_of_later_days_than_the_one_that_is_named_are_left_alone(shop, file) -> None:
    words = ("watch", "shop", "--replay", "events.jsonl", "--until", "2026-01-04")
    ran = shop(*words)
    assert ran.code == 0, ran.err
    assert "4 lines: 3 taken, 1 of later days left alone, as of 2026-01-04" in ran.out
    assert "cleared" not in ran.out
    file("events.jsonl", json.dumps(EVENTS[1] | {"date": "soon"}) + "\n")
    assert shop(*words).code != 0


def test_a_program_reads_a_line_for_each_happening_and_the_counts_last(shop) -> None:
    ran = shop("watch", "shop", "--replay", "events.jsonl", "--json", "--matcher", "plain")
    *happenings, last = map(json.loads, ran.out.splitlines())
    assert [h["happening"] for h in happenings] == ["begun", "begun", "cleared"]
    alert = happenings[0]["alert"]
    assert (alert["rule"], alert["subject"]) == ("shop.credit.over", "c1")
    assert alert["restraints"][0]["action"] == "shop.release"
    assert happenings[2]["alert"]["id"] == alert["id"]
    assert last["summary"] == {
        "lines": 4, "accepted": 4, "late": 0, "copies": 0, "after": 0, "refused": 0,
        "matcher": "plain", "corrected": 0,
    }  # fmt: skip


def test_lines_that_cannot_be_taken_are_told_and_the_others_are_taken(shop, file) -> None:
    more = ["{", '{"kind": "Retrun", "id": "r9", "date": "2026-01-06"}',
            '{"kind": "Return", "id": "r9", "date": "2026-01-06", "customer": {"id": "c1"}, '
            '"amount": "5"}', json.dumps(EVENTS[0]),
            '{"kind": "Return", "id": "r8", "date": "2999-01-06", "customer": {"id": "c1"}, '
            '"amount": 5}']  # fmt: skip
    text = Path("events.jsonl").read_text("utf-8")
    file("events.jsonl", text + "\n".join(more) + "\n")
    ran = shop("watch", "shop", "--replay", "events.jsonl", "--brief", "--matcher", "plain")
    assert ran.code == 4
    assert "9 lines: 4 taken, 1 told before, 4 refused" in ran.out
    first, second, third, fourth = ran.err.splitlines()
    assert first.startswith("refused  line 5: not JSON at column 2")
    assert "line 6: kind: " in second
    assert "`Return`" in second
    assert 'line 7: amount: `"5"` is not an amount of money: write 5 without quotes' in third
    assert "line 9: on: 2999-01-06 is after today" in fourth


@pytest.mark.parametrize(
    ("words", "said", "cure"),
    [
        ([], "name one file of events", "write `--replay FILE` or `--follow FILE`"),
        (["--replay", "e", "--follow", "e"], "name one file of events", None),
        (["--replay", "nothing.jsonl"], "there is no file `nothing.jsonl`", None),
        (["--follow", "events.jsonl", "--until", "2026-01-01"], "`--until` is for `--replay`",
         None),
        (["--replay", "events.jsonl", "--matcher", "magic"],
         "there is no matcher `magic`: it is plain or durable", None),
        (["--replay", "events.jsonl", "--until", "soon"], "--until: ", None),
        (["--replay", "events.jsonl", "--since", "2026-02-02", "--until", "2026-02-01"],
         "`--since` 2026-02-02 is after `--until` 2026-02-01", "the first day comes before"),
        (["--follow", "events.jsonl", "--since", "2999-01-01"],
         "`--since` 2999-01-01 is after today (", None),
        (["--replay", "events.jsonl", "--rule", "credit.ovre"],
         "there is no rule, watch or duty `credit.ovre`", "did you mean `credit.over`?"),
    ],
)  # fmt: skip
def test_wrong_use_says_what_to_do(shop, words, said, cure) -> None:
    ran = shop("watch", "shop", *words)
    assert ran.code == 2
    assert said in ran.err
    assert cure is None or cure in ran.err


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("C1", "nothing that is watched is called `C1`, did you mean `c1`?\n"),
        ("anne", "nothing that is watched is called `anne`, did you mean `ann`?\n"),
        ("r1", "nothing that is watched is called `r1`: write a key such as `c1`\n"),
        ("c1", ""),
        ("ann", ""),
    ],
)
def test_a_subject_that_nobody_knows_is_told_with_the_nearest_name(shop, wanted, said) -> None:
    ran = shop("watch", "shop", "--directory", "shop/directory.yaml", "--replay", "events.jsonl",
               "--subject", wanted)  # fmt: skip
    assert ran.code == 0
    assert ran.err == said
    assert ("credit.over  c1" in ran.out) is (wanted == "c1")


@needs_durable
def test_without_durable_rules_it_is_said_and_the_answers_are_the_same(shop, monkeypatch) -> None:
    with_it = shop("watch", "shop", "--replay", "events.jsonl", "--verbose")
    assert "(matched by durable)" in with_it.out
    monkeypatch.setitem(sys.modules, "durable", None)  # as where it is not installed
    monkeypatch.setattr(choosing.sys, "version_info", (3, 13, 0))
    without = shop("watch", "shop", "--replay", "events.jsonl", "--verbose")
    assert without.out == with_it.out.replace("by durable", "by plain")
    assert (
        "rules are matched by `plain`: durable-rules is not installed "
        "(it does not run on Python 3.13 or later)\n"
    ) in without.err
    asked = shop("watch", "shop", "--replay", "events.jsonl", "--matcher", "durable")
    assert asked.code != 0
    assert "help: write `--matcher plain`" in asked.err


def test_a_subject_of_a_file_without_entries(shop, file) -> None:
    file("events.jsonl", "")
    ran = shop("watch", "shop", "--replay", "events.jsonl", "--subject", "c1")
    assert ran.err == "nothing that is watched is called `c1`, or anything else so far\n"


def test_a_subject_is_told_on_one_line(shop, file) -> None:
    text = Path("shop/shop.remit").read_text("utf-8")
    text = text.replace(
        "customer: Customer  amount: money }\nevent Rep",
        "customer: Customer  product: text  amount: money }\nevent Rep",
    )
    file("shop/shop.remit", text + "watch product on Return by product "
         "{ when 1 Return notify boss }\n")  # fmt: skip
    returned = {**EVENTS[1], "product": "pump\n2026-01-09  cleared    credit.over  c1"}
    file("events.jsonl", json.dumps(returned) + "\n")
    ran = shop("watch", "shop", "--replay", "events.jsonl", "--matcher", "plain")
    first, second, *_ = ran.out.splitlines()
    assert first.endswith("product.1  pump\ufffd2026-01-09  cleared    credit.over  c1")
    assert second.strip().startswith("1 Return")


def test_a_policy_that_watches_nothing_says_so(house) -> None:
    Path("e.jsonl").write_text("{}\n")
    ran = house("watch", "--replay", "e.jsonl")
    assert (ran.code, "the policy watches nothing" in ran.err) == (2, True)


def test_what_is_followed_goes_on_until_it_is_stopped(shop) -> None:
    command = [sys.executable, "-m", "remit_api", "watch", "shop", "--follow", "events.jsonl",
               "--matcher", "plain", "--json"]  # fmt: skip
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert child.stdout is not None
    seen = [json.loads(child.stdout.readline()) for _ in range(3)]
    with Path("events.jsonl").open("a") as stream:
        day = time.strftime("%Y-%m-%d")
        again = {"kind": "Customer", "id": "c2", "entry": "o9", "on": day}
        stream.write(json.dumps({**again, "facts": {"used": 7, "line": 6}}) + "\n")
    while seen[-1]["alert"]["subject"] != "c2":
        seen.append(json.loads(child.stdout.readline()))
    child.send_signal(signal.SIGINT)
    rest, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    assert json.loads(rest.splitlines()[-1])["summary"]["accepted"] == 5
