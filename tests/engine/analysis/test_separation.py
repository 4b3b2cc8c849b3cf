"""Two duties in one hand, and proposing what one decides, from small policies."""

from __future__ import annotations

import pytest

from engine.analysis.findings import Found
from engine.analysis.probing import agreed, outcomes, probe, the_open
from remit_engine.analysis.answer import Status

HOUSE = """policy house { owner director currency CNY }
position clerk { reports to manager }
position manager { reports to director }
position director
position controller { reports to director }
action pay { amount money  urgent boolean  limit on amount }
"""


def policy(text: str, after: str = "") -> str:
    return f"{HOUSE}authority pay {{ {text} }}\n{after}"


def asked(text: str, after: str = "", people: str | None = None) -> Found:
    found = probe("separation", policy(text, after), people=people)
    agreed(policy(text, after), found)
    return found


def told(text: str, after: str = "", people: str | None = None) -> list[str]:
    """`CODE position,…` of what is not proven."""
    return [
        f"{a.finding.code} {','.join(p.rsplit('.', 1)[-1] for p in a.about.positions)}"
        for a in asked(text, after, people).answers
        if a.finding is not None
    ]


BOTH = "manager may approve up to 9\nmanager may review any\n"
APART = "manager may approve any\ncontroller may review any\n"


def test_one_position_with_both_duties() -> None:
    found = asked(BOTH)
    assert told(BOTH) == ["W0806 manager"]
    assert outcomes(found) == ["manager permit"]
    assert the_open(found).about.verb == "approve"
    found.points("this lets him review: manager may review any")


@pytest.mark.parametrize(
    ("checking", "decided"), [("countersign", "sign"), ("inspect", "handle"), ("review", "approve")]
)
def test_the_usual_pairs(checking: str, decided: str) -> None:
    text = f"manager may {decided} any\nmanager may {checking} any\n"
    assert told(text) == ["W0806 manager"]
    assert told(text + f"separate {checking} and {decided}") == []


def test_other_pairs_are_no_pairs() -> None:
    assert told("manager may sign any\nmanager may review any") == []
    assert told("manager may approve any\nmanager may recommend any") == []
    assert (
        probe("separation", policy("manager may approve any\nmanager may report any")).answers == []
    )


def test_separate_under_a_condition_keeps_apart_what_meets_it() -> None:
    found = asked(BOTH + "separate review and approve when urgent")
    found.says(
        "W0806 `manager` may review and approve the same `pay` when `amount` is up to 9.00 CNY "
        "and `urgent` does not hold"
    )
    assert outcomes(found) == ["manager permit"]
    assert (
        told(BOTH.replace("9", "9 when urgent") + "separate review and approve when urgent") == []
    )


def test_separate_under_a_condition_until_some_day_keeps_nothing_apart() -> None:
    text = BOTH + "separate review and approve when urgent until 2027-01-01"
    assert told(text) == ["W0806 manager"]
    assert "urgent" not in asked(text).open[0].message


def test_different_positions_are_proven() -> None:
    found = asked(APART)
    assert [a.status for a in found.answers] == [Status.PROVEN]


def test_separate_keeps_them_apart_always() -> None:
    assert told(BOTH + "separate review and approve") == []
    assert told(BOTH + "separate approve and review") == []
    assert told(BOTH + "separate review and sign\nmanager may sign any") == ["W0806 manager"]


def test_duties_that_never_meet_in_one_request() -> None:
    text = "manager may approve up to 5\nmanager may review between 6 and 9"
    assert told(text) == []
    assert told(text.replace("6", "5")) == ["W0806 manager"]
    urgent = "manager may approve any when urgent\nmanager may review any when not urgent"
    assert told(urgent) == []
    dated = "manager may approve any until 2026-06-01\nmanager may review any from 2026-06-01"
    assert told(dated) == []
    assert told(dated.replace("until 2026-06-01", "until 2026-06-02")) == ["W0806 manager"]


def test_a_prohibition_that_keeps_them_apart() -> None:
    assert told(BOTH + "manager may not review up to 9") == []
    assert told(BOTH + "manager may not review up to 8.99") == ["W0806 manager"]
    assert told(BOTH + "manager may not approve when urgent") == ["W0806 manager"]
    assert told(BOTH + "nobody may approve") == []


def test_each_hand_is_told() -> None:
    text = "manager, director may approve any\nanyone may review any"
    assert told(text) == ["W0806 director", "W0806 manager"]


def test_inherited_rights_count() -> None:
    text = "clerk may review any\nmanager may approve any\nsuperiors inherit"
    assert told(text) == ["W0806 director", "W0806 manager"]


# --- steps that requirements ask for -------------------------------------------------------


def test_a_step_asked_of_one_who_decides() -> None:
    text = (
        "manager, director may approve any\n"
        "manager may review any\n"
        "st: approve over 5 needs review by manager"
    )
    found = asked(text)
    assert told(text) == ["W0806 manager"]
    assert "this lets him review" in [r.message for r in found.open[0].related]


def test_a_step_asked_of_another_does_not_silence_one_who_may_both() -> None:
    text = "manager may approve any\nmanager may review any\ncontroller may review any\n"
    assert told(text) == ["W0806 manager"]
    assert told(text + "st: approve over 5 needs review by controller") == ["W0806 manager"]


def test_a_check_stated_for_one_verb_is_not_meant_for_another() -> None:
    text = "manager may approve any\nmanager may review any\ndirector may sign any\n"
    assert told(text) == ["W0806 manager"]
    assert told(text + "st: sign over 5 needs review by controller") == ["W0806 manager"]


def test_a_step_of_another_verb_than_a_check_is_none() -> None:
    text = (
        "manager may approve any\n"
        "manager may handle any\n"
        "st: approve over 5 needs handle by manager"
    )
    assert told(text) == []


def test_steps_in_turn_and_in_parts() -> None:
    text = (
        "manager may approve any\ndirector may approve any\nmanager may inspect any\n"
        "controller may review any\n"
        "st: approve over 5 needs review by controller and inspect by manager "
        "then countersign by director\n"
        "director may countersign any"
    )
    assert sorted(told(text)) == ["W0806 director", "W0806 manager"]
    assert told(text + "\nseparate inspect and approve") == ["W0806 director"]


def test_further_approvals_of_the_same_verb_are_no_other_duty() -> None:
    assert (
        told("manager, director may approve any\nj: approve over 5 needs 2 of (manager, director)")
        == []
    )


# --- delegations ---------------------------------------------------------------------------


def delegation(text: str) -> str:
    return f"delegation of pay {{ {text} }}\n"


def test_a_delegation_to_who_reviews() -> None:
    assert told(APART, delegation("to controller")) == ["W0807 controller"]
    assert told(APART, delegation("to clerk")) == []
    assert told(APART + "separate review and approve", delegation("to controller")) == []


@pytest.mark.parametrize(
    ("levels", "expected"),
    [("one level below", []), ("any level below", ["W0807 clerk"])],
)
def test_a_delegation_down_the_line(levels: str, expected: list[str]) -> None:
    text = "director may approve any\nclerk may review any"
    assert told(text, delegation(f"to {levels}")) == expected
    near = "manager may approve any\nclerk may review any"
    assert told(near, delegation(f"to {levels}")) == ["W0807 clerk"]


def test_a_delegation_beside_the_line_does_not_reach() -> None:
    assert told(APART, delegation("to any level below")) == []


def test_a_delegation_says_all_who_would_hold_both() -> None:
    text = "director may approve any\nclerk, manager may review any"
    found = asked(text, delegation("to clerk, manager"))
    assert told(text, delegation("to clerk, manager")) == ["W0807 clerk,manager"]
    found.underlines("pay").points("this lets him review: clerk, manager may review any")


# --- people --------------------------------------------------------------------------------

TWO = """
people:
  - {id: chen, positions: [{position: manager}, {position: controller}]}
"""
ONE = """
people:
  - {id: chen, positions: [{position: manager}]}
  - {id: li, positions: [{position: controller}]}
"""


def test_a_person_who_holds_both_positions() -> None:
    assert told(APART, people=TWO) == ["W0806 controller,manager"]
    assert told(APART, people=ONE) == []
    assert told(APART + "separate review and approve", people=TWO) == []


def test_the_person_is_named() -> None:
    answer = the_open(asked(APART, people=TWO))
    assert answer.about.name == "chen"
    assert answer.finding is not None
    assert "`chen` holds `manager` and `controller`" in answer.finding.message


def test_one_position_with_both_duties_is_told_once() -> None:
    text = BOTH + "controller may review any\n"
    assert told(text, people=TWO) == ["W0806 manager"]


def test_a_person_who_no_longer_holds_one_of_them() -> None:
    left = TWO.replace("manager}", "manager, until: 2026-03-01}")
    assert told(APART, people=left) == []
    last_day = TWO.replace("manager}", "manager, until: 2026-03-02}")
    assert told(APART, people=last_day) == ["W0806 controller,manager"]
    later = TWO.replace("manager}", "manager, from: 2026-09-01}")
    assert told(APART, people=later) == []


def test_two_positions_that_do_not_check_one_another() -> None:
    people = TWO.replace("controller", "clerk")
    assert told(APART, people=people) == []


# --- proposing what one decides ------------------------------------------------------------


def proposes(text: str) -> list[str]:
    found = probe("contradiction", policy(text))
    agreed(policy(text), found)
    return [f"{a.about.positions[0].rsplit('.', 1)[-1]} {a.status}" for a in found.answers]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("manager may recommend up to 5\nmanager may approve up to 5", "refuted"),
        ("manager may nominate up to 5\nmanager may sign up to 9", "refuted"),
        ("manager may recommend up to 5\nmanager may adjudicate any", "refuted"),
        ("manager may recommend up to 5\nmanager may approve up to 4.99", "proven"),
        ("manager may recommend any\nmanager may approve up to 5", "proven"),
        ("manager may recommend between 5 and 9\nmanager may approve under 5", "proven"),
        ("manager may recommend up to 5\ndirector may approve any", "proven"),
        ("manager may recommend up to 5\nmanager may review any", "proven"),
        (
            "manager may recommend up to 5 when urgent\n"
            "manager may approve any when not urgent",
            "proven",
        ),
        (
            "manager may recommend up to 5 when urgent\nmanager may approve any when urgent",
            "refuted",
        ),
        (
            "manager may recommend up to 5\nmanager may approve any when not urgent\n"
            "manager may approve any when urgent",
            "refuted",
        ),
        ("manager may recommend up to 5\nmanager may approve any until 2026-06-01", "proven"),
        ("manager may recommend up to 5\nmanager may approve up to -1", "proven"),
        ("manager may recommend up to -1\nmanager may approve any", "proven"),
    ],
)  # fmt: skip
def test_recommending(text: str, expected: str) -> None:
    assert proposes(text)[0] == f"manager {expected}"


def test_of_several_positions_each_is_asked() -> None:
    text = "clerk, manager may recommend up to 5\nmanager may approve any"
    assert proposes(text) == ["clerk proven", "manager refuted"]


def test_a_right_to_decide_of_which_a_prohibition_leaves_nothing() -> None:
    """He may recommend, and what he may approve is forbidden him: the two go together."""
    text = (
        "manager may recommend up to 5\n"
        "manager may approve up to 9\n"
        "manager may not approve up to 5"
    )
    assert proposes(text) == ["manager proven"]


def test_a_right_that_implies_recommending_is_no_contradiction() -> None:
    text = "right release implies recommend\n"
    found = probe(
        "contradiction",
        HOUSE + text + "authority pay { manager may release any\nmanager may approve any }",
    )
    assert found.answers == []
