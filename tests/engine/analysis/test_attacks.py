"""What attackers and readers found in the questions, kept from coming back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.analysis.probing import Found, plain, probe, the_opens
from engine.asking import loaded
from remit_engine.analysis.answer import Status
from remit_engine.analysis.waivers import apply
from remit_engine.rules.lower import lower

HEAD = """policy house { version "1"  owner director  currency CNY }
position clerk { reports to manager }
position manager { reports to director }
position director
position audit
record Order { total: money }
action pay { amount money  a integer  b integer  order Order  limit on amount }
"""


def asked(question: str, rules: str, more: str = "") -> Found:
    """The answers with the waivers applied."""
    text = f"{HEAD}authority pay {{\n{rules}\n}}\n{more}"
    found = probe(question, text)
    answers = apply(found.answers, lower(loaded(text)).program, (question,))
    return replace(found, answers=answers)


def told(found: Found) -> list[str]:
    """Codes and positions of what somebody must do something about."""
    return [
        " ".join([a.finding.code, *(p.rsplit(".", 1)[-1] for p in a.about.positions)])
        for a in found.answers
        if a.open and a.finding is not None
    ]


def test_two_requirements_may_ask_the_same_of_two_positions() -> None:
    rules = """clerk may approve up to 1_000
      clerk, audit may review any
      one: approve over 100 needs review by clerk
      two: approve over 500 needs review by audit"""
    assert "W0806 clerk" in told(asked("separation", rules))


@pytest.mark.parametrize("days", ["until 2026-02-01", "from 2030-01-01"])
def test_a_separation_of_some_days_separates_not_always(days: str) -> None:
    rules = f"clerk may approve any\nclerk may review any\nseparate review and approve {days}"
    assert told(asked("separation", rules)) == ["W0806 clerk"]


def test_a_step_that_was_asked_once_silences_nobody() -> None:
    rules = """clerk may approve up to 1_000
      clerk may review any
      director may report any
      r: report over 1_000_000 needs review by audit until 2026-02-01"""
    assert told(asked("separation", rules)) == ["W0806 clerk"]


def test_a_request_of_both_hands_shows_both() -> None:
    rules = "clerk may approve any\nclerk may review any"
    (answer,) = the_opens(asked("separation", rules))
    (shown,) = answer.witness
    assert [a.verb for a in shown.request.approvals] == ["review"]


def test_a_step_in_one_hand_is_told_where_it_is_asked() -> None:
    rules = "clerk may approve up to 5\nst: approve over 3 needs review by clerk"
    (answer,) = the_opens(asked("separation", rules))
    assert plain(answer.finding).endswith("when `amount` is over 3 and up to 5")
    assert answer.witness[0].request.facts["amount"] > 3


def test_a_waiver_names_everybody_that_it_covers() -> None:
    rules = "give: clerk, manager may approve up to 100\nnobody may approve"
    one = asked("emptied", rules, 'waive emptied on pay for clerk because "so it is"')
    assert "W0803 clerk manager" in told(one)
    both = asked("emptied", rules, 'waive emptied on pay for clerk, manager because "so it is"')
    assert told(both) == []


def test_a_bar_that_can_never_stand_keeps_nobody_from_deciding() -> None:
    rules = """clerk may recommend any
      clerk may approve any
      clerk may not approve when a * b > 100 and a * b < 50"""
    assert told(asked("contradiction", rules)) == ["W0810 clerk"]


def test_a_bar_that_was_never_fixed_forbids_nothing() -> None:
    more = "parameter cap: money = unset"
    rules = "clerk may approve up to 5\nclerk may not approve over cap"
    assert told(asked("emptied", rules, more)) == []


def test_a_clash_among_conditions_too_entangled_for_words_is_told() -> None:
    left = " or ".join(f"(a = {n} and b = {n})" for n in range(25))
    right = " or ".join(f"(a = {n} and b = {n + 1})" for n in range(25))
    rules = f"r: clerk may approve any when ({left}) and ({right}) and amount > 10 and amount < 5"
    (answer,) = the_opens(asked("unreachable", rules))
    assert answer.status is Status.REFUTED


# --- waivers with a condition ------------------------------------------------------------------

LARGE = """waive monotone of approve on pay for manager when order.total > 200_000
  because "large orders are the director's" """
RULES = """clerk may approve up to {clerk}
  manager may approve up to 10 when order.total <= 200_000
  director may approve any"""


def test_a_condition_bounds_what_a_waiver_covers() -> None:
    found = asked("monotone", RULES.format(clerk=3), LARGE)
    assert told(found) == []
    waived = [a for a in found.answers if a.waived]
    assert [a.waived for a in waived] == ["large orders are the director's"]
    worse = asked("monotone", RULES.format(clerk=30), LARGE)
    assert told(worse) == ["W0805 manager clerk"]
    (answer,) = [a for a in worse.answers if a.open]
    assert plain(answer.finding).startswith(
        "`clerk` may approve `pay` when `amount` is over 10 and up to 30 "
        "and `order.total` is up to 200,000"
    )


def test_a_waiver_whose_condition_meets_nothing_is_idle() -> None:
    rules = RULES.format(clerk=3).replace(" when order.total <= 200_000", "")
    assert [t for t in told(asked("monotone", rules, LARGE)) if "W0816" in t]


def test_a_condition_bounds_a_waived_dead_end() -> None:
    rules = "manager may approve up to 10 when order.total <= 50\ndirector may approve up to 5"
    more = 'waive dead_end on pay when amount > 10 because "the board decides"'
    found = asked("dead_end", rules, more)
    assert [plain(a.finding) for a in found.answers if a.open] == [
        "nobody may approve `pay` where `amount` is over 5 and up to 10 "
        "when `order.total` is over 50"
    ]
    assert [a for a in found.answers if a.waived]


def test_all_parts_are_told_and_that_there_are_more() -> None:
    rules = "\n".join(f"manager may approve up to {n}0 when a = {n}" for n in range(1, 8))
    found = asked("dead_end", rules)
    findings = [plain(a.finding) for a in found.answers if a.open]
    assert len(findings) == 4
    assert findings[-1].endswith(", and there are more such requests")
