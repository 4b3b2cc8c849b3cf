"""What is counted about rows to which very many entries link, kept from one point to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from remit_engine.watch.accumulators import Counter, Weigh, counted
from remit_engine.watch.entry import Entry
from remit_engine.watch.plan import CountPlan

FEW = 32
"""Entries that are counted anew each time: to keep something for every row would cost more."""
MOST = 10_000


@dataclass(slots=True)
class _Kept:
    """place: up to where it has counted. last: the entry it counted last, by which it is seen that
    none came in before it since."""

    counter: Counter
    place: int
    last: Entry | None

    def fits(self, rows: list[Entry], place: int, today: int) -> bool:
        """Whether it can go on from where it is."""
        at = self.counter.high
        if place < self.place or today < self.counter.day or at > len(rows):
            return False
        return (rows[at - 1] if at else None) is self.last


class RowCounters:
    """Forgets all of them when there are too many."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, str], _Kept] = {}

    def value(
        self, plan: CountPlan, row: str, rows: list[Entry], place: int, today: int, weigh: Weigh
    ) -> Any:
        """The count or sum about a row at a place. rows: what links to it, in order."""
        if len(rows) <= FEW:
            return counted(plan, rows, place, today, weigh)
        kept = self._kept.get((id(plan), row))
        if kept is not None and kept.fits(rows, place, today):
            kept.counter.move(rows, place, today, weigh)
        else:
            kept = self._begun(plan, row)
            kept.counter.rewind(rows, place + 1, today, weigh)
        high = kept.counter.high
        kept.place, kept.last = place, rows[high - 1] if high else None
        return kept.counter.value

    def _begun(self, plan: CountPlan, row: str) -> _Kept:
        if len(self._kept) >= MOST:
            self._kept.clear()
        kept = self._kept[id(plan), row] = _Kept(Counter(plan), 0, None)
        return kept
