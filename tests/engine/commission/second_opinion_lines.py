"""Sections 1, 2 and 6 of docs/pay.md once more: who is in a plan, what counts, what comes back.

Written from the page alone, slow and literal, to be compared with the reference. Comments name the
section and the sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from remit_dsl.expressions import Expression, Fact, Round, walk
from remit_dsl.pay import Followed, Plan, Reversal
from remit_engine import calendar
from remit_engine.commission.basis.dataset import Dataset, EventRow
from remit_engine.commission.basis.periods import Period
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown
from remit_engine.rounding import rounded
from remit_engine.rules.ir import Model

CENT, NONE, ONE = Fraction(1, 100), Fraction(0), Fraction(1)
DAY = timedelta(days=1)


class Fault(Exception):
    """Something is wrong, and what is computed from it has no value."""


def cents(value: Fraction) -> Fraction:
    """2.4: to the currency's cent, half up."""
    return rounded(value, "half up", CENT)


@dataclass(frozen=True)
class Line:
    """credit of an event (or of a report) to a person, on a day."""

    event: str
    person: str
    day: date
    period: Period
    credit: Fraction
    row: EventRow | None
    payee: Mapping[str, Any]


@dataclass(frozen=True)
class House:
    """One plan, its program and the data, for all that needs no statement."""

    model: Model
    data: Dataset
    plan: Plan
    known: dict[tuple[str, Period], list[date]] = field(default_factory=dict)

    def value(self, e: Expression, facts: Mapping[str, Any], day: date) -> Any:
        """An expression on a day."""
        env = Environment(self.model, day, {**facts, "as_of": day}, lambda *_: False, {})
        found = evaluate(e, env)
        if isinstance(found, Unknown):
            raise Fault("not known")
        return found

    # --- section 1 -------------------------------------------------------------------------

    @property
    def start(self) -> date:
        """The first day of the plan's effective days, within those of the policy."""
        policy = self.model.program.policies[self.plan.policy]
        return max(d for d in (self.plan.start, policy.start, date.min) if d)

    @property
    def until(self) -> date:
        """The day after the last of them."""
        policy = self.model.program.policies[self.plan.policy]
        return min(d for d in (self.plan.until, policy.effective_until, date.max) if d)

    def outside(self, period: Period) -> bool:
        """1.6: a period wholly outside the effective days."""
        return period.last < self.start or period.start >= self.until

    def in_plan(self, person: str, day: date) -> bool:
        """1.2"""
        return any(s.position in self.plan.pays and s.covers(day) for s in self.data.people[person])

    def days(self, person: str, period: Period) -> list[date]:
        """His days in the plan in a period. 1.6: none where it lies outside."""
        key = (person, period)
        if key not in self.known:
            every = (period.start + n * DAY for n in range(period.days))
            found = [] if self.outside(period) else [d for d in every if self.in_plan(person, d)]
            self.known[key] = found
        return self.known[key]

    def held(self, person: str, period: Period) -> list[date]:
        """His days in a position of the plan, whether it is in force or not."""
        every = (period.start + n * DAY for n in range(period.days))
        return [d for d in every if self.in_plan(person, d)]

    def last_day(self, person: str, day: date) -> date | None:
        """His last day in the plan up to a day."""
        ends = {s.until - DAY for s in self.data.people[person] if s.until}
        candidates = [d for d in {*ends, day} if d <= day and self.in_plan(person, d)]
        return max(candidates, default=None)

    def first_day(self, person: str) -> date:
        """His first day in the plan."""
        starts = {s.start or date.min for s in self.data.people[person]}
        return min(d for d in starts if self.in_plan(person, d))

    def payee(self, person: str, day: date) -> Mapping[str, Any]:
        """1.3, 1.5: the first of his rows with a position of `pays`."""
        rows = sorted(
            (s for s in self.data.people[person] if s.covers(day)),
            key=lambda s: s.start or date.min,
        )
        return next(s.attributes for s in rows if s.position in self.plan.pays)

    def payee_of_line(self, person: str, day: date) -> Mapping[str, Any] | None:
        """1.4: on the day, or for a leaver on his last."""
        last = self.last_day(person, day)
        if last is None or (day - last).days > self.plan.leavers:
            return None
        return self.payee(person, last)

    def managers(self, person: str, day: date) -> set[str]:
        """1.5: those of all his rows."""
        return {m for s in self.data.people.get(person, ()) if s.covers(day) for m in s.managers}

    def reports(self, person: str, above: str, day: date, everyone: bool) -> bool:
        """8.1: directly, or at any level."""
        seen: set[str] = set()
        todo = self.managers(person, day)
        while everyone and todo - seen:
            seen |= todo
            todo = {m for s in todo for m in self.managers(s, day)}
        return above in seen | todo

    # --- section 2 -------------------------------------------------------------------------

    def rows(self) -> Iterator[tuple[date, EventRow]]:
        """2.1: rows whose `by` date is given and lies in the plan's effective days."""
        for row in self.data.events[self.plan.event or ""]:
            day = row.facts[self.plan.by or ""]
            if day is not None and self.start <= day < self.until:
                yield day, row

    def lines(self) -> tuple[list[Line], set[str]]:
        """Lines in their order, and the places of rows at fault."""
        found: list[Line] = []
        wrong: set[str] = set()
        for day, row in self.rows():
            try:
                found += self._lines(day, row)
            except Fault:
                wrong.add(row.place)
        return sorted(found, key=lambda x: (x.day, x.event)), wrong  # 2.6

    def _lines(self, day: date, row: EventRow) -> list[Line]:
        plan, found = self.plan, []
        early = plan.condition is not None and not _reads_payee(plan.condition)
        if early and not self.value(plan.condition, row.facts, day):
            return []
        period, reached = Period.of(plan.period, day), NONE
        for person, share in self.credited(day, row):
            before, reached = reached, reached + share
            payee = self.payee_of_line(person, day) if person else {}
            if payee is None:
                continue
            facts = {**row.facts, "payee": payee}
            if plan.condition is not None and not self.value(plan.condition, facts, day):
                continue
            credit = self._part(self.value(plan.credit.value, facts, day), before, reached)
            found.append(Line(row.id, person, day, period, credit, row, payee))
        return found

    def _part(self, whole: Fraction, before: Fraction, reached: Fraction) -> Fraction:
        """2.3, 2.4: of what ends in `rounded …`, the difference of rounded cumulatives."""
        if isinstance(self.plan.credit.value, Round) and self.plan.credit.to == "splits":
            return cents(whole * reached) - cents(whole * before)
        return whole * (reached - before)

    def credited(self, day: date, row: EventRow) -> list[tuple[str, Fraction]]:
        """Who is credited, with his share. 2.5, 2.7: faults of the row."""
        credit = self.plan.credit
        match credit.to:
            case "pool":
                return [("", ONE)]
            case "splits":
                shares = self.data.splits.get(self.plan.event, {}).get(row.id, ())
                found = [(s.person, s.share) for s in shares]
                if not credit.overlap and sum(s for _, s in found) != 1:
                    raise Fault("shares")
            case "field":
                found = [(_at(row.facts, credit.field), ONE)]
            case "owner":
                key, on = _at(row.facts, credit.field), row.facts[credit.on]
                key = key["id"] if isinstance(key, Mapping) else key
                owners = self.data.owners.get(str(key), ()) if on is not None else ()
                found = [
                    (o.person, ONE) for o in owners
                    if (o.start or date.min) <= on and (o.until is None or on < o.until)
                ]  # fmt: skip
                if len(found) != 1:
                    raise Fault("owners")
        if any(person not in self.data.people for person, _ in found):
            raise Fault("nowhere")
        return found

    # --- section 6 -------------------------------------------------------------------------

    def released(self, line: Line, until: date) -> Fraction:
        """h by the end of a day. 6.2 to 6.7"""
        hold = self.plan.hold
        if hold is None:
            return ONE
        if hold.kind == "date":
            day = line.row.facts[hold.field]
            return Fraction(day is not None and day <= until)
        against = self._against(line, hold.followed)
        if against <= 0:
            return ONE
        amounts = sum((a for d, a in self._followed(line, hold.followed) if d <= until), NONE)
        if hold.kind == "covered":
            return Fraction(amounts >= against)
        return max(NONE, min(ONE, amounts / against))

    def returned(self, line: Line, until: date, lowering: bool = False) -> Fraction:
        """f by the end of a day. 6.8, 6.9: of several the largest; lowering: that lowers."""
        if line.row is None:
            return NONE
        chosen = [r for r in self.plan.reversals if r.lowering or not lowering]
        return max((self._returned(line, r, until) for r in chosen), default=NONE)

    def _returned(self, line: Line, r: Reversal, until: date) -> Fraction:
        if r.kind == "absent":
            end, day = self._end(line, r), line.row.facts[r.field]
            return Fraction(end <= until and (day is None or day > until))
        if r.kind == "date":
            day = line.row.facts[r.field]
            return Fraction(day is not None and day <= min(until, self._end(line, r)))
        against = self._against(line, r.followed)
        last = min(until, self._end(line, r))
        amounts = sum((a for d, a in self._followed(line, r.followed) if d <= last), NONE)
        return max(NONE, min(ONE, amounts / against)) if against > 0 else NONE

    def _end(self, line: Line, r: Reversal) -> date:
        """6.10: the last day of the window."""
        if r.window is None:
            return date.max
        start = line.row.facts[r.of]
        if r.months:
            return calendar.add_months(start, r.window, "clipped")
        return start + r.window * DAY

    def _against(self, line: Line, f: Followed) -> Fraction:
        return self.value(f.against, {**line.row.facts, "payee": line.payee}, line.day)

    def _followed(self, line: Line, f: Followed) -> list[tuple[date, Fraction]]:
        rows = [r.facts for r in self.data.events[f.event] if r.facts[f.link] == line.event]
        return [(x[f.date], x[f.amount]) for x in rows if x[f.date] and x[f.amount] is not None]

    def return_days(self, line: Line) -> list[date]:
        """Days on which what is returned may change."""
        found = set()
        for r in self.plan.reversals:
            found |= {d for d, _ in self._followed(line, r.followed)} if r.followed else set()
            found |= {line.row.facts[r.field]} if r.field else set()
            found |= {self._end(line, r)} if r.kind == "absent" else set()
        return sorted(d for d in found if d is not None)


def _reads_payee(e: Expression) -> bool:
    return any(isinstance(x, Fact) and x.path[0] == "payee" for x in walk(e))


def _at(facts: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        facts = None if facts is None else facts[step]
    if facts is None:
        raise Fault("not given")
    return facts
