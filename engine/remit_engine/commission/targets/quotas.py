"""Quotas by person and period (docs/pay.md, the item `quota`)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from remit_dsl.expressions import Expression
from remit_dsl.pay import Allocation, Quota
from remit_engine.commission.basis.faults import AtFault, demanded
from remit_engine.commission.basis.figure import PayFault
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.standing import Standing, Standings
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.targets.allocation import allocate
from remit_engine.commission.targets.allocation import quotas as allocated_quotas
from remit_engine.judging.evaluate import Environment

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

    def of(self, person: str, period: Period) -> Fraction:
        """What a period counts in a window. Raises AtFault when there is no quota.

        A written one counts nothing in a period in which he is not in the plan."""
        there = self._standings.of(person, period)
        if self._quota.value is None:
            amount = self._listed(person, period, there is not None and there.active)
        elif there is None or not there.active:
            return NOTHING
        else:
            amount = self._written(self._quota.value, there)
        return self._by_days(amount, self._terms.days_active(person, period), period)

    def of_statement(self, person: str, period: Period) -> Fraction:
        """The quota of a statement; that of a leaver is the one of the period of his last day,
        unless a target is given for the period itself. Raises AtFault when there is none."""
        there = self._standings.of(person, period)
        if there is None or there.active:
            return self.of(person, period)
        if not self._quota.by_days_active:
            given = None if self._quota.value is not None else self._given(person, period)
            if given is not None:
                return given
        return self.of_holder(person, Period.of(period.kind, there.day))

    def of_holder(self, person: str, period: Period) -> Fraction:
        """The quota of a period in which he holds a position of the plan, whether or not the plan
        is in force. Raises AtFault when there is none."""
        there = self._standings.of(person, period)
        if self._quota.value is None or there is None:
            amount = self._listed(person, period, True)
        else:
            amount = self._written(self._quota.value, there)
        return self._by_days(amount, self._terms.members.count(person, period), period)

    def _by_days(self, amount: Fraction, active: int, period: Period) -> Fraction:
        return amount * active / period.days if self._quota.by_days_active else amount

    def _written(self, value: Expression, there: Standing) -> Fraction:
        found: Fraction = demanded(value, self._environment(there), "the quota")
        return found

    def _environment(self, there: Standing) -> Environment:
        return self._terms.environment(there.payee, there.day, there.facts)

    def _listed(self, person: str, period: Period, active: bool) -> Fraction:
        found = self._given(person, period)
        if found is None and active:
            raise AtFault(f"`{self._quota.source}` gives `{person}` no quota for {period}")
        return NOTHING if found is None else found

    def _given(self, person: str, period: Period) -> Fraction | None:
        if self._fault is not None:
            raise AtFault(self._fault)
        if self._quota.source != "targets":
            return self._allocated.get((person, period))
        targets = self._terms.data.targets
        found = targets.get((self._terms.plan.short, person, period))
        return targets.get((None, person, period)) if found is None else found
