"""Quotas by person and period (docs/pay.md, the item `quota`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.pay import Allocation, Quota
from remit_engine.commission.allocation import allocate
from remit_engine.commission.allocation import quotas as allocated_quotas
from remit_engine.commission.faults import AtFault, demanded
from remit_engine.commission.figure import PayFault
from remit_engine.commission.periods import Period
from remit_engine.commission.scores import Scores
from remit_engine.commission.terms import Terms
from remit_engine.evaluate import Environment
from remit_engine.party import Party

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """A person in a period: as whom and as of which day statement expressions read him."""

    payee: Party
    day: date
    active: bool
    facts: Mapping[str, Any]
    """The statement names that follow from the calendar alone, and scores."""


def standing(terms: Terms, person: str, period: Period) -> Standing | None:
    """None when he has not been in the plan up to the end of the period."""
    last = terms.last_day(person, period)
    days = None if last is None else terms.members.on(person, last)
    if last is None or days is None:
        return None
    active = terms.days_active(person, period)
    facts = {
        "days_active": Fraction(active),
        "days_in_period": Fraction(period.days),
        "months_in_plan": Fraction(terms.months(person, period)),
        "scorecard": Scores(terms.model, terms.data, person, period),
    }
    return Standing(days.payee, last, active > 0, facts)


class Quotas:
    """The quotas of a plan."""

    def __init__(self, terms: Terms, quota: Quota) -> None:
        self._terms, self._quota = terms, quota
        self._allocated: Mapping[tuple[str, Period], Fraction] = {}
        self._fault: str | None = None
        allocation = terms.model.program.allocations.get(quota.source or "")
        if allocation is not None:
            self._allocate(allocation)

    def _allocate(self, allocation: Allocation) -> None:
        try:
            allocated = allocate(self._terms.model, allocation, self._terms.data)
            self._allocated = allocated_quotas(allocated, self._terms.plan.period)
        except PayFault as fault:
            self._fault = f"`{allocation.name}` gives no quotas: {fault.message}"

    def of(self, person: str, period: Period, absent: bool = True) -> Fraction:
        """The quota of a period. Raises AtFault when there is none.

        absent: a written quota counts nothing in a period in which he is not in the plan."""
        there = standing(self._terms, person, period)
        active = there is not None and there.active
        quota = self._quota
        if quota.value is None:
            amount = self._listed(person, period, active)
        elif there is None or (absent and not active):
            amount = NOTHING
        else:
            amount = demanded(quota.value, self._environment(there), "the quota")
        if not quota.by_days_active:
            return amount
        return amount * self._terms.days_active(person, period) / period.days

    def _environment(self, there: Standing) -> Environment:
        return self._terms.environment(there.payee, there.day, there.facts)

    def _listed(self, person: str, period: Period, active: bool) -> Fraction:
        if self._fault is not None:
            raise AtFault(self._fault)
        found = self._allocated.get((person, period))
        if self._quota.source == "targets":
            targets = self._terms.data.targets
            found = targets.get((self._terms.plan.short, person, period))
            found = targets.get((None, person, period)) if found is None else found
        if found is None and active:
            raise AtFault(f"`{self._quota.source}` gives `{person}` no quota for {period}")
        return NOTHING if found is None else found
