"""Intervals: every operation agrees with membership, number by number."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from remit_engine.judging.interval import EVERYTHING, Interval, highest

numbers = st.integers(-3, 3).map(Fraction)
ends = st.none() | numbers
intervals = st.builds(Interval, ends, ends, st.booleans(), st.booleans())
PROBES = [Fraction(n, 2) for n in range(-9, 10)]


def inside(interval: Interval) -> set[Fraction]:
    return {p for p in PROBES if p in interval}


@given(intervals, intervals)
def test_meet_holds_what_both_hold(a: Interval, b: Interval) -> None:
    assert inside(a.meet(b)) == inside(a) & inside(b)


@given(intervals, intervals)
def test_without_holds_what_the_first_alone_holds(a: Interval, b: Interval) -> None:
    pieces = a.without(b)
    assert set().union(*(inside(p) for p in pieces)) == inside(a) - inside(b)


@given(intervals)
def test_empty_means_that_nothing_is_inside(a: Interval) -> None:
    assert a.empty == (not inside(a))


@given(intervals, numbers)
def test_shifting_moves_every_number(a: Interval, by: Fraction) -> None:
    assert inside(a.shifted(by).shifted(-by)) == inside(a)
    assert all((p + by in a.shifted(by)) == (p in a) for p in PROBES)


@given(st.lists(intervals, max_size=4))
def test_highest_reaches_as_high_as_any(them: list[Interval]) -> None:
    best = highest(them)
    every = set().union(*(inside(i) for i in them)) if them else set()
    if best is None:
        assert not every
    else:
        assert max(inside(best)) == max(every)


def test_a_closed_end_reaches_higher_than_an_open_one() -> None:
    closed, opened = Interval(high=Fraction(5)), Interval(high=Fraction(5), high_open=True)
    assert highest([opened, closed]) == closed
    assert highest([closed, opened, EVERYTHING]) == EVERYTHING
