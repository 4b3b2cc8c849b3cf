"""Guarantees and draws (docs/pay.md section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from remit_dsl.pay import Draw

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is advanced and taken back in a period, and what is owed after it."""

    advance: Fraction
    recovered: Fraction
    balance: Fraction


def drawn(
    draw: Draw,
    month: int,
    active: bool,
    amount: Fraction,
    at_most: Fraction | None,
    net: Fraction,
    balance: Fraction,
) -> Drawn:
    """The draw of a period.

    month: of the period, since he came into the plan. amount, at_most: as the draw says for the
    period. net: what there is before the draw. balance: what is owed before the period.
    """
    runs = active and in_months(month, draw.until_month)
    least = amount if runs else NOTHING
    if runs and net < least:
        advance = least - net
        return Drawn(advance, NOTHING, balance + advance if draw.recoverable else balance)
    if not draw.recoverable or month < draw.from_month:
        return Drawn(NOTHING, NOTHING, balance)
    bounds = [balance, net - least] + ([] if at_most is None else [at_most])
    recovered = max(NOTHING, min(bounds))
    return Drawn(NOTHING, recovered, balance - recovered)


def in_months(month: int, until: int | None) -> bool:
    """True in the months up to and with `until`."""
    return until is None or month <= until
