"""Which values were never fixed, and what cannot be answered because of it."""

from __future__ import annotations

from collections.abc import Iterator

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.program import Parameter
from remit_dsl.scope.qualified import short
from remit_dsl.source import Span
from remit_engine.analysis.answer import About, Answer, proven, refuted
from remit_engine.analysis.dependents import (
    Dependents,
    dated,
    dependents,
    meeting,
    named,
    places,
    reached,
)
from remit_engine.analysis.scope import Scope
from remit_engine.rules.ir import GRANT, ActionRules, Model, Period, Rule

NAME = "unset"


def unset(model: Model, scope: Scope) -> Iterator[Answer]:
    """For every parameter and every action: is anything left undefined by a value never fixed?

    From today on. A parameter that is unset while nothing needs it leaves nothing undefined.
    """
    known = dependents(model)
    for parameter in model.program.parameters.values():
        about = About(name=parameter.name)
        found = list(_lacking(parameter, known, scope))
        yield from (refuted(NAME, about, f) for f in found)
        if not found:
            yield proven(NAME, about)
    for rules in model.actions.values():
        yield from _rights(rules, scope)


# --- parameters ----------------------------------------------------------------------------


def _lacking(parameter: Parameter, known: Dependents, scope: Scope) -> Iterator[Diagnostic]:
    """One finding for every time without a value in which something depends on it."""
    for span, period, late in _times(parameter):
        days = meeting(period, (scope.today, None))
        found = reached(parameter.name, days, known) if days else []
        if not found:
            continue
        start, until = period
        begin = f"`from {start} -> …`" if start else "`= …`"
        yield Diagnostic(
            span,
            "W0814",
            f"`{short(parameter.name)}` {_state(period, late)}, and {named(found)} on it",
            f"let it begin earlier than {until}"
            if late
            else f"fix the value: {begin}; until then the answer is `undefined`",
            places(found),
        )


def _times(parameter: Parameter) -> Iterator[tuple[Span, Period, bool]]:
    """The times without a value: (where it is said, the days, before the first value)."""
    values = list(dated(parameter.values))
    first, (begin, _) = values[0]
    if begin is not None:
        yield first.span, (None, begin), True
    for value, period in values:
        if value.value is None:
            yield value.span, period, False


def _state(period: Period, late: bool) -> str:
    start, until = period
    if late:
        return f"has no value before {until}"
    since, to = f" from {start}" if start else "", f" until {until}" if until else ""
    return f"is unset{since}{to}"


# --- rights --------------------------------------------------------------------------------


def _rights(rules: ActionRules, scope: Scope) -> Iterator[Answer]:
    found = [
        r
        for r in rules.rules
        if r.kind == GRANT and r.unset and (r.until is None or r.until > scope.today)
    ]
    for rule in found:
        for who in (*sorted(rule.positions or ()),) or (None,):
            about = About(rule.action, rule.verb, (who,) if who else (), (rule.id,))
            yield refuted(NAME, about, _never_fixed(rule, who, rules))
    if not found and any(r.kind == GRANT for r in rules.rules):
        yield proven(NAME, About(action=rules.action.name))


def _never_fixed(rule: Rule, position: str | None, rules: ActionRules) -> Diagnostic:
    who = f"`{short(position)}`" if position else "anyone"
    return Diagnostic(
        rule.span,
        "W0814",
        f"{who} may {rule.verb} in action `{rules.action.short}`, up to a limit that was never "
        "fixed",
        f"write the limit: `may {rule.verb} up to …`; until then the answer is `undefined`",
    )
