"""Counts, sums and sequences of one subject, moved forward from point to point, exactly."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from remit_engine.judging.unknown import Truth, Unknown, missing
from remit_engine.watch.entry import Entry, place_in_log, start_of
from remit_engine.watch.plan import CountPlan, SequencePlan
from remit_engine.watch.windows import LAST, begins, leaves

Weigh = Callable[[CountPlan, int, Entry], "Fraction | Between | None"]
"""What a row adds on a day: an exact number, None where it is not counted, or what it may be."""
Judge = Callable[[SequencePlan, int, Entry], Truth]
"""Whether a row is one that is meant, on a day."""
ONE = Fraction(1)
NEVER = LAST + 1


ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Between(Unknown):
    """A number that is not known, but lies between two, both included; None: it has no bound."""

    least: Fraction | None = None
    most: Fraction | None = None


class Counter:
    """The rows of a window that are counted so far: rows[low:high], as they are on a day. doubts:
    how many of them may add what. out: the day on which its value may change without a row; NEVER
    where it does not."""

    __slots__ = ("day", "doubts", "high", "low", "out", "plan", "total")

    def __init__(self, plan: CountPlan) -> None:
        self.plan = plan
        self.day = 0
        self.low = self.high = 0
        self.total = ZERO
        self.doubts: dict[Between, int] | None = None
        self.out = NEVER

    def move(self, rows: list[Entry], place: int, today: int, weigh: Weigh) -> bool:
        """Go on to a place that is not before the last one; whether its value may be another."""
        plan, changed = self.plan, False
        if not plan.still and self.day < today:
            self.rewind(rows, place + 1, today, weigh)
            return True
        while self.high < len(rows) and rows[self.high].place <= place:
            changed |= self._take(weigh(plan, today, rows[self.high]), 1)
            self.high += 1
        begin = begins(plan.spec.window, today)
        while self.low < self.high and rows[self.low].day < begin:
            changed |= self._take(weigh(plan, today, rows[self.low]), -1)
            self.low += 1
        self._mark(rows, today)
        return changed

    def rewind(self, rows: list[Entry], place: int, today: int, weigh: Weigh) -> None:
        """Go to the place before another, as it was on that day."""
        self.day = today
        self.low = bisect_left(
            rows, start_of(begins(self.plan.spec.window, today)), key=place_in_log
        )
        self.high = max(self.low, bisect_left(rows, place, key=place_in_log))
        self.total, self.doubts = ZERO, None
        for row in rows[self.low : self.high]:
            self._take(weigh(self.plan, today, row), 1)
        self._mark(rows, today)

    def _take(self, weight: Fraction | Between | None, sign: int) -> bool:
        if weight is None:
            return False
        if isinstance(weight, Between):
            doubts = self.doubts = self.doubts or {}
            doubts[weight] = doubts.get(weight, 0) + sign
            if not doubts[weight]:
                del doubts[weight]
        else:
            self.total += weight if sign > 0 else -weight
        return True

    def _mark(self, rows: list[Entry], today: int) -> None:
        out = NEVER
        if not self.plan.still:
            out = today + 1
        elif self.low < self.high:
            out = leaves(self.plan.spec.window, rows[self.low].day) or NEVER
        self.out = out

    @property
    def value(self) -> Any:
        """The count or sum, or between what it lies while rows of the window are in doubt."""
        if not self.doubts:
            return self.total
        least: Fraction | None = self.total
        most: Fraction | None = self.total
        for doubt, times in self.doubts.items():
            least = None if least is None or doubt.least is None else least + times * doubt.least
            most = None if most is None or doubt.most is None else most + times * doubt.most
        event = self.plan.spec.event.rsplit(".", 1)[-1]
        return Between(frozenset({event}), least=least, most=most)


def counted(plan: CountPlan, rows: list[Entry], place: int, today: int, weigh: Weigh) -> Any:
    """The count or sum at a place, from all rows."""
    counter = Counter(plan)
    counter.rewind(rows, place + 1, today, weigh)
    return counter.value


class Follower:
    """Whether a row of the second lies behind one of the first, both in the window. out: as of a
    counter. meant, unsure: the places of the last second that is meant, and of the last that may
    be, among those up to the place `seen`; where that hangs on the day all are looked at again."""

    __slots__ = ("meant", "out", "plan", "seen", "unsure", "value")

    def __init__(self, plan: SequencePlan) -> None:
        self.plan = plan
        self.value: Truth = False
        self.out = NEVER
        self.meant = self.unsure = self.seen = 0

    def move(
        self, first: list[Entry], second: list[Entry], place: int, today: int, judge: Judge
    ) -> bool:
        """Look again at a place; whether its value may be another."""
        before, window = self.value, self.plan.spec.window
        low = bisect_left(first, start_of(begins(window, today)), key=place_in_log)
        there = low < len(first) and first[low].place <= place
        self.value, self.out = False, NEVER
        if there:
            out = leaves(window, first[low].day) or NEVER
            self.out = out if self.plan.still else today + 1
            self.value = self._behind(first[low].place, second, place, today, judge)
        return self.value is not before

    def rewind(
        self, first: list[Entry], second: list[Entry], place: int, today: int, judge: Judge
    ) -> None:
        """Go to the place before another, as it was on that day; rows may be there that were not
        when it was looked at last."""
        self.meant = self.unsure = self.seen = 0
        self.move(first, second, place - 1, today, judge)

    def _behind(
        self, behind: int, second: list[Entry], place: int, today: int, judge: Judge
    ) -> Truth:
        if place <= self.seen or not self.plan.still:
            self.meant = self.unsure = self.seen = 0
        after = max(behind, self.seen)
        for at in range(bisect_right(second, place, key=place_in_log) - 1, -1, -1):
            if second[at].place <= after:
                break
            found = judge(self.plan, today, second[at])
            if found is True:
                self.meant = second[at].place
                break
            if isinstance(found, Unknown):
                self.unsure = max(self.unsure, second[at].place)
        self.seen = place
        if self.meant > behind:
            return True
        if self.unsure > behind:
            return missing(self.plan.spec.second.rsplit(".", 1)[-1])
        return False
