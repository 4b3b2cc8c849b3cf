"""Exact values as people read them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit_dsl.lexing.currencies import CODES, smallest
from remit_engine.text import currency_places, exact, grouped, number_text, plain


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_plain_is_exact(value: Decimal) -> None:
    assert Fraction(plain(Fraction(value))) == Fraction(value)
    assert Fraction(grouped(plain(Fraction(value))).replace(",", "")) == Fraction(value)


@given(st.fractions())
def test_exact_reads_back(value: Fraction) -> None:
    assert Fraction(exact(value)) == value


@pytest.mark.parametrize(
    ("value", "kind", "currency", "text"),
    [
        ("0.12", "percent", None, "12%"),
        ("0.002", "percent", None, "0.2%"),
        ("180000", "money", "CNY", "180,000.00 CNY"),
        ("-0.5", "money", "CNY", "-0.50 CNY"),
        ("1000", "money", "JPY", "1,000 JPY"),
        ("0.001", "money", "CNY", "0.001 CNY"),
        ("1", "days", None, "1 day"),
        ("90", "days", None, "90 days"),
        ("3", "months", None, "3 months"),
        ("1/3", "number", None, "0.333333…"),
        ("1234567.5", "number", None, "1,234,567.5"),
    ],
)
def test_each_kind(value: str, kind: str, currency: str | None, text: str) -> None:
    assert number_text(Fraction(value), kind, currency) == text


def test_numbers_longer_than_python_prints() -> None:
    assert len(plain(Fraction(10**5000))) == 5001
    assert plain(Fraction(1, 10**5000)).endswith("0001")


def test_the_checker_knows_the_decimals_of_every_currency() -> None:
    for code in sorted(CODES):
        assert smallest(code) == Fraction(1, 10 ** currency_places(code)), code
    assert smallest(None) == Fraction(1, 10 ** currency_places(None))
