"""One person's duty: which periods have their report, at each point of the log."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from operator import attrgetter

from remit_dsl.program import Policy
from remit_dsl.watch import Duty
from remit_engine.judging.unknown import Truth, Unknown
from remit_engine.people.directory import Person
from remit_engine.watch.crossings import Crossings
from remit_engine.watch.matching import EQUAL, GREATER, LESS, UNKNOWN
from remit_engine.watch.periods import Period, covers, holds_throughout, occasion, period_at
from remit_engine.watch.windows import LAST

_FIRST, _LAST, _REACH = attrgetter("first"), attrgetter("last"), attrgetter("reach")


@dataclass(slots=True)
class Reporting:
    """lacking: periods without a report, in order: by their first days, and so by their last ones
    and their reaches as well, so that none of the thousands of a few years is looked at in vain.
    unsure: of them, those with a report that may
    count. since: the first day of the clock. upcoming: the next period by the calendar. free: days
    of reports that were for no period yet, doubts: of those that may count; for rows that come
    later on the same day."""

    duty: Duty
    policy: Policy
    person: Person
    since: int
    crossings: Crossings = field(default_factory=Crossings)
    lacking: list[Period] = field(default_factory=list)
    unsure: set[Period] = field(default_factory=set)
    free: list[int] = field(default_factory=list)
    doubts: list[int] = field(default_factory=list)
    upcoming: Period | None = None

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """As before the first entry; what was crossed stays."""
        self.lacking, self.unsure, self.free, self.doubts = [], set(), [], []
        self.upcoming = None
        if self.duty.frequency != "at once":
            first = period_at(self.duty, self.since)
            self.upcoming = first if first.first >= self.since else self._behind(first)

    # --- what comes --------------------------------------------------------------------------

    def go_to(self, today: int) -> None:
        """Enter the periods that have begun."""
        while self.upcoming is not None and self.upcoming.first <= today:
            period = self.upcoming
            if self._asked(period):
                self.lacking.append(period)
            self.upcoming = self._behind(period)

    def _behind(self, period: Period) -> Period | None:
        """The period after another; None at the end of the calendar."""
        return period_at(self.duty, period.end + 1) if period.end < LAST else None

    def occur(self, row: str, day: int, place: int) -> Period | None:
        """A row after which a report is due at once; one that came earlier on the day is for it
        where it is for nothing else, and then its period is given."""
        period = occasion(row, day, place)
        if day < self.since or not self._asked(period):
            return None
        early = next((d for d in self.free if period.in_time(d)), None)
        if early is not None:
            self.free.remove(early)
            return period
        self.lacking.append(period)
        if any(period.in_time(d) for d in self.doubts):
            self.unsure.add(period)
        return None

    def report(self, day: int, counts: Truth) -> Period | None:
        """A report; the period it is for, if there is one."""
        self.free = [d for d in self.free if d == day]
        self.doubts = [d for d in self.doubts if d == day]
        if isinstance(counts, Unknown):
            self.doubts.append(day)
            begin = bisect_left(self.lacking, day, key=_LAST)
            self.unsure.update(self.lacking[begin : bisect_right(self.lacking, day, key=_FIRST)])
            return None
        if not counts:
            return None
        at = self._meant(day)
        if at is None:
            self.free.append(day)
            return None
        return self.lacking.pop(at)

    def _meant(self, day: int) -> int | None:
        """Which of the periods a report of a day is about: the earliest in reach, else the earliest
        that is over."""
        at = bisect_left(self.lacking, day, key=_REACH)
        if at < len(self.lacking) and self.lacking[at].first <= day:
            return at
        return 0 if self.lacking and self.lacking[0].last < day else None

    def _asked(self, period: Period) -> bool:
        holds = holds_throughout(self.person, self.duty.position, period.first, period.end)
        return holds and covers(self.policy, period.first, period.end)

    # --- what is asked -----------------------------------------------------------------------

    def signs(self, period: Period, today: int) -> dict[str, int]:
        """Of the atoms of the duty's ruleset."""
        due = GREATER if today > period.last else EQUAL if today == period.last else LESS
        return {"due": due, "handed": self._handed(period)}

    def _handed(self, period: Period) -> int:
        if self.duty.event is None:
            return UNKNOWN
        at = bisect_left(self.lacking, period)
        if at == len(self.lacking) or self.lacking[at] != period:
            return GREATER
        return UNKNOWN if period in self.unsure else EQUAL

    def missed(self, today: int) -> list[Period]:
        """Periods without a report whose last day was yesterday, in order."""
        begin = bisect_left(self.lacking, today - 1, key=_LAST)
        return self.lacking[begin : bisect_left(self.lacking, today, key=_LAST)]

    def next_day(self, today: int) -> int | None:
        """The next day on which a report is missed, or a period begins."""
        at = bisect_left(self.lacking, today, key=_LAST)
        days = [self.lacking[at].last + 1] if at < len(self.lacking) else []
        if self.upcoming is not None:
            days.append(max(self.upcoming.first, today + 1))
        return min((d for d in days if d <= LAST), default=None)
