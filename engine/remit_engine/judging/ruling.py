"""The order in which an answer is found for one capacity (docs/language.md), without its words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from remit_engine.decision import Outcome
from remit_engine.judging.steps import Outstanding, outstanding
from remit_engine.judging.unknown import Fault, Truth, Unknown, conjunction, merged, missing
from remit_engine.judging.verdict import Case, Verdict
from remit_engine.rules.ir import GRANT, REQUIREMENT


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one capacity may. outcome None: nothing said here lets or bars it (ask further:
    others, or nobody). verdicts: those that decided; every: all of the capacity. missing: the
    facts on which it hangs, faults: what no fact can cure. needs: the steps outstanding."""

    outcome: Outcome | None
    verdicts: tuple[Verdict, ...]
    every: tuple[Verdict, ...]
    missing: frozenset[str] = frozenset()
    faults: frozenset[Fault] = frozenset()
    needs: tuple[Outstanding, ...] = ()


def rule_on(verdicts: list[Verdict], case: Case) -> Ruling:
    """Steps 2 to 5 of the order: deny, permit or needs, incomplete, undefined; else None."""
    every = tuple(verdicts)
    bars = [v for v in every if v.rule.kind not in (GRANT, REQUIREMENT)]
    sure_bars = tuple(v for v in bars if v.applies is True)
    if sure_bars:
        return Ruling(Outcome.DENY, sure_bars, every)
    open_bars = [v for v in bars if isinstance(v.applies, Unknown)]
    grants = [v for v in every if v.rule.kind == GRANT]
    sure = tuple(v for v in grants if within(v) is True)
    demands = _demands(every, case)
    if sure and not open_bars:
        return _granted(sure, demands, every)
    return _not_yet(sure, grants, open_bars, demands, every)


def within(grant: Verdict) -> Truth:
    """Whether a grant applies with the measure inside its limit."""
    return conjunction((grant.applies, grant.inside))


@dataclass(frozen=True, slots=True)
class _Demand:
    verdict: Verdict
    needs: tuple[Outstanding, ...]


def _demands(every: Iterable[Verdict], case: Case) -> list[_Demand]:
    """The requirements that apply or may apply and have steps outstanding."""
    found = [(v, outstanding(v.rule, case)) for v in every if v.rule.kind == REQUIREMENT]
    return [_Demand(_open(v, case), needs) for v, needs in found if needs]


def _open(demand: Verdict, case: Case) -> Verdict:
    """The same, or unknown where all is done provided that none who did it made the request."""
    if outstanding(demand.rule, case, trusting=True):
        return demand
    return replace(demand, applies=conjunction((demand.applies, missing("requester"))))


def _granted(
    sure: tuple[Verdict, ...], demands: list[_Demand], every: tuple[Verdict, ...]
) -> Ruling:
    due = [d for d in demands if d.verdict.applies is True]
    maybe = [d.verdict for d in demands if isinstance(d.verdict.applies, Unknown)]
    missing, faults = _gaps(v.applies for v in maybe)
    curable = all(isinstance(v.applies, Unknown) and v.applies.may for v in maybe)
    if due and curable:
        needs = tuple(n for d in due for n in d.needs)
        deciding = (*sure, *(d.verdict for d in due))
        return Ruling(Outcome.NEEDS, deciding, every, missing, faults, needs)
    if not maybe:
        return Ruling(Outcome.PERMIT, sure, every)
    outcome = Outcome.INCOMPLETE if curable else Outcome.UNDEFINED
    return Ruling(outcome, (*sure, *maybe), every, missing, faults)


def _not_yet(
    sure: tuple[Verdict, ...],
    grants: list[Verdict],
    open_bars: list[Verdict],
    demands: list[_Demand],
    every: tuple[Verdict, ...],
) -> Ruling:
    """No grant surely permits, or a prohibition cannot be told."""
    hopeful = sure or tuple(v for v in grants if _may_be_true(within(v)))
    curable = all(_may_be_false(v.applies) for v in open_bars) and all(
        not isinstance(d.verdict.applies, Unknown) or d.verdict.applies.may for d in demands
    )
    unclear = [d.verdict for d in demands if isinstance(d.verdict.applies, Unknown)]
    if hopeful and curable:
        asked = [within(v) for v in hopeful] + [v.applies for v in (*open_bars, *unclear)]
        missing, faults = _gaps(asked)
        deciding = (*hopeful, *open_bars, *unclear)
        return Ruling(Outcome.INCOMPLETE, deciding, every, missing, faults)
    blocked = tuple(v for v in (*open_bars, *unclear) if hopeful)
    silent = tuple(v for v in grants if is_silent(v))
    if blocked or silent:
        missing, faults = _gaps(
            [v.applies for v in (*blocked, *silent)] + [v.inside for v in silent]
        )
        return Ruling(Outcome.UNDEFINED, (*silent, *blocked), every, missing, faults)
    return Ruling(None, tuple(grants), every)


def is_silent(grant: Verdict) -> bool:
    """A right whose limit was never fixed, or which a fault keeps from being read."""
    if grant.rule.unset:
        return True
    state = within(grant)
    return isinstance(state, Unknown) and bool(state.faults)


def _may_be_true(value: Truth) -> bool:
    return value is True or (isinstance(value, Unknown) and value.can_be_true)


def _may_be_false(value: Truth) -> bool:
    return value is False or (isinstance(value, Unknown) and value.can_be_false)


def _gaps(values: Iterable[Truth]) -> tuple[frozenset[str], frozenset[Fault]]:
    whole = merged(values)
    return whole.missing, whole.faults
