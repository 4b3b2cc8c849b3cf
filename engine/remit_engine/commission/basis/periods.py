"""Periods of pay: months, quarters and years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {"month": 1, "quarter": 3, "year": 12}
LONGEST = 100
"""Years that a run goes through at most."""
_WRITTEN = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")


class TooLong(ValueError):
    """A run would go through more than LONGEST years: a year is mistyped somewhere."""

    def __init__(self, first: Period, through: Period) -> None:
        super().__init__(
            f"from {first}, the first period of the data, to {through} are more than {LONGEST} "
            "years, and a run goes through all of them"
        )
        self.first, self.through = first, through


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """kind: month, quarter, year. index: counts periods of the kind from the year 0."""

    kind: str
    index: int

    @classmethod
    def of(cls, kind: str, day: date) -> Period:
        """The period of a kind that a day lies in."""
        return cls(kind, (day.year * 12 + day.month - 1) // MONTHS[kind])

    @classmethod
    def parse(cls, written: str) -> Period | None:
        """`2026-03`, `2026-Q1` or `2026`; None when it is none of them."""
        found = _WRITTEN.fullmatch(written)
        if found is None or found["year"] == "0000":
            return None
        year = int(found["year"])
        if found["quarter"]:
            return cls("quarter", year * 4 + int(found["quarter"]) - 1)
        if found["month"]:
            return cls("month", year * 12 + int(found["month"]) - 1)
        return cls("year", year)

    @property
    def start(self) -> date:
        """The first day."""
        month = self.index * MONTHS[self.kind]
        return date(month // 12, month % 12 + 1, 1)

    @property
    def last(self) -> date:
        """The last day."""
        month = (self.index + 1) * MONTHS[self.kind]
        if month // 12 > date.max.year:
            return date.max
        return date(month // 12, month % 12 + 1, 1) - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.start).days + 1

    @property
    def next(self) -> Period:
        """The one after it."""
        return Period(self.kind, self.index + 1)

    def within(self, kind: str) -> Period:
        """The longer (or equal) period of a kind that it lies in."""
        return Period.of(kind, self.start)

    def parts(self, kind: str) -> Iterator[Period]:
        """The periods of a shorter (or equal) kind in it, in order."""
        first = Period.of(kind, self.start)
        for i in range(MONTHS[self.kind] // MONTHS[kind]):
            yield Period(kind, first.index + i)

    def __str__(self) -> str:
        first = self.start
        if self.kind == "year":
            return f"{first.year:04}"
        if self.kind == "quarter":
            return f"{first.year:04}-Q{first.month // 3 + 1}"
        return f"{first.year:04}-{first.month:02}"


def start_of_run(first: date | None, through: Period) -> Period:
    """The period that a run begins with: that of the first day of its data, or its only one.
    Raises TooLong."""
    start = through if first is None else min(Period.of(through.kind, first), through)
    if (through.index - start.index + 1) * MONTHS[through.kind] > LONGEST * MONTHS["year"]:
        raise TooLong(start, through)
    return start
