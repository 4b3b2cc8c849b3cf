"""Events that were told and cannot be counted, in the runs of the plans that read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from remit_api.pay_data.kept_events import KeptDataset, Unread
from remit_dsl.pay import Plan
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.reading.needs import needs
from remit_engine.commission.reference import with_underneath
from remit_engine.commission.statement import Run, Uncounted
from remit_engine.reading.exact import Unreadable, day_of
from remit_engine.rules.ir import Model


def with_unread(run: Run, data: Dataset, model: Model, plans: Sequence[str], period: Period) -> Run:
    """The run with the events that could not be read among those that it does not count."""
    if not isinstance(data, KeptDataset) or not data.unread:
        return run
    found = [u for p in with_underneath(model, plans) for u in _of_plan(p, data, model, period)]
    return replace(run, uncounted=(*run.uncounted, *found))


def _of_plan(plan: Plan, data: KeptDataset, model: Model, period: Period) -> Iterator[Uncounted]:
    read = needs(replace(model.program, plans={plan.name: plan}, scorecards={}, allocations={}))
    terms = Terms.of(model, data, plan)
    for event in data.unread:
        if event.kind in read.events and _concerns(event, terms, period):
            yield Uncounted(plan.name, event.id, event.place, event.reason, event.fault)


def _concerns(event: Unread, terms: Terms, period: Period) -> bool:
    """Whether it might be counted up to a period: what follows another event may be at any time,
    and so may one whose day cannot be read."""
    if event.kind != terms.plan.event:
        return True
    try:
        day = day_of(event.facts.get(terms.plan.by or ""))
    except Unreadable:
        return True
    return day <= period.last and terms.effective(day)
