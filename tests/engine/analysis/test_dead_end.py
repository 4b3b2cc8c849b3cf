"""Requests that nobody may approve, from small policies; expectations are read off them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.analysis.probing import (
    agreed,
    fact,
    outcomes,
    plain,
    probe,
    statuses,
    the_open,
    the_opens,
)
from remit_engine.analysis.answer import Asked, Status

HOUSE = """policy house { owner director currency CNY }
position clerk { reports to manager }
position manager { reports to director }
position director
enum Region { north { beijing hebei } east { shanghai } }
record Person { territory: set of Region  trained: boolean optional }
action pay { amount money  a money  region Region  urgent boolean  note text optional
  limit on amount }
"""
ENDS, NONE = "refuted", "proven"


def policy(text: str) -> str:
    return f"{HOUSE}authority pay {{ {text} }}\n"


def ends(text: str, before: str = "") -> dict[str, str]:
    found = probe("dead_end", (before and HOUSE + before) or policy(text))
    return statuses(found)


def shown(text: str) -> Asked:
    """The request of a dead end; both engines agree with its answers."""
    found = probe("dead_end", policy(text))
    agreed(policy(text), found)
    answer = the_opens(found)[0]
    assert answer.status is Status.REFUTED
    return answer.witness[0]


def message(text: str) -> str:
    return messages(text)[0]


def messages(text: str) -> list[str]:
    """Every region without anybody."""
    return [plain(a.finding) for a in the_opens(probe("dead_end", policy(text)))]


# --- the smallest amount -------------------------------------------------------------------


def test_over_the_highest_limit() -> None:
    text = "clerk may approve up to 10\nmanager may approve up to 200"
    assert message(text) == "nobody may approve `pay` where `amount` is over 200"
    assert fact(shown(text), "amount") > 200
    assert [o.split()[0] for o in outcomes(probe("dead_end", policy(text)))] == ["clerk", "manager"]


def test_the_limit_itself_is_no_dead_end_and_under_it_is() -> None:
    assert message("manager may approve under 200") == (
        "nobody may approve `pay` where `amount` is at least 200"
    )
    assert fact(shown("manager may approve under 200"), "amount") == 200


def test_a_gap_is_told_and_apart_from_it_what_lies_above() -> None:
    text = "clerk may approve up to 10\nmanager may approve between 20 and 30"
    assert messages(text) == [
        "nobody may approve `pay` where `amount` is over 10 and under 20",
        "nobody may approve `pay` where `amount` is over 30",
    ]
    joined = "clerk may approve up to 10\nmanager may approve between 10 and 30"
    assert message(joined) == "nobody may approve `pay` where `amount` is over 30"


def test_the_smallest_amount_over_several_conditions() -> None:
    text = (
        "clerk may approve up to 500 when region in north\n"
        "clerk may approve up to 300 when region in east and urgent\n"
        "manager may approve up to 200"
    )
    found = shown(text)
    assert fact(found, "amount") > 200
    assert fact(found, "amount") <= 300
    assert fact(found, "region") not in ("north", "beijing", "hebei")
    assert fact(found, "urgent") is False
    told = message(text)
    assert "`amount` is over 200" in told
    assert "`urgent` does not hold" in told


def test_a_parameter_that_falls_ends_from_that_day() -> None:
    top = "parameter top: money { from 2026-01-01 -> 50  from 2026-07-01 -> 40 }\n"
    found = probe("dead_end", f"{HOUSE}{top}authority pay {{ director may approve up to top }}")
    answer = the_opens(found)[0]
    assert [plain(a.finding) for a in the_opens(found)] == [
        "nobody may approve `pay` where `amount` is over 40 from 2026-07-01",
        "nobody may approve `pay` where `amount` is over 50 until 2026-07-01",
    ]
    (asked,) = answer.witness
    assert asked.request.as_of.isoformat() >= "2026-07-01"


def test_every_part_of_a_gap_is_told() -> None:
    text = "clerk may approve up to 1_000 when a < 50\ndirector may approve any when a > 50"
    assert messages(text) == [
        "nobody may approve `pay` when `a` is 50",
        "nobody may approve `pay` where `amount` is over 1,000 when `a` is under 50",
    ]


def test_a_day_alone_is_told_without_when() -> None:
    text = "director may approve any until 2026-07-01\nmanager may approve up to 5"
    assert message(text) == "nobody may approve `pay` where `amount` is over 5 from 2026-07-01"


def test_one_member_of_an_enum_is_forgotten() -> None:
    text = (
        "clerk may approve any when region in north\nmanager may approve any when region = shanghai"
    )
    assert message(text) == "nobody may approve `pay` when `region` is `east`"
    assert ends(text.replace("= shanghai", "in east")) == {"approve": NONE}


def test_the_measure_of_another_fact_than_the_amount() -> None:
    text = "director may approve any when a <= 10"
    assert fact(shown(text), "a") > 10


# --- no dead ends --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "director may approve any",
        "anyone may approve any",
        "manager may approve up to 5\nnobody may approve over 5",
        "manager may approve up to 5\nbar: nobody may approve at least 5",
        "manager may approve any\nnobody may approve",
        "manager may approve any\nnobody may approve when urgent",
        "manager may approve any when not urgent\nnobody may approve when urgent",
        "manager may approve up to 5\ndirector may approve unset",
        "director may approve any\nrequester may not approve",
        "director may approve any\nrequester may not approve\n"
        "clerk may approve any when requester holds manager",
        "director may approve any\nseparate review and approve\ndirector may review any",
        "manager may approve any when region in actor.territory",
        "manager may approve any when actor.trained",
        "manager may approve up to 5 each, 10 per month\ndirector may approve over_five",
        "manager may approve any\napprove over 5 needs 2 of (manager, director)",
        "manager may approve any when urgent\ndirector may approve any when not urgent",
        "manager may approve any when note is given\ndirector may approve any when note is absent",
    ],
)
def test_none(text: str) -> None:
    text = text.replace("over_five", "any")
    told = ends(text)
    assert told["approve"] == NONE, the_open(probe("dead_end", policy(text)))


@pytest.mark.parametrize(
    "text",
    [
        "manager may approve up to 5\nbar: manager may not approve over 5",
        "manager may approve any\nmanager may not approve when urgent",
        "manager may approve up to 5\nnobody may approve over 6",
        "manager may approve any when urgent",
        "manager may approve up to a",
        "manager may approve up to 5 each, 4 per month",
        "manager may approve any when region in actor.territory and amount < 9",
        "manager may approve any when actor.trained and urgent",
        "manager, director may approve any\nmanager, director may not approve when urgent",
        "manager may approve any when note is given",
        "manager may approve any\nmanager may not approve over 7 when not urgent",
    ],
)
def test_some(text: str) -> None:
    assert ends(text)["approve"] == ENDS
    shown(text)


def test_a_running_total_ends_at_the_lower_of_both() -> None:
    text = "manager may approve up to 5 each, 4 per month"
    assert fact(shown(text), "amount") > 4
    assert message(text) == "nobody may approve `pay` where `amount` is over 4"
    assert "over 5" in message("manager may approve up to 5 each, 9 per month")


def test_a_bar_of_one_position_is_no_way_out_for_another() -> None:
    text = "manager, director may approve any\nmanager may not approve over 5"
    assert ends(text) == {"approve": NONE}


def test_an_absent_fact_leaves_nothing_undecided_but_a_given_one_does() -> None:
    """Where the note is absent the answer is not denied: it waits for the note."""
    assert ends('manager may approve any when note = "x"') == {"approve": ENDS}
    assert fact(shown('manager may approve any when note = "x"'), "note") not in (None, "x")


def test_days_before_any_grant_and_after_all_of_them_are_no_dead_end() -> None:
    assert ends("director may approve any from 2026-06-01 until 2027-01-01") == {"approve": NONE}


def test_a_grant_that_ends_while_another_goes_on() -> None:
    text = "director may approve any until 2026-06-01\nmanager may approve up to 5"
    told = message(text)
    assert "`amount` is over 5" in told
    assert told.endswith("from 2026-06-01")


def test_verbs_that_decide_are_asked_each_and_advice_is_not() -> None:
    text = (
        "director may approve any\nmanager may sign up to 5\nclerk may review up to 3\n"
        "clerk may recommend up to 2"
    )
    assert ends(text) == {"approve": NONE, "sign": ENDS}


def test_a_right_of_the_policy_that_implies_a_decision_is_asked() -> None:
    before = (
        "right release implies approve\nright praise\n"
        "authority pay { director may release up to 5  clerk may praise any }\n"
    )
    assert ends("", before) == {"approve": ENDS, "release": ENDS}


def test_an_action_that_measures_nothing() -> None:
    text = """policy house { owner head }
    position head
    action sign_it { unit text  urgent boolean }
    authority sign_it { head may sign when UNLESS }
    """
    found = probe("dead_end", text.replace("UNLESS", "urgent"))
    found.says("W0804 nobody may sign `sign_it` when `urgent` does not hold")
    assert statuses(probe("dead_end", text.replace("when UNLESS", ""))) == {"sign": NONE}


def test_a_computed_measure() -> None:
    text = """policy house { owner head currency CNY }
    position head
    action pay { amount money  fee money  limit on amount + fee }
    authority pay { head may approve up to 10 }
    """
    asked = the_open(probe("dead_end", text)).witness[0]
    assert fact(asked, "amount") + fact(asked, "fee") > 10


def test_an_unset_parameter_is_no_dead_end() -> None:
    before = "parameter top: money = unset\nauthority pay { director may approve up to top }"
    assert ends("", before) == {"approve": NONE}


def test_a_percent_at_its_smallest() -> None:
    text = """policy house { owner head currency CNY }
    position head
    action discount { rate percent  limit on rate }
    authority discount { head may approve up to 12.5% }
    """
    found = probe("dead_end", text)
    found.says("W0804 nobody may approve `discount` where `rate` is over 12.5%")
    assert Fraction(125, 1000) < fact(the_open(found).witness[0], "rate") <= Fraction(2, 10)


def test_too_entangled_or_too_many_cases_is_unknown() -> None:
    text = policy("clerk may approve up to 5 when urgent\nmanager may approve up to 9 when a > 3")
    answer = the_open(probe("dead_end", text, steps=0))
    assert answer.status is Status.UNKNOWN
    assert "too many cases" in (answer.why or "")
