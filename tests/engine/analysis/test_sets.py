"""Sets of values against membership, on points between, on and beside their cuts."""

from __future__ import annotations

import operator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit_engine.analysis.sets import (
    EVERYWHERE,
    HIGHEST,
    LOWEST,
    NOWHERE,
    Cut,
    Line,
    Symbols,
    after,
    before,
    compared,
    joining,
    meeting,
    sample,
    stretch,
    symbols,
)

ENDS = [Fraction(n, 2) for n in range(-6, 7)]
POINTS = [Fraction(n, 8) for n in range(-40, 41)]
WHOLE_POINTS = [Fraction(n) for n in range(-9, 10)]
OPERATORS = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "=": operator.eq, "!=": operator.ne,
}  # fmt: skip
TEXTS = ("a", "b", "c", True, False, "unsaid")

some_end = st.sampled_from(ENDS)
some_cut = st.one_of(
    st.sampled_from([LOWEST, HIGHEST]), st.builds(before, some_end), st.builds(after, some_end)
)
whole_cut = st.one_of(
    st.sampled_from([LOWEST, HIGHEST]),
    st.builds(lambda v: before(v, True), some_end),
    st.builds(lambda v: after(v, True), some_end),
)
some_symbols = st.builds(
    Symbols, st.frozensets(st.sampled_from(["a", "b", "c", True, False])), st.booleans()
)


def lines(cuts: st.SearchStrategy[Cut]) -> st.SearchStrategy[Line]:
    """Unions of stretches, in any order, that may overlap and touch."""

    def joined(pairs: list[tuple[Cut, Cut]]) -> Line:
        found = NOWHERE
        for low, high in pairs:
            found = found.join(stretch(low, high))
        return found

    return st.lists(st.tuples(cuts, cuts), max_size=4).map(joined)


def in_symbols(value: str | bool, values: Symbols) -> bool:
    return (value in values.members) != values.outside


def in_cuts(value: Fraction, low: Cut, high: Cut) -> bool:
    """Between two cuts, told from what a cut is."""
    above = low == LOWEST or (
        low != HIGHEST and (value > low[1] or (value == low[1] and not low[2]))
    )
    under = high == HIGHEST or (
        high != LOWEST and (value < high[1] or (value == high[1] and high[2] == 1))
    )
    return above and under


def canonical(line: Line) -> bool:
    """Sorted stretches, none empty, none touching the next."""
    return all(low < high for low, high in line.stretches) and all(
        a[1] < b[0] for a, b in zip(line.stretches, line.stretches[1:], strict=False)
    )


@given(st.lists(st.tuples(some_cut, some_cut), max_size=4))
def test_a_union_of_stretches_holds_what_any_of_them_does(pairs: list[tuple[Cut, Cut]]) -> None:
    found = NOWHERE
    for low, high in pairs:
        found = found.join(stretch(low, high))
    assert canonical(found)
    for value in POINTS:
        assert (value in found) == any(in_cuts(value, low, high) for low, high in pairs)


@given(lines(some_cut), lines(some_cut))
@settings(max_examples=150)
def test_lines_are_an_algebra(a: Line, b: Line) -> None:
    for value in POINTS:
        assert (value in a.complement()) == (value not in a)
        assert (value in a.meet(b)) == (value in a and value in b)
        assert (value in a.join(b)) == (value in a or value in b)
    for made in (a.complement(), a.meet(b), a.join(b)):
        assert canonical(made)
    assert a.complement().complement() == a
    assert a.join(a.complement()) == EVERYWHERE
    assert a.meet(a.complement()).empty
    assert a.meet(b) == b.meet(a)
    assert a.join(b) == b.join(a)
    assert a.empty == (a == NOWHERE)
    assert a.everything == (a == EVERYWHERE)


@given(lines(whole_cut), lines(whole_cut))
def test_equal_sets_of_whole_numbers_are_equal_lines(a: Line, b: Line) -> None:
    same = all((v in a) == (v in b) for v in WHOLE_POINTS)
    assert (a == b) == same
    assert a.complement().complement() == a


@given(some_symbols, some_symbols)
@settings(max_examples=150)
def test_symbols_are_an_algebra(a: Symbols, b: Symbols) -> None:
    for value in TEXTS:
        assert in_symbols(value, a.complement()) == (not in_symbols(value, a))
        assert in_symbols(value, a.meet(b)) == (in_symbols(value, a) and in_symbols(value, b))
        assert in_symbols(value, a.join(b)) == (in_symbols(value, a) or in_symbols(value, b))
    assert a.empty == (a == symbols([]))
    assert a.everything == (a == symbols([]).complement())
    assert a.join(a.complement()).everything
    assert a.meet(a.complement()).empty


@given(st.sampled_from(sorted(OPERATORS)), st.sampled_from(ENDS))
def test_compared_holds_the_numbers_that_compare_so(name: str, value: Fraction) -> None:
    for x in POINTS:
        assert (x in compared(name, value)) == OPERATORS[name](x, value), (x, name, value)
    assert canonical(compared(name, value))


@given(st.sampled_from(sorted(OPERATORS)), st.sampled_from(POINTS))
def test_compared_on_whole_numbers_keeps_cuts_to_whole_numbers(name: str, value: Fraction) -> None:
    found = compared(name, value, True)
    for x in WHOLE_POINTS:
        assert (x in found) == OPERATORS[name](x, value), (x, name, value)
    for cut in (c for s in found.stretches for c in s):
        assert cut in (LOWEST, HIGHEST) or (cut[1].denominator == 1 and cut[2] == 0)


@given(some_end)
def test_two_ways_to_say_one_set_of_whole_numbers_are_equal(value: Fraction) -> None:
    for above, from_next in ((">", ">="), ("<=", "<")):
        if value.denominator == 1:
            assert compared(above, value, True) == compared(from_next, value + 1, True)
        else:
            assert compared(above, value, True) == compared(from_next, value, True)


def test_what_is_no_comparison_is_refused() -> None:
    with pytest.raises(ValueError, match="not a comparison: between"):
        compared("between", Fraction(1))


def test_stretches_that_touch_become_one() -> None:
    one = Fraction(1)
    assert compared("<", one).join(compared(">=", one)) == EVERYWHERE
    assert compared("<=", one).join(compared(">", one)) == EVERYWHERE
    assert compared("<", one).join(compared(">", one)) == compared("!=", one)
    assert compared("<=", one).meet(compared(">=", one)) == compared("=", one)
    assert compared("<", one).meet(compared(">=", one)) == NOWHERE
    assert compared("<=", one, True).join(compared(">=", Fraction(2), True)) == EVERYWHERE
    assert compared("<=", one).join(compared(">=", Fraction(2))) != EVERYWHERE


def test_a_reversed_or_empty_stretch_is_nowhere() -> None:
    assert stretch(after(Fraction(1)), before(Fraction(1))) == NOWHERE
    assert stretch(before(Fraction(1)), before(Fraction(1))) == NOWHERE
    assert stretch(HIGHEST, LOWEST) == NOWHERE


@given(some_cut, some_cut)
@settings(max_examples=300)
def test_a_sample_lies_in_its_stretch(low: Cut, high: Cut) -> None:
    if low < high:
        assert in_cuts(sample(low, high), low, high)


@given(whole_cut, whole_cut)
@settings(max_examples=200)
def test_a_sample_of_whole_numbers_is_whole(low: Cut, high: Cut) -> None:
    if low < high:
        found = sample(low, high, True)
        assert in_cuts(found, low, high)
        assert found.denominator == 1


NUMBERS = st.one_of(
    st.fractions(max_denominator=10**12),
    st.builds(lambda n, d: Fraction(n, 10**d), st.integers(-(10**30), 10**30), st.integers(0, 45)),
)


@given(NUMBERS, NUMBERS, st.integers(0, 1), st.integers(0, 1))
@settings(max_examples=300)
def test_a_sample_of_a_narrow_or_huge_stretch_lies_in_it(
    a: Fraction, b: Fraction, open_low: int, closed_high: int
) -> None:
    low: Cut = (0, min(a, b), open_low)
    high: Cut = (0, max(a, b), closed_high)
    if low < high:
        assert in_cuts(sample(low, high), low, high)
    assert in_cuts(sample(low, HIGHEST), low, HIGHEST)
    assert in_cuts(sample(LOWEST, high), LOWEST, high)


@pytest.mark.parametrize("width", [1, 29, 30, 31, 60])
def test_a_sample_of_the_open_gap_between_neighbours(width: int) -> None:
    at = Fraction(10**6)
    low, high = after(at), before(at + Fraction(1, 10**width))
    assert in_cuts(sample(low, high), low, high)
    assert sample(low, (0, at + Fraction(1, 10**width), 1)) <= at + Fraction(1, 10**width)


def test_samples_are_plain_numbers() -> None:
    assert sample(LOWEST, HIGHEST) == 0
    assert sample(before(Fraction(5)), HIGHEST) == 5
    assert sample(after(Fraction(200_000)), HIGHEST) in (200_001, 200_100, 210_000)
    assert sample(after(Fraction(8, 100)), after(Fraction(10, 100))) <= Fraction(10, 100)
    assert sample(LOWEST, before(Fraction(-3))) == -4
    assert sample(LOWEST, before(Fraction(3))) == 0


def test_two_kinds_of_sets_do_not_mix() -> None:
    for way in (meeting, joining):
        with pytest.raises(TypeError, match="two kinds of sets"):
            way(EVERYWHERE, symbols(["a"]))
        with pytest.raises(TypeError, match="two kinds of sets"):
            way(symbols([True]), NOWHERE)


@given(lines(some_cut), lines(some_cut), some_symbols, some_symbols)
def test_meeting_and_joining_are_those_of_the_sets(
    a: Line, b: Line, c: Symbols, d: Symbols
) -> None:
    assert meeting(a, b) == a.meet(b)
    assert joining(a, b) == a.join(b)
    assert meeting(c, d) == c.meet(d)
    assert joining(c, d) == c.join(d)
