"""Days on which the rules, the values and the people are the same."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from datetime import date

from remit_engine.judging.evaluate import value_in_force
from remit_engine.people.directory import Directory
from remit_engine.rules.ir import Model, Rule


@dataclass(slots=True)
class Eras:
    """The eras of one verb of an action: numbered as they are met. exact: days are told apart
    one by one, because some rule reads the day by more than its order."""

    rules: tuple[Rule, ...]
    model: Model
    exact: bool
    days: list[date] = field(default_factory=list)
    """of each era, its first day met"""
    _known: dict[Hashable, int] = field(default_factory=dict)

    def of(self, day: date) -> int:
        """The era of a day."""
        key = (self._in_force(day), self._values(day), day if self.exact else None)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.days)
            self.days.append(day)
        return found

    def _in_force(self, day: date) -> Hashable:
        return tuple(rule.index for rule in self.rules if rule.in_force(day))

    def _values(self, day: date) -> Hashable:
        program = self.model.program
        dated = [p.values for p in program.parameters.values()]
        dated += [e.values for e in program.exchanges.values()]
        return tuple(id(value_in_force(values, day)) for values in dated)


def rosters(directory: Directory) -> tuple[date, ...]:
    """The days on which somebody's positions change."""
    turns = set(_turns(directory))
    return tuple(sorted(turns))


def _turns(directory: Directory) -> Iterator[date]:
    for person in directory.people.values():
        for holding in person.holdings:
            yield from (d for d in (holding.start, holding.until) if d is not None)


def roster(turns: tuple[date, ...], day: date) -> int:
    """Between which of these days a day lies."""
    return bisect_right(turns, day)
