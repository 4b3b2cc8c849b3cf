"""Which events count, and who is credited what (docs/pay.md section 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.expressions import Expression, Round
from remit_dsl.pay import Crediting
from remit_engine.commission.basis.dataset import EventRow, Owned
from remit_engine.commission.basis.faults import AtFault, because, demanded
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.lines.fate import Fate, Follower
from remit_engine.commission.statement import Uncounted
from remit_engine.explanation.trace import leaves
from remit_engine.judging.evaluate import Environment, truth
from remit_engine.judging.unknown import Unknown
from remit_engine.people.party import Party
from remit_engine.rules.ir import holds
from remit_engine.text import number_text

NOBODY = ""
"""Whom lines of pools are credited to."""


@dataclass(frozen=True, slots=True)
class Credited:
    """A line before any rate. event: the row's id, or the report's in an override. payee: as he is
    on the day (None in pools). facts: those of the row. fate: where the plan holds or reverses."""

    event: str
    person: str
    day: date
    payee: Party | None
    credit: Fraction
    place: str
    facts: Mapping[str, Any]
    fate: Fate | None

    @property
    def order(self) -> tuple[date, str]:
        """Lines of a payee stand in this order."""
        return self.day, self.event


@dataclass(frozen=True, slots=True)
class Part:
    """The part of an event that is a person's: from one ratio of it to another."""

    person: str
    start: Fraction
    end: Fraction


Lines = dict[tuple[str, Period], list[Credited]]


class Creditor:
    """Credits the rows of a plan's event."""

    def __init__(self, terms: Terms, through: Period) -> None:
        plan = terms.plan
        if plan.credit is None or plan.event is None or plan.by is None:
            raise TypeError("an override credits no events")
        self._terms, self._credit, self._event = terms, plan.credit, plan.event
        self._by, self._through = plan.by, through.last
        self._follower = Follower(terms)
        self._personal = plan.condition is not None and _reads_payee(plan.condition, terms)

    def all(self) -> tuple[Lines, list[Uncounted]]:
        """The lines by person and period, in order, and the rows that do not count."""
        lines: Lines = defaultdict(list)
        uncounted: list[Uncounted] = []
        for row in self._terms.data.events.get(self._event, ()):
            try:
                for line in self._row(row):
                    if isinstance(line, Uncounted):
                        uncounted.append(line)
                    else:
                        period = Period.of(self._terms.plan.period, line.day)
                        lines[line.person, period].append(line)
            except AtFault as fault:
                uncounted.append(self._uncounted(row, str(fault), True))
        for of in lines.values():
            of.sort(key=lambda line: line.order)
        return lines, uncounted

    def first(self) -> date | None:
        """The earliest day of an event within the effective days."""
        days = (row.facts.get(self._by) for row in self._terms.data.events.get(self._event, ()))
        return min((d for d in days if d is not None and self._terms.effective(d)), default=None)

    def _row(self, row: EventRow) -> list[Credited | Uncounted]:
        """All lines of a row, or none: a fault of one is a fault of the row."""
        day = row.facts.get(self._by)
        if day is None or day > self._through or not self._terms.effective(day):
            return []
        env = self._terms.environment(None, day, row.facts)
        if not self._personal and not self._counts(env):
            return []
        found = [self._line(row, day, part) for part in self._parts(row)]
        return [line for line in found if line is not None]

    def _counts(self, env: Environment) -> bool:
        condition = self._terms.plan.condition
        if condition is None:
            return True
        found = truth(condition, env)
        if isinstance(found, Unknown):
            raise AtFault(f"the condition {because(found)}")
        return found

    def _line(self, row: EventRow, day: date, part: Part) -> Credited | Uncounted | None:
        if self._credit.to == "pool":
            return self._credited(row, day, part, None)
        members = self._terms.members
        if not members.known(part.person):
            raise AtFault(f"nobody with the id `{part.person}` is known")
        last = self._terms.leaving(part.person, day)
        if last is None:
            return self._outside(row, day, part.person)
        days = members.on(part.person, last)
        payee = None if days is None else days.payee
        if self._personal and not self._counts(self._terms.environment(payee, day, row.facts)):
            return None
        return self._credited(row, day, part, payee)

    def _outside(self, row: EventRow, day: date, person: str) -> Uncounted | None:
        """Not in the plan: told, unless the event would not count for him either way."""
        days = self._terms.members.on(person, day)
        env = self._terms.environment(days.payee if days else None, day, row.facts)
        condition = self._terms.plan.condition
        if self._personal and condition is not None and truth(condition, env) is False:
            return None
        return self._uncounted(row, f"`{person}` is not in the plan on {day}", False)

    def _credited(self, row: EventRow, day: date, part: Part, payee: Party | None) -> Credited:
        env = self._terms.environment(payee, day, row.facts)
        whole = demanded(self._credit.value, env, "the credit")
        return Credited(
            row.id,
            part.person,
            day,
            payee,
            self._cut(whole, part),
            row.place,
            row.facts,
            self._follower.fate(row, env),
        )

    def _cut(self, whole: Fraction, part: Part) -> Fraction:
        if self._credit.to != "splits":
            return whole
        if isinstance(self._credit.value, Round):
            return self._terms.round(whole * part.end) - self._terms.round(whole * part.start)
        return whole * (part.end - part.start)

    def _parts(self, row: EventRow) -> Iterator[Part]:
        match self._credit.to:
            case "pool":
                yield Part(NOBODY, Fraction(0), Fraction(1))
            case "field":
                yield Part(_field(row, self._credit), Fraction(0), Fraction(1))
            case "owner":
                yield Part(self._owner(row), Fraction(0), Fraction(1))
            case "splits":
                yield from self._splits(row)

    def _splits(self, row: EventRow) -> Iterator[Part]:
        shares = self._terms.data.splits.get(self._event, {}).get(row.id, ())
        total = sum((s.share for s in shares), Fraction(0))
        if total != 1 and not self._credit.overlap:
            raise AtFault(
                f"the shares of `{row.id}` make {number_text(total, 'percent')}, not 100%"
            )
        reached = Fraction(0)
        for share in shares:
            yield Part(share.person, reached, reached + share.share)
            reached += share.share

    def _owner(self, row: EventRow) -> str:
        key = _field(row, self._credit)
        day = row.facts.get(self._credit.on or "")
        if day is None:
            raise AtFault(f"the credit needs `{self._credit.on}`, which is not given")
        owners = [o for o in self._terms.data.owners.get(key, ()) if _owns(o, day)]
        if len(owners) == 1:
            return owners[0].person
        names = " and ".join(f"`{o.person}`" for o in owners)
        raise AtFault(f"`{key}` is owned by {names or 'nobody'} on {day}")

    def _uncounted(self, row: EventRow, reason: str, fault: bool) -> Uncounted:
        return Uncounted(self._terms.plan.name, row.id, row.place, reason, fault)


def _field(row: EventRow, credit: Crediting) -> str:
    path = credit.field or ()
    value = follow(row.facts, path)
    if value is None:
        raise AtFault(f"the credit needs `{'.'.join(path)}`, which is not given")
    return str(value)


def follow(facts: Mapping[str, Any], path: Sequence[str]) -> Any:
    """What stands at a path into facts; None where something on the way is not given."""
    value: Any = facts
    for step in path:
        value = None if value is None else value.get(step)
    return value


def _owns(owned: Owned, day: date) -> bool:
    return holds((owned.start, owned.until), day)


def _reads_payee(condition: Expression, terms: Terms) -> bool:
    read = leaves(condition, terms.model.program)
    return any(name.split(".")[0] == "payee" for name, _ in read)
