"""The directory: who holds which position where and when, and what was delegated to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.source import Span
from remit_engine.people.party import Holding, Party

DEEPEST_REFERENCE = 3
MOST_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class DatedHolding:
    """A position held, half open [start, until); None is open on that side."""

    position: str
    unit: str | None = None
    start: date | None = None
    until: date | None = None
    acting: bool = False

    def in_force(self, as_of: date) -> bool:
        """True on the days it is held."""
        return within_days(self.start, self.until, as_of)

    def on_the_day(self) -> Holding:
        """As a party carries it."""
        return Holding(self.position, self.unit, self.acting, self.start, self.until)


def within_days(start: date | None, until: date | None, day: date) -> bool:
    """True when a day is in [start, until)."""
    return (start is None or start <= day) and (until is None or day < until)


@dataclass(frozen=True, slots=True)
class PersonReference:
    """An attribute that is another person of the directory."""

    id: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person with exact attributes and every position ever held."""

    id: str
    name: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict, hash=False)
    holdings: tuple[DatedHolding, ...] = ()

    def held(self, as_of: date) -> tuple[Holding, ...]:
        """What is held on a day."""
        return tuple(h.on_the_day() for h in self.holdings if h.in_force(as_of))


@dataclass(frozen=True, slots=True)
class DelegationEntry:
    """Half open [starts, ends): `ends` is the first day it no longer holds. verbs None: all."""

    giver: str
    taker: str
    action: str
    verbs: frozenset[str] | None
    limit: Fraction | None
    starts: date
    ends: date
    reason: str
    approved_by: str | None
    span: Span

    def covers(self, verb: str, as_of: date) -> bool:
        """True when it speaks about a verb on a day."""
        return self.starts <= as_of < self.ends and (self.verbs is None or verb in self.verbs)


class Directory:
    """People, units and delegations of one organisation. Immutable; `empty()` knows nobody."""

    def __init__(
        self,
        name: str,
        people: Mapping[str, Person],
        delegations: tuple[DelegationEntry, ...] = (),
        units: Mapping[str, str | None] | None = None,
    ) -> None:
        self.name = name
        self.people: Mapping[str, Person] = dict(people)
        self.delegations = delegations
        self.units: Mapping[str, str | None] = dict(units or {})
        self._holders: dict[str, tuple[str, ...]] = _by_position(self.people)
        self._above = {unit: frozenset(_upwards(unit, self.units)) for unit in self.units}
        self._taken: dict[tuple[str, str], list[DelegationEntry]] = defaultdict(list)
        for entry in delegations:
            self._taken[entry.taker, entry.action].append(entry)
        self._parties: dict[tuple[str, date], Party] = {}
        self._on_day: dict[tuple[str, date], tuple[Party, ...]] = {}

    @classmethod
    def empty(cls) -> Directory:
        """The directory of nobody: positions are then taken as stated."""
        return cls("nobody", {})

    def lending(self, delegations: tuple[DelegationEntry, ...]) -> Directory:
        """The same people with more delegations."""
        return Directory(self.name, self.people, (*self.delegations, *delegations), self.units)

    def party(self, person: str, as_of: date) -> Party | None:
        """A person with what he holds on a day; None when nobody has that id.

        Attributes are `id`, `name`, those of `record Person`, and `position` and `unit` where
        only one is held.
        """
        kept = self._parties.get((person, as_of))
        if kept is None and person in self.people:
            kept = self._made(person, as_of, 0)
            _keep(self._parties, (person, as_of), kept)
        return kept

    def _made(self, person: str, as_of: date, depth: int) -> Party:
        entry = self.people[person]
        held = entry.held(as_of)
        attributes: dict[str, Any] = {"id": entry.id}
        if entry.name is not None:
            attributes["name"] = entry.name
        attributes |= single(held)
        for name, value in entry.attributes.items():
            if not isinstance(value, PersonReference):
                attributes[name] = value
            elif value.id in self.people and depth < DEEPEST_REFERENCE:
                attributes[name] = self._made(value.id, as_of, depth + 1)
        return Party(entry.id, held, attributes, entry.name)

    def holders(self, position: str, as_of: date) -> tuple[Party, ...]:
        """Who holds a position (qualified name) on a day, by id, each with all he holds."""
        kept = self._on_day.get((position, as_of))
        if kept is None:
            kept = tuple(self._holding(position, as_of))
            _keep(self._on_day, (position, as_of), kept)
        return kept

    def _holding(self, position: str, as_of: date) -> Iterator[Party]:
        for person in self._holders.get(position, ()):
            party = self.party(person, as_of)
            if party is not None and position in party.positions:
                yield party

    def delegations_to(
        self, person: str, action: str, verb: str, as_of: date
    ) -> tuple[DelegationEntry, ...]:
        """The delegations a person may act on, in the order of the file."""
        entries = self._taken.get((person, action), ())
        return tuple(e for e in entries if e.covers(verb, as_of))

    def within(self, unit: str | None, ancestor: str | None) -> bool:
        """True when `ancestor` is the unit or above it, and when either is not stated."""
        if unit is None or ancestor is None:
            return True
        return unit == ancestor or ancestor in self._above.get(unit, ())


def single(held: tuple[Holding, ...]) -> dict[str, str]:
    """`position` and `unit`, each only where all holdings agree on it."""
    positions = {h.position for h in held}
    units = {h.unit for h in held}
    found: dict[str, str] = {}
    if len(positions) == 1:
        found["position"] = held[0].position
    if len(units) == 1 and held[0].unit is not None:
        found["unit"] = held[0].unit
    return found


def _by_position(people: Mapping[str, Person]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for person in people.values():
        for holding in person.holdings:
            found[holding.position].add(person.id)
    return {position: tuple(sorted(ids)) for position, ids in found.items()}


def _upwards(unit: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    seen = {unit}
    at = parents[unit]
    while at is not None and at not in seen:
        yield at
        seen.add(at)
        at = parents.get(at)


def _keep(kept: dict[Any, Any], key: Any, value: Any) -> None:
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[key] = value
