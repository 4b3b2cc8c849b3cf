"""Section 3 of docs/pay.md once more: bounds, positions, rates. Written from the page alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from itertools import pairwise

from engine.commission.second_opinion_lines import NONE, Fault, House, Line
from remit_dsl.expressions import Expression
from remit_dsl.pay import Scale
from remit_engine.commission.basis.periods import Period

Value = Callable[[Expression], Fraction]
"""An expression, where and when it is in force."""


def ascending(scale: Scale, value: Value, q: Fraction) -> list[Fraction]:
    """3.13: bounds times Q. 3.15: a Q not above 0 and bounds that do not ascend are faults."""
    if q <= 0:
        raise Fault("quota")
    bounds = [value(t.bound) * q for t in scale.tiers if t.bound is not None]
    strictly = scale.kind == "interpolated"
    if any(b > c or (strictly and b == c) for b, c in pairwise(bounds)):
        raise Fault("bounds")
    return bounds


def integral(scale: Scale, value: Value, q: Fraction, x: Fraction) -> Fraction:
    """M(x): 3.3, 3.4."""
    bounds = ascending(scale, value, q)
    rates = [value(t.rate) for t in scale.tiers]
    if x < 0:
        return x * rates[0]
    total, low = NONE, NONE
    for bound, rate in zip([*bounds, x], rates, strict=True):
        high = max(low, min(x, bound))
        total, low = total + (high - low) * rate, high
    return total


def tier(scale: Scale, value: Value, q: Fraction, position: Fraction) -> int:
    """3.6: the first tier whose bound holds."""
    bounds = ascending(scale, value, q)
    for i, bound in enumerate(bounds):
        if position < bound or (position == bound and scale.tiers[i].side == "up to"):
            return i
    return len(bounds)


def between(scale: Scale, value: Value, q: Fraction, position: Fraction) -> Fraction:
    """The rate of an interpolated scale at a position."""
    ascending(scale, value, q)
    points = [(value(t.bound) * q, value(t.rate)) for t in scale.tiers if t.side == "at"]
    if position < points[0][0]:
        return value(scale.tiers[0].rate)
    if position > points[-1][0]:
        return value(scale.tiers[-1].rate)
    for (b, r), (c, s) in pairwise(points):
        if b <= position <= c:
            return r + (s - r) * (position - b) / (c - b)
    return points[0][1]


def on_amount(scale: Scale, value: Value, q: Fraction, x: Fraction) -> Fraction:
    """3.17: on another amount than credit."""
    if scale.kind == "marginal":
        return integral(scale, value, q, x)
    if scale.kind == "whole":
        return x * value(scale.tiers[tier(scale, value, q, x)].rate)
    return x * between(scale, value, q, x)


# --- windows -------------------------------------------------------------------------------


def window(house: House, scale: Scale, day: date) -> object:
    """What must be the same for two days to lie in one window."""
    if scale.over in ("quarter to date", "year to date"):
        return Period.of(scale.over.split()[0], day)
    return Period.of(house.plan.period, day)


def together(house: House, scale: Scale, line: Line, lines: list[Line], now: Period) -> list[Line]:
    """The lines of the window of a line, up to the end of a period."""
    if scale.over == "line":
        return [line]
    same = window(house, scale, line.day)
    found = [x for x in lines if x.period <= now and window(house, scale, x.day) == same]
    if scale.over in ("period", "quarter to date", "year to date"):
        return found
    return [x for x in found if _field(scale, x) == _field(scale, line)]


def _field(scale: Scale, line: Line) -> object:
    value = line.row.facts
    for step in scale.over.split("."):
        value = None if value is None else value[step]
    return value


def moves(
    house: House, scale: Scale, lines: list[Line], now: Period
) -> list[tuple[Fraction, Line | None]]:
    """3.2: every line moves the position. 3.3: a return moves it down by its part of x on its
    date, after the lines of that day, if the window is still the one of that date."""
    found: list[tuple[date, int, Fraction, Line | None]] = []
    for line in lines:
        found.append((line.day, 0, line.credit, line))
        if scale.over == "line" or line.row is None:
            continue
        before = NONE
        for day in sorted({max(d, line.day) for d in house.return_days(line)}):
            after = house.returned(line, day, lowering=True)
            if day <= now.last and window(house, scale, day) == window(house, scale, line.day):
                found.append((day, 1, (before - after) * line.credit, None))
            before = after
    found.sort(key=lambda x: x[:2])
    return [(amount, line) for _, _, amount, line in found]


def position(house: House, scale: Scale, lines: list[Line], now: Period) -> Fraction:
    """Where the window stands at the end of a period."""
    return sum((amount for amount, _ in moves(house, scale, lines, now)), NONE)


def position_before(
    house: House, scale: Scale, lines: list[Line], now: Period, at: Line
) -> Fraction:
    """Where it stands before a line."""
    reached = NONE
    for amount, line in moves(house, scale, lines, now):
        if line is at:
            return reached
        reached += amount
    raise LookupError(at.event)
