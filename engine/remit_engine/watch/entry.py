"""What the log holds: events and observations, read and typed, each at its place."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from remit_engine.request import Problem

_ARRIVALS = 40  # bits: more than a million million entries


@dataclass(frozen=True, slots=True)
class Layout:
    """What entries of one kind with the same fields share. at: field -> its number."""

    kind: str
    at: Mapping[str, int]


class Facts(Mapping[str, Any]):
    """The fields of one entry: a view of its values, as a million of them have to be kept."""

    __slots__ = ("_at", "_values")

    def __init__(self, at: Mapping[str, int], values: tuple[Any, ...]) -> None:
        self._at = at
        self._values = values

    def __getitem__(self, name: str) -> Any:
        return self._values[self._at[name]]

    def __contains__(self, name: object) -> bool:
        return name in self._at

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)


@dataclass(slots=True, eq=False)
class Entry:
    """An event, or an observation of a record.

    id: of the event, or of the record observed. entry: an observation's own id. values: exact, of
    the fields of the layout; people are ids. place: where it stands in the log; the start of its
    day before it is there.
    """

    layout: Layout
    id: str
    entry: str | None
    values: tuple[Any, ...]
    place: int

    @property
    def kind(self) -> str:
        """The qualified name of its declaration."""
        return self.layout.kind

    @property
    def day(self) -> int:
        """As `date.toordinal()` has it."""
        return self.place >> _ARRIVALS

    @property
    def facts(self) -> Facts:
        """Its fields."""
        return Facts(self.layout.at, self.values)

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
    `future`, `past`. kind, id: as it was given, shortened; None where it cannot be said."""

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


class Keyed:
    """Entries by key, in the order of the log. Where a key has one entry, no list is made."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[Any, Entry | list[Entry]] = {}

    def add(self, key: Any, entry: Entry) -> None:
        """Put an entry at its place."""
        found = self._kept.get(key)
        if found is None:
            self._kept[key] = entry
        elif isinstance(found, list):
            if found[-1].place < entry.place:
                found.append(entry)
            else:
                insort(found, entry, key=place_in_log)
        else:
            self._kept[key] = sorted((found, entry), key=place_in_log)

    def of(self, key: Any) -> list[Entry]:
        """The entries of a key; not to be changed."""
        found = self._kept.get(key)
        if found is None:
            return _NONE
        return found if isinstance(found, list) else [found]


_NONE: list[Entry] = []


def place_in_log(entry: Entry) -> int:
    """By what entries are ordered."""
    return entry.place


def value_at(facts: Any, path: tuple[str, ...]) -> Any:
    """The value at a path through records; None where it is not there. A person is his id."""
    for step in path:
        if facts is None:
            return None
        if isinstance(facts, str):
            return facts if step == "id" else None
        facts = facts.get(step)
    return facts
