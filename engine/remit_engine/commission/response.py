"""What a plan gives one person for one line of credit: the amount as a function of the credit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.expressions import Constant
from remit_dsl.pay import Plan, Quota
from remit_engine.commission.account import Account, Rulebook
from remit_engine.commission.basis.dataset import Dataset, Stretch
from remit_engine.commission.basis.periods import MONTHS, Period
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.lines.crediting import Credited
from remit_engine.people.party import Holding, Party
from remit_engine.rules.ir import Model

SOMEBODY = "somebody"


@dataclass(frozen=True, slots=True)
class Paid:
    """entitled: in the plan's currency, None at fault. quota: of the period, None without one."""

    entitled: Fraction | None
    quota: Fraction | None
    fault: str | None


class Response:
    """A plan over events, on a day, for a payee with some attributes and, where quotas come from
    data, a quota. Scores are what the targets of their items give."""

    def __init__(
        self, model: Model, plan: Plan, day: date, attributes: Mapping[str, Any], quota: Fraction
    ) -> None:
        self._period = Period.of(plan.period, day)
        self._day = day
        plan = _bare(plan)
        position = plan.pays[0]
        stretch = Stretch(SOMEBODY, position, None, None, None, (), attributes)
        data = Dataset(
            {},
            {SOMEBODY: (stretch,)},
            targets=_targets(plan.period, self._period, quota),
            measures=_measures(model, plan, self._period),
        )
        terms = Terms.of(model, data, plan)
        self._book = Rulebook.of(terms)
        known = {"id": SOMEBODY, "position": position, **attributes}
        self._payee = Party(SOMEBODY, (Holding(position),), known)

    def at(self, credit: Fraction) -> Paid:
        """What one line of credit gives."""
        line = Credited("sale", SOMEBODY, self._day, self._payee, credit, "", {}, None)
        found = Account(self._book, SOMEBODY).statement(self._period, [line])
        if found is None:
            return Paid(None, None, "nobody is in the plan on the day")
        return Paid(found.amounts["entitled"], found.amounts["quota"], found.fault)


def _bare(plan: Plan) -> Plan:
    """The plan up to what somebody is entitled to."""
    quota = plan.quota
    if quota is not None and quota.source is not None:
        quota = Quota(None, "targets", False, quota.span)
    return replace(plan, quota=quota, hold=None, reversals=(), guarantee=None, draw=None)


def _targets(
    kind: str, period: Period, quota: Fraction
) -> Mapping[tuple[str | None, str, Period], Fraction]:
    """The same quota in every period around."""
    year = 12 // MONTHS[kind]
    around = range(period.index - year, period.index + year + 1)
    return {(None, SOMEBODY, Period(kind, i)): quota for i in around}


def _measures(
    model: Model, plan: Plan, period: Period
) -> Mapping[tuple[str, Period, str], Fraction]:
    """Every item of a scorecard exactly at its target."""
    return {
        (SOMEBODY, period, item.name): item.target.value
        for card in model.program.scorecards.values()
        if card.period == plan.period
        for item in card.items
        if isinstance(item.target, Constant) and isinstance(item.target.value, Fraction)
    }
