"""Rules that can never apply: their conditions, limits and days leave no request."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.expressions import Expression
from remit_engine.analysis.answer import (
    About,
    Answer,
    Asked,
    Status,
    proven,
    refuted,
    unsettled,
    waive,
)
from remit_engine.analysis.formula import TooEntangled, boxes, every
from remit_engine.analysis.goal import Applies
from remit_engine.analysis.judgement import SURE
from remit_engine.analysis.leftover import applies
from remit_engine.analysis.prober import ENTANGLED, Found, Prober, Sought
from remit_engine.analysis.replay import asked
from remit_engine.analysis.space import Space
from remit_engine.analysis.translate import Translator
from remit_engine.explanation.quoting import condition_written
from remit_engine.request import Request
from remit_engine.rules.ir import SELF_BAR, SEPARATION, Rule

NAME = "unreachable"


def unreachable(prober: Prober) -> Iterator[Answer]:
    """One answer for each rule, over all days."""
    for name, rules in prober.model.actions.items():
        space = prober.space(name, ever=True)
        for rule in rules.rules:
            if rule.kind != SEPARATION:
                yield _reached(rule, space, prober)


def _reached(rule: Rule, space: Space, prober: Prober) -> Answer:
    about = About(rule.action, rule.verb, tuple(sorted(rule.positions or ())), (rule.id,))
    hanging = ""
    try:
        for position in sorted(rule.positions or space.model.program.positions):
            found = _met(rule, position, space, prober)
            if found.status is Status.REFUTED:
                return proven(NAME, about)
            hanging = hanging or found.why or ""
    except TooEntangled:
        hanging = ENTANGLED
    if hanging:
        return unsettled(NAME, about, rule.span, f"`{rule.id}` can ever apply", hanging)
    return refuted(NAME, about, _finding(rule, space, waive(NAME, about)))


def _met(rule: Rule, position: str, space: Space, prober: Prober) -> Found:
    """REFUTED when some request meets the rule (of a right never fixed: its conditions)."""
    there, nowhere = Found(Status.REFUTED), Found(Status.PROVEN)
    if rule.kind == SELF_BAR and not rule.condition:
        return there
    judgement = space.judgement
    if rule.unset:
        regions = judgement.conditions(rule, position)
    elif judgement.unset(rule, position):  # a parameter is unset, which is told by itself
        return there
    else:
        regions = judgement.boxes(SURE, rule, position)
    regions = space.somewhere(regions)
    if any(all(space.columns[k].free for k in box) for box in regions):
        return there
    if not regions or rule.unset:
        return there if regions else nowhere

    def shows(request: Request) -> tuple[Asked, ...]:
        met = applies(rule, request, space, SURE)
        return (asked(request, space.model),) if met else ()

    goal = Applies(SURE, (rule,), position)
    return prober.find(space, Sought(rule.verb, position, goal, shows))


def _finding(rule: Rule, space: Space, waiver: str) -> Diagnostic:
    position = min(rule.positions or space.model.program.positions)
    program = space.model.program
    message = f"`{rule.id}` can never apply"
    help = f"leave it out, mend its conditions, or {waiver}"
    if rule.start is not None and rule.until is not None and rule.until <= rule.start:
        message += f": it ends on {rule.until}, not after its beginning on {rule.start}"
        return Diagnostic(rule.span, "W0801", message, f"mend its dates, or {waiver}")
    for some in _clashing(rule, position, space):
        shown = [f"`{condition_written(c, program)}`" for c in some]
        if len(shown) == 1:
            message += f": {shown[0]} is never true"
        else:
            message += f": {' and '.join(shown)} exclude each other"
        related = tuple(Related(c.span, "this condition") for c in some[1:])
        return Diagnostic(rule.span, "W0801", message, help, related)
    message += ": its conditions, limit and days leave nothing"
    return Diagnostic(rule.span, "W0801", message, help)


def _clashing(rule: Rule, position: str, space: Space) -> Iterator[tuple[Expression, ...]]:
    """The fewest conditions that leave nothing together."""
    t = Translator(space.model, space.judgement.facts, position)
    truths = [(c, t.truth(c).true) for c in rule.condition]
    for count in range(1, min(3, len(truths)) + 1):
        for some in itertools.combinations(truths, count):
            try:
                left = space.somewhere(boxes(every(*(f for _, f in some))))
            except TooEntangled:  # then these are not the ones to be named
                continue
            if not left:
                yield tuple(c for c, _ in some)
