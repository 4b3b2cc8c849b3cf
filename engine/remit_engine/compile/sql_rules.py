"""One rule with everything but the numbers of a row known: its points and, where it has that
simple a form, the ranges of axes in which it applies and in which it lets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from remit_dsl import expressions as x
from remit_dsl.program import Bound, Measure
from remit_engine.compile.sql_columns import TOTALS, Path
from remit_engine.compile.sql_cuts import Cuts, Point
from remit_engine.compile.sql_forms import Axis, Polynomial, Quotient, cut
from remit_engine.judging.evaluate import Environment
from remit_engine.rules.ir import Rule
from remit_engine.rules.totals import window_total

Range = tuple[Axis, int | None, int | None]
"""An axis from a whole number to another, both included; None is open."""

NOWHERE = (1, 0)


@dataclass(frozen=True, slots=True)
class Reading:
    """applies: the ranges in all of which its condition holds; inside: the same for its bound;
    None where it has no such form. never: its condition is false whatever the numbers are.
    doubtful: see `Cuts.doubts`."""

    points: frozenset[Point] = frozenset()
    applies: tuple[Range, ...] | None = None
    inside: tuple[Range, ...] | None = None
    never: bool = False
    doubtful: bool = False


NEVER = Reading(never=True)


def reading(
    rule: Rule,
    conditions: Sequence[x.Expression],
    measure: Measure | None,
    env: Environment,
    numbers: Mapping[Path, Polynomial],
) -> Reading:
    """The reading of a rule; `conditions`: those of its conjuncts that are not known to hold.

    Raises Unsupported, TooComplex.
    """
    cuts = Cuts(env, numbers)
    applies: list[Range] | None = []
    for condition in conditions:
        truth = cuts.truth(condition)
        if truth is False:
            return NEVER
        if truth is not True and applies is not None:
            found = _ranges(condition, cuts) if truth is None else None
            applies = None if found is None else applies + found
    inside = _inside(rule, measure, cuts)
    return Reading(
        frozenset(cuts.points),
        None if applies is None else tuple(applies),
        None if inside is None else tuple(inside),
        doubtful=bool(cuts.doubts),
    )


def _ranges(e: x.Expression, cuts: Cuts) -> list[Range] | None:
    """A varying condition as ranges, where it is one comparison of two polynomials."""
    if not isinstance(e, x.Compare) or not (e.left.type.numeric or e.left.type.kind == "date"):
        return None
    left, right = cuts.lines(e.left), cuts.lines(e.right)
    if len(left) != 1 or len(right) != 1:
        return None
    return compared(left[0], e.operator, right[0])


def compared(left: Quotient, operator: str, right: Quotient) -> list[Range] | None:
    """A comparison as at most one range."""
    if left.under.known is None or right.under.known is None or operator == "!=":
        return None
    difference = left.over * right.under - right.over * left.under
    if left.under.known * right.under.known < 0:
        difference = -difference
    found = cut(difference)
    if found is None:
        return None  # the numbers cancel out
    axis, point, reversed_ = found
    if reversed_:
        operator = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)
    return [(axis, *_whole(point, operator))]


def _whole(point: Fraction, operator: str) -> tuple[int | None, int | None]:
    match operator:
        case "<=":
            return None, math.floor(point)
        case "<":
            return None, math.ceil(point) - 1
        case ">=":
            return math.ceil(point), None
        case ">":
            return math.floor(point) + 1, None
    return (int(point), int(point)) if point.denominator == 1 else NOWHERE


def _inside(rule: Rule, measure: Measure | None, cuts: Cuts) -> list[Range] | None:
    """Note the points of the bound and the totals; their ranges where they are that simple."""
    totals = rule.limit.totals if rule.limit is not None else ()
    if measure is None or (rule.bound is None and not totals):
        return []
    ends = () if rule.bound is None else rule.bound.ends
    if not any(cuts.varies(e) for e in (measure.value, *ends, *(t.amount for t in totals))):
        return None
    found = [] if rule.bound is None else _bound(rule.bound, measure, cuts)
    for total in totals:
        used = cuts.numbers.get((TOTALS, total.name))
        limit = cuts.lines(total.amount)
        if used is None:
            found = None
            continue
        value = [q + Quotient(used) for q in cuts.lines(measure.value)]
        cuts.cross(value, limit)
        found = _joined(found, value, "<=", limit)
    return found


def _bound(bound: Bound, measure: Measure, cuts: Cuts) -> list[Range] | None:
    value, low = cuts.lines(measure.value), cuts.lines(bound.value)
    high = low if bound.high is None else cuts.lines(bound.high)
    window = window_total(measure)
    if window is not None:
        used = cuts.numbers.get((TOTALS, window))
        if used is None:
            return None
        value = [q + Quotient(used) for q in value]
    cuts.cross(value, low)
    if bound.high is not None:
        cuts.cross(low, high)
        cuts.cross(value, high)
    match bound.side:
        case "up to":
            return _joined([], value, "<=", high)
        case "under":
            return _joined([], value, "<", high)
        case "at least":
            return _joined([], value, ">=", low)
        case "over":
            return _joined([], value, ">", low)
    ends = [q.over.known for q in (*low, *high) if q.under.known == 1]
    if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0] > ends[1]:
        return None
    return _joined(_joined([], value, ">=", low), value, "<=", high)


def _joined(
    found: list[Range] | None, value: list[Quotient], operator: str, end: list[Quotient]
) -> list[Range] | None:
    if found is None or len(value) != 1 or len(end) != 1:
        return None
    more = compared(value[0], operator, end[0])
    return None if more is None else found + more


__all__ = ["NEVER", "Range", "Reading", "compared", "reading"]
