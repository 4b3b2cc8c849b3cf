"""What the bounds of a scale to date are shares of, over a whole quarter or year (section 3)."""

from __future__ import annotations

from fractions import Fraction

from remit_dsl import expressions as x
from remit_engine.commission.basis.faults import demanded
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.standing import Standings
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.targets.quotas import Quotas

NOTHING = Fraction(0)


class Against:
    """Sums over the periods of windows, those to come included."""

    def __init__(self, terms: Terms, quotas: Quotas | None, standings: Standings) -> None:
        self._terms, self._quotas, self._standings = terms, quotas, standings

    def whole(self, e: x.Expression, person: str, window: Period) -> Fraction:
        """What `e` makes in a window; for a leaver in whose window it makes nothing, what it makes
        in the window of his last day. Raises AtFault."""
        parts = window.parts(self._terms.plan.period)
        total = sum((self._in(e, person, p) for p in parts), NOTHING)
        last = self._terms.members.last(person, window.last)
        if total or last is None or any(self._terms.days_active(person, p) for p in parts):
            return total
        before = Period.of(window.kind, last).parts(self._terms.plan.period)
        held = (p for p in before if self._terms.members.count(person, p))
        return sum((self._of_holder(e, person, p) for p in held), NOTHING)

    def _in(self, e: x.Expression, person: str, period: Period) -> Fraction:
        if self._quotas is not None and _is_quota(e):
            return self._quotas.of(person, period)
        there = self._standings.of(person, period)
        if there is None or not there.active:
            return NOTHING
        quota = None if self._quotas is None else self._quotas.of(person, period)
        return self._value(e, person, period, quota)

    def _of_holder(self, e: x.Expression, person: str, period: Period) -> Fraction:
        quota = None if self._quotas is None else self._quotas.of_holder(person, period)
        if quota is not None and _is_quota(e):
            return quota
        return self._value(e, person, period, quota)

    def _value(
        self, e: x.Expression, person: str, period: Period, quota: Fraction | None
    ) -> Fraction:
        there = self._standings.of(person, period)
        if there is None:
            return NOTHING
        facts = dict(there.facts) if quota is None else {**there.facts, "quota": quota}
        env = self._terms.environment(there.payee, there.day, facts)
        value: Fraction = demanded(e, env, "the scale")
        return value


def _is_quota(e: x.Expression) -> bool:
    return isinstance(e, x.Fact) and e.path == ("quota",)
