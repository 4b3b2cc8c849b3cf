"""Where an allocation's amount can go: periods, members of an enum, people; with weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from remit_dsl.pay import Allocation, Dimension
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.figure import PayFault, figure, payee_on
from remit_engine.commission.basis.periods import Period
from remit_engine.people.party import Party
from remit_engine.rules.ir import Model

TIME, ENUM, PERSON = "time", "enum", "person"


@dataclass(frozen=True, slots=True)
class Place:
    """A member of an enum or the id of a person, and what it weighs."""

    name: str
    weight: Fraction


class Places:
    """The places of an allocation as they are on the day from which an amount is split."""

    def __init__(self, model: Model, allocation: Allocation, data: Dataset, day: date) -> None:
        self.model, self.allocation, self.data, self.day = model, allocation, data, day
        self._held: dict[tuple[str, ...], tuple[tuple[str, tuple[Party, ...]], ...]] = {}

    def periods(self) -> tuple[tuple[Period, Fraction], ...]:
        """The periods of the year in order, each with its weight.

        Of quarters and months, a month weighs its part of its quarter: the weight of the quarter by
        its own among the three.
        """
        lines = [d for d in self.allocation.dimensions if d.kind == TIME]
        year = Period("year", self.allocation.year)
        found: list[tuple[Period, Fraction]] = [(year, Fraction(1))]
        for line in sorted(lines, key=lambda line: line.unit == "month"):
            found = [part for whole in found for part in self._divided(whole, line)]
        return tuple(found)

    def _divided(
        self, whole: tuple[Period, Fraction], line: Dimension
    ) -> list[tuple[Period, Fraction]]:
        period, weight = whole
        inner = list(period.parts(line.unit or "month"))
        weights = [self._weight(line, _number(p), str(p)) for p in inner]
        total = sum(weights, Fraction(0))
        if total == 0:
            if weight:
                raise PayFault(f"all weights of {period} are zero", line.weight.span)
            return [(p, Fraction(0)) for p in inner]
        if period.kind == "year":
            return list(zip(inner, weights, strict=True))
        return [(p, weight * w / total) for p, w in zip(inner, weights, strict=True)]

    def of(self, line: Dimension, above: Sequence[tuple[Dimension, str]]) -> tuple[Place, ...]:
        """The places of a dimension below the places above it, in order: members as declared,
        people by id. Empty when there is nobody. Raises PayFault."""
        if line.kind == ENUM:
            return tuple(
                Place(member, self._weight(line, member, member)) for member in self._members(line)
            )
        wanted = _wanted(line, above)
        found = []
        for person, held in self._people(line):
            payees = [p for p in held if wanted is None or _at(line, p) == wanted]
            if payees:
                found.append(Place(person, self._weight_of(line, payees)))
        return tuple(found)

    def check(self, line: Dimension, above: Dimension | None) -> None:
        """PayFault when a person stands in no place of the dimension above."""
        if line.within is None or above is None:
            return
        members = self._members(above)
        for person, payees in self._people(line):
            for payee in payees:
                found = _at(line, payee)
                if found not in members:
                    path = ".".join(line.within)
                    shown = "nothing" if found is None else f"`{found}`"
                    raise PayFault(
                        f"the {path} of `{person}` on {self.day} is {shown}, which has no share"
                        " of its own",
                        line.span,
                        "only members without members below them have a share",
                    )

    def _members(self, line: Dimension) -> tuple[str, ...]:
        enum = self.model.program.enums[(line.type.name if line.type else None) or ""]
        parents = {m.parent for m in enum.members.values()}
        return tuple(name for name in enum.members if name not in parents)

    def _people(self, line: Dimension) -> tuple[tuple[str, tuple[Party, ...]], ...]:
        """Who holds one of the positions, by id; once for each such position."""
        if line.positions not in self._held:
            every = (
                (person, payee_on(self.data, person, self.day, line.positions))
                for person in sorted(self.data.people)
            )
            self._held[line.positions] = tuple((person, held) for person, held in every if held)
        return self._held[line.positions]

    def _weight_of(self, line: Dimension, payees: Sequence[Party]) -> Fraction:
        weights = {self._weight(line, p, p.person or "", p) for p in payees}
        if len(weights) > 1:
            raise PayFault(
                f"`{payees[0].person}` holds several positions on {self.day}, and they do not give"
                " him the same weight",
                line.weight.span,
            )
        return weights.pop()

    def _weight(
        self, line: Dimension, value: object, shown: str, payee: Party | None = None
    ) -> Fraction:
        """What a place weighs: the weight reads it by the dimension's name."""
        variables = {line.name: (value, line.name)}
        weight = figure(line.weight, self.model, self.day, payee, variables)
        if weight < 0:
            raise PayFault(f"the weight of `{shown}` is negative", line.weight.span)
        return weight


def _number(period: Period) -> Fraction:
    """1 to 12 for a month, 1 to 4 for a quarter."""
    month = period.start.month
    return Fraction(month if period.kind == "month" else (month + 2) // 3)


def _at(line: Dimension, payee: Party) -> object:
    """A person's attribute that says where he stands, None when it is not given."""
    found: object = payee
    for step in line.within or ():
        given = found.attributes if isinstance(found, Party) else found
        found = given.get(step) if isinstance(given, Mapping) else None
    return found


def _wanted(line: Dimension, above: Sequence[tuple[Dimension, str]]) -> str | None:
    parent = parent_of(line, [over for over, _ in above])
    return next((place for over, place in above if over is parent), None)


def called(line: Dimension) -> str:
    """How people name a dimension: `person`, or its own name."""
    return PERSON if line.kind == PERSON else line.name


def parent_of(line: Dimension, above: Sequence[Dimension]) -> Dimension | None:
    """The dimension of members that `within` speaks of: the one of that name, else the nearest."""
    members = [over for over in above if over.kind == ENUM]
    if line.within is None or not members:
        return None
    return next((over for over in members if over.name == line.within[-1]), members[-1])
