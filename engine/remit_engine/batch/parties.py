"""Who asks: parties that no rule on an action can tell apart are one class."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from remit_dsl import expressions as x
from remit_engine.compile.python_slots import slots_of
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.people.directory import Directory
from remit_engine.people.party import Holding, Party, same_party
from remit_engine.rules.ir import Model


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and for whom; of one day, which stands for all days on which they are the same."""

    actor: Party
    requester: Party | None
    day: date


@dataclass(slots=True)
class Parties:
    """The classes of those who ask about one verb of an action."""

    action: str
    model: Model
    directory: Directory
    classes: dict[Hashable, int] = field(default_factory=dict)
    asking: list[Asking] = field(default_factory=list)
    requesters: list[Hashable] = field(default_factory=list)
    """of each class, what matters of its requester to others"""
    _actor_facts: tuple[x.Fact, ...] = ()
    _requester_facts: tuple[x.Fact, ...] = ()
    _takers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        facts = slots_of(self.model.actions[self.action], self.model.program)
        self._actor_facts = tuple(f for f in facts if f.path[0] == "actor")
        self._requester_facts = tuple(f for f in facts if f.path[0] == "requester")
        self._takers = frozenset(
            e.taker for e in self.directory.delegations if e.action == self.action
        )

    def of(self, actor: str, requester: str | None, day: date) -> int | None:
        """The class of a pair; None where it is not plain: a name that means nobody or two, or
        somebody to whom something is delegated."""
        asker = self._party(actor, day)
        behalf = None if requester is None else self._party(requester, day)
        if asker is None or actor in self._takers or (requester is not None and behalf is None):
            return None
        behind = None if behalf is None else self.traits(behalf, "requester")
        same = None if behalf is None else same_party(asker, behalf)
        key = (self.traits(asker, "actor"), behind, same)
        found = self.classes.get(key)
        if found is None:
            found = self.classes[key] = len(self.asking)
            self.asking.append(Asking(asker, behalf, day))
            self.requesters.append(behind)
        return found

    def _party(self, name: str, day: date) -> Party | None:
        known = self.directory.party(name, day)
        if name in self.model.program.positions:
            return None if known is not None else unnamed(name)
        return known

    def traits(self, party: Party, role: str) -> Hashable:
        """What a rule may ask of a party in its role."""
        facts = self._actor_facts if role == "actor" else self._requester_facts
        env = Environment(self.model, date.min, {role: party}, self.directory.within, {})
        read = tuple(
            (party.person, party.everything) if f.path == (role,) else evaluate(f, env)
            for f in facts
        )
        return party.person is not None, party.positions, party.barred, read

    def staff(self, day: date) -> Hashable:
        """What matters of everybody in the directory on a day, by position."""
        if not self.directory.people:
            return None
        return frozenset(
            (position, tuple(sorted(self._counted(position, day), key=repr)))
            for position in self.model.program.positions
        )

    def _counted(self, position: str, day: date) -> Iterator[tuple[Hashable, int]]:
        """The classes of those who hold a position, and whether one or several are of each."""
        counts: dict[Hashable, int] = {}
        for holder in self.directory.holders(position, day):
            key = (self.traits(holder, "actor"), self.traits(holder, "requester"))
            counts[key] = min(2, counts.get(key, 0) + 1)
        return iter(counts.items())

    def holders(self, positions: Iterable[str], day: date) -> list[Party]:
        """One of each class of those who hold some positions, an unnamed one where nobody does."""
        found: dict[Hashable, Party] = {}
        for position in positions:
            for holder in self.directory.holders(position, day) or (unnamed(position),):
                found.setdefault(self.traits(holder, "actor"), holder)
        return list(found.values())


def unnamed(position: str) -> Party:
    """Whoever holds a position."""
    return Party(None, (Holding(position),), {"position": position})
