"""What somebody had to report, by when, and what he did: one person's duty from its first day on,
gone through once more."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from remit_dsl.watch import Duty
from remit_engine.watch.entry import Entry, as_date, value_at
from remit_engine.watch.log import Log
from remit_engine.watch.periods import Period
from remit_engine.watch.plan import Feed
from remit_engine.watch.reporting import Reporting
from remit_engine.watch.world import World


class State(enum.StrEnum):
    """`due`: its last day is not over. `overdue`: it is. `reported`: there is a report, in time or
    late."""

    DUE = "due"
    OVERDUE = "overdue"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class Report:
    """One period of one person. row: of its alert, where it is missing. first, end: its days; last:
    the last day of its report. unsure: there is a report that may count. entry, on: the report and
    its day; None of one that came before what it is about, on the same day."""

    duty: Duty
    person: str
    row: str
    first: date
    end: date
    last: date
    state: State
    unsure: bool = False
    entry: str | None = None
    on: date | None = None


def reports(
    reporting: Reporting, feeds: Iterable[Feed], world: World, today: int
) -> Iterator[Report]:
    """All periods of a person's duty that have begun, in order. feeds: what the duty looks at."""
    duty, person = reporting.duty, reporting.person.id
    again = Reporting(duty, reporting.policy, reporting.person, reporting.since)
    found: list[tuple[Period, Report]] = []
    for entry in _entries(world.log, feeds, person):
        found += _read(again, entry, world)
    again.go_to(today)
    for period in again.lacking:
        state = State.OVERDUE if today > period.last else State.DUE
        report = _report(duty, person, period, state)
        found.append((period, replace(report, unsure=period in again.unsure)))
    yield from (report for _, report in sorted(found, key=lambda one: one[0]))


def _entries(log: Log, feeds: Iterable[Feed], person: str) -> list[Entry]:
    entries = {e.place: e for feed in feeds for e in log.feeds[feed].of(person)}
    return [entries[place] for place in sorted(entries)]


def _read(again: Reporting, entry: Entry, world: World) -> Iterator[tuple[Period, Report]]:
    """What an entry reports."""
    duty, person, today = again.duty, again.person.id, entry.day
    again.go_to(today)
    if duty.after == entry.kind and value_at(entry.facts, duty.after_by or ()) == person:
        early = again.occur(entry.id, today, entry.place)
        if early is not None:
            yield early, _report(duty, person, early, State.REPORTED)
    if duty.event == entry.kind and value_at(entry.facts, duty.by or ()) == person:
        period = again.report(today, world.asker.judge(duty.where, today, entry))
        if period is not None:
            report = _report(duty, person, period, State.REPORTED)
            yield period, replace(report, entry=entry.id, on=as_date(today))


def _report(duty: Duty, person: str, period: Period, state: State) -> Report:
    first, end, last = map(as_date, (max(period.first, 1), period.end, period.last))
    return Report(duty, person, period.row, first, end, last, state)
