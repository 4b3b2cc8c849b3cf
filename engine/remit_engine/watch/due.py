"""Rows of one rule of one subject, by the first day on which their time is over."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right

from remit_engine.watch.accumulators import NEVER
from remit_engine.watch.entry import Entry
from remit_engine.watch.plan import RowsPlan
from remit_engine.watch.windows import LAST, after


class Due:
    """Days and ids of rows, side by side: there may be a million of them."""

    __slots__ = ("_days", "_rows")

    def __init__(self) -> None:
        self._days = array("l")
        self._rows: list[str] = []

    def add(self, day: int, row: str) -> None:
        """A row, once; rows of one day are in the order of their ids."""
        at = bisect_left(self._days, day)
        while at < len(self._days) and self._days[at] == day and self._rows[at] < row:
            at += 1
        if at == len(self._days) or self._days[at] != day or self._rows[at] != row:
            self._days.insert(at, day)
            self._rows.insert(at, row)

    def has(self, day: int, row: str) -> bool:
        """Whether a row is among them, by the first day on which its time is over."""
        begin, end = bisect_left(self._days, day), bisect_right(self._days, day)
        at = bisect_left(self._rows, row, begin, end)
        return at < end and self._rows[at] == row

    def over(self, today: int, behind: int = 0) -> list[str]:
        """The rows whose time is over on a day, and was not yet on an earlier one."""
        return self._rows[bisect_right(self._days, behind) : bisect_right(self._days, today)]

    @property
    def rows(self) -> list[str]:
        """All of them; not to be changed."""
        return self._rows

    def next_day(self, today: int) -> int:
        """The next day on which the time of a row is over."""
        at = bisect_right(self._days, today)
        return self._days[at] if at < len(self._days) and self._days[at] < LAST else NEVER


def first_day(plan: RowsPlan, row: Entry) -> int:
    """The first day on which the time of a row is over; LAST where it has no date."""
    date = row.facts.get(plan.rows.of)
    if date is None:
        return LAST
    return min(LAST, after(date.toordinal(), plan.rows.length, plan.rows.unit) + 1)
