"""Quotas by person and period (docs/pay.md, the item `quota`)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from remit_dsl.pay import Allocation, Quota
from remit_engine.commission.allocation import allocate
from remit_engine.commission.allocation import quotas as allocated_quotas
from remit_engine.commission.faults import AtFault, demanded
from remit_engine.commission.figure import PayFault
from remit_engine.commission.periods import Period
from remit_engine.commission.standing import Standing, Standings
from remit_engine.commission.terms import Terms
from remit_engine.evaluate import Environment

NOTHING = Fraction(0)


class Quotas:
    """The quotas of a plan."""

    def __init__(self, terms: Terms, quota: Quota, standings: Standings) -> None:
        self._terms, self._quota, self._standings = terms, quota, standings
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
        there = self._standings.of(person, period)
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
