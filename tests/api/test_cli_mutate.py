"""`remit test --mutate`."""

from __future__ import annotations

from pathlib import Path

import pytest

POLICY = """\
policy shop { currency EUR }
position clerk { reports to head }
position head { reports to boss }
position boss
action refund { amount money  limit on amount }
authority refund {
  clerk may approve up to 100
  boss may approve any
  escalate to the first superior able
}
action gift { amount money  limit on amount }
authority gift { boss may approve any }
"""
SUITE = """\
policies: [shop.remit]
as_of: 2026-03-02
defaults: {action: refund}
cases:
  - {name: at, actor: clerk, facts: {amount: 100}, expect: {outcome: permit, limit: 100}}
  - {name: above, actor: boss, facts: {amount: 900}, expect: {outcome: permit}}
"""
BEYOND = """\
as_of: 2026-03-02
policies: [shop.remit]
defaults: {action: refund, actor: clerk}
cases:
  - {name: more, facts: {amount: 101}, expect: {outcome: escalate}}
  - {name: who then, facts: {amount: 101}, expect: {chain: [boss]}}
"""


@pytest.fixture
def shop(remit, file):
    file("shop.remit", POLICY)
    file("shop.test.yaml", SUITE)
    return remit


def test_what_no_case_notices_is_shown_with_its_place(shop, file):
    file("shop.test.yaml", SUITE.replace(", limit: 100", ""))
    ran = shop("test", ".", "--mutate")
    assert ran.code == 1
    assert ran.first == "2 of 2 cases pass in 1 suite"
    assert (
        """\
 --> shop.remit:7:27
  |
7 |   clerk may approve up to 100
  |                           ^^^
  not noticed  `up to 100` becomes `up to 101`
    escalate, and with the change permit; this case for shop.test.yaml tells:
    - {name: "told apart: `up to 100` becomes `up to 101` (7:27)", actor: clerk, \
facts: {amount: 101}, expect: {outcome: escalate}}
"""
        in ran.out
    )
    assert "amounts 2" in ran.out


def test_the_case_that_is_shown_notices_the_change(shop):
    before = shop("test", ".", "--mutate", "--json").document["mutation"]["unnoticed"]
    assert before
    for change in before:
        assert change["case"] is not None, change
        line = change["case"]["yaml"]
        Path("shop.test.yaml").write_text(f"{SUITE}  {line}\n")
        after = shop("test", ".", "--mutate", "--json").document
        assert after["ok"]
        assert change["change"] not in [c["change"] for c in after["mutation"]["unnoticed"]]


def test_all_changes_noticed_is_zero(shop):
    cases, seen = SUITE, 0
    for _ in range(20):
        Path("shop.test.yaml").write_text(cases)
        ran = shop("test", ".", "--mutate", "--json")
        left = ran.document["mutation"]["unnoticed"]
        seen = max(seen, len(left))
        if not left:
            break
        cases += f"  {left[0]['case']['yaml']}\n"
    assert seen
    assert ran.code == 0
    said = shop("test", ".", "--mutate").out
    assert "changes noticed\n" in said
    assert "not noticed" not in said


def test_actions_that_no_case_asks_about_are_counted_apart(shop):
    ran = shop("test", ".", "--mutate", "--verbose")
    assert "2 changes to 1 action that no case asks about, not tried" in ran.out
    assert "`shop.gift`" in ran.out
    assert shop("test", ".", "--mutate", "--json").document["mutation"]["not_asked"] == 2


def test_json(shop):
    ran = shop("test", ".", "--mutate", "--json")
    assert ran.code == 1
    found = ran.document["mutation"]
    assert ran.document["ok"] is True
    assert found["tried"] == found["noticed"] + len(found["unnoticed"])
    change = next(c for c in found["unnoticed"] if c["case"]["outcome"] != "permit")
    assert change["file"] == "shop.remit"
    assert change["line"] in (7, 8, 9)
    assert set(change["case"]) == {"yaml", "suite", "outcome", "outcome_with_change"}


def test_two_runs_say_the_same(shop):
    assert shop("test", ".", "--mutate") == shop("test", ".", "--mutate")


def test_some_may_go_unnoticed(shop):
    left = len(shop("test", ".", "--mutate", "--json").document["mutation"]["unnoticed"])
    assert shop("test", ".", "--mutate", "--allow-unnoticed", str(left)).code == 0
    assert shop("test", ".", "--mutate", "--allow-unnoticed", str(left - 1)).code == 1


def test_the_allowance_goes_with_mutants(shop):
    ran = shop("test", ".", "--allow-unnoticed", "3")
    assert ran.code == 2
    assert "`--allow-unnoticed` goes with `--mutate`" in ran.err


def test_no_less_than_none_may_go_unnoticed(shop):
    assert shop("test", ".", "--mutate", "--allow-unnoticed", "-1").code == 2


def test_nothing_is_changed_while_a_case_fails(shop, file):
    file("shop.test.yaml", SUITE.replace("outcome: permit", "outcome: deny", 1))
    ran = shop("test", ".", "--mutate")
    assert ran.code == 1
    assert "no changes were tried: correct the 1 case that fails first" in ran.out
    ran = shop("test", ".", "--mutate", "--json")
    assert "mutation" not in ran.document


def test_a_broken_suite_is_told_and_nothing_changed(shop, file):
    file("more.test.yaml", "policies: [none.remit]\ncases: []\n")
    ran = shop("test", ".", "--mutate")
    assert ran.code == 3
    assert "no changes were tried" in ran.out


def test_a_suite_without_cases(shop, file):
    file("shop.test.yaml", "policies: [shop.remit]\nas_of: 2026-01-01\ncases: []\n")
    ran = shop("test", ".", "--mutate")
    assert ran.code == 0
    assert "0 of 0 changes noticed" in ran.out


def test_two_suites_of_one_policy_help_each_other(shop, file):
    before = shop("test", ".", "--mutate", "--json").document["mutation"]["unnoticed"]
    file("more.test.yaml", BEYOND)
    after = shop("test", ".", "--mutate", "--json").document["mutation"]["unnoticed"]
    gone = {c["change"] for c in before} - {c["change"] for c in after}
    assert "escalation to `the first superior able` becomes `through every level`" in gone
