"""Everything that can be said in words: attributes, totals, evidence, approvals."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

POLICY = """\
policy shop "Shop" { effective from 2026-01-01 owner head currency EUR }
enum Region "Region" { north south }
position head "Head"
position manager "Manager" { reports to head }
position clerk "Clerk" { reports to manager }
position auditor "Auditor" { reports to head }
record Person { territory: set of Region }
action spend "Spend money" { amount money "Amount"  region Region optional  limit on amount }
authority spend {
  clerk may approve up to 100 each, 250 per month when region in actor.territory
  head may approve any
  big: approve over 50 needs review by auditor
  proof: approve over 80 needs evidence offer "A written offer"
  escalate to the first superior able
}
"""
DAY = ("--as-of", "2026-03-02")


@pytest.fixture
def shop(remit, file):
    file("policies/shop.remit", POLICY)
    return lambda *words: remit("decide", "--actor", "clerk", "region=north", *DAY, *words)


NORTH = ("--actor-attribute", "territory=north,south")


def test_attributes_of_an_actor(shop):
    month = ("--total", "month=0")
    assert shop("amount=10", *NORTH, *month).code == 0
    assert shop("amount=10", "--actor-attribute", "territory=south", *month).code == 11
    ran = shop("amount=10", *month)
    assert ran.code == 13
    assert "actor.territory" in ran.out


def test_an_attribute_without_a_value(shop):
    ran = shop("amount=10", "--actor-attribute", "territory")
    assert ran.code == 2
    assert "write it as `territory=east`" in ran.err


def test_running_totals(shop):
    assert shop("amount=10", *NORTH, "--total", "month=240").code == 0
    ran = shop("amount=10.01", *NORTH, "--total", "month=240")
    assert ran.code == 11
    assert "10.00 EUR left: 0.01 EUR too little" in ran.out
    ran = shop("amount=10", *NORTH, "--total", "mnth=240")
    assert ran.code == 4
    assert "did you mean `month`?" in ran.err
    ran = shop("amount=10", *NORTH, "--total", "month=lots")
    assert ran.code == 4
    assert "totals.month" in ran.err


def test_approvals_and_evidence(shop):
    words = ("amount=90", *NORTH, "--total", "month=0")
    ran = shop(*words)
    assert ran.code == 10
    assert "A written offer" in ran.out
    assert shop(*words, "--approval", "review=auditor").code == 10
    assert shop(*words, "--approval", "review=auditor", "--evidence", "offer").code == 0
    assert shop(*words, "--approval", "review=eve@auditor", "--evidence", "offer").code == 0


def test_misspelt_evidence_is_refused(shop):
    ran = shop("amount=90", *NORTH, "--evidence", "ofer")
    assert ran.code == 4
    assert "evidence: there is no evidence `ofer`, did you mean `offer`?" in ran.err


def test_needs_say_what_to_type(shop):
    words = ("amount=90", *NORTH, "--total", "month=0")
    both = "--approval review=PERSON --evidence offer"
    assert f"once done, say so with: {both}" in shop(*words).out
    assert f"完成后补充输入：{both}" in shop(*words, "--language", "zh").out
    ran = shop(*words, "--evidence", "offer")
    assert "once done, say so with: --approval review=PERSON" in ran.out


def test_missing_facts_say_what_to_type(remit, shop):
    said = shop("amount=10").out
    assert "say it with: --actor-attribute territory=… --total month=…" in said
    ran = remit("max", "--actor", "clerk", "region=north", *DAY)
    assert ran.line("say it with") == "--actor-attribute territory=… --total month=…"


def test_what_is_asked_may_be_of_the_actor_or_a_total(remit, shop):
    words = ("decide", "--actor", "clerk", "region=north", "amount=10", *DAY, "--ask")
    ran = remit(*words, input="nrth\nnorth\n0\n")
    assert ran.code == 0, ran.err
    assert "did you mean `north`?" in ran.err


def test_the_same_in_a_batch(remit, shop, file):
    file(
        "in.csv",
        "actor,amount,region,actor.territory,totals.month,approvals,evidence\n"
        "clerk,10,north,north,0,,\n"
        "clerk,90,north,north,0,review=auditor,offer\n"
        "clerk,90,north,north,200,review=auditor,offer\n"
        "clerk,10,north,nrth,0,,\n"
        "clerk,10,north,north,0,review,\n",
    )
    assert remit("decide", *DAY, "--batch", "in.csv", "--out", "out.csv").code == 1
    with open("out.csv", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["outcome"] for row in rows] == ["permit", "permit", "escalate", "", ""]
    assert "did you mean `north`?" in rows[3]["error"]
    assert "`review` is not an approval" in rows[4]["error"]


def test_the_same_in_json_lines(remit, shop, file):
    lines = [
        {"actor": {"position": "clerk", "territory": ["north"]}, "amount": 10, "region": "north",
         "totals": {"month": 0}},
        {"actor": "clerk", "actor.territory": ["north"], "amount": 10, "region": "north",
         "totals.month": 0, "approvals": [], "evidence": None},
        {"actor": "clerk", "actor.territory": ["north"], "amount": 10, "region": None,
         "totals.month": 0},
        {"actor": "clerk", "facts": 7},
        {"actor": "clerk", "amount": 10, "totals": {"month": "0"}},
    ]  # fmt: skip
    file("in.jsonl", "\n".join(map(json.dumps, lines)))
    remit("decide", *DAY, "--batch", "in.jsonl", "--out", "out.jsonl")
    rows = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert [row["outcome"] for row in rows[:2]] == ["permit", "permit"]
    assert rows[2]["outcome"] != "permit"
    assert "facts are an object" in rows[3]["error"]
    assert "totals.month" in rows[4]["error"]


def test_defaults_of_the_command_line_reach_every_row(remit, shop, file):
    file("in.csv", "amount\n10\n1000\n")
    words = ("--actor", "clerk", *NORTH, "region=north", "--total", "month=0", *DAY)
    assert remit("decide", *words, "--batch", "in.csv", "--out", "out.csv").code == 0
    with open("out.csv", encoding="utf-8") as stream:
        assert [row["outcome"] for row in csv.DictReader(stream)] == ["permit", "escalate"]
