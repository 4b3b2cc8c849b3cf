"""A request in the making: every fact that may vary, with the values its cell allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from random import Random
from typing import Any

from remit_dsl.program import Field
from remit_dsl.types import PERSON, Type
from remit_engine.analysis.columns import AS_OF, GIVEN, TOTAL
from remit_engine.analysis.facts import UNSTATED, WHOLE, Facts
from remit_engine.analysis.grid import Cell
from remit_engine.analysis.sets import HIGHEST, LOWEST, Stretch, after, before, sample
from remit_engine.people.party import Holding, Party
from remit_engine.request import Request
from remit_engine.rules.names import is_person
from remit_engine.rules.totals import totals_of

Path = tuple[str | int, ...]
PERSON_MARK = ""
ANYWHERE: Stretch = (LOWEST, HIGHEST)
FROM_ZERO: Stretch = (before(Fraction(0)), HIGHEST)
UNUSED: Stretch = (before(Fraction(0)), after(Fraction(0)))
MOST_LINES = 2
DEEPEST = 6
LAST_DAY = date.max.toordinal()
_DAYS = (1, 7, 30, 61, 90, 365, 1000)
_FACTORS = (Fraction(1), Fraction(2), Fraction(10), Fraction(100), Fraction(1000))


@dataclass(frozen=True, slots=True)
class Slot:
    """A number of the draft that may be moved. whole: to whole numbers only."""

    path: Path
    room: Stretch
    whole: bool
    dated: bool = False

    def holds(self, value: Fraction) -> bool:
        """True when the cell allows the value."""
        if self.whole and value.denominator != 1:
            return False
        return self.room[0] <= (0, value, 0) < self.room[1]


@dataclass(slots=True)
class Draft:
    """Numbers stay `Fraction` (dates by ordinal) in `numbers` until the request is made."""

    facts: Facts
    cell: Cell
    position: str
    today: date
    rnd: Random
    wild: bool
    used: Stretch = FROM_ZERO
    """Where running totals may be."""
    slots: list[Slot] = field(default_factory=list)
    numbers: dict[Path, Fraction] = field(default_factory=dict)
    tree: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        action = self.facts.model.program.actions[self.facts.action]
        since = self.facts.since
        first = LOWEST if since is None else before(Fraction(since.toordinal()))
        self._number((AS_OF,), (first, HIGHEST), True, dated=True)
        for name, declared in action.fields.items():
            self.tree[name] = self._value((name,), declared)
        self.tree["actor"] = self._attributes(("actor",))
        if self.cell.classes.get(GIVEN + "requester"):
            person = Field("requester", PERSON, False, None, action.span)
            self.tree["requester"] = self._value(("requester",), person)
        for name in totals_of(self.facts.model, self.facts.action):
            self._number((TOTAL + name,), self.used, False)

    # --- values ------------------------------------------------------------------------------

    def _value(self, path: Path, declared: Field) -> Any:
        if declared.optional and (len(path) > DEEPEST or not self._present(path)):
            return None
        return self._of_type(path, declared.type)

    def _of_type(self, path: Path, kind: Type) -> Any:
        key = _key(path)
        if is_person(kind):
            return self._person(path)
        match kind.kind:
            case "record":
                fields = self.facts.model.program.records[kind.name or ""].fields
                return {n: self._value((*path, n), f) for n, f in fields.items()}
            case "list" if kind.element is not None:
                count = self.rnd.randrange(MOST_LINES + 1) if self.wild else 1
                return [self._of_type((*path, i), kind.element) for i in range(count)]
            case "set" if kind.element is not None:
                return self._set(kind.element)
            case "text":
                return self._text(path)
        if kind.numeric or kind.kind == "date":
            return self._number(path, ANYWHERE, kind.kind in WHOLE, dated=kind.kind == "date")
        members = self.facts.domain(kind)[1] or ("",)
        return self.cell.classes.get(key, self._any(members))

    def _any(self, members: tuple[str | bool, ...]) -> str | bool:
        return self.rnd.choice(members) if self.wild else members[-1]

    def _person(self, path: Path) -> dict[str, Any]:
        positions = tuple(self.facts.model.program.positions)
        held = self.cell.classes.get(_key(path), self._any(positions))
        return {**self._attributes(path), "position": held, PERSON_MARK: True}

    def _attributes(self, path: Path) -> dict[str, Any]:
        """What is known of a person; what only a directory knows, where the cell asks for it."""
        made = {
            name: self._value((*path, name), declared)
            for name, declared in self.facts.person().items()
            if name != "position" and name not in UNSTATED
        }
        for name in sorted(UNSTATED):
            if self._present((*path, name)):
                made[name] = self._text((*path, name))
        return made

    def _set(self, element: Type) -> frozenset[Any]:
        members = self.facts.domain(element)[1] or ()
        if not self.wild:
            return frozenset(members)
        return frozenset(m for m in members if self.rnd.random() < 0.4)

    def _text(self, path: Path) -> str:
        chosen = self.cell.classes.get(_key(path))
        if isinstance(chosen, str):
            return chosen
        return self.rnd.choice(("a", "b")) if self.wild else "text"

    def _present(self, path: Path) -> bool:
        """Optional facts that do not matter are left absent, unless the draft is a wild one."""
        name = GIVEN + _key(path)
        if name in self.cell.classes:
            return bool(self.cell.classes[name])
        under = _key(path) + "."
        if any(
            k.removeprefix(GIVEN).startswith(under) or k == _key(path) for k in self.cell.classes
        ):
            return True
        return self.wild and self.rnd.random() < 0.7

    def _number(self, path: Path, room: Stretch, whole: bool, dated: bool = False) -> Fraction:
        known = self.cell.classes.get(_key(path))
        if isinstance(known, tuple):
            room = known
        slot = Slot(path, room, whole, dated)
        self.slots.append(slot)
        self.numbers[path] = value = self._first(slot)
        return value

    def _first(self, slot: Slot) -> Fraction:
        today = Fraction(self.today.toordinal())
        plain = sample(*slot.room, slot.whole)
        if slot.dated:
            plain = today if slot.holds(today) else max(plain, Fraction(1))
        if not self.wild:
            return plain
        low, high = slot.room
        ends = [c[1] for c in (low, high) if c not in (LOWEST, HIGHEST)]
        if slot.dated:
            choices = [plain, *ends, *(plain + d for d in _DAYS), *(plain - d for d in _DAYS)]
        else:
            choices = [plain, *ends, *(plain + f for f in _FACTORS), *(plain * f for f in _FACTORS)]
        if len(ends) == 2:
            choices.append((ends[0] + ends[1]) / 2)
        allowed = [v for v in choices if slot.holds(v) and (not slot.dated or 1 <= v <= LAST_DAY)]
        return self.rnd.choice(allowed) if allowed else plain

    # --- the request --------------------------------------------------------------------------

    def move(self, slot: Slot, value: Fraction) -> None:
        """Give a number another value."""
        self.numbers[slot.path] = value

    def request(self, verb: str, position: str | None = None) -> Request:
        """The request as it stands, put by a holder of the position (or of another)."""
        facts = {
            name: self._made((name,), value)
            for name, value in self.tree.items()
            if name not in ("actor", "requester")
        }
        attributes = {n: self._made(("actor", n), v) for n, v in self.tree["actor"].items()}
        requester = None
        if "requester" in self.tree:
            requester = self._made(("requester",), self.tree["requester"])
        return Request(
            action=self.facts.action,
            actor=_holder(position or self.position, attributes),
            as_of=_day(self.numbers[(AS_OF,)]),
            verb=verb,
            facts=facts,
            requester=requester,
            totals=dict(self._totals()),
        )

    def _totals(self) -> Iterator[tuple[str, Fraction]]:
        for path, value in self.numbers.items():
            name = str(path[0])
            if len(path) == 1 and name.startswith(TOTAL):
                yield name.removeprefix(TOTAL), value

    def _made(self, path: Path, value: Any) -> Any:
        if path in self.numbers and value is not None:
            number = self.numbers[path]
            dated = next(s.dated for s in self.slots if s.path == path)
            return _day(number) if dated else number
        if isinstance(value, list):
            return tuple(self._made((*path, i), v) for i, v in enumerate(value))
        if isinstance(value, dict):
            made = {n: self._made((*path, n), v) for n, v in value.items() if n != PERSON_MARK}
            return _holder(made.pop("position"), made) if PERSON_MARK in value else made
        return value


def _day(number: Fraction) -> date:
    return date.fromordinal(min(max(1, int(number)), LAST_DAY))


def _key(path: Path) -> str:
    return ".".join(map(str, path))


def _holder(position: str, attributes: dict[str, Any]) -> Party:
    """An unnamed holder of a position."""
    return Party(None, (Holding(position),), {**attributes, "position": position})


def held_by(request: Request, position: str) -> Request:
    """The same request put by a holder of another position with the same attributes."""
    return replace(request, actor=_holder(position, dict(request.actor.attributes)))
