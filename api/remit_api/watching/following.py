"""Lines put to a watcher, with what became of each line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from remit_api.watching.lines import Line
from remit_engine.request import Problem
from remit_engine.watch.alert import Happening
from remit_engine.watch.entry import Refused
from remit_engine.watch.watcher import Told, Watcher

MOST_SHOWN = 1_000
"""Refused lines that are kept to be told; all are counted."""


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that was not taken, and why."""

    line: int
    refused: Refused


@dataclass(slots=True)
class Following:
    """A watcher fed from lines. counts: by what became of a line (`accepted`, `late`, `copy`,
    `refused`; `after`: of a day behind the one as of which is replayed). refused: the first of
    those that were not taken."""

    watcher: Watcher
    counts: Counter[str] = field(default_factory=Counter)
    refused: list[RefusedLine] = field(default_factory=list)

    def take(self, lines: Iterable[Line], today: date) -> tuple[Happening, ...]:
        """Tell lines in order; then it is `today`, or still the day that the watcher's clock shows
        where the machine's was set back. Gives what happened."""
        numbers: list[int] = []
        today = max(today, self.watcher.today or today)
        told = self.watcher.tell(self._documents(lines, numbers), today)
        self._count(numbers, told)
        return told.happenings

    def replay(
        self, lines: Iterable[Line], until: date | None, today: date
    ) -> tuple[Happening, ...]:
        """Tell the lines of the past: as of a day, and lines of later days are left alone; or as
        of the last entry, and nothing lies behind `today`."""
        numbers: list[int] = []
        documents = self._documents(lines, numbers)
        told = self.watcher.tell(documents, until or today, pass_days=until is not None)
        self._count(numbers, told, until)
        return told.happenings

    def advance(self, today: date) -> tuple[Happening, ...]:
        """Days begin, up to this one."""
        return self.watcher.advance(today)

    @property
    def lines(self) -> int:
        """How many lines there were that are not blank."""
        return sum(self.counts.values())

    def _count(self, numbers: list[int], told: Told, until: date | None = None) -> None:
        for number, taken in zip(numbers, told.taken, strict=True):
            later = taken.refused is not None and taken.refused.code == "future"
            left_alone = later and until is not None
            self.counts["after" if left_alone else taken.status] += 1
            if taken.refused is not None and not left_alone:
                self._refuse(RefusedLine(number, taken.refused))
        self.refused.sort(key=lambda r: r.line)

    def _documents(self, lines: Iterable[Line], numbers: list[int]) -> Iterator[Any]:
        """What can be told; what is no JSON is refused here."""
        for line in lines:
            if line.fault is not None:
                self.counts["refused"] += 1
                problems = (Problem("", line.fault),)
                self._refuse(RefusedLine(line.number, Refused("unreadable", problems)))
            else:
                numbers.append(line.number)
                yield line.document

    def _refuse(self, refused: RefusedLine) -> None:
        if len(self.refused) < MOST_SHOWN:
            self.refused.append(refused)
