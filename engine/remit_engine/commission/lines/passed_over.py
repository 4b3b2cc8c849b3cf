"""How many rows of a period fulfil the condition of no plan (docs/pay.md section 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from remit_dsl import expressions as x
from remit_dsl.pay import Plan
from remit_dsl.program import Program
from remit_engine.commission.basis.dataset import EventRow
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.terms import Terms
from remit_engine.explanation.trace import leaves
from remit_engine.judging.evaluate import truth


def passed_over(terms: Iterable[Terms], through: Period) -> int:
    """The rows that lie in a period by the date of some plan, and whose conditions are false in
    all plans of their event, of those that `by_event` gives."""
    return sum(
        sum(_passed(row, of, through) for row in of[0].data.events.get(event, ()))
        for event, of in by_event(terms).items()
    )


def by_event(terms: Iterable[Terms]) -> Mapping[str, Sequence[Terms]]:
    """Events with the plans on them, where every one has a condition on the row alone: what reads
    the payee or a dated value is another for another person or day."""
    found: dict[str, list[Terms]] = defaultdict(list)
    for of in terms:
        if of.plan.event is not None:
            found[of.plan.event].append(of)
    return {
        event: own
        for event, own in found.items()
        if all(_of_row_alone(of.plan, of.model.program) for of in own)
    }


def span(terms: Terms, through: Period) -> tuple[date, date]:
    """The days of a period on which a plan is in force: the first, and the last."""
    start = through.start if terms.start is None else max(through.start, terms.start)
    if terms.until is None:
        return start, through.last
    return start, min(through.last, terms.until - timedelta(days=1))


def _of_row_alone(plan: Plan, program: Program) -> bool:
    if plan.condition is None or plan.event is None:
        return False
    fields = set(program.events[plan.event].fields)
    return all(
        isinstance(leaf, x.DefinitionValue) or (isinstance(leaf, x.Fact) and leaf.path[0] in fields)
        for _, leaf in leaves(plan.condition, program)
    )


def _passed(row: EventRow, terms: Sequence[Terms], through: Period) -> bool:
    return any(_within(row, of, through) for of in terms) and not any(
        _may_count(row, of) for of in terms
    )


def _within(row: EventRow, terms: Terms, through: Period) -> bool:
    day = row.facts.get(terms.plan.by or "")
    first, last = span(terms, through)
    return day is not None and first <= day <= last


def _may_count(row: EventRow, terms: Terms) -> bool:
    """Whether its condition is true, or not known."""
    day = row.facts.get(terms.plan.by or "")
    condition = terms.plan.condition
    if condition is None or day is None:
        return condition is None
    return truth(condition, terms.environment(None, day, row.facts)) is not False
