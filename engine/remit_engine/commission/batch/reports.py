"""Who reports to whom in the periods of a run, for plans that stand on another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from remit_engine.commission.basis.membership import Members
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.batch.profiles import Calendar
from remit_engine.commission.batch.scratch import Scratch
from remit_engine.warehouse.warehouse import BIGINT, Row

COLUMNS = tuple((name, BIGINT) for name in ("superior", "report", "since", "until"))


def load_reports(
    warehouse: Scratch,
    table: str,
    terms: Terms,
    base: Terms,
    calendar: Calendar,
    people: Mapping[str, int],
) -> None:
    """A table of superior, report and period, by number: everybody who may have a statement
    underneath."""
    rows = f"{table}_runs"
    warehouse.load(rows, COLUMNS, reports(terms, base, calendar, people))
    numbers = " UNION ALL ".join(
        f"SELECT CAST({i} AS BIGINT) AS period" for i in range(len(calendar.periods))
    )
    warehouse.create(
        table,
        f"SELECT r.superior, r.report, n.period FROM {rows} r JOIN ({numbers}) n "
        "ON n.period BETWEEN r.since AND r.until",
    )
    warehouse.drop(rows)


def reports(
    terms: Terms, base: Terms, calendar: Calendar, people: Mapping[str, int]
) -> Iterator[Row]:
    """Superior, report, and the first and last period (by number) in which it is so."""
    periods = [
        (number, period)
        for number, period in enumerate(calendar.periods)
        if terms.effective(period.last) and base.in_force(period)
    ]
    if not periods:
        return
    # both tests hold on days without a gap, so these periods follow on each other
    first, last = periods[0][0], periods[-1][0]
    lines = Lines(terms.members, base.members, terms.plan.reports == "direct")
    for person in base.members.persons:
        steady = lines.steady(person, periods[0][1].last)
        if steady is None:
            for superior, number in _moving(lines, base.members, person, periods):
                yield people[superior], people[person], number, number
        else:
            for superior in steady:
                yield people[superior], people[person], first, last


def _moving(
    lines: Lines, base: Members, person: str, periods: Iterable[tuple[int, Period]]
) -> Iterator[tuple[str, int]]:
    """The superiors of one period after another."""
    for number, period in periods:
        day = base.last(person, period.last)
        if day is not None and day >= period.start:
            for superior in lines.above(base.managers(person, day), day, {person}):
                yield superior, number


@dataclass(slots=True)
class Lines:
    """The lines of command. members: the people of the plan on top; base: of that underneath."""

    members: Members
    base: Members
    direct: bool
    _known: dict[frozenset[str], tuple[list[str], set[str]] | None] = field(default_factory=dict)
    """Superiors by managers, and all who were looked at; None where one of those is not steady."""

    def above(self, managers: Iterable[str], day: date, seen: set[str]) -> Iterator[str]:
        """Those of the plan on top whom one with these managers reports to on a day. seen:
        himself, and in the end all who were looked at."""
        ahead = _unseen(managers, seen)
        while ahead:
            yield from (s for s in ahead if self.members.pays(s, day))
            if self.direct:
                return
            ahead = [m for p in ahead for m in _unseen(self.base.managers(p, day), seen)]

    def steady(self, person: str, day: date) -> list[str] | None:
        """The superiors of one for whom nothing changes, nor for anybody above him; else None."""
        managers = self.base.lasting(person)
        if managers is None:
            return None
        if managers not in self._known:
            seen: set[str] = set()
            found = list(self.above(managers, day, seen))
            lasting = all(self.base.lasting(p) is not None for p in seen)
            self._known[managers] = (found, seen) if lasting else None
        known = self._known[managers]
        return None if known is None or person in known[1] else known[0]


def _unseen(managers: Iterable[str], seen: set[str]) -> list[str]:
    found = [m for m in sorted(managers) if m not in seen]
    seen.update(found)
    return found
