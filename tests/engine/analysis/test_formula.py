"""Formulas and the boxes they come down to, point by point."""

from __future__ import annotations

import itertools
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit_engine.analysis.formula import (
    FALSE,
    MOST_BOXES,
    TRUE,
    Atom,
    Box,
    Every,
    Formula,
    Some,
    TooEntangled,
    atom,
    boxes,
    every,
    negated,
    some,
)
from remit_engine.analysis.sets import (
    EVERYWHERE,
    NOWHERE,
    Line,
    Symbols,
    ValueSet,
    compared,
    symbols,
)

NUMBERS = tuple(Fraction(n, 2) for n in range(-1, 6))
LETTERS = ("a", "b", "other")
POINTS: tuple[dict[str, object], ...] = tuple(
    {"x": x, "y": y, "s": s, "t": t}
    for x, y, s, t in itertools.product(NUMBERS, NUMBERS, LETTERS, (True, False))
)


def member(value: object, values: ValueSet) -> bool:
    if isinstance(values, Line):
        assert isinstance(value, Fraction)
        return value in values
    return (value in values.members) != values.outside


def holds(f: Formula, point: dict[str, object]) -> bool:
    match f:
        case Atom():
            return member(point[f.column], f.values)
        case Every():
            return all(holds(p, point) for p in f.parts)
        case Some():
            return any(holds(p, point) for p in f.parts)


def in_box(box: Box, point: dict[str, object]) -> bool:
    return all(member(point[column], values) for column, values in box.items())


def some_values(rnd: Random, column: str) -> ValueSet:
    if column in ("x", "y"):
        found = compared(rnd.choice(("<", "<=", ">", ">=", "=", "!=")), Fraction(rnd.randrange(3)))
        if rnd.random() < 0.3:
            found = found.meet(compared(rnd.choice((">", "<=")), Fraction(rnd.randrange(3))))
        return found
    if column == "t":
        return symbols([rnd.random() < 0.5])
    return Symbols(frozenset(rnd.sample(("a", "b"), rnd.randrange(3))), rnd.random() < 0.5)


def some_formula(rnd: Random, depth: int) -> Formula:
    if depth == 0 or rnd.random() < 0.2:
        column = rnd.choice("xyst")
        return atom(column, some_values(rnd, column))
    parts = [some_formula(rnd, depth - 1) for _ in range(rnd.randrange(4))]
    joined = rnd.choice((every, some))(*parts)
    return negated(joined) if rnd.random() < 0.3 else joined


formulas = st.integers(0, 10**9).map(lambda seed: some_formula(Random(seed), 3))


@given(formulas)
@settings(max_examples=150)
def test_boxes_hold_the_points_of_the_formula(f: Formula) -> None:
    found = boxes(f)
    for point in POINTS:
        assert holds(f, point) == any(in_box(box, point) for box in found)


@given(formulas)
@settings(max_examples=150)
def test_boxes_are_never_empty_nor_name_what_is_free(f: Formula) -> None:
    found = boxes(f)
    for box in found:
        assert not any(values.empty or values.everything for values in box.values())
    assert len({frozenset(box.items()) for box in found}) == len(found)


@given(formulas)
@settings(max_examples=100)
def test_the_negation_holds_elsewhere(f: Formula) -> None:
    other = negated(f)
    for point in POINTS:
        assert holds(other, point) != holds(f, point)
    assert negated(other) == f


@given(st.lists(formulas, max_size=4))
@settings(max_examples=100)
def test_conjunction_and_disjunction(parts: list[Formula]) -> None:
    together, either = every(*parts), some(*parts)
    for point in POINTS:
        assert holds(together, point) == all(holds(p, point) for p in parts)
        assert holds(either, point) == any(holds(p, point) for p in parts)


def test_true_and_false() -> None:
    assert boxes(TRUE) == [{}]
    assert boxes(FALSE) == []
    assert negated(TRUE) == FALSE
    assert negated(FALSE) == TRUE
    assert every() == TRUE
    assert some() == FALSE
    assert atom("x", NOWHERE) == FALSE
    assert atom("x", EVERYWHERE) == TRUE
    assert every(TRUE, FALSE) == FALSE
    assert some(TRUE, FALSE) == TRUE


def test_one_part_stands_for_itself_and_equal_parts_once() -> None:
    one = atom("x", compared("<", Fraction(1)))
    two = atom("s", symbols(["a"]))
    assert every(one, one) == one
    assert some(every(one, two), every(one, two)) == Every((one, two))
    assert every(one, every(two, one)) == Every((one, two))


def test_boxes_that_differ_in_one_column_become_one() -> None:
    low, high = (compared(o, Fraction(1)) for o in ("<", ">="))
    letter = symbols(["a"])
    split = some(
        every(atom("s", letter), atom("x", low)), every(atom("s", letter), atom("x", high))
    )
    assert boxes(split) == [{"s": letter}]
    assert boxes(some(atom("x", low), atom("x", high))) == [{}]


def test_what_excludes_itself_has_no_boxes() -> None:
    a, b = atom("x", compared("<", Fraction(0))), atom("x", compared(">", Fraction(0)))
    assert boxes(every(a, b)) == []
    assert boxes(every(a, some(b, atom("s", symbols(["a"]))))) == [
        {"x": compared("<", Fraction(0)), "s": symbols(["a"])}
    ]


def either_of(count: int) -> Formula:
    """Pairs of columns of their own: 2 to the power of `count` boxes."""
    return every(
        *(
            some(atom(f"a{i}", symbols([True])), atom(f"b{i}", symbols([True])))
            for i in range(count)
        )
    )


def test_a_formula_of_too_many_boxes_is_refused() -> None:
    assert len(boxes(either_of(8))) == 256
    with pytest.raises(TooEntangled):
        boxes(either_of(9))


def test_a_long_alternative_is_refused_by_its_count_alone() -> None:
    apart = [every(atom(f"a{i}", symbols([True])), atom(f"b{i}", symbols([True]))) for i in
             range(MOST_BOXES + 1)]  # fmt: skip
    assert len(boxes(some(*apart[:-1]))) == MOST_BOXES
    with pytest.raises(TooEntangled):
        boxes(some(*apart))


def test_a_huge_formula_that_contradicts_itself_early_is_not_too_entangled() -> None:
    never = every(atom("x", compared("<", Fraction(0))), atom("x", compared(">", Fraction(0))))
    assert boxes(every(either_of(20), never)) == []
