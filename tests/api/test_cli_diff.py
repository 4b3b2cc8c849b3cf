"""`remit diff`."""

from __future__ import annotations

import re
import subprocess

import pytest

DAY = ("--as-of", "2026-03-01")
HOUSE = """policy shop { currency CNY }
position clerk "Clerk" { reports to manager }
position manager "Manager"
action discount "Give a discount" { rate percent  total money  limit on rate }
parameter manager_discount: percent { from 2026-01-01 -> 10%  from 2026-07-01 -> 12% }
authority discount {
  clerk may approve up to 3%
  manager may approve up to manager_discount when total <= 200_000
  dear: nobody may approve when total > 500_000
}
"""


@pytest.fixture
def edit(remit, file):
    """`remit diff` between the house and the house with edits."""
    file("old.remit", HOUSE)

    def run(*edits: tuple[str, str], words: tuple[str, ...] = ()):
        text = HOUSE
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        file("new.remit", text)
        return remit("diff", "old.remit", "new.remit", *DAY, *words)

    return run


def test_nothing(edit):
    ran = edit()
    assert (ran.code, ran.out) == (0, "no difference in meaning\n")


def test_layout_and_order(edit):
    ran = edit(
        ("  clerk may approve up to 3%\n", ""),
        ("  dear:", "  # the clerk\n  clerk   may approve\n up to 3.0%\n  dear:"),
        ("200_000", "20万"),
    )
    assert (ran.code, ran.out) == (0, "no difference in meaning\n")


def test_a_limit_that_moved(edit):
    ran = edit(("up to 3%", "up to 4%"))
    assert ran.code == 7
    heading, change, clerk, manager, blank, summary, end = ran.out.split("\n")
    assert heading == 'discount  "Give a discount"'
    assert change == "  clerk may approve discount: limit moved from up to 3% to up to 4%"
    assert re.fullmatch(
        r"    clerk approve: \w+ -> permit  rate=(3\.\d+|4)% total=\d+ --as-of 2026-03-01", clerk
    )
    assert manager.startswith("    manager approve: deny -> escalate  rate=")
    assert (blank, end) == ("", "")
    assert summary == "1 difference, 2 questions answered differently"


def test_a_parameter_that_moved(edit):
    ran = edit(("-> 12%", "-> 15%"))
    assert ran.code == 7
    assert ran.first == "parameters"
    assert (
        "  manager may approve discount: limit moved from up to 12% to up to 15%, by "
        "manager_discount, from 2026-07-01 when total <= 200_000\n"
    ) in ran.out
    assert "manager approve: " in ran.out
    assert "--as-of 2026-07-01" in ran.out


def test_a_condition(edit):
    ran = edit(("total <= 200_000", "total < 200_000"))
    assert "condition was when total <= 200_000, and is now when total < 200_000" in ran.out
    assert "total=200000 " in ran.line("manager approve:")


def test_wording_alone_is_listed_and_is_no_difference_in_answers(edit):
    ran = edit(('"Give a discount"', '"Give a discount" fr "Remise"'), ("dear:", "costly:"))
    assert ran.code == 0
    assert ran.first == "wording alone, which decides nothing"
    assert 'label moved from "Give a discount" to "Give a discount" fr "Remise"' in ran.out
    assert "nobody may approve discount: name moved from dear to costly" in ran.out
    assert "no difference in meaning, the wording aside" in ran.out


def test_a_word_that_requests_may_use_and_that_means_nothing_now(edit):
    ran = edit(('"Give a discount"', '"Give rebates"'))
    assert ran.code == 7
    assert ran.out == (
        "words\n"
        "  the word `Give a discount` meant action discount, and means nothing now: a request that "
        "says it is no longer understood\n"
        "\n"
        "wording alone, which decides nothing but what the words above mean\n"
        '  discount: label moved from "Give a discount" to "Give rebates"\n'
        "\n"
        "1 difference\n"
    )


def test_a_word_that_means_somebody_else_is_answered_so(edit, remit):
    alias = ('position clerk "Clerk" {', 'position clerk "Chief" {')
    ran = edit(alias, ('"Manager"', '"Clerk"'), words=("--json",))
    assert ran.code == 7
    words = [c for c in ran.document["changes"] if c["subject"] == "word"]
    assert [(c["old"], c["new"], c["weight"]) for c in words] == [
        ("clerk", "manager", "answers"),
        ("manager", None, "answers"),
    ]
    assert words[0]["text"] == "the word `Clerk` meant position clerk, and means manager now"
    asked = ("--actor", "Clerk", "rate=5%", "total=0", *DAY)
    assert remit("decide", "old.remit", *asked).code != 0
    assert remit("decide", "new.remit", *asked).code == 0


def test_a_verbose_word_has_its_places(edit):
    ran = edit(('"Manager"', '"Head"'), words=("--verbose",))
    assert "    old.remit:3:10 -> new.remit:3:10\n" in ran.out


def test_what_no_answer_hangs_on_is_a_difference_still(edit):
    ran = edit(('position manager "Manager"', 'position manager "Manager" { answers for "sales" }'))
    assert ran.code == 7
    assert 'position manager: answers for "sales" is new' in ran.out
    assert "1 difference\n" in ran.out


def test_text_only(edit):
    ran = edit(("up to 3%", "up to 4%"), words=("--text-only",))
    assert ran.code == 7
    assert "limit moved" in ran.out
    assert "->" not in ran.out


def test_verbose_shows_places_and_cases(edit):
    ran = edit(("up to 3%", "up to 4%"), words=("--verbose",))
    assert "old.remit:7:3 -> new.remit:7:3" in ran.out
    assert "- name: " in ran.out
    assert "expect: {outcome: permit}" in ran.out


def test_what_is_proven_to_be_alike_is_counted(edit):
    ran = edit(("up to manager_discount when", "up to manager_discount when total <= 300_000 and"))
    assert ran.code == 7
    assert "1 difference, " in ran.out
    assert "proven to be answered alike" in ran.out
    assert "answered differently" not in ran.out


def test_json(edit):
    ran = edit(("up to 3%", "up to 4%"), words=("--json",))
    assert ran.code == 7
    data = ran.document
    assert (data["empty"], data["differs"]) == (False, True)
    (change,) = data["changes"]
    assert change["text"] == "clerk may approve discount: limit moved from up to 3% to up to 4%"
    assert change["positions"] == ["shop.clerk"]
    assert change["old_place"] == {"file": "old.remit", "line": 7, "column": 3}
    question = next(q for q in data["questions"] if q["verdict"] == "differs")
    assert question["position"] == "shop.clerk"
    assert question["witness"]["old"]["outcome"] in ("escalate", "deny")
    assert question["witness"]["new"]["outcome"] == "permit"
    assert question["witness"]["request"]["actor"] in ("clerk", {"position": "clerk"})


def test_json_of_nothing(edit):
    ran = edit(words=("--json",))
    assert ran.code == 0
    assert ran.document["empty"] is True
    assert ran.document["changes"] == ran.document["questions"] == []


def test_the_witness_is_answered_so_by_remit_decide(edit, remit):
    edit(("up to 3%", "up to 4%"))
    words = ("--actor", "clerk", "rate=3.01%", "total=0", *DAY)
    assert remit("decide", "old.remit", *words).code == 11
    assert remit("decide", "new.remit", *words).code == 0


def test_a_suite_of_the_witnesses_passes_on_the_new_text(edit, remit, file):
    ran = edit(("up to 3%", "up to 4%"), ("> 500_000", "> 400_000"), words=("--json",))
    cases = [q["witness"]["yaml"] for q in ran.document["questions"] if q["witness"]]
    assert len(cases) >= 2
    named = [c.replace("- name: ", f"- name: {i} ", 1) for i, c in enumerate(cases)]
    file("w.test.yaml", "suite: w\npolicies: [new.remit]\ncases:\n" + "".join(named))
    assert remit("test", "w.test.yaml").code == 0


def test_actions_and_positions_that_come_and_go(edit):
    ran = edit(
        ("authority discount", "action gift { value money  limit on value }\nauthority discount"),
        ('position manager "Manager"', 'position manager "Manager"\nposition auditor "Auditor"'),
    )
    assert "new position: auditor" in ran.out
    assert "new action: gift" in ran.out


def test_one_that_is_not_there(remit, file):
    file("old.remit", HOUSE)
    ran = remit("diff", "old.remit", "other.remit")
    assert ran.code == 2
    assert "there is no file or folder `other.remit`" in ran.err


def test_one_with_errors(remit, file):
    file("old.remit", HOUSE)
    file("new.remit", HOUSE.replace("reports to manager", "reports to managr"))
    ran = remit("diff", "old.remit", "new.remit")
    assert ran.code == 3
    assert "did you mean `manager`?" in ran.err


def test_the_command_line_needs_both_sides(remit, file):
    file("old.remit", HOUSE)
    assert remit("diff", "old.remit").code == 2


def test_git_revisions(remit, file):
    git("init", "-q", "-b", "main")
    file("policies/shop.remit", HOUSE)
    git("add", ".")
    git("commit", "-q", "-m", "one")
    file("policies/shop.remit", HOUSE.replace("up to 3%", "up to 4%"))
    assert "limit moved from up to 3% to up to 4%" in remit("diff", "HEAD", "policies").out
    assert remit("diff", "HEAD", "main:policies").out == "no difference in meaning\n"
    assert remit("diff", "nowhere", "policies").code == 2
    as_json = remit("diff", "HEAD", "policies", "--json", "--text-only").document
    assert len(as_json["old"]["commit"]) == 40
    assert as_json["new"]["commit"] is None


def git(*words: str) -> None:
    name = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *name, *words], check=True, capture_output=True)
