"""A plan as it stands in its program and over its data: what every stage reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.pay import Plan
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.figure import same_unit
from remit_engine.commission.basis.membership import ONE_DAY, Members
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.sharing import half_up
from remit_engine.judging.evaluate import Environment
from remit_engine.people.party import Party
from remit_engine.rules.ir import Model, holds
from remit_engine.text import currency_places


@dataclass(frozen=True, slots=True)
class Terms:
    """cent: the smallest amount of the plan's currency. start, until: its effective days, half
    open, within those of its policy."""

    model: Model
    data: Dataset
    plan: Plan
    members: Members
    currency: str | None
    cent: Fraction
    start: date | None
    until: date | None

    @classmethod
    def of(cls, model: Model, data: Dataset, plan: Plan) -> Terms:
        """The terms of a plan."""
        policy = model.program.policies[plan.policy]
        starts = [d for d in (plan.start, policy.start) if d is not None]
        ends = [d for d in (plan.until, policy.effective_until) if d is not None]
        currency = plan.currency or policy.currency
        return cls(
            model,
            data,
            plan,
            Members(data.people, plan.pays),
            currency,
            Fraction(1, 10 ** currency_places(currency)),
            max(starts, default=None),
            min(ends, default=None),
        )

    def effective(self, day: date) -> bool:
        """True on the days of events that count."""
        return holds((self.start, self.until), day)

    def in_force(self, period: Period) -> bool:
        """True when some day of a period is effective."""
        return (self.until is None or period.start < self.until) and (
            self.start is None or self.start <= period.last
        )

    def days_active(self, person: str, period: Period) -> int:
        """Days of a period on which a person is in the plan; 0 where the plan is not in force."""
        return self.members.count(person, period) if self.in_force(period) else 0

    def months(self, person: str, period: Period) -> int:
        """The number of a period's first month since he came into the plan, at least 1."""
        first = self.members.first(person) or period.last
        since = Period.of("month", period.start).index - Period.of("month", first).index
        return max(1, since + 1)

    def round(self, amount: Fraction) -> Fraction:
        """Half up to the cent."""
        return half_up(amount, self.cent)

    def environment(self, payee: Party | None, day: date, facts: Mapping[str, Any]) -> Environment:
        """Where a line or statement expression is read, as of a day."""
        known = {**facts, "as_of": day}
        if payee is not None:
            known["payee"] = payee
        return Environment(self.model, day, known, same_unit, {})

    def leaving(self, person: str, day: date) -> date | None:
        """The day as of which he is paid for a line: that day, or (`leavers keep`) his last one
        not too long before it; None when the line does not count."""
        if self.members.active(person, day) is not None:
            return day
        last = self.members.last(person, day)
        keep = self.plan.leavers * ONE_DAY
        return last if last is not None and day - last <= keep else None
