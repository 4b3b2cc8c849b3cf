"""Exact values as people read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from babel.numbers import get_currency_precision

from remit_dsl.types import Type
from remit_engine.decision import Amount
from remit_engine.people.party import Party


def is_finite_decimal(value: Fraction) -> bool:
    """True when the number has a finite decimal form."""
    d = value.denominator
    for prime in (2, 5):
        while d % prime == 0:
            d //= prime
    return d == 1


def plain(value: Fraction, places: int = 0) -> str:
    """Decimal notation with at least `places` places, exact; six places and `…` where the number
    has no finite decimal form."""
    sign = "-" if value < 0 else ""
    n, d = abs(value.numerator), value.denominator
    whole, rest = divmod(n, d)
    front = sign + _digits(whole)
    if not rest:
        return f"{front}.{'0' * places}" if places else front
    if not is_finite_decimal(value):
        return f"{front}.{rest * 10**6 // d:06d}…"
    digits = _decimal_places(d)
    fraction = _digits(rest * 10**digits // d).zfill(digits).ljust(places, "0")
    return f"{front}.{fraction}"


def _digits(n: int) -> str:
    """A whole number's digits, however many (`str` refuses more than 4,300)."""
    return str(n) if n.bit_length() < 10_000 else f"{Decimal(n):f}"


def _decimal_places(d: int) -> int:
    """How many decimal places a denominator of twos and fives takes."""
    twos = fives = 0
    while d % 2 == 0:
        d, twos = d // 2, twos + 1
    while d % 5 == 0:
        d, fives = d // 5, fives + 1
    return max(twos, fives)


def grouped(text: str) -> str:
    """The whole part in groups of three, for reading."""
    whole, dot, fraction = text.partition(".")
    digits = whole.lstrip("-")
    sign = whole[: len(whole) - len(digits)]
    first = len(digits) % 3 or 3
    groups = [digits[:first], *(digits[i : i + 3] for i in range(first, len(digits), 3))]
    return f"{sign}{','.join(groups)}{dot}{fraction}"


def exact(value: Fraction) -> str:
    """The value for machines: decimal text, or `n/d` where there is no finite one."""
    if value.denominator == 1:
        return _digits(value.numerator)
    if is_finite_decimal(value):
        return plain(value)
    sign = "-" if value < 0 else ""
    return f"{sign}{_digits(abs(value.numerator))}/{_digits(value.denominator)}"


@lru_cache(maxsize=200)
def currency_places(currency: str | None) -> int:
    """How many decimals amounts in a currency have; two where it is not known."""
    return 2 if currency is None else int(get_currency_precision(currency))


@lru_cache(maxsize=20_000)
def number_text(value: Fraction, kind: str, currency: str | None = None) -> str:
    """A number of a kind: `12%`, `180,000.00 CNY`, `90 days`."""
    match kind:
        case "percent" | "ratio":
            return f"{plain(value * 100)}%"
        case "money":
            text = grouped(plain(value, currency_places(currency)))
            return f"{text} {currency}" if currency else text
        case "days" | "months":
            unit = kind if abs(value) != 1 else kind[:-1]
            return f"{plain(value)} {unit}"
    return grouped(plain(value))


def amount(value: Fraction, kind: Type) -> Amount:
    """A number with its kind and text."""
    return Amount(value, kind.kind, number_text(value, kind.kind, kind.currency), kind.currency)


def value_text(value: Any, kind: Type) -> str:
    """Any value as people read it."""
    match value:
        case bool():
            return "true" if value else "false"
        case Fraction():
            return number_text(value, kind.kind, kind.currency)
        case date():
            return value.isoformat()
        case str():
            return f'"{value}"' if kind.kind == "text" else value.rsplit(".", 1)[-1]
        case Party():
            return value.shown
        case frozenset():
            element = kind.element or kind
            return "(" + ", ".join(sorted(value_text(v, element) for v in value)) + ")"
        case tuple():
            return f"{len(value)} lines" if len(value) != 1 else "1 line"
        case None:
            return "absent"
    return "…"
