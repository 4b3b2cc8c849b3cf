"""The periods of duties: their days, the last day of a report, and who has to give one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from remit_dsl.program import Policy
from remit_dsl.watch import Duty
from remit_engine import calendar
from remit_engine.people.directory import Person
from remit_engine.watch.windows import LAST

_UNITS = {"monthly": "month", "quarterly": "quarter", "yearly": "year"}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """first, end: its days. last: the last day of its report. reach: the last day on which a report
    is taken to be about it, in time or late. row: what its alert is told by. Ordered as reports go
    to them."""

    first: int
    place: int
    row: str
    end: int
    last: int
    reach: int

    def in_time(self, day: int) -> bool:
        """Whether a report of a day can count for it."""
        return self.first <= day <= self.last


def period_at(duty: Duty, day: int) -> Period:
    """The period of a duty by the calendar that a day lies in."""
    first = end = last = reach = day
    if duty.frequency == "weekly":
        weekday = duty.day or 0
        end = last = reach = day + (weekday - (day - 1)) % 7  # ordinal 1 is a Monday
        first = end - 6
    elif duty.frequency != "daily":
        unit, today = _UNITS[duty.frequency], date.fromordinal(day)
        first = calendar.period_start(today, unit).toordinal()
        end = calendar.period_end(today, unit).toordinal()
        last = end + (duty.day or 1)
        following = date.fromordinal(min(end + 1, LAST))
        reach = max(last, calendar.period_end(following, unit).toordinal())
    row = date.fromordinal(max(first, 1)).isoformat()
    return Period(first, 0, row, end, min(last, LAST), min(reach, LAST))


def occasion(row: str, day: int, place: int) -> Period:
    """The period of a row after which a report is due at once."""
    last = min(day + 1, LAST)
    return Period(day, place, row, day, last, last)


def holds_throughout(person: Person, position: str, first: int, end: int) -> bool:
    """Whether a person holds a position on every day from the first to the end."""
    spans = sorted(
        (h.start.toordinal() if h.start else 0, h.until.toordinal() if h.until else LAST + 1)
        for h in person.holdings
        if h.position == position
    )
    day = first
    for start, until in spans:
        if start <= day < until:
            day = until
    return day > end


def covers(policy: Policy, first: int, end: int) -> bool:
    """Whether a policy is in force from the first day to the end."""
    start, until = policy.start, policy.effective_until
    begun = start is None or start.toordinal() <= first
    return begun and (until is None or end < until.toordinal())
