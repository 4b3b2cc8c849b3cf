"""The statement expressions of a plan, opened for SQL."""

from __future__ import annotations

from dataclasses import dataclass

from remit_dsl import expressions as x
from remit_dsl.pay import Scale
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.batch.forms import TARGET, Forms
from remit_engine.compile.unsupported import Unsupported

VARYING = frozenset({"credit", "lines", "paid", "reports"})
"""What statement expressions read that is not known before."""


@dataclass(frozen=True, slots=True)
class StatementForms:
    """The statement expressions of a plan, opened. scales: those on other amounts than credit, in
    the order of steps."""

    steps: tuple[x.Expression | Scale, ...]
    floor: x.Expression | None
    cap: x.Expression | None
    guarantee: x.Expression | None
    draw: x.Expression | None
    at_most: x.Expression | None
    known: tuple[x.Expression, ...]


def statement_forms(terms: Terms) -> StatementForms:
    """Raises Unsupported."""
    plan, names = terms.plan, VARYING | {s.name for s in terms.plan.steps}
    forms = Forms(terms.model.program, lambda path: path[0] in names)
    steps: list[x.Expression | Scale] = []
    for step in plan.steps:
        value = step.value
        steps.append(value if isinstance(value, Scale) else forms.opened(value))
    named: list[x.Expression | None] = [
        plan.floor,
        plan.cap.amount if plan.cap else None,
        plan.guarantee.amount if plan.guarantee else None,
        plan.draw.amount if plan.draw else None,
        plan.draw.at_most if plan.draw else None,
    ]
    floor, cap, guarantee, draw, at_most = rest = [
        None if e is None else forms.opened(e) for e in named
    ]
    bases = [s.base for s in steps if isinstance(s, Scale) and s.base is not None]
    every = [*(s for s in steps if not isinstance(s, Scale)), *bases, *(e for e in rest if e)]
    known = {id(part): part for e in every for part in forms.settled(e)}
    for scale in (s for s in steps if isinstance(s, Scale)):
        for tier in scale.tiers:
            for e in (tier.bound, tier.rate):
                if e is not None and forms.varies(e):
                    raise Unsupported(e, TARGET)
        if scale.against is not None and forms.varies(scale.against):
            raise Unsupported(scale.against, TARGET)
    before = tuple(known.values())
    return StatementForms(tuple(steps), floor, cap, guarantee, draw, at_most, before)
