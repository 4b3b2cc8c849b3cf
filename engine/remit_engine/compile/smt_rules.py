"""When a rule applies to whoever holds a position, as terms of the solver."""

from __future__ import annotations

from collections.abc import Iterator

from remit_dsl.program import Bound
from remit_engine.compile.smt_scope import Read, Scope, condition, scalar
from remit_engine.compile.smt_tables import on_day
from remit_engine.compile.smt_values import (
    NEVER,
    Bit,
    Condition,
    Scalar,
    all_of,
    crisp,
    every,
    no,
    number,
    settled,
)
from remit_engine.rules.ir import GRANT, PROHIBITION, REQUIREMENT, Rule
from remit_engine.rules.totals import window_total


def concerned(rule: Rule, verb: str, scope: Scope) -> Bit:
    """Whether a rule speaks about a verb of the actor at all, as cases over the day."""
    if verb not in rule.verbs or not rule.concerns(frozenset({scope.actor})):
        return False
    return on_day(scope, rule.start, rule.until)


def applies(rule: Rule, scope: Scope, read: Read) -> Condition:
    """Whether a rule applies; a grant: and the measure is inside its bound and its totals.

    Nobody is named and nothing is done yet, so a self bar and a separation bar nobody.
    """
    if rule.kind not in (GRANT, PROHIBITION, REQUIREMENT) or rule.unset:
        return NEVER
    parts = [condition(c, scope, read) for c in rule.condition]
    return all_of([*parts, *_limits(rule, scope, read)])


def measure(scope: Scope, read: Read) -> Scalar | None:
    """What the limits measure."""
    stated = scope.model.program.actions[scope.facts.action].measure
    return None if stated is None else scalar(stated.value, scope, read)


def _limits(rule: Rule, scope: Scope, read: Read) -> Iterator[Condition]:
    totals = rule.limit.totals if rule.limit else ()
    if rule.bound is None and not totals:
        return
    value = measure(scope, read)
    if value is None:
        raise ValueError(f"`{rule.id}` has a limit, and its action measures nothing")
    if rule.bound is not None:
        yield _inside(rule.bound, _with_window(value, scope), scope, read)
    for total in totals:
        limit = scalar(total.amount, scope, read)
        left = limit.term - scope.facts.total(total.name)
        yield crisp(value.term <= left, every(value.known, limit.known))


def _with_window(value: Scalar, scope: Scope) -> Scalar:
    """The measure with what its window has already used."""
    stated = scope.model.program.actions[scope.facts.action].measure
    name = None if stated is None else window_total(stated)
    return value if name is None else Scalar(value.known, value.term + scope.facts.total(name))


def _inside(bound: Bound, value: Scalar, scope: Scope, read: Read) -> Condition:
    """up to and at least include the end, under and over do not; a reversed between is a fault."""
    end = scalar(bound.value, scope, read)
    high = Scalar(True, number(0)) if bound.high is None else scalar(bound.high, scope, read)
    known = every(value.known, end.known, high.known)
    match bound.side:
        case "up to":
            inside = settled(value.term <= end.term, value.term, end.term)
        case "under":
            inside = settled(value.term < end.term, value.term, end.term)
        case "at least":
            inside = settled(value.term >= end.term, value.term, end.term)
        case "over":
            inside = settled(value.term > end.term, value.term, end.term)
        case "between":
            known = every(known, no(settled(end.term > high.term, end.term, high.term)))
            inside = every(end.term <= value.term, value.term <= high.term)
        case _:
            raise ValueError(f"not a bound: {bound.side}")
    return crisp(inside, known)
