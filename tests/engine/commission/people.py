"""Random people for pay: careers over some levels, with changes in the middle of periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from engine.commission.chance import Chance
from remit_dsl.program import Program
from remit_dsl.types import Type
from remit_engine.commission.basis.dataset import Stretch

PEOPLE = ("ann", "bo", "chen", "dai", "eve", "fu", "gao")
"""The higher come first, and nobody reports to one behind him."""

CHANGES = tuple(
    map(
        date.fromisoformat,
        ("2024-01-01", "2024-01-16", "2024-02-01", "2024-02-29", "2024-03-01", "2024-03-20",
         "2024-04-01", "2024-07-01"),
    )
)  # fmt: skip
"""Days on which something about a person may change."""

TEXTS = ("red", "blue", "north team")
_POOLS: dict[str, tuple[str, ...]] = {
    "money": ("1000", "4000", "2500.50"),
    "number": ("0", "1", "1", "2.5", "0.333"),
    "percent": ("0.5", "1", "1.1", "0.3333"),
    "integer": ("0", "1", "2", "5"),
    "days": ("0", "30"),
    "months": ("0", "3"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A position held [start, until), with attributes."""

    person: str
    position: str
    start: date | None
    until: date | None
    attributes: dict[str, Any]

    def covers(self, day: date) -> bool:
        return (self.start or date.min) <= day < (self.until or date.max)


def levels(program: Program) -> list[list[str]]:
    """Positions by how many stand above, the highest first."""
    found: dict[int, list[str]] = {}
    for name, position in program.positions.items():
        above, at = 0, position
        while at.reports_to is not None:
            above, at = above + 1, program.positions[at.reports_to]
        found.setdefault(above, []).append(name)
    return [found[above] for above in sorted(found)]


def attribute(c: Chance, name: str, type: Type, program: Program) -> Any:
    """A value of a type that people and events may share, so that groups meet."""
    match type.kind:
        case "enum":
            return c.pick(tuple(program.enums[type.name or ""].members))
        case "boolean":
            return c.percent(50)
        case "date":
            return c.pick(CHANGES)
        case "position":
            return c.pick(tuple(program.positions))
        case "set" if type.element is not None:
            element = type.element
            return frozenset(attribute(c, name, element, program) for _ in range(c.count(0, 2)))
        case "list" if type.element is not None:
            element = type.element
            return tuple(attribute(c, name, element, program) for _ in range(c.count(0, 2)))
        case "text":
            return c.pick(TEXTS)
    return Fraction(c.pick(_POOLS[type.kind]))


def careers(c: Chance, program: Program) -> list[Held]:
    """What each person holds, in order; one person seldom holds two positions at once."""
    ranks = levels(program)
    found: list[Held] = []
    for i, person in enumerate(PEOPLE):
        # the first person is of the first level, the last three of the last
        level = min(i, len(ranks) - 1) if c.percent(85) else c.count(0, len(ranks) - 1)
        found += _career(c, person, c.pick(ranks[level]), program)
        if c.percent(8):
            other = c.pick(tuple(program.positions))
            if other not in {h.position for h in found if h.person == person}:
                mine = next(h for h in found if h.person == person)
                found.append(Held(person, other, mine.start, mine.until, mine.attributes))
    return found


def _career(c: Chance, person: str, position: str, program: Program) -> list[Held]:
    days: list[date | None] = list(c.some(CHANGES, 0, 2))
    start = days.pop(0) if days and c.percent(40) else None
    until = days.pop() if days and c.percent(40) else None
    limits = [start, *days, until]
    attributes = _attributes(c, program)
    found = []
    for begin, end in pairwise(limits):
        if not (found and c.percent(15)):  # else away for a while
            found.append(Held(person, position, begin, end, attributes))
        if c.percent(50):
            attributes = {**attributes, **_changed(c, program)}
        above = program.positions[position].reports_to
        if above is not None and c.percent(20):
            position = above
    return found


def _attributes(c: Chance, program: Program) -> dict[str, Any]:
    declared = program.records["Person"].fields
    return {
        name: None if f.optional and c.percent(40) else attribute(c, name, f.type, program)
        for name, f in declared.items()
        if name not in ("id", "name", "position", "unit")
    }


def _changed(c: Chance, program: Program) -> dict[str, Any]:
    fresh = _attributes(c, program)
    return {name: fresh[name] for name in c.some(tuple(fresh), 1, 2)} if fresh else {}


def stretches(c: Chance, held: list[Held], program: Program) -> dict[str, tuple[Stretch, ...]]:
    """Cut at every day on which a person or one of his superiors changes."""
    preferred = {p: c.some(PEOPLE[:i], i, i)[:: c.pick((1, -1))] for i, p in enumerate(PEOPLE)}
    found: dict[str, list[Stretch]] = {}
    for mine in held:
        above = program.positions[mine.position].reports_to
        managing = [h for h in held if h.position == above and h.person in preferred[mine.person]]
        for start, until in _pieces(mine, managing):
            first = next(
                (p for p in preferred[mine.person] for h in managing
                 if h.person == p and _covers(h, start, until)), None,
            )  # fmt: skip
            managers = (first,) if first else ()
            attributes = {"id": mine.person, **mine.attributes, "position": mine.position}
            found.setdefault(mine.person, []).append(
                Stretch(mine.person, mine.position, None, start, until, managers, attributes)
            )
    by_start = {p: sorted(s, key=lambda x: x.start or date.min) for p, s in found.items()}
    return {p: tuple(by_start[p]) for p in sorted(by_start)}


def _pieces(mine: Held, others: list[Held]) -> list[tuple[date | None, date | None]]:
    inside = {
        d for h in others for d in (h.start, h.until)
        if d is not None and (mine.start or date.min) < d < (mine.until or date.max)
    }  # fmt: skip
    limits = [mine.start, *sorted(inside), mine.until]
    return list(pairwise(limits))


def _covers(h: Held, start: date | None, until: date | None) -> bool:
    return (h.start or date.min) <= (start or date.min) and (until or date.max) <= (
        h.until or date.max
    )
