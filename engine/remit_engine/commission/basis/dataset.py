"""What a run of pay reads, typed and exact: events, people, and the tables beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from remit_engine.commission.basis.periods import Period


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event. facts: exact values by field (a record is a mapping; a person or a linked event
    is its id; an optional field that is not given is None). place: `sale.csv:17`."""

    id: str
    facts: Mapping[str, Any]
    place: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days [start, until) on which a person holds a position and nothing about him changes.

    managers: the ids of his direct superiors. attributes: as `payee.X`, exact.
    """

    person: str
    position: str
    unit: str | None
    start: date | None
    until: date | None
    managers: tuple[str, ...]
    attributes: Mapping[str, Any]

    def covers(self, day: date) -> bool:
        """True on its days."""
        return (self.start is None or self.start <= day) and (
            self.until is None or day < self.until
        )


@dataclass(frozen=True, slots=True)
class Share:
    """A person's share of an event, as a ratio."""

    person: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class Owned:
    """Who owns a key [start, until)."""

    person: str
    start: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Dataset:
    """Everything a run reads. Keys of `events` and `splits` are qualified event names.

    people: stretches by person, each in order of start. splits: event -> id -> shares in order.
    owners: key -> who owns it. targets: (plan's short name or None for all, person, period).
    measures: (person, period, item).
    """

    events: Mapping[str, tuple[EventRow, ...]]
    people: Mapping[str, tuple[Stretch, ...]]
    splits: Mapping[str, Mapping[str, tuple[Share, ...]]] = field(default_factory=dict)
    owners: Mapping[str, tuple[Owned, ...]] = field(default_factory=dict)
    targets: Mapping[tuple[str | None, str, Period], Fraction] = field(default_factory=dict)
    measures: Mapping[tuple[str, Period, str], Fraction] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """How people are called, as far as the data say so."""
        return names_of(self.people)


def names_of(people: Mapping[str, tuple[Stretch, ...]]) -> dict[str, str]:
    """Person -> how he is called, as far as the data say so; the latest name of each."""
    found: dict[str, str] = {}
    for person, held in people.items():
        for stretch in held:
            name = stretch.attributes.get("name")
            if isinstance(name, str) and name.strip() and name != person:
                found[person] = name.strip()
    return found
