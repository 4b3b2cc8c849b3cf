"""The line expressions of a plan, opened for SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit_dsl import expressions as x
from remit_dsl.pay import Plan
from remit_dsl.pay_expressions import of_lines
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.batch.forms import Forms
from remit_engine.commission.batch.staged import Path, Staged
from remit_engine.rules.dependence import facts_in


@dataclass(frozen=True, slots=True)
class LineForms:
    """The line expressions of a plan, opened, and the parts of them known before."""

    condition: x.Expression | None
    credit: x.Expression
    against: tuple[x.Expression | None, ...]
    """of the hold and of each reversal"""
    known: tuple[x.Expression, ...]
    paths: tuple[Path, ...]
    personal: bool


def forms(terms: Terms, staged: Staged) -> LineForms:
    """Raises Unsupported."""
    plan, program = terms.plan, terms.model.program
    if plan.credit is None:
        raise TypeError("a plan on events credits something")
    roots = {path[0] for path in staged.columns}
    line = Forms(program, lambda path: path[0] in roots or path == ("as_of",))
    condition = None if plan.condition is None else line.opened(plan.condition)
    credit = line.opened(plan.credit.value)
    clauses = [None if plan.hold is None else plan.hold.followed]
    clauses += [r.followed for r in plan.reversals]
    against = tuple(None if c is None else line.opened(c.against) for c in clauses)
    opened = [e for e in (condition, credit, *against) if e is not None]
    known = tuple({id(part): part for e in opened for part in line.settled(e)}.values())
    read = [f.path for e in of_lines(plan) for f in facts_in(e, program)]
    paths = tuple(p for p in (*read, *named(plan)) if p in staged.columns)
    personal = plan.condition is not None and any(
        f.path[0] == "payee" for f in facts_in(plan.condition, program)
    )
    return LineForms(condition, credit, against, known, paths, personal)


def named(plan: Plan) -> Iterator[Path]:
    """The fields that a plan names outside expressions."""
    if plan.by is not None:
        yield (plan.by,)
    if plan.credit is not None:
        yield plan.credit.field or ()
        yield (plan.credit.on or "",)
    if plan.hold is not None:
        yield (plan.hold.field or "",)
    for r in plan.reversals:
        yield (r.field or "",)
        yield (r.of or "",)
    for step in plan.steps:
        over = getattr(step.value, "over", None)
        if over is not None:
            yield tuple(over.split("."))
    if plan.pool is not None and plan.pool.group is not None:
        yield tuple(plan.pool.group[0].split("."))


__all__ = ["LineForms", "forms", "named"]
