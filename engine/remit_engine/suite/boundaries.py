"""Limits whose value is known on a day, and how near to them a case is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from remit_dsl.expressions import Expression
from remit_dsl.program import Bound
from remit_dsl.source import Span
from remit_engine.engine import Engine
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.request import Request
from remit_engine.rules.ir import GRANT, Rule
from remit_engine.rules.totals import window_total
from remit_engine.text import number_text

NEAR = Fraction(1, 10)
"""Just beyond a limit: by no more than this share of it."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """side: where the other side of the limit begins, `over` or `under` its value.

    total: the running total that the limit is on; None when it is on one act.
    """

    rule: str
    value: Fraction
    side: str
    text: str
    span: Span
    total: str | None = None

    def just_beyond(self, measure: Fraction) -> bool:
        """True a little on the other side."""
        distance = measure - self.value if self.side == "over" else self.value - measure
        return distance > 0 and (self.value == 0 or distance <= abs(self.value) * NEAR)


def _rules(request: Request, engine: Engine) -> Iterator[Rule]:
    for rule in engine.model.actions[request.action].rules:
        if request.verb in rule.verbs and rule.in_force(request.as_of):
            yield rule


def environment(request: Request, engine: Engine) -> Environment:
    """Where the expressions of a request are read, for the actor himself."""
    facts = {**request.facts, "actor": request.actor, "as_of": request.as_of}
    if request.requester is not None:
        facts["requester"] = request.requester
    return Environment(engine.model, request.as_of, facts, engine.directory.within, {})


def boundaries(request: Request, engine: Engine) -> Iterator[Boundary]:
    """The limits on a request's action that have a value on its day whatever the facts."""
    measure = engine.model.actions[request.action].action.measure
    if measure is None:
        return
    kind = measure.value.type
    nothing = Environment(
        engine.model, request.as_of, {"as_of": request.as_of}, engine.directory.within, {}
    )
    for rule in _rules(request, engine):
        for expression, side, total in (*_edges(rule.bound), *_totals(rule)):
            value = evaluate(expression, nothing)
            if isinstance(value, Fraction):
                text = number_text(value, kind.kind, kind.currency)
                yield Boundary(rule.id, value, side, text, rule.span, total)


_Edge = tuple[Expression, str, str | None]


def _edges(bound: Bound | None) -> list[_Edge]:
    if bound is None:
        return []
    if bound.high is not None:
        return [(bound.value, "under", None), (bound.high, "over", None)]
    return [(bound.value, "over" if bound.side in ("up to", "over") else "under", None)]


def _totals(rule: Rule) -> list[_Edge]:
    return [(t.amount, "over", t.name) for t in rule.limit.totals] if rule.limit else []


def reach_of(edge: Boundary, request: Request, engine: Engine) -> bool:
    """True when the rule of a boundary speaks about the actor of a request."""
    return any(
        rule.id == edge.rule and (rule.kind != GRANT or rule.concerns(request.actor.positions))
        for rule in _rules(request, engine)
    )


def measured(edge: Boundary, request: Request, engine: Engine) -> Fraction | None:
    """What a request puts against a boundary: its measure, with what a total has used before."""
    measure = engine.model.actions[request.action].action.measure
    if measure is None:
        return None
    value = evaluate(measure.value, environment(request, engine))
    if not isinstance(value, Fraction):
        return None
    total = edge.total or window_total(measure)
    return value if total is None else value + request.totals.get(total, Fraction(0))
