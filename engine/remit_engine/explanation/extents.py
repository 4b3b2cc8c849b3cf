"""Bounds and totals as an answer shows them."""

from __future__ import annotations

from fractions import Fraction

from remit_dsl.types import Type
from remit_engine.decision import Amount, Extent, RunningTotal
from remit_engine.explanation.words import say
from remit_engine.judging.interpreter import used_total, window_name
from remit_engine.judging.interval import EVERYTHING, Interval
from remit_engine.judging.unknown import Unknown
from remit_engine.judging.verdict import Case, Verdict
from remit_engine.rules.ir import GRANT
from remit_engine.rules.totals import adding
from remit_engine.text import amount


def extent(interval: Interval | None, kind: Type, language: str) -> Extent:
    """A bound of the measure as it is shown; None is `nothing`."""
    if interval is None or interval.empty:
        return Extent("none", None, False, say(language, "extent.none"))
    if interval.high is None:
        return Extent("any", None, False, say(language, "extent.any"))
    value = amount(interval.high, kind)
    if interval.low is None:
        key = "extent.under" if interval.high_open else "extent.up to"
        text = say(language, key, value=value.text)
        return Extent("bound", value, not interval.high_open, text)
    lower = amount(interval.low, kind)
    key = "extent.from" if interval.high_open else "extent.between"
    text = say(language, key, value=value.text, lower=lower.text)
    return Extent("bound", value, not interval.high_open, text, lower)


def unset(language: str) -> Extent:
    """A limit that was never fixed."""
    return Extent("unset", None, False, say(language, "extent.unset"))


def room(grant: Verdict) -> Interval | None:
    """All bounds of a grant together; None while one of them is not known."""
    whole = EVERYTHING
    for bound in grant.bounds:
        if isinstance(bound, Unknown):
            return None
        whole = whole.meet(bound)
    return whole


def stated(grant: Verdict, case: Case) -> Interval | None:
    """The limit as the rule states it (for one act where it does, else its first total), or as
    it was delegated where that is less."""
    limit = _as_written(grant, case)
    if limit is None or case.capacity.cap is None:
        return limit
    return limit.meet(Interval(high=case.capacity.cap))


def _as_written(grant: Verdict, case: Case) -> Interval | None:
    if grant.rule.bound is not None:
        bound = grant.bounds[0]
        if isinstance(bound, Unknown):
            return None
        window = window_name(case)
        used = used_total(window, case) if window else Fraction(0)
        return None if isinstance(used, Unknown) else bound.shifted(used)
    if grant.totals:
        limit = grant.totals[0].limit
        return None if isinstance(limit, Unknown) else Interval(high=limit)
    return EVERYTHING


def strongest(verdicts: tuple[Verdict, ...]) -> Verdict | None:
    """The applicable grant that reaches highest: `the larger applicable limit holds`."""
    best: tuple[bool, Fraction, bool] | None = None
    chosen: Verdict | None = None
    for v in verdicts:
        if v.rule.kind != GRANT or v.applies is not True or v.rule.unset:
            continue
        whole = room(v)
        if whole is not None and (best is None or whole.reach > best):
            best, chosen = whole.reach, v
    return chosen


def running_totals(grant: Verdict, case: Case, measure: object, kind: Type) -> list[RunningTotal]:
    """The totals of a grant with what remains before and after this act."""
    found = [(t.name, t.limit, t.used) for t in grant.totals]
    window = window_name(case)
    limit = stated(grant, case) if window and grant.rule.bound is not None else None
    if window and limit is not None and limit.high is not None:
        found.insert(0, (window, limit.high, used_total(window, case)))
    return [
        _total(name, limit, used, measure, kind)
        for name, limit, used in found
        if isinstance(limit, Fraction) and isinstance(used, Fraction)
    ]


def _total(name: str, limit: Fraction, used: Fraction, measure: object, kind: Type) -> RunningTotal:
    def shown(value: Fraction) -> Amount:
        return amount(value, kind)

    this = adding(measure) if isinstance(measure, Fraction) else Fraction(0)
    left = limit - used
    return RunningTotal(name, shown(limit), shown(used), shown(left), shown(left - this))
