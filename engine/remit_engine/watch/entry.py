"""What the log holds: events and observations, read and typed, each at its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from remit_engine.request import Problem

_ARRIVALS = 40  # bits: more than a million million entries


@dataclass(slots=True, eq=False)
class Entry:
    """An event, or an observation of a record.

    kind: the qualified name of its declaration. id: of the event, or of the record observed.
    entry: an observation's own id. day: `date.toordinal()`. facts: exact values; people are ids.
    place: where it stands in the log, 0 before it is there.
    """

    kind: str
    id: str
    entry: str | None
    day: int
    facts: Mapping[str, Any]
    place: int = 0

    @property
    def name(self) -> str:
        """What tells it from all others, for people and for ids of alerts."""
        return f"{self.kind} {self.id if self.entry is None else self.entry}"

    def same(self, other: Entry) -> bool:
        """Whether it says the same as another of its name."""
        mine, theirs = (self.kind, self.id, self.day), (other.kind, other.id, other.day)
        return mine == theirs and self.facts == other.facts


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an entry is not taken. code: `unreadable`, `conflict` (told before with another content),
    `future`. kind, id: as it was given, shortened; None where it cannot be said."""

    code: str
    problems: tuple[Problem, ...]
    kind: str | None = None
    id: str | None = None


def start_of(day: int) -> int:
    """The place of the start of a day: before its entries."""
    return day << _ARRIVALS


def place_of(day: int, arrival: int) -> int:
    """The place of an entry; arrivals are counted from 1."""
    return day << _ARRIVALS | arrival


def day_at(place: int) -> int:
    """The day of a place."""
    return place >> _ARRIVALS


def end_of(day: int) -> int:
    """A place behind all entries of a day."""
    return start_of(day + 1) - 1


def as_date(day: int) -> date:
    """The date of an ordinal."""
    return date.fromordinal(day)


@dataclass(slots=True)
class Keyed:
    """Entries by key, each list in the order of the log."""

    lists: dict[Any, list[Entry]] = field(default_factory=dict)

    def add(self, key: Any, entry: Entry) -> None:
        """Put an entry at its place."""
        found = self.lists.setdefault(key, [])
        at = len(found)
        while at and found[at - 1].place > entry.place:
            at -= 1
        found.insert(at, entry)

    def of(self, key: Any) -> list[Entry]:
        """The entries of a key; not to be changed."""
        return self.lists.get(key, _NONE)


_NONE: list[Entry] = []


def value_at(facts: Any, path: tuple[str, ...]) -> Any:
    """The value at a path through records; None where it is not there. A person is his id."""
    for step in path:
        if step == "id" and isinstance(facts, str):
            return facts
        if not isinstance(facts, Mapping):
            return None
        facts = facts.get(step)
    return facts
