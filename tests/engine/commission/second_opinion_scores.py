"""Scorecards of docs/pay.md once more. Written from the page alone."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from engine.commission.second_opinion_lines import DAY, NONE, ONE, Fault, House
from remit_dsl.expressions import Expression
from remit_dsl.pay import Item, Scorecard
from remit_engine.commission.basis.periods import Period
from remit_engine.judging.unknown import Unknown, missing
from remit_engine.rounding import rounded


def score(house: House, card: Scorecard, person: str, period: Period) -> Fraction | Unknown:
    """The score of a person, Unknown where there is none."""
    held = [
        (day, s) for day in (period.start + n * DAY for n in range(period.days))
        for s in house.data.people[person] if s.covers(day) and s.position in card.of
    ]  # fmt: skip
    if not held:
        return missing(card.name)
    last = max(day for day, _ in held)
    payee = next(s.attributes for day, s in held if day == last)

    def value(e: Expression) -> Any:
        return house.value(e, {"payee": payee}, last)

    try:
        total = sum((_counts(house, i, person, period, value) for i in card.items), NONE)
    except Fault:
        return missing(card.name)
    return total if card.step is None else rounded(total, card.mode, value(card.step))


def _counts(house: House, item: Item, person: str, period: Period, value: Any) -> Fraction:
    """Weight times what an item counts."""
    if item.value is not None:
        measured = value(item.value)
    else:
        measured = house.data.measures.get((person, period, item.name))
    if measured is None:
        raise Fault("no measure")
    target = value(item.target)
    low = None if item.floor is None else value(item.floor)
    if target == 0 and not item.higher:
        if measured == 0:
            attained = ONE
        elif item.least is not None:
            return NONE
        else:
            attained = low or NONE
    elif target <= 0:
        raise Fault("target")
    else:
        attained = measured / target if item.higher else 2 - measured / target
    if item.least is not None and attained < value(item.least):
        return NONE
    if low is not None:
        attained = max(attained, low)
    if item.cap is not None:
        attained = min(attained, value(item.cap))
    return value(item.weight) * attained
