"""Differences to closed periods: docs/pay.md section 10."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from engine.commission.runs import (
    APRIL,
    FEBRUARY,
    JANUARY,
    MARCH,
    PLANS,
    run_of,
    runs,
    statement,
)
from remit_engine.commission.closed.changes import Change, changes
from remit_engine.commission.closed.closing import (
    Closing,
    Version,
    compared,
    obstacles,
    open_period,
)
from remit_engine.commission.statement import Run, Uncounted

DAY = date(2026, 4, 2)


def version(number: int) -> Version:
    return Version(number, f"policy {number}", DAY)


def closed(run: Run, period, number, before, plan="field") -> Closing:
    """What closing a period of a run amounts to."""
    found = compared(before, run, version(number), PLANS, period.last)
    own = {p: s for (name, p, at), s in run.statements.items() if (name, at) == (plan, period)}
    posted = tuple(d for d in found.of(plan) if d.posted == period)
    return Closing(plan, period, version(number), own, posted)


def test_a_late_sale_is_a_difference_line_in_the_open_period():
    old = run_of([statement("field", "ann", JANUARY, 100, {"S1": 1000})])
    new = run_of([statement("field", "ann", JANUARY, 150, {"S1": 1000, "S2": 500})])
    january = closed(old, JANUARY, 1, [])
    (found,) = compared([january], new, version(2), PLANS, FEBRUARY.last).differences
    assert (found.amount, found.period, found.posted) == (50, JANUARY, FEBRUARY)
    assert (found.old, found.new) == (version(1), version(2))
    assert Change("line", "S2", "credit", None, Fraction(500)) in found.changes
    assert Change("stage", "credit", "value", Fraction(1000), Fraction(1500)) in found.changes


def test_a_changed_rule_is_the_reason():
    old = statement("field", "ann", JANUARY, 100, {"S1": 1000})
    new = statement("field", "ann", JANUARY, 90, {"S1": 1000}, rule="credit * 9%")
    assert changes(old, new)[:2] == (
        Change("stage", "payable", "value", Fraction(100), Fraction(90)),
        Change("stage", "payable", "rule", "credit * 10%", "credit * 9%"),
    )


def test_what_is_the_same_is_no_change():
    same = statement("field", "ann", JANUARY, 100, {"S1": 1000})
    assert changes(same, same) == ()


def test_what_was_posted_is_not_posted_again():
    january = closed(run_of([statement("field", "ann", JANUARY, 100)]), JANUARY, 1, [])
    second = run_of(
        [statement("field", "ann", JANUARY, 130), statement("field", "ann", FEBRUARY, 7)]
    )
    february = closed(second, FEBRUARY, 2, [january])
    assert [d.amount for d in february.posted] == [30]
    third = run_of(
        [statement("field", "ann", JANUARY, 120), statement("field", "ann", FEBRUARY, 7)]
    )
    (found,) = compared([january, february], third, version(3), PLANS, MARCH.last).differences
    assert (found.amount, found.posted, found.old) == (-10, MARCH, version(2))
    assert [(c.old, c.new) for c in found.changes if c.name == "payable"] == [(130, 120)]


def test_a_person_who_appears_and_one_who_vanishes():
    january = closed(run_of([statement("field", "ann", JANUARY, 100, {"S1": 9})]), JANUARY, 1, [])
    new = run_of([statement("field", "bob", JANUARY, 60)])
    ann, bob = compared([january], new, version(2), PLANS, FEBRUARY.last).differences
    assert (ann.person, ann.amount, bob.person, bob.amount) == ("ann", -100, "bob", 60)
    assert ann.changes[0] == Change("statement", "ann", "due", Fraction(100), None)
    assert Change("line", "S1", "credit", Fraction(9), None) in ann.changes
    assert bob.changes[0] == Change("statement", "bob", "due", None, Fraction(60))


def test_only_plans_that_the_run_answers_for_are_compared():
    january = closed(run_of([statement("field", "ann", JANUARY, 100)]), JANUARY, 1, [])
    assert not compared([january], run_of([]), version(2), ["bonus"], APRIL.last).differences
    (found,) = compared([january], run_of([]), version(2), PLANS, APRIL.last).differences
    assert found.amount == -100


def test_a_run_of_an_earlier_period_says_nothing_of_later_ones():
    run = run_of([statement("field", "ann", p, 5) for p in (JANUARY, FEBRUARY)])
    first = closed(run, JANUARY, 1, [])
    both = [first, closed(run, FEBRUARY, 2, [first])]
    earlier = run_of([statement("field", "ann", JANUARY, 5)])
    assert not compared(both, earlier, version(3), PLANS, JANUARY.last).differences


def test_a_statement_at_fault_is_unsettled_and_never_taken_for_nothing():
    january = closed(run_of([statement("field", "ann", JANUARY, 100)]), JANUARY, 1, [])
    broken = statement("field", "ann", JANUARY, None, fault="no quota")
    found = compared([january], run_of([broken]), version(2), PLANS, FEBRUARY.last)
    assert (found.differences, found.unsettled) == ((), (broken,))


def test_what_keeps_a_period_open():
    run = run_of(
        [
            statement("field", "ann", JANUARY, None, fault="no quota"),
            statement("field", "ann", MARCH, None, fault="too late to matter"),
            statement("bonus", "ann", JANUARY, None, fault="another plan"),
        ],
        [
            Uncounted("field", "S1", "sale.csv:2", "`net` is missing", True),
            Uncounted("field", "S2", "sale.csv:3", "returned", False),
        ],
    )
    assert list(obstacles(run, "field", JANUARY.last)) == [
        "sale.csv:2: `net` is missing",
        "ann, 2026-01: no quota",
    ]


@given(st.data())
def test_differences_add_up_to_new_less_closed(data):
    """After any number of closings and late changes; people and plans come and go."""
    closings: list[Closing] = []
    posted: dict[object, Fraction] = defaultdict(Fraction)
    first: dict[object, Fraction] = {}
    for number, period in enumerate((JANUARY, FEBRUARY, MARCH), 1):
        run = data.draw(runs((JANUARY, FEBRUARY, MARCH)))
        for plan in PLANS:
            closing = closed(run, period, number, closings, plan)
            closings.append(closing)
            first |= {
                (plan, p, period): s.due or Fraction(0) for p, s in closing.statements.items()
            }
            for d in closing.posted:
                posted[d.plan, d.person, d.period] += d.amount
    new = data.draw(runs((JANUARY, FEBRUARY, MARCH)))
    found = compared(closings, new, version(9), PLANS, MARCH.last)
    for d in found.differences:
        assert d.posted == open_period(closings, d.plan) == APRIL
        assert d.amount != 0
        assert d.changes, "a difference says why"
        posted[d.plan, d.person, d.period] += d.amount
    for key in {*first, *new.statements, *posted}:
        due = new.statements[key].due if key in new.statements else Fraction(0)
        assert posted[key] == due - first.get(key, Fraction(0))
