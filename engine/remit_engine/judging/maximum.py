"""The largest measure that would be permitted: the supremum of what `decide` permits."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from remit_dsl import expressions as x
from remit_engine.decision import Outcome
from remit_engine.judging.completion import complete, scanned
from remit_engine.judging.interval import EVERYTHING, Interval, highest
from remit_engine.judging.ruling import Ruling, rule_on
from remit_engine.judging.steps import outstanding
from remit_engine.judging.unknown import Unknown
from remit_engine.judging.verdict import OPEN, Case, Judge, Verdict, judged
from remit_engine.rules.ir import GRANT, PROHIBITION, REQUIREMENT


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a capacity reaches: at once, and with steps done; None when nowhere.

    known is False when the rules bend in a way that has no exact answer (rounding of the measure,
    a measure built from facts that the conditions test in another way).
    """

    permit: Interval | None
    with_steps: Interval | None
    missing: frozenset[str]
    rules: tuple[str, ...]
    known: bool = True


def reach(case: Case, judge: Judge) -> Reach:
    """How far this capacity reaches on this request, whatever measure it states."""
    action = case.model.actions[case.request.action].action
    if action.measure is None:
        return _unmeasured(rule_on(judged(case, judge), case))
    if (case.request.action, case.request.verb) in case.model.bending or _watched(case):
        return _by_samples(case, judge)
    return _by_intervals(judged(case.measuring(OPEN), judge), case)


def _watched(case: Case) -> bool:
    """True when the measure may decide whose steps count: a prohibition of a verb that was done."""
    done = {a.verb for a in case.request.approvals}
    rules = case.model.actions[case.request.action].rules
    return any(r.kind == PROHIBITION and not done.isdisjoint(r.verbs) for r in rules)


def _unmeasured(ruling: Ruling) -> Reach:
    permit = EVERYTHING if ruling.outcome is Outcome.PERMIT else None
    steps = EVERYTHING if ruling.outcome in (Outcome.PERMIT, Outcome.NEEDS) else None
    return Reach(permit, steps, ruling.missing, tuple(v.rule.id for v in ruling.verdicts))


# --- limits as intervals ---------------------------------------------------------------------


def _by_intervals(verdicts: list[Verdict], case: Case) -> Reach:
    pieces: list[Interval] = []
    missing: set[str] = set()
    rules: list[str] = []
    for v in verdicts:
        if v.rule.kind != GRANT:
            continue
        room = _room(v)
        if isinstance(room, Unknown):
            missing |= room.missing
        elif room is not None and not room.empty:
            pieces.append(room)
            rules.append(v.rule.id)
    due: list[Interval] = []
    unclear: list[Interval] = []
    for v in verdicts:
        if v.rule.kind == GRANT:
            continue
        others = _others(v)
        missing |= others
        if v.rule.kind != REQUIREMENT:
            pieces = _cut(pieces, _region(v))
        elif outstanding(v.rule, case):
            (unclear if others or _faulty(v) else due).append(_region(v))
    clear = steps = pieces
    for region in (*due, *unclear):
        clear = _cut(clear, region)
    for region in unclear:
        steps = _cut(steps, region)
    steps = steps + [p.meet(d) for p in pieces for d in due]
    return Reach(highest(clear), highest(steps), frozenset(missing), tuple(rules))


def _cut(pieces: list[Interval], region: Interval) -> list[Interval]:
    return [p for piece in pieces for p in piece.without(region)]


def _faulty(bar: Verdict) -> bool:
    return isinstance(bar.applies, Unknown) and bool(bar.applies.faults)


def _room(grant: Verdict) -> Interval | Unknown | None:
    """Where a grant surely permits; Unknown when that hangs on other facts."""
    if grant.rule.unset:
        return None
    room = EVERYTHING
    unknown = [b for b in (grant.applies, *grant.bounds) if isinstance(b, Unknown)]
    if unknown:
        return Unknown(frozenset().union(*(u.missing for u in unknown)))
    for bound in grant.bounds:
        if isinstance(bound, Interval):
            room = room.meet(bound)
    return room


def _others(bar: Verdict) -> frozenset[str]:
    """The facts besides the measure on which a bar hangs."""
    return bar.applies.missing - OPEN.missing if isinstance(bar.applies, Unknown) else frozenset()


def _region(bar: Verdict) -> Interval:
    """Where a bar may stand; an Unknown region is everywhere."""
    region = bar.bounds[0] if bar.bounds else EVERYTHING
    return region if isinstance(region, Interval) else EVERYTHING


# --- limits that bend: by samples --------------------------------------------------------------


def _by_samples(case: Case, judge: Judge) -> Reach:
    measure = case.model.actions[case.request.action].action.measure
    if measure is None or not isinstance(measure.value, x.Fact):
        return Reach(None, None, frozenset(), (), known=False)
    path = ".".join(measure.value.path)
    verbs = {case.request.verb, *(a.verb for a in case.request.approvals)}
    rules = [
        r
        for r in case.model.actions[case.request.action].rules
        if not verbs.isdisjoint(r.verbs) and r.in_force(case.request.as_of)
    ]
    scan = scanned(path, case, rules)
    points = scan.points
    rulings: dict[Fraction, Ruling] = {}

    def at(value: Fraction) -> Ruling:
        if value not in rulings:
            there = complete(case, {path: value})
            rulings[value] = rule_on(judged(there, judge), there)
        return rulings[value]

    whole = measure.value.type.kind in ("integer", "days", "months")
    permit = _supremum(points, lambda v: at(v).outcome is Outcome.PERMIT, whole)
    steps = _supremum(points, lambda v: at(v).outcome in (Outcome.PERMIT, Outcome.NEEDS), whole)
    used = {v.rule.id for r in rulings.values() for v in r.verdicts if v.rule.kind == GRANT}
    missing = frozenset().union(*(r.missing for r in rulings.values()))
    return Reach(permit, steps, missing, tuple(sorted(used)), scan.exact)


def _supremum(
    points: set[Fraction], permits: Callable[[Fraction], bool], whole: bool
) -> Interval | None:
    """The highest stretch or point that permits, as an interval reaching up to it."""
    ordered = sorted(points)
    if not ordered:
        return EVERYTHING if permits(Fraction(0)) else None
    if permits(Fraction(ceil(ordered[-1]) + 1)):
        return EVERYTHING
    stretches: list[tuple[Fraction | None, Fraction]] = [
        (None, ordered[0]),
        *itertools.pairwise(ordered),
    ]
    for below, point in reversed(stretches):
        if (not whole or point.denominator == 1) and permits(point):
            return Interval(high=point)
        inside = _between(below, point, whole)
        if inside is not None and permits(inside):
            return Interval(high=inside) if whole else Interval(high=point, high_open=True)
    return None


def _between(below: Fraction | None, above: Fraction, whole: bool) -> Fraction | None:
    if whole:
        highest_whole = Fraction(ceil(above) - 1)
        return highest_whole if below is None or highest_whole > below else None
    return above - 1 if below is None else (below + above) / 2
