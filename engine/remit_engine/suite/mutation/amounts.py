"""Written values moved by a small step and by a large one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from remit_dsl.expressions import Constant
from remit_engine.text import is_finite_decimal, plain

_UNITS = {"%": 100, "％": 100, "‰": 1_000, "bp": 10_000}
_UNIT = re.compile(r"(%|％|‰|bp)\s*$")
_CURRENCY = re.compile(r"\b[A-Z]{3}\b")
_PLACES = re.compile(r"\.([0-9_]+)")
BASIS_POINT = Fraction(1, 10_000)
LARGE = Fraction(1, 10)
"""The large step: this share of the value."""


def neighbours(e: Constant) -> Iterator[Fraction]:
    """The values a small and a large step away; none below zero for what is not negative."""
    value = e.value
    if not isinstance(value, Fraction) or isinstance(value, bool):
        return
    small = step(e)
    large = max(small, _whole(abs(value) * LARGE, small))
    for away in dict.fromkeys((small, -small, large, -large)):
        moved = value + away
        if moved >= 0 or value < 0:
            yield moved


def step(e: Constant) -> Fraction:
    """The smallest step: a basis point, one, or the last place that is written after the point."""
    places = _PLACES.search(e.written or "")
    digits = len(places[1].replace("_", "")) if places else 0
    unit = _UNIT.search(e.written or "")
    if e.type.kind == "percent" or unit:
        last = Fraction(1, (_UNITS[unit[1]] if unit else 100) * 10**digits)
        return min(last, BASIS_POINT)
    return Fraction(1, 10**digits)


def _whole(value: Fraction, small: Fraction) -> Fraction:
    """A value in whole small steps."""
    return (value // small) * small


def respelt(e: Constant, value: Fraction) -> str:
    """Another value as the author would have written it."""
    written = e.written or ""
    unit = _UNIT.search(written)
    if e.type.kind == "percent" or unit:
        sign = unit[1] if unit else "%"
        return f"{plain(value * _UNITS[sign])}{sign}"
    if e.type.kind in ("days", "months"):
        return f"{plain(value)} {e.type.kind}"
    currency = _CURRENCY.search(written)
    return f"{grouped(value)} {currency[0]}" if currency else grouped(value)


def grouped(value: Fraction) -> str:
    """A number in groups of three, as policies write it."""
    if not is_finite_decimal(value):
        return plain(value)
    whole, dot, rest = plain(value).partition(".")
    return f"{int(whole):_}{dot}{rest}" if len(whole) > 3 else f"{whole}{dot}{rest}"


def days_around(day: date) -> Iterator[date]:
    """The day before and the day after."""
    if day > date.min:
        yield day - timedelta(days=1)
    if day < date.max:
        yield day + timedelta(days=1)
