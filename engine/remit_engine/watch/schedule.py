"""Who must be asked at the start of which day, so that a new day costs only what changes."""

from __future__ import annotations

import heapq
from typing import Generic, TypeVar

W = TypeVar("W", bound=tuple[int, str])


class Schedule(Generic[W]):
    """One next day for each."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, W]] = []
        self._days: dict[W, int] = {}

    def put(self, who: W, day: int | None) -> None:
        """Ask somebody on a day, and on none before it; None: on none at all."""
        if self._days.get(who) == day:
            return
        if day is None:
            self._days.pop(who, None)
            return
        self._days[who] = day
        heapq.heappush(self._heap, (day, who))

    @property
    def next_day(self) -> int | None:
        """The first day on which anybody is to be asked."""
        while self._heap and self._days.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, day: int) -> list[W]:
        """Who is to be asked on a day, in order; they are asked once."""
        found = []
        while (first := self.next_day) is not None and first <= day:
            _, who = heapq.heappop(self._heap)
            del self._days[who]
            found.append(who)
        return sorted(found)
