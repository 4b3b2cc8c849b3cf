"""Counts, sums and sequences of one subject, moved forward from point to point, exactly."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from remit_engine.unknown import Truth, Unknown, missing
from remit_engine.watch.entry import Entry, start_of
from remit_engine.watch.plan import CountPlan, SequencePlan
from remit_engine.watch.windows import begins, leaves

Weigh = Callable[[Entry], Any]
"""What a row adds: an exact number, None where it is not counted, or Unknown."""
ONE = Fraction(1)


@dataclass(slots=True)
class Counter:
    """The rows of a window that are counted so far: rows[low:high]."""

    plan: CountPlan
    low: int = 0
    high: int = 0
    total: Fraction = Fraction(0)
    unknown: int = 0

    def move(self, rows: list[Entry], place: int, today: int, weigh: Weigh) -> Any:
        """The value at a place that is not before the last one."""
        begin = begins(self.plan.spec.window, today)
        if not self.plan.still:
            self.low = bisect_left(rows, start_of(begin), key=_place)
            self.high = bisect_right(rows, place, key=_place)
            self.total, self.unknown = Fraction(0), 0
            for row in rows[self.low : self.high]:
                self._take(weigh(row), 1)
            return self.value
        while self.high < len(rows) and rows[self.high].place <= place:
            self._take(weigh(rows[self.high]), 1)
            self.high += 1
        while self.low < self.high and rows[self.low].day < begin:
            self._take(weigh(rows[self.low]), -1)
            self.low += 1
        return self.value

    def rewind(self, rows: list[Entry], place: int, today: int, weigh: Weigh) -> None:
        """Go to the place before another, as it was on that day."""
        self.low = bisect_left(rows, start_of(begins(self.plan.spec.window, today)), key=_place)
        self.high = max(self.low, bisect_left(rows, place, key=_place))
        self.total, self.unknown = Fraction(0), 0
        if self.plan.still:
            for row in rows[self.low : self.high]:
                self._take(weigh(row), 1)

    def _take(self, weight: Any, sign: int) -> None:
        if isinstance(weight, Unknown):
            self.unknown += sign
        elif weight is not None:
            self.total += sign * weight

    @property
    def value(self) -> Any:
        """The count or sum; unknown while a row of the window is."""
        return missing(self.plan.spec.event.rsplit(".", 1)[-1]) if self.unknown else self.total

    def next_day(self, rows: list[Entry]) -> int | None:
        """When the first row leaves the window."""
        if self.low >= self.high:
            return None
        return leaves(self.plan.spec.window, rows[self.low].day)


def counted(plan: CountPlan, rows: list[Entry], place: int, today: int, weigh: Weigh) -> Any:
    """The value at a place, from all rows."""
    counter = Counter(plan)
    counter.rewind(rows, place + 1, today, weigh)
    return counter.move(rows, place, today, weigh)


def followed(
    plan: SequencePlan,
    first: list[Entry],
    second: list[Entry],
    place: int,
    today: int,
    judge: Callable[[Entry], Truth],
) -> Truth:
    """Whether a row of the second lies behind one of the first, both in the window."""
    low = first_inside(plan, first, today)
    if low >= len(first) or first[low].place > place:
        return False
    unknown = False
    for at in range(bisect_right(second, place, key=_place) - 1, -1, -1):
        row = second[at]
        if row.place <= first[low].place:
            break
        found = judge(row)
        if found is True:
            return True
        unknown = unknown or isinstance(found, Unknown)
    return missing(plan.spec.second.rsplit(".", 1)[-1]) if unknown else False


def first_inside(plan: SequencePlan, first: list[Entry], today: int) -> int:
    """The index of the first row in the window."""
    return bisect_left(first, start_of(begins(plan.spec.window, today)), key=_place)


def _place(entry: Entry) -> int:
    return entry.place
