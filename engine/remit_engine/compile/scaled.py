"""Exact numbers of the generated code: whole millionths as `int`, anything finer as `Fraction`.

Both compare and add exactly with one another, so a value has one form and no rounding, and the
usual amounts and rates stay machine-sized integers.
"""

from __future__ import annotations

from fractions import Fraction

SCALE = 1_000_000

Scaled = int | Fraction


def scaled(value: Fraction | int) -> Scaled:
    """The value in millionths."""
    n, d = value.numerator * SCALE, value.denominator
    if d == 1:
        return n
    quotient, rest = divmod(n, d)
    return Fraction(n, d) if rest else quotient


def unscaled(value: Scaled) -> Fraction:
    """The value of a number in millionths."""
    return Fraction(value.numerator, value.denominator * SCALE)


def product(a: Scaled, b: Scaled) -> Scaled:
    """a * b."""
    return _over(a * b, SCALE)


def quotient(a: Scaled, b: Scaled) -> Scaled:
    """a / b. Raises ZeroDivisionError."""
    return _over(a * SCALE, b)


def _over(n: Scaled, d: Scaled) -> Scaled:
    if type(n) is int and type(d) is int:
        whole, rest = divmod(n, d)
        return Fraction(n, d) if rest else whole
    exact = Fraction(n) / d
    return exact.numerator if exact.denominator == 1 else exact
