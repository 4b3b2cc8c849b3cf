"""People: from rows of `people` to stretches of days on which nothing changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from remit_dsl.parts import Field
from remit_engine.commission.basis.dataset import Stretch
from remit_engine.commission.reading.cells import Read, reader
from remit_engine.commission.reading.circles import circles
from remit_engine.commission.reading.findings import Findings
from remit_engine.commission.reading.needs import Needs
from remit_engine.commission.reading.rows import Row, rows, unknown
from remit_engine.commission.reading.table import Table
from remit_engine.reading.exact import Unreadable, text_of
from remit_engine.rules.ir import Model
from remit_engine.rules.names import Names, is_person, names_of

FIXED = ("id", "position", "from", "until")
SEPARATOR = ";"
"""Stands between several managers."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A stretch and where the data say so."""

    stretch: Stretch
    place: str


def read_people(
    table: Table, needs: Needs, model: Model, findings: Findings
) -> dict[str, tuple[Stretch, ...]]:
    """Stretches by person, each in order of start, then as in the data."""
    names = names_of(model)
    readers = {name: _attribute(f, model) for name, f in names.person.items()}
    required = [*FIXED, *(["manager"] if needs.managers else [])]
    built_in = ("id", "position", "unit", "name")
    required += [n for n in sorted(needs.people) if n not in built_in]
    required += ["unit"] if "unit" in needs.people else []
    further = [n for n in ("unit", "manager", "name", *readers) if n not in required]
    placed = []
    for row in rows(table, required, further, findings):
        stretch = _stretch(row, names, readers)
        if not row.wrong and stretch is not None:
            placed.append(Placed(stretch, row.place))
    _check(placed, names, findings)
    return by_person(p.stretch for p in placed)


def by_person(stretches: Iterable[Stretch]) -> dict[str, tuple[Stretch, ...]]:
    """Stretches by person, in the order of ids, each in order of start."""
    found: dict[str, list[Stretch]] = defaultdict(list)
    for stretch in stretches:
        found[stretch.person].append(stretch)
    return {
        person: tuple(sorted(found[person], key=lambda s: s.start or date.min))
        for person in sorted(found)
    }


def _attribute(declared: Field, model: Model) -> tuple[Field, Read]:
    return declared, reader(declared.type, model, declared.type.currency)


def _stretch(row: Row, names: Names, readers: Mapping[str, tuple[Field, Read]]) -> Stretch | None:
    person, unit = row.text("id"), row.text("unit", needed=False)
    position = row.read("position", lambda cell: _position(cell, names))
    start, until = row.days()
    managers = _managers(row.text("manager", needed=False))
    if person in managers:
        row.fault("manager", f"`{person}` is his own manager")
    attributes: dict[str, Any] = {"id": person}
    if (name := row.text("name", needed=False)) is not None:
        attributes["name"] = name
    for column, (declared, read) in readers.items():
        value = row.read(column, read, needed=False)
        if value is not None or (declared.optional and column in row.at):
            attributes[column] = value
    if person is None or position is None:
        return None
    attributes["position"] = position
    if unit is not None:
        attributes["unit"] = unit
    return Stretch(person, position, unit, start, until, managers, attributes)


def _position(cell: Any, names: Names) -> str:
    word = text_of(cell)
    if wrong := names.positions.wrong(word, "position"):
        raise Unreadable(wrong)
    return names.positions.find(word)[0]


def _managers(written: str | None) -> tuple[str, ...]:
    parts = (part.strip() for part in (written or "").split(SEPARATOR))
    return tuple(dict.fromkeys(part for part in parts if part))


# --- what must be true of all together -----------------------------------------------------


def _check(placed: list[Placed], names: Names, findings: Findings) -> None:
    known = {p.stretch.person for p in placed}
    people = [name for name, declared in names.person.items() if is_person(declared.type)]
    for p in placed:
        for manager in p.stretch.managers:
            if manager not in known:
                findings.fault(p.place, "manager", unknown("person", manager, known))
        for name in people:
            other = p.stretch.attributes.get(name)
            if other is not None and other not in known:
                findings.fault(p.place, name, unknown("person", other, known))
    for later, first in _twice(placed):
        s = later.stretch
        short = s.position.rsplit(".", 1)[-1]
        since = f" from {s.start}" if s.start else ""
        message = f"`{s.person}` holds `{short}` twice{since}: {first.place} says so already"
        findings.fault(later.place, "from", message)
    check_circles(placed, known, findings)


def check_circles(placed: Collection[Placed], known: Collection[str], findings: Findings) -> None:
    """Nobody is above himself on any day."""
    edges = [(p.stretch, m) for p in placed for m in p.stretch.managers if m in known]
    places = {id(p.stretch): p.place for p in placed}
    for stretch, day, circle in circles(edges):
        since = f" on {day}" if day is not None else ""
        chain = " under ".join(circle)
        findings.fault(places[id(stretch)], "manager", f"{chain}{since}: people above themselves")


def _twice(placed: list[Placed]) -> Iterator[tuple[Placed, Placed]]:
    """Rows of one person, position and unit that hold at once, with the one before."""
    grouped: dict[tuple[str, str, str | None], list[Placed]] = defaultdict(list)
    for p in placed:
        grouped[p.stretch.person, p.stretch.position, p.stretch.unit].append(p)
    for group in grouped.values():
        if len(group) == 1:
            continue
        group.sort(key=lambda p: p.stretch.start or date.min)
        last = group[0]
        for p in group[1:]:
            if (p.stretch.start or date.min) < (last.stretch.until or date.max):
                yield p, last
            last = max(last, p, key=lambda x: x.stretch.until or date.max)
