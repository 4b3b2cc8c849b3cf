"""Who acts: a person of the directory, or a position with attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Holding:
    """A position held, by its qualified name, in a unit, on the day asked about."""

    position: str
    unit: str | None = None
    acting: bool = False
    start: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A person (with `person` the directory's id) or, without one, whoever holds the position.

    attributes: exact values by name (`id`, `name`, `unit`, `position` and those of
    `record Person`); a name that is not there is not known. beside: positions that the person
    holds as well, where the question is about `holdings` alone: they give no right here, and bar
    all the same.
    """

    person: str | None
    holdings: tuple[Holding, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict, hash=False)
    name: str | None = None
    beside: tuple[Holding, ...] = ()

    @property
    def everything(self) -> tuple[Holding, ...]:
        """All holdings, those beside the question too."""
        return self.holdings + self.beside

    @property
    def barred(self) -> frozenset[str]:
        """Qualified names of all positions whose bars are the party's."""
        return frozenset(h.position for h in self.everything)

    @property
    def positions(self) -> frozenset[str]:
        """Qualified names of the positions held."""
        return frozenset(h.position for h in self.holdings)

    @property
    def authority(self) -> str:
        """Whose limits are used up: `person ann`, or `position NAME` where nobody is named."""
        if self.person is not None:
            return f"person {self.person}"
        return f"position {' '.join(sorted(self.positions))}"

    @property
    def shown(self) -> str:
        """How the party is named to people."""
        if self.person is not None:
            return self.name or self.person
        return ", ".join(h.position.rsplit(".", 1)[-1] for h in self.holdings) or "?"


def same_party(a: Party, b: Party) -> bool | None:
    """Whether two parties are one person; None when that cannot be told."""
    if a.person is not None and b.person is not None:
        return a.person == b.person
    if a.person is None and b.person is None:
        return bool(a.barred & b.barred) if a.barred and b.barred else None
    if not a.barred or not b.barred:  # of a person's positions nothing is known
        return None
    return None if a.barred & b.barred else False
