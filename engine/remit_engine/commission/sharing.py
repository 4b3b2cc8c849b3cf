"""Amounts in parts that sum to the whole, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise

from remit_engine.commission.apportionment import LARGEST, parts

NOTHING = Fraction(0)


def half_up(value: Fraction, cent: Fraction) -> Fraction:
    """To the cent, ties away from zero; cent: one part of a whole number. As `rounded`, faster."""
    n, d, parts = abs(value.numerator), value.denominator, cent.denominator
    cents = (2 * n * parts + d) // (2 * d)
    return Fraction(-cents if value < 0 else cents, parts)


def in_order(total: Fraction, weights: Sequence[Fraction], cent: Fraction) -> tuple[Fraction, ...]:
    """Differences of rounded cumulatives, in proportion to weights; nothing where they sum to 0."""
    whole = sum(weights, NOTHING)
    if whole == 0:
        return (NOTHING,) * len(weights)
    reached = accumulate(weights, initial=NOTHING)
    rate = total / whole
    cumulative = [half_up(rate * w, cent) for w in reached]
    return tuple(after - before for before, after in pairwise(cumulative))


def largest(total: Fraction, weights: Sequence[Fraction], cent: Fraction) -> tuple[Fraction, ...]:
    """Everyone's part rounded down, the cents left to the largest fractions (ties: the first).

    total: whole cents; below 0 it is shared as its positive counterpart. Weights: not below 0,
    and not all 0 (ValueError).
    """
    if total < 0:
        return tuple(-part for part in largest(-total, weights, cent))
    return tuple(cents * cent for cents in parts(int(total / cent), weights, LARGEST))
