"""Numbers as quotients of polynomials in the columns of a row, and the axes they are cut on.

A comparison of two such numbers turns at zeros of polynomials. A polynomial without its constant
is an axis: a whole number that SQL computes for each row; the constant is a point on it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

Monomial = tuple[int, ...]
"""The variables of a product, ascending; () is one."""

ONE: Monomial = ()
MOST_FACTORS = 3
MOST_TERMS = 16
MOST_COEFFICIENT = 10**12


class TooComplex(Exception):
    """A polynomial with more factors or terms than SQL is asked to compute."""


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A sum of products of variables; no term has coefficient zero."""

    terms: tuple[tuple[Monomial, Fraction], ...]

    @classmethod
    def of(cls, terms: Mapping[Monomial, Fraction]) -> Polynomial:
        """The polynomial of some terms. Raises TooComplex."""
        kept = {m: c for m, c in terms.items() if c}
        if len(kept) > MOST_TERMS or any(len(m) > MOST_FACTORS for m in kept):
            raise TooComplex
        return cls(tuple(sorted(kept.items())))

    @classmethod
    def constant(cls, value: Fraction) -> Polynomial:
        """A number."""
        return cls.of({ONE: value})

    @classmethod
    def variable(cls, index: int, unit: Fraction) -> Polynomial:
        """A column's value: its whole number times the unit."""
        return cls.of({(index,): unit})

    @property
    def known(self) -> Fraction | None:
        """The number it is, where it has no variables."""
        if not self.terms:
            return Fraction(0)
        return self.terms[0][1] if self.terms[0][0] == ONE and len(self.terms) == 1 else None

    def __add__(self, other: Polynomial) -> Polynomial:
        terms = dict(self.terms)
        for monomial, coefficient in other.terms:
            terms[monomial] = terms.get(monomial, Fraction(0)) + coefficient
        return Polynomial.of(terms)

    def __neg__(self) -> Polynomial:
        return Polynomial(tuple((m, -c) for m, c in self.terms))

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + -other

    def __mul__(self, other: Polynomial) -> Polynomial:
        terms: dict[Monomial, Fraction] = {}
        for m, c in self.terms:
            for n, d in other.terms:
                product = tuple(sorted(m + n))
                terms[product] = terms.get(product, Fraction(0)) + c * d
        return Polynomial.of(terms)


UNIT = Polynomial.constant(Fraction(1))


@dataclass(frozen=True, slots=True)
class Quotient:
    """A number as `over / under`; where `under` is zero the number is a fault."""

    over: Polynomial
    under: Polynomial = UNIT

    def __add__(self, other: Quotient) -> Quotient:
        if self.under == other.under:
            return Quotient(self.over + other.over, self.under)
        over = self.over * other.under + other.over * self.under
        return Quotient(over, self.under * other.under)

    def __neg__(self) -> Quotient:
        return Quotient(-self.over, self.under)

    def __sub__(self, other: Quotient) -> Quotient:
        return self + -other

    def __mul__(self, other: Quotient) -> Quotient:
        return Quotient(self.over * other.over, self.under * other.under)

    def __truediv__(self, other: Quotient) -> Quotient:
        return Quotient(self.over * other.under, self.under * other.over)


@dataclass(frozen=True, slots=True, order=True)
class Axis:
    """A polynomial in whole numbers without constant; its coefficients share no factor, and the
    first is positive."""

    terms: tuple[tuple[Monomial, int], ...]

    @property
    def variables(self) -> frozenset[int]:
        """The columns it is computed from."""
        return frozenset(v for monomial, _ in self.terms for v in monomial)

    def largest(self, bounds: Mapping[int, int]) -> int:
        """The largest number met while computing it, the variables being within the bounds."""
        return sum(abs(c) * math.prod(bounds[v] for v in m) for m, c in self.terms)

    def sql(self, names: Mapping[int, str]) -> str:
        """It as SQL over the columns."""
        return " + ".join(_term(m, c, names) for m, c in self.terms)


def _term(monomial: Monomial, coefficient: int, names: Mapping[int, str]) -> str:
    factors = [names[v] for v in monomial]
    if coefficient != 1:
        factors.insert(0, f"CAST({coefficient} AS BIGINT)")
    return " * ".join(factors)


def cut(difference: Polynomial) -> tuple[Axis, Fraction, bool] | None:
    """Where a polynomial is zero: the point on its axis, and whether the axis runs against it.

    None for a polynomial without variables. Raises TooComplex.
    """
    terms = [(m, c) for m, c in difference.terms if m != ONE]
    if not terms:
        return None
    constant = dict(difference.terms).get(ONE, Fraction(0))
    denominator = math.lcm(*(c.denominator for _, c in terms))
    whole = [c.numerator * (denominator // c.denominator) for _, c in terms]
    common = math.gcd(*whole)
    if whole[0] < 0:
        common = -common
    if any(abs(c // common) > MOST_COEFFICIENT for c in whole):
        raise TooComplex
    axis = Axis(tuple((m, c // common) for (m, _), c in zip(terms, whole, strict=True)))
    return axis, -constant * denominator / common, common < 0
