"""Rounding by a written rule, checked against Python's decimal module."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit_engine.rounding import rounded

MODES = {
    "half up": decimal.ROUND_HALF_UP,
    "half even": decimal.ROUND_HALF_EVEN,
    "half down": decimal.ROUND_HALF_DOWN,
    "up": decimal.ROUND_UP,
    "down": decimal.ROUND_DOWN,
}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=5), st.sampled_from([*MODES]))
def test_agrees_with_decimal(value: Decimal, mode: str) -> None:
    with decimal.localcontext() as context:
        context.prec = 400
        expected = value.quantize(Decimal("0.01"), MODES[mode])
    assert rounded(Fraction(value), mode, Fraction(1, 100)) == Fraction(expected)


@pytest.mark.parametrize(
    ("mode", "value", "expected"),
    [
        ("half up", "2.5", 3), ("half up", "-2.5", -3), ("half even", "2.5", 2),
        ("half even", "3.5", 4), ("half down", "2.5", 2), ("half down", "-2.5", -2),
        ("up", "2.01", 3), ("up", "-2.01", -3), ("down", "2.99", 2), ("down", "-2.99", -2),
    ],
)  # fmt: skip
def test_ties_and_signs(mode: str, value: str, expected: int) -> None:
    assert rounded(Fraction(value), mode, Fraction(1)) == expected


def test_any_step_will_do() -> None:
    assert rounded(Fraction("1.07"), "half up", Fraction("0.05")) == Fraction("1.05")
    assert rounded(Fraction(1249), "half up", Fraction(500)) == 1000


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="no such rounding"):
        rounded(Fraction(1), "sideways", Fraction(1))
