"""Rules that can never apply, from small policies; what is expected was read off the policy."""

from __future__ import annotations

import pytest

from engine.analysis.probing import probe, solver_installed, statuses, the_open
from remit_engine.analysis.answer import Status

HOUSE = """policy house { owner director currency CNY }
position clerk { reports to manager }
position manager { reports to director }
position director
enum Region { north { beijing hebei } east { shanghai jiangsu } west }
record Person { territory: set of Region  trained: boolean optional }
action pay { amount money  a money  b money  c money  n integer  region Region  urgent boolean
  vendor text  note text optional  due date  limit on amount }
"""
needs_solver = pytest.mark.skipif(not solver_installed(), reason="z3 is not installed")


def rules(text: str, *, solver: bool = False) -> dict[str, str]:
    return statuses(probe("unreachable", f"{HOUSE}authority pay {{ {text} }}\n", solver=solver))


def one(condition: str) -> str:
    """The status of one rule under a condition."""
    return rules(f"r: clerk may approve any when {condition}")["r"]


@pytest.mark.parametrize(
    "condition",
    [
        "amount > 10 and amount < 5",
        "amount > 10 and amount <= 10",
        "n > 2 and n < 3",
        "region in north and region in east",
        "region in north and region = shanghai",
        "region = beijing and region = north",
        "region not in (north, east, west)",
        'vendor = "a" and vendor = "b"',
        "urgent and not urgent",
        "note is absent and note is given",
        'note is absent and note = "x"',
        "due > 2026-03-01 and due <= 2026-03-01",
        "due > 2026-03-01 and due < 2026-03-02",
        "due > 9999-12-31",
        "amount < 0",
        "actor holds manager",
        "min(amount, a) > 5 and amount <= 5",
        "abs(a) < 0",
        "(if urgent then 5 else 3) > 5",
        "a - b > 3 and a - b < 3",
        "(region = west and a > 3) and (region in (north, east) or a <= 3)",
    ],
)
def test_a_condition_that_excludes_itself(condition: str) -> None:
    assert one(condition) == "refuted"


@pytest.mark.parametrize(
    "condition",
    [
        "amount > 10 and amount < 11",
        "n > 2 and n < 4",
        "region in north and region != beijing and region != hebei",
        "region in (north, east) and region not in east",
        'vendor != "a" and vendor != "b"',
        'note != "x"',
        "due >= 9999-12-31",
        "amount <= 0",
        "actor holds clerk",
        "actor.trained is absent",
        "a > b and b > c",
        "a - b > 3 and a - b < 4",
        "a / b > 2 and b < 0",
        "max(amount, a) > 5 and amount <= 5",
        "(if urgent then 5 else 3) > 4",
        "region not in actor.territory",
    ],
)
def test_a_condition_that_some_request_meets(condition: str) -> None:
    assert one(condition) == "proven"


CIRCLE = "a > b and b > c and c > a"


def test_a_circle_of_comparisons_is_left_open_and_says_so() -> None:
    found = probe(
        "unreachable", f"{HOUSE}authority pay {{ r: clerk may approve any when {CIRCLE} }}"
    )
    answer = the_open(found)
    assert answer.status is Status.UNKNOWN
    assert answer.finding is not None
    assert answer.finding.code == "W0815"
    assert "a solver may settle it (`--solver`)" in (answer.why or "")
    assert answer.finding.message.endswith(answer.why or "?")


def test_the_reason_names_what_it_hangs_on_as_it_is_written() -> None:
    found = probe(
        "unreachable", f"{HOUSE}authority pay {{ r: clerk may approve any when {CIRCLE} }}"
    )
    assert "it hangs on `a - b`, `a - c`, `b - c`, and" in (the_open(found).why or "")


@needs_solver
def test_the_solver_settles_the_circle() -> None:
    assert rules(f"r: clerk may approve any when {CIRCLE}", solver=True) == {"r": "refuted"}


@needs_solver
def test_the_solver_does_not_overrule_a_request_that_was_found() -> None:
    open_circle = "a > b and b > c and c > a - 1"
    assert rules(f"r: clerk may approve any when {open_circle}", solver=True) == {"r": "proven"}


@pytest.mark.parametrize(
    ("limit", "status"),
    [
        ("up to -1", "refuted"),
        ("under 0", "refuted"),
        ("up to 0", "proven"),
        ("between a and a - 1", "refuted"),
        ("between 5 and 5", "proven"),
        ("up to 10 each, -1 per month", "refuted"),
        ("up to 10 each, 0 per month", "proven"),
        ("up to a", "proven"),
        ("up to min(a, -3)", "refuted"),
    ],
)
def test_a_limit_that_no_amount_keeps_to(limit: str, status: str) -> None:
    assert rules(f"r: clerk may approve {limit}") == {"r": status}


def test_a_prohibition_and_a_requirement_may_be_out_of_reach_too() -> None:
    text = (
        "give: clerk may approve any\n"
        "bar: clerk may not approve under 0\n"
        "high: approve over 5 needs review by manager when amount < 3\n"
        "fine: clerk may not approve over 5\n"
        "look: manager may review any\n"
    )
    assert rules(text) == {
        "give": "proven", "bar": "refuted", "high": "refuted", "fine": "proven", "look": "proven",
    }  # fmt: skip


def test_days_of_a_rule_that_end_before_they_begin() -> None:
    text = (
        "early: clerk may approve any from 2026-05-01 until 2026-05-01\n"
        "late: manager may approve any"
    )
    with pytest.raises(AssertionError, match="E0"):
        rules(text)


def test_days_of_a_rule_against_a_condition_on_the_day() -> None:
    text = "r: clerk may approve any from 2026-05-01 until 2026-06-01 when as_of {}"
    assert rules(text.format(">= 2026-06-01")) == {"r": "refuted"}
    assert rules(text.format(">= 2026-05-31")) == {"r": "proven"}
    assert rules(text.format("< 2026-05-01")) == {"r": "refuted"}


def test_a_rule_of_the_past_was_reached_once() -> None:
    assert rules("r: clerk may approve any until 2026-01-01") == {"r": "proven"}


def test_a_dated_parameter_reaches_on_one_of_its_days() -> None:
    top = "parameter top: money { from 2026-01-01 -> 5  from 2027-01-01 -> 20 }\n"
    policy = HOUSE + top + "authority pay { r: clerk may approve any when amount > 10 and TEST }"
    for test, status in (
        ("amount < top", "proven"),
        ("amount < top and as_of < 2027-01-01", "refuted"),
        ("amount < top and as_of < 2027-01-02", "proven"),
    ):
        assert statuses(probe("unreachable", policy.replace("TEST", test))) == {"r": status}


def test_an_unset_parameter_is_told_by_another_question() -> None:
    policy = (
        HOUSE + "parameter top: money = unset\n"
        "authority pay { r: clerk may approve up to top\n s: clerk may approve any when a > top\n"
        " t: manager may approve unset }\n"
    )
    assert statuses(probe("unreachable", policy)) == {"r": "proven", "s": "proven", "t": "proven"}


def test_a_right_never_fixed_is_out_of_reach_by_its_condition_alone() -> None:
    assert rules("r: clerk may approve unset when a > 3 and a < 3") == {"r": "refuted"}
    assert rules("r: clerk may approve unset when a > 3") == {"r": "proven"}


def test_the_self_bar_can_always_apply() -> None:
    text = "g: clerk may approve any\ns: requester may not approve"
    assert rules(text) == {"g": "proven", "s": "proven"}


def test_a_rule_for_several_positions_is_reached_by_one_of_them() -> None:
    assert rules("r: clerk, manager may approve any when actor holds manager") == {"r": "proven"}
    assert rules("r: clerk, manager may approve any when actor holds director") == {"r": "refuted"}


def test_the_finding_points_at_the_conditions_that_clash() -> None:
    text = "r: clerk may approve any\n when urgent and a > 5 and region in north and a <= 5"
    found = probe("unreachable", f"{HOUSE}authority pay {{ {text} }}")
    found.says("W0801 `pay.r` can never apply: `a > 5` and `a <= 5` exclude each other")
    found.points("this condition: a <= 5").helps(
        "leave it out, mend its conditions, or give the reason: "
        '`waive unreachable at pay.r because "…"`'
    )


def test_a_condition_that_is_never_true_by_itself_is_told_alone() -> None:
    found = probe(
        "unreachable",
        f"{HOUSE}authority pay {{ r: clerk may approve any when urgent and amount < 0 }}",
    )
    found.says("W0801 `pay.r` can never apply: `amount < 0` is never true").points()


def test_a_limit_that_leaves_nothing_is_told_as_such() -> None:
    found = probe("unreachable", f"{HOUSE}authority pay {{ r: clerk may approve up to -1 }}")
    found.says(
        "W0801 `pay.r` can never apply: its conditions, limit and days leave nothing"
    ).underlines("r: clerk may approve up to -1").points()


def test_too_entangled_is_unknown() -> None:
    fields = " ".join(f"f{i} boolean g{i} boolean" for i in range(10))
    condition = " and ".join(f"(f{i} or g{i})" for i in range(10))
    policy = (
        "policy house { owner clerk }\nposition clerk\n"
        f"action pay {{ {fields} }}\nauthority pay {{ r: clerk may approve when {condition} }}"
    )
    answer = the_open(probe("unreachable", policy))
    assert answer.status is Status.UNKNOWN
    assert answer.why == "its conditions are too entangled to be taken apart"


def test_too_few_steps_are_unknown_and_never_proven() -> None:
    policy = f"{HOUSE}authority pay {{ r: clerk may approve any when {CIRCLE} }}"
    assert the_open(probe("unreachable", policy, steps=0)).status is Status.UNKNOWN


def test_a_policy_without_rules_has_no_answers() -> None:
    assert probe("unreachable", HOUSE).answers == []
