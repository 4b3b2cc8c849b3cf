"""What became of past requests: counts, first rows, errors."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from remit_api.batch.results import Write
from remit_api.past.listing import changed, unread
from remit_api.past.replay import NOTHING_RECORDED, Replayed, Unread
from remit_api.question_reader import NO_PERSON
from remit_engine.impact import Change, Counts

MOST_ERRORS = 3
"""So many rows that could not be replayed stand in the summary; all are in the list."""


@dataclass(slots=True)
class Summary:
    """What became of all rows. first: of each change the first rows. otherwise: so many rows the
    old text answers otherwise than was recorded, of those with a recorded outcome. listing: every
    changed row is written down. strangers: so many rows name a person nobody knows."""

    limit: int
    listing: bool = False
    rows: int = 0
    counts: Counts = field(default_factory=Counts)
    strangers: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    first_unread: list[Unread] = field(default_factory=list)
    first: defaultdict[Change, list[Replayed]] = field(default_factory=lambda: defaultdict(list))
    recorded: int = 0
    otherwise: int = 0
    unused: Counter[str] = field(default_factory=Counter)
    unrecorded: int = 0
    first_day: date | None = None

    @property
    def errors(self) -> int:
        """How many rows could not be replayed."""
        return self.unread.total()

    def useless(self, ids: tuple[str, ...]) -> list[str]:
        """What every replayed row says and no action knows: a misspelt column, say."""
        replayed = self.rows - self.errors
        return sorted(n for n, rows in self.unused.items() if rows == replayed and n not in ids)

    def examples(self) -> list[Replayed]:
        """The first changed rows, the most important change first."""
        ordered = sorted(self.first, key=lambda change: change.rank)
        return [row for change in ordered for row in self.first[change]][: self.limit]

    def add(self, found: Replayed | Unread) -> None:
        """Count one row."""
        self.rows += 1
        if isinstance(found, Unread):
            self._unread(found)
            return
        self.counts.add(found.found.group, found.found.amount, found.found.currency)
        self.unused.update(found.past.unused)
        self.recorded += found.past.outcome is not None
        self.otherwise += found.otherwise
        self.seen_on(found.day)
        self.show(found)

    def seen_on(self, day: date) -> None:
        """Keep the day of the oldest row."""
        self.first_day = day if self.first_day is None else min(day, self.first_day)

    def show(self, found: Replayed) -> None:
        """Keep a row, which is counted already, if it is among the first of its change."""
        group = found.found.group
        if group.changed and len(self.first[group.change]) < self.limit:
            self.first[group.change].append(found)

    def _unread(self, found: Unread) -> None:
        self.unread[found.at] += 1
        self.strangers += NO_PERSON in found.error
        self.unrecorded += found.error == NOTHING_RECORDED
        if len(self.first_unread) < MOST_ERRORS:
            self.first_unread.append(found)


def told(
    summary: Summary, found: Replayed | Unread, write: Write, *, counted: bool = False
) -> None:
    """Count a row, unless it is counted, and write it down if it belongs into the list."""
    if not counted:
        summary.add(found)
    elif isinstance(found, Replayed):
        summary.show(found)
    if isinstance(found, Unread):
        write(unread(found))
    elif found.found.group.changed:
        write(changed(found))
