"""Whole numbers in SQL with the range they are proven to stay in, and quotients of them.

A number is BIGINT while its range lies in 64 bits; beyond that it is DECIMAL(38, 0), the wide form;
beyond that there is no exact form. A division happens only where something is rounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from remit_engine.warehouse.warehouse import BIGINT

NARROW = 2**63 - 1
WIDEST = 10**38 - 1
WIDE = "DECIMAL(38, 0)"


class TooWide(Exception):
    """A number that may leave 38 digits, or has no exact form."""


@dataclass(frozen=True, slots=True)
class Whole:
    """An SQL expression, NULL or within [low, high]. wide: its type is the wide form. known: the
    number that a literal is."""

    sql: str
    low: int
    high: int
    wide: bool = False
    known: int | None = None

    def __post_init__(self) -> None:
        if max(-self.low, self.high) > WIDEST:
            raise TooWide

    @property
    def as_wide(self) -> str:
        """Its SQL in the wide form."""
        return self.sql if self.wide else f"CAST({self.sql} AS {WIDE})"

    def __add__(self, other: Whole) -> Whole:
        return _combined("+", self, other, self.low + other.low, self.high + other.high)

    def __sub__(self, other: Whole) -> Whole:
        return _combined("-", self, other, self.low - other.high, self.high - other.low)

    def __mul__(self, other: Whole) -> Whole:
        if self.known is not None and other.known is not None:
            return literal(self.known * other.known)
        if self.known == 1:
            return other
        if other.known == 1:
            return self
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return _combined("*", self, other, min(ends), max(ends))

    def __neg__(self) -> Whole:
        if self.known is not None:
            return literal(-self.known)
        sql = self.as_wide if max(-self.low, self.high) > NARROW else self.sql
        return Whole(f"(-{sql})", -self.high, -self.low, self.wide or sql != self.sql)

    @property
    def absolute(self) -> Whole:
        """Its distance from zero."""
        if self.low >= 0:
            return self
        if self.high <= 0:
            return -self
        sql = f"ABS({self.sql})"
        return Whole(sql, 0, max(-self.low, self.high), self.wide)


def literal(n: int) -> Whole:
    """A number as SQL writes it."""
    wide = abs(n) > NARROW
    return Whole(f"CAST({n} AS {WIDE if wide else BIGINT})", n, n, wide, n)


ZERO, ONE, TWO = literal(0), literal(1), literal(2)


def _combined(operator: str, a: Whole, b: Whole, low: int, high: int) -> Whole:
    if operator in "+-" and b.known == 0:
        return a
    if a.wide or b.wide or max(-low, high) > NARROW:
        return Whole(f"({a.as_wide} {operator} {b.as_wide})", low, high, True)
    return Whole(f"({a.sql} {operator} {b.sql})", low, high)


def one_of(cases: Iterable[tuple[str, Whole]], otherwise: Whole | None) -> Whole:
    """CASE: a number by conditions; NULL where none holds and nothing stands otherwise."""
    listed = list(cases)
    every = [w for _, w in listed] + ([] if otherwise is None else [otherwise])
    wide = any(w.wide for w in every)
    whens = " ".join(f"WHEN {c} THEN {w.as_wide if wide else w.sql}" for c, w in listed)
    last = ""
    if otherwise is not None:
        last = f" ELSE {otherwise.as_wide if wide else otherwise.sql}"
    low, high = min(w.low for w in every), max(w.high for w in every)
    return Whole(f"(CASE {whens}{last} END)", low, high, wide)


def compared(a: Whole, operator: str, b: Whole) -> str:
    """A comparison; it is decided here where the ranges leave no choice and nothing may be NULL."""
    if a.wide or b.wide:
        return f"({a.as_wide} {operator} {b.as_wide})"
    return f"({a.sql} {operator} {b.sql})"


def divided(a: Whole, b: Whole, most: int | None = None) -> Whole:
    """The whole part of a / b, a not below 0, b above 0. most: what it is known not to exceed."""
    if a.low < 0 or b.low <= 0:
        raise TooWide
    low, high = a.low // b.high, a.high // b.low
    if most is not None:
        low, high = min(low, most), min(high, most)
    if b.known == 1:
        return a
    if high > NARROW:
        raise TooWide
    if a.wide or b.wide:
        return Whole(f"remit_wdiv({a.as_wide}, {b.as_wide})", low, high)
    return Whole(f"remit_idiv({a.sql}, {b.sql})", low, high)


def rounded(a: Whole, b: Whole, mode: str) -> Whole:
    """a / b to a whole number, b above 0. a and b are written several times."""
    n = a.absolute
    match mode:
        case "half up":
            size = divided(TWO * n + b, TWO * b)
        case "half down":
            size = divided(TWO * n + b - ONE, TWO * b)
        case "half even":
            up = divided(TWO * n + b, TWO * b)
            odd = compared(up - TWO * divided(up, TWO), "=", ONE)
            tie = compared(TWO * n + b, "=", TWO * b * up)
            size = one_of([(f"{odd} AND {tie}", _down(up))], up)
        case "up":
            size = divided(n + b - ONE, b)
        case "down":
            size = divided(n, b)
        case _:
            raise ValueError(f"no such rounding: {mode}")
    if a.low >= 0:
        return size
    if a.high <= 0:
        return -size
    return one_of([(f"{a.sql} < 0", -size)], size)


def _down(w: Whole) -> Whole:
    """One less, of a number that is odd and not below 0."""
    less = w - ONE
    return Whole(less.sql, max(0, less.low), max(0, less.high), less.wide)


@dataclass(frozen=True, slots=True)
class Ratio:
    """An exact number `over / under`; under is NULL or above 0."""

    over: Whole
    under: Whole = ONE

    @classmethod
    def of(cls, value: Fraction | int) -> Ratio:
        """A number written in the policy."""
        return cls(literal(value.numerator), literal(value.denominator))

    @property
    def known(self) -> Fraction | None:
        """The number it is, where both are literals."""
        a, b = self.over.known, self.under.known
        return None if a is None or b is None else Fraction(a, b)

    def __add__(self, other: Ratio) -> Ratio:
        a, b, under = _alike(self, other)
        return Ratio(a + b, under)

    def __sub__(self, other: Ratio) -> Ratio:
        a, b, under = _alike(self, other)
        return Ratio(a - b, under)

    def __neg__(self) -> Ratio:
        return Ratio(-self.over, self.under)

    def __mul__(self, other: Ratio) -> Ratio:
        a, d = _reduced(self.over, other.under)
        b, c = _reduced(other.over, self.under)
        return Ratio(a * b, c * d)

    @property
    def inverse(self) -> Ratio:
        """1 / it; NULL where it is 0."""
        n = self.over
        if n.low > 0:
            return Ratio(self.under, n)
        if n.high < 0:
            return Ratio(-self.under, -n)
        size = Whole(f"NULLIF({n.absolute.sql}, 0)", 1, max(1, -n.low, n.high), n.wide)
        if n.low == 0:
            return Ratio(self.under, size)
        return Ratio(one_of([(f"{n.sql} < 0", -self.under)], self.under), size)

    @property
    def absolute(self) -> Ratio:
        """Its distance from zero."""
        return Ratio(self.over.absolute, self.under)

    def compared(self, operator: str, other: Ratio) -> str:
        """A comparison."""
        a, b, _ = _alike(self, other)
        return compared(a, operator, b)


def _alike(a: Ratio, b: Ratio) -> tuple[Whole, Whole, Whole]:
    """Both over the same."""
    if a.under.sql == b.under.sql:
        return a.over, b.over, a.under
    if a.under.known is not None and b.under.known is not None:
        common = math.lcm(a.under.known, b.under.known)
        more_a, more_b = literal(common // a.under.known), literal(common // b.under.known)
        return a.over * more_a, b.over * more_b, literal(common)
    return a.over * b.under, b.over * a.under, a.under * b.under


def _reduced(over: Whole, under: Whole) -> tuple[Whole, Whole]:
    """Two known numbers without their common factor."""
    if over.known is None or under.known is None or over.known == 0:
        return over, under
    common = math.gcd(over.known, under.known)
    return literal(over.known // common), literal(under.known // common)


def chosen(cases: Iterable[tuple[str, Ratio]], otherwise: Ratio | None) -> Ratio:
    """CASE over quotients."""
    listed = list(cases)
    every = [r for _, r in listed] + ([] if otherwise is None else [otherwise])
    known = [r.under.known for r in every]
    if all(k is not None for k in known):
        common = math.lcm(*(k for k in known if k is not None))
        whole = [(c, _over(r, common)) for c, r in listed]
        return Ratio(one_of(whole, None if otherwise is None else _over(otherwise, common)),
                     literal(common))  # fmt: skip
    over = one_of([(c, r.over) for c, r in listed], None if otherwise is None else otherwise.over)
    under = one_of(
        [(c, r.under) for c, r in listed], None if otherwise is None else otherwise.under
    )
    return Ratio(over, under)


def _over(r: Ratio, common: int) -> Whole:
    return r.over * literal(common // (r.under.known or 1))
