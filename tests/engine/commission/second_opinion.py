"""A second opinion of what a run of pay gives, written from docs/pay.md alone.

Naive and slow on purpose: everything is computed from the lines again for every statement, what a
period needs of those before it by recursion (what is remembered is a value, never a state).
Comments name the section and the sentence of the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from engine.commission import second_opinion_scales as scales
from engine.commission.second_opinion_lines import DAY, NONE, ONE, Fault, House, Line, cents
from engine.commission.second_opinion_pools import shares_of_pools
from engine.commission.second_opinion_scores import score
from remit_dsl.expressions import Expression, Fact
from remit_dsl.pay import Plan, Scale
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.periods import Period
from remit_engine.rules.ir import Model

Amounts = dict[str, Fraction | None]
Key = tuple[str, str, Period]


@dataclass(frozen=True)
class Given:
    """statements: None is one at fault. rows: (plan, place) at fault, of a pool (plan, group and
    period)."""

    statements: dict[Key, Amounts | None]
    rows: set[tuple[str, str]]


def opinion(model: Model, data: Dataset, plans: Sequence[str], through: Period) -> Given:
    """What a run of these plans, and of those underneath, gives."""
    given = Given({}, set())
    opinions: dict[str, Opinion] = {}

    def of(name: str) -> Opinion:
        if name not in opinions:
            plan = model.program.plans[name]
            under = of(plan.base) if plan.base else None
            opinions[name] = Opinion(House(model, data, plan), through, under)
        return opinions[name]

    for name in plans:
        of(name)
    for name, found in opinions.items():
        given.rows.update((name, place) for place in found.crediting[1])
        period = found.first
        while period <= through:
            if found.plan.pool is not None:
                paid, wrong = shares_of_pools(found.house, period, found.crediting[0])
                given.statements.update(((name, who, period), x) for who, x in paid.items())
                given.rows.update((name, f"{period} {group}") for group in wrong)
            else:
                for person in data.people:
                    found.add(person, period, given.statements)
            period = period.next
    return given


@dataclass
class Opinion:
    """The statements of one plan."""

    house: House
    through: Period
    under: Opinion | None
    known: dict[tuple[str, str, Period], Any] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        return self.house.plan

    @cached_property
    def crediting(self) -> tuple[list[Line], set[str]]:
        return ([], set()) if self.plan.base else self.house.lines()

    @cached_property
    def first(self) -> Period:
        """10.1"""
        if self.under is not None:
            return self.under.first
        periods = [Period.of(self.plan.period, day) for day, _ in self.house.rows()]
        return min([*periods, self.through])

    def add(self, person: str, period: Period, statements: dict[Key, Amounts | None]) -> None:
        """7.9: who has a statement."""
        key = (self.plan.name, person, period)
        try:
            found = self.amounts(person, period)
            moved = [found[x] for x in ("entitled", "held", "reversed", "recovered")]
            there = bool(self.house.days(person, period) or self.lines(person, period))
            if there or any(moved):
                statements[key] = found
        except Fault:
            statements[key] = None

    # --- lines -----------------------------------------------------------------------------

    def lines(self, person: str, period: Period) -> list[Line]:
        """His lines of a period."""
        if self.under is not None:
            return self.reports(person, period)
        return [x for x in self.crediting[0] if x.person == person and x.period == period]

    def lines_up_to(self, person: str, period: Period) -> list[Line]:
        found, at = [], self.first
        while at <= period:
            found += self.lines(person, at)
            at = at.next
        return found

    def reports(self, person: str, period: Period) -> list[Line]:
        """Section 8: a line for each report."""
        return self._once("reports", person, period, self._reports)

    def _reports(self, person: str, period: Period) -> list[Line]:
        under, found = self.under, []
        if not self.house.start <= period.last < self.house.until:
            return []  # 8.3: the line's day is the last of the period
        for report in sorted(self.house.data.people):  # 8.5
            days = under.house.days(report, period)
            if not days or not self.house.in_plan(person, days[-1]):
                continue  # 8.1
            everyone = self.plan.reports == "all"
            if not self.house.reports(report, person, days[-1], everyone):
                continue
            credit = sum((x.credit for x in under.lines(report, period)), NONE)
            credit -= under.credit_reversed(report, period)  # 8.2
            payee = self.house.payee(person, self.house.last_day(person, period.last))
            line = Line(report, person, period.last, period, credit, None, payee)  # 8.3
            found.append(line)
        return found

    def credit_reversed(self, person: str, period: Period) -> Fraction:
        """8.2: change of f times credit. 6.13: nothing before the period it is counted in."""
        total = NONE
        for line in [] if self.under else self.lines_up_to(person, period):
            before = self.house.returned(line, period.start - DAY)
            before = before if line.period < period else NONE
            total += (self.house.returned(line, period.last) - before) * line.credit
        return total

    # --- what a statement reads ------------------------------------------------------------

    def at(self, person: str, period: Period) -> date:
        """The statement's day: his last in the plan, in the period or (4.2) before it."""
        return self.house.last_day(person, period.last)

    def month(self, person: str, period: Period) -> int:
        """7.3, 7.4"""
        day, first = period.start, self.house.first_day(person)
        return max(1, (day.year - first.year) * 12 + day.month - first.month + 1)

    def facts(self, person: str, period: Period) -> dict[str, Any]:
        days = self.house.days(person, period)
        return {
            "payee": self.house.payee(person, self.at(person, period)),
            "days_active": Fraction(len(days)),
            "days_in_period": Fraction(period.days),
            "months_in_plan": Fraction(self.month(person, period)),
            "scorecard": {
                name: score(self.house, card, person, period)
                for name, card in self.house.model.program.scorecards.items()
                if card.period == period.kind
            },
        }

    def quota(self, person: str, period: Period) -> Fraction | None:
        """The quota of a statement. 4.3: a leaver's is that of the period of his last day."""
        if self.plan.quota is None:
            return None
        days = len(self.house.days(person, period))
        if days:
            return self._quota(person, period, days)
        target = self._target(person, period)
        if target is not None and not self.plan.quota.by_days_active:
            return target
        left = Period.of(period.kind, self.at(person, period))
        return self._quota(person, left, len(self.house.held(person, left)))

    def _quota(self, person: str, period: Period, days: int) -> Fraction:
        quota, amount = self.plan.quota, self._target(person, period)
        if quota.source is None:
            facts = self.facts(person, period)
            amount = self.house.value(quota.value, facts, self.at(person, period))
        if amount is None:
            raise Fault("no target")
        return amount * (Fraction(days, period.days) if quota.by_days_active else ONE)

    def _target(self, person: str, period: Period) -> Fraction | None:
        targets = self.house.data.targets if self.plan.quota.source == "targets" else {}
        found = targets.get((self.plan.short, person, period))
        return targets.get((None, person, period)) if found is None else found

    def against(self, scale: Scale, person: str, period: Period) -> Fraction:
        """Q. 3.14: to date, of the whole quarter or year."""
        if scale.against is None:
            return ONE
        if scale.over not in ("quarter to date", "year to date"):
            return self._against_in(scale, person, period)
        kind = scale.over.split()[0]
        window = [*period.within(kind).parts(period.kind)]
        present = [p for p in window if self.house.days(person, p)]
        total = sum((self._against_in(scale, person, p) for p in present), NONE)
        plain = isinstance(scale.against, Fact) and scale.against.path == ("quota",)
        if plain and not self.plan.quota.by_days_active:
            absent = (self._target(person, p) for p in window if p not in present)
            total += sum((t for t in absent if t is not None), NONE)
        if total == 0 and not present:  # 3.15: of a leaver
            left = Period.of(kind, self.at(person, period)).parts(period.kind)
            held = [p for p in left if self.house.held(person, p)]
            total = sum((self._against_in(scale, person, p) for p in held), NONE)
        return total

    def _against_in(self, scale: Scale, person: str, period: Period) -> Fraction:
        facts = {"quota": self.quota(person, period)} | self.facts(person, period)
        return self.house.value(scale.against, facts, self.at(person, period))

    # --- section 3 -------------------------------------------------------------------------

    def on_line(self, line: Line) -> scales.Value:
        """3.16: what is in force on a line's day."""
        return lambda e: self.house.value(e, {"payee": line.payee}, line.day)

    def on_day(self, person: str, period: Period) -> scales.Value:
        """What is in force on the statement's day."""
        day = self.at(person, period)
        payee = self.house.payee(person, day)
        return lambda e: self.house.value(e, {"payee": payee}, day)

    def earned(self, scale: Scale, line: Line) -> Fraction:
        """What a line earns in its own period."""
        if scale.kind != "marginal":
            return line.credit * self.rate(scale, line, line.period)
        every = self.lines_up_to(line.person, line.period)
        lines = scales.together(self.house, scale, line, every, line.period)
        p = scales.position_before(self.house, scale, lines, line.period, line)
        q, value = self.against(scale, line.person, line.period), self.on_line(line)
        above = scales.integral(scale, value, q, p + line.credit)
        return above - scales.integral(scale, value, q, p)

    def rate(self, scale: Scale, line: Line, now: Period) -> Fraction:
        """3.6, 3.12: the rate of a line as decided at the end of a period."""
        lines = scales.together(self.house, scale, line, self.lines_up_to(line.person, now), now)
        p, q = (
            scales.position(self.house, scale, lines, now),
            self.against(scale, line.person, now),
        )
        value = self.on_day(line.person, now)
        if scale.over == "line":
            value = self.on_line(line)
        if scale.kind == "interpolated":
            return scales.between(scale, value, q, p)
        chosen = scale.tiers[scales.tier(scale, value, q, p)]
        return self.on_line(line)(chosen.rate)

    def topped_up(self, scale: Scale, person: str, now: Period, own: Period) -> Fraction:
        """3.8: `(x - r) * (rate now - rate in its own period)`, summed over the lines of the window
        of a period, as it is at the end of another."""
        total, window = NONE, scales.window(self.house, scale, own.start)
        for line in self.lines_up_to(person, now):
            if scales.window(self.house, scale, line.day) != window or line.period == now:
                continue
            r = self.house.returned(line, now.last, lowering=True) * line.credit
            change = self.rate(scale, line, now) - self.rate(scale, line, line.period)
            total += (line.credit - r) * change
        return total

    def scale(self, scale: Scale, person: str, period: Period) -> Fraction:
        """The step of a scale on credit."""
        self.against(scale, person, period)
        self._sound_before(scale, person, period)
        total = sum((self.earned(scale, x) for x in self.lines(person, period)), NONE)
        if scale.kind == "marginal" or scale.over not in ("quarter to date", "year to date"):
            return total
        before = Period(period.kind, period.index - 1)
        if scales.window(self.house, scale, before.start) == scales.window(
            self.house, scale, period.start
        ):
            total -= self._computed_before(scale, person, before)
        return total + self.topped_up(scale, person, period, period)

    def _sound_before(self, scale: Scale, person: str, period: Period) -> None:
        """3.18: a scale to date stands on the statements of its window."""
        if scale.over not in ("quarter to date", "year to date"):
            return
        for each in period.within(scale.over.split()[0]).parts(period.kind):
            if self.first <= each < period:
                self.amounts(person, each)

    def _computed_before(self, scale: Scale, person: str, before: Period) -> Fraction:
        """What it was when a step was last computed."""
        while before >= self.first:
            same = scales.window(self.house, scale, before.start)
            if self.house.days(person, before) or self.lines(person, before):
                return self.topped_up(scale, person, before, before)
            before = Period(before.kind, before.index - 1)
            if scales.window(self.house, scale, before.start) != same:
                break
        return NONE

    # --- sections 4 to 7 -------------------------------------------------------------------

    def amounts(self, person: str, period: Period) -> Amounts:
        """Every amount of a statement, whether it is shown or not."""
        return self._once("amounts", person, period, self._amounts)

    def _amounts(self, person: str, period: Period) -> Amounts:
        if self.house.days(person, period) or self.lines(person, period):
            found = self._steps(person, period)
        else:
            # 4.1
            found = dict.fromkeys(("credit", "payable", "entitled"), NONE)
            found["quota"] = None if self.plan.quota is None else NONE
        found |= self._moved(person, period, found["entitled"])
        found["net"] = found["entitled"] + found["held"] + found["reversed"]  # 7.1
        return found | self._advanced(person, period, found["net"])

    def _steps(self, person: str, period: Period) -> Amounts:
        lines, facts = self.lines(person, period), self.facts(person, period)
        quota = self.quota(person, period)
        facts["credit"] = credit = sum((x.credit for x in lines), NONE)
        facts["quota"] = quota
        facts["lines"] = Fraction(len(lines))
        if self.under is not None:
            facts["reports"] = facts["lines"]
            below = [self.under.amounts(x.event, period) for x in lines]  # 8.4
            facts["paid"] = sum((x["net"] for x in below), NONE)
        for step in self.plan.steps:
            facts[step.name] = self._step(step.value, facts, person, period)
        payable = facts["payable"]
        found = {"credit": credit, "quota": quota, "payable": payable}
        return found | {"entitled": self._bounded(payable, facts, person, period)}

    def _step(
        self, e: Expression | Scale, facts: Mapping[str, Any], person: str, period: Period
    ) -> Any:
        day = self.at(person, period)
        if not isinstance(e, Scale):
            return self.house.value(e, facts, day)
        if e.base is None:
            return self.scale(e, person, period)
        x = self.house.value(e.base, facts, day)
        q = ONE if e.against is None else self.house.value(e.against, facts, day)
        return scales.on_amount(e, lambda b: self.house.value(b, facts, day), q, x)

    def _bounded(
        self, payable: Fraction, facts: Mapping[str, Any], person: str, period: Period
    ) -> Fraction:
        """4.5: the floor, then the cap."""
        plan, day = self.plan, self.at(person, period)
        if plan.floor is not None:
            payable = max(payable, cents(self.house.value(plan.floor, facts, day)))
        if plan.cap is None:
            return payable
        most = cents(self.house.value(plan.cap.amount, facts, day))
        if plan.cap.per is None:
            return min(payable, most)
        for each in period.within(plan.cap.per).parts(period.kind):
            if self.first <= each < period:
                most -= self.amounts(person, each)["entitled"]
        return min(payable, max(NONE, most))

    def share(self, line: Line) -> Fraction:
        """Section 5."""
        lines = self.lines(line.person, line.period)
        scale = next(
            (s.value for s in self.plan.steps if isinstance(s.value, Scale) and not s.value.base),
            None,
        )
        weights = [x.credit if scale is None else self.earned(scale, x) for x in lines]
        entitled = self.amounts_entitled(line.person, line.period)
        k = next(i for i, x in enumerate(lines) if x is line)
        if sum(weights) == 0:
            return NONE
        first, second = sum(weights[: k + 1], NONE), sum(weights[:k], NONE)
        whole = sum(weights, NONE)
        return cents(entitled * first / whole) - cents(entitled * second / whole)

    def amounts_entitled(self, person: str, period: Period) -> Fraction:
        return self._once("entitled", person, period, lambda a, b: self._steps(a, b)["entitled"])

    def _moved(self, person: str, period: Period, entitled: Fraction) -> Amounts:
        """6.11, 6.12: held and reversed."""
        held = returned = NONE
        if self.plan.hold is None and not self.plan.reversals:
            return {"held": held, "reversed": returned}
        for line in self.lines_up_to(person, period):
            before = self._fate(line, period.start - DAY)
            before = before if line.period < period else (ONE, NONE)  # 6.13
            now = self._fate(line, period.last)
            if now != before:
                s = self.share(line)
                held += self._kept(s, *now)[0] - self._kept(s, *before)[0]
                returned += self._kept(s, *now)[1] - self._kept(s, *before)[1]
        return {"held": held, "reversed": returned}

    def _fate(self, line: Line, day: date) -> tuple[Fraction, Fraction]:
        return self.house.released(line, day), self.house.returned(line, day)

    def _kept(self, s: Fraction, h: Fraction, f: Fraction) -> tuple[Fraction, Fraction]:
        return -(s - cents(s * h)), -(cents(s * h) - cents(s * min(h, 1 - f)))

    def _advanced(self, person: str, period: Period, net: Fraction) -> Amounts:
        """Section 7."""
        plan, guarantee, advance, recovered = self.plan, NONE, NONE, NONE
        owed = NONE
        if plan.draw is not None and plan.draw.recoverable and period > self.first:
            owed = self.amounts(person, Period(period.kind, period.index - 1))["balance"]
        active = bool(self.house.days(person, period))
        month = self.month(person, period) if active or owed else 0

        def read(e: Expression) -> Fraction:
            facts = self.facts(person, period)
            return cents(self.house.value(e, facts, self.at(person, period)))

        g, d = plan.guarantee, plan.draw
        if g is not None and active and (g.until_month is None or month <= g.until_month):
            guarantee = max(NONE, read(g.amount) - net)
        n = net + guarantee
        if d is not None and (active or owed):
            drawn = active and (d.until_month is None or month <= d.until_month)
            level = read(d.amount) if drawn else NONE
            if drawn and n < level:
                advance = level - n
                owed += advance if d.recoverable else NONE
            elif month >= d.from_month:
                recovered = max(NONE, min(owed, n - level))
                if d.at_most is not None:
                    recovered = max(NONE, min(recovered, read(d.at_most)))
                owed -= recovered
        return {
            "guarantee": guarantee, "advance": advance, "recovered": recovered, "balance": owed,
            "due": n + advance - recovered,
        }  # fmt: skip

    def _once(self, what: str, person: str, period: Period, then: Any) -> Any:
        key = (what, person, period)
        if key not in self.known:
            try:
                self.known[key] = then(person, period)
            except Fault as wrong:
                self.known[key] = wrong
        found = self.known[key]
        if isinstance(found, Fault):
            raise found
        return found
