"""Rows by what became of them, with their money: one table, from which every view is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

from remit_engine.impact.change import Change
from remit_engine.impact.replayer import Reply

SAME, RULES, STEPS, OUTCOME = "same", "rules", "steps", "outcome"
"""What differs: nothing; the rules that decided; the steps they ask for; the outcome."""

K = TypeVar("K", bound=Hashable)
Priced = tuple[str, str | None]
"""An action and a currency: amounts of both alike are added up."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are alike in all that is counted. The rules are named only where they differ.
    recorded: the old outcome is one that was recorded, and its rules are not known."""

    action: str
    verb: str
    position: str
    change: Change
    differs: str
    old_rules: tuple[str, ...] = ()
    new_rules: tuple[str, ...] = ()
    recorded: bool = False

    @property
    def changed(self) -> bool:
        """Whether the outcome is another one."""
        return self.differs == OUTCOME

    @classmethod
    def of(cls, action: str, verb: str, position: str, old: Reply, new: Reply) -> Group:
        """The group of a request with its two replies."""
        change = Change(old.outcome, new.outcome)
        found = _difference(old, new)
        if found == SAME:
            return cls(action, verb, position, change, found)
        rules = (old.rules, new.rules, old.recorded)
        return cls(action, verb, position, change, found, *rules)


def _difference(old: Reply, new: Reply) -> str:
    if old.outcome is not new.outcome:
        return OUTCOME
    if old.steps != new.steps:
        return STEPS
    return SAME if old.rules == new.rules else RULES


@dataclass(slots=True)
class Tally:
    """So many rows, their money by action and currency, and how many of them say no amount. What
    different actions measure is not one sum: an order's total and a credit line have none."""

    rows: int = 0
    money: dict[Priced, Fraction] = field(default_factory=dict)
    unpriced: int = 0

    def add(self, rows: int, amount: Fraction | None, of: Priced) -> None:
        """Count rows; the amount is that of all of them together."""
        self.rows += rows
        if amount is None:
            self.unpriced += rows
        else:
            self.money[of] = self.money.get(of, Fraction(0)) + amount

    def join(self, other: Tally) -> None:
        """Count what another has counted."""
        self.rows += other.rows
        self.unpriced += other.unpriced
        for of, amount in other.money.items():
            self.money[of] = self.money.get(of, Fraction(0)) + amount


@dataclass(slots=True)
class Counts:
    """The tally of each group."""

    groups: defaultdict[Group, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def add(
        self, group: Group, amount: Fraction | None, currency: str | None, rows: int = 1
    ) -> None:
        """Count rows of a group."""
        self.groups[group].add(rows, amount, (group.action, currency))

    def total(self, differs: str | None = None) -> Tally:
        """The tally of all rows, or of those that differ so."""
        whole = Tally()
        for _, tally in self._of(differs):
            whole.join(tally)
        return whole

    def by(self, key: Callable[[Group], K], differs: str | None = None) -> dict[K, Tally]:
        """The tallies by a property of their groups, the largest first."""
        found: dict[K, Tally] = {}
        for group, tally in self._of(differs):
            found.setdefault(key(group), Tally()).join(tally)
        return dict(sorted(found.items(), key=lambda item: (-item[1].rows, str(item[0]))))

    def changes(self) -> list[tuple[Change, Tally]]:
        """The changes of outcome, the most important first."""
        found = self.by(lambda group: group.change, OUTCOME)
        return sorted(found.items(), key=lambda item: item[0].rank)

    def _of(self, differs: str | None) -> Iterator[tuple[Group, Tally]]:
        return ((g, t) for g, t in self.groups.items() if differs in (None, g.differs))
