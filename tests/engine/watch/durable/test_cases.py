"""A formula is true exactly in its cases, whatever is known and whatever is not."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given

from engine.watch.formulas import NAMES, formulas
from remit_engine.compile.to_durable import KNOWN, Unsafe
from remit_engine.watch.durable.cases import atoms, cases
from remit_engine.watch.matching import EQUAL, GREATER, LESS, UNKNOWN
from remit_engine.watch.plain import value
from remit_engine.watch.rulesets import And, Atom, Not, Or

NUMBERS = {name: n for n, name in enumerate(NAMES)}
OVER, AT_MOST = Atom("a1", frozenset({GREATER})), Atom("a1", frozenset({LESS, EQUAL}))
EAST = Atom("a2", frozenset({GREATER}))


@given(formulas)
def test_cases_say_what_the_formula_says(formula) -> None:
    found = cases(formula, NUMBERS)
    used = sorted(atoms(formula))
    for known in product((LESS, EQUAL, GREATER, UNKNOWN), repeat=len(used)):
        signs = dict(zip(used, known, strict=True))
        held = any(all(1 << (signs[NAMES[n]] + 1) & mask for n, mask in case) for case in found)
        assert held is (value(formula, signs) is True)


@given(formulas)
def test_no_case_lies_in_another(formula) -> None:
    found = cases(formula, NUMBERS)
    for a in found:
        within = [b for b in found if all(n in dict(a) and not dict(a)[n] & ~mask for n, mask in b)]
        assert within == [a]


def test_what_is_always_or_never_true() -> None:
    assert cases(And(()), NUMBERS) == ((),)
    assert cases(Or(()), NUMBERS) == ()
    assert cases(And((OVER, AT_MOST)), NUMBERS) == ()
    # unknown is neither: it is always true that it is over or not, but only where it is known
    assert cases(Or((OVER, Not(OVER))), NUMBERS) == (((0, 0b100),), ((0, 0b011),))
    assert cases(Not(And((OVER, Not(OVER)))), NUMBERS) == (((0, 0b011),), ((0, 0b100),))


def test_an_and_of_one_thing_twice_is_one_condition() -> None:
    assert cases(And((Not(OVER), Not(Atom("a1", frozenset({LESS}))), EAST)), NUMBERS) == (
        ((0, 0b010), (1, 0b100)),
    )
    assert KNOWN == 0b111


def test_too_many_cases_are_not_held() -> None:
    names = {f"x{n}": n for n in range(40)}
    pairs = [
        Or((Atom(f"x{n}", frozenset({LESS})), Atom(f"x{n + 1}", frozenset({LESS}))))
        for n in range(0, 40, 2)
    ]
    with pytest.raises(Unsafe, match="more than 300 cases"):
        cases(And(tuple(pairs)), names)
