"""The facts of a question as constants of the solver, each made when it is first read.

A complete request is meant: what is not declared optional is given, what is optional is given or
absent, nobody is named, and a person is whoever holds one position. Of such a person the built-in
`id`, `name` and `unit` are not stated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations

from remit_dsl.expressions import Expression
from remit_dsl.program import Field
from remit_dsl.types import PERSON, Type
from remit_engine.compile.smt_codes import Codes
from remit_engine.compile.smt_followers import Followers
from remit_engine.compile.smt_library import z3
from remit_engine.compile.smt_strangers import Strangers
from remit_engine.compile.smt_values import (
    Bit,
    Condition,
    Item,
    Items,
    Path,
    Place,
    Record,
    Scalar,
    Value,
    code,
    every,
    same,
)
from remit_engine.compile.unsupported import Unsupported
from remit_engine.rules.ir import Model
from remit_engine.rules.names import BUILT_IN_ATTRIBUTES, is_person, names_of
from remit_engine.rules.totals import totals_of

LONGEST = 2
"""How many elements of a list are looked at."""
WHOLE = frozenset({"integer", "days", "months"})
ACTOR = Place(("actor",), PERSON, True)


@dataclass(slots=True)
class Facts:
    """What has been made of the facts of one action.

    flags: whether an optional fact is given. values: what leaves, sets and lists are, as if
    given; types: of these. domain: what holds of every request.
    """

    model: Model
    action: str
    codes: Codes
    flags: dict[Path, z3.BoolRef] = field(default_factory=dict)
    values: dict[Path, Value] = field(default_factory=dict)
    types: dict[Path, Type] = field(default_factory=dict)
    positions: dict[Path, z3.ArithRef] = field(default_factory=dict)
    lengths: dict[Path, z3.ArithRef] = field(default_factory=dict)
    strangers: Strangers = field(default_factory=Strangers)
    totals: dict[str, z3.ArithRef] = field(default_factory=dict)
    followers: Followers = field(default_factory=Followers)
    domain: list[z3.BoolRef] = field(default_factory=list)

    @property
    def as_of(self) -> z3.ArithRef:
        """The day of the request."""
        return z3.Int("as_of")

    def fields(self, type: Type) -> Mapping[str, Field]:
        """The members of a record; of a person, those that are declared."""
        if is_person(type):
            return names_of(self.model).person
        return self.model.program.records[type.name or ""].fields

    @property
    def roots(self) -> Mapping[str, Field]:
        """The fields of the action."""
        return self.model.program.actions[self.action].fields

    def root(self, name: str) -> Place | None:
        """Where a path begins; None for `requester`, who is not named."""
        if name == "actor":
            return ACTOR
        found = self.roots.get(name)
        return None if found is None else self._place((name,), found, True)

    def below(self, place: Place, step: str) -> Place | None:
        """One step further; None for what is not stated of a person."""
        if is_person(place.type) and step in BUILT_IN_ATTRIBUTES:
            return None
        return self._place((*place.path, step), self.fields(place.type)[step], place.given)

    def _place(self, path: Path, declared: Field, given: Bit) -> Place:
        if declared.optional:
            if path not in self.flags:
                self.flags[path] = z3.Bool(f"{shown(path)} given")
            given = every(given, self.flags[path])
        return Place(path, declared.type, given)

    def total(self, name: str) -> z3.ArithRef:
        """What a running total has used."""
        if name not in self.totals:
            whole = totals_of(self.model, self.action)[name].kind in WHOLE
            named = f"totals.{name}"
            self.totals[name] = z3.ToReal(z3.Int(named)) if whole else z3.Real(named)
            self.domain.append(self.totals[name] >= 0)
        return self.totals[name]

    @property
    def short(self) -> Bit:
        """That every list is short enough to be looked at."""
        return every(*(length <= LONGEST for length in self.lengths.values()))

    # --- values --------------------------------------------------------------------------

    def read(self, place: Place, actor: str, e: Expression) -> Value:
        """The value of a fact, unknown where it is absent."""
        if is_person(place.type):
            return Record(place.given, place, self.holder(place, actor))
        if place.type.kind == "record":
            return Record(place.given, place)
        if place.path not in self.values:
            self.values[place.path] = self._value(place, actor, e)
            self.types[place.path] = place.type
        match self.values[place.path]:
            case Condition(true, false):
                return Condition(every(place.given, true), every(place.given, false))
            case Scalar(_, term):
                return Scalar(place.given, term)
            case Items() as found:
                return replace(found, known=place.given)
        raise Unsupported(e, "z3")

    def holder(self, place: Place, actor: str) -> z3.ArithRef | None:
        """The code of the position that a person holds; None where it is no person."""
        if not is_person(place.type):
            return None
        if place.path == ACTOR.path:
            return code(self.codes.position(actor))
        if place.path not in self.positions:
            self.positions[place.path] = z3.Int(f"{shown(place.path)}.position")
            self._among(self.positions[place.path], len(self.model.program.positions))
        return self.positions[place.path]

    def _value(self, place: Place, actor: str, e: Expression) -> Value:
        name, kind = shown(place.path), place.type.kind
        match kind:
            case "boolean":
                return Condition(z3.Bool(name), z3.Not(z3.Bool(name)))
            case "set" | "list":
                items = tuple(self._items(place, actor, e))
                length = self.lengths.get(place.path)
                return Items(True, items, False if length is None else length > LONGEST)
            case "date":
                self.domain.append(in_calendar(z3.Int(name)))
            case "text":
                self.domain.append(z3.Int(name) >= 0)
            case "enum" | "position":
                self._among(z3.Int(name), len(self.codes.members(place.type) or ()))
            case _ if kind in WHOLE:
                return Scalar(True, z3.ToReal(z3.Int(name)))
            case _:
                return Scalar(True, z3.Real(name))
        return Scalar(True, z3.Int(name))

    def _among(self, term: z3.ArithRef, count: int) -> None:
        self.domain.append(z3.And(term >= 0, term < count))

    def _items(self, place: Place, actor: str, e: Expression) -> Iterator[Item]:
        element = place.type.element
        if element is None or (place.type.kind == "set" and is_person(element)):
            raise Unsupported(e, "z3")
        members = self.codes.members(element)
        if place.type.kind == "set" and members is not None:
            for i, member in enumerate(members):
                yield Item(z3.Bool(f"{shown(place.path)} has {member}"), Scalar(True, code(i)))
            return
        length = self.lengths[place.path] = z3.Int(f"{shown(place.path)} length")
        self.domain.append(length >= 0)
        found = [
            Item(length > i, self.read(Place((*place.path, i), element, True), actor, e))
            for i in range(LONGEST)
        ]
        if place.type.kind == "set" and element.kind not in ("record", "list"):
            for a, b in combinations(found, 2):
                twice = every(a.present, b.present, same(a.value, b.value, e))
                self.domain.append(z3.Not(twice))
        yield from found


def in_calendar(day: z3.ArithRef) -> z3.BoolRef:
    """Whether a number is a day of the calendar."""
    return z3.And(day >= date.min.toordinal(), day <= date.max.toordinal())


def shown(path: Path) -> str:
    """A path as a name: `order.lines[0].amount`."""
    steps = (f"[{s}]" if isinstance(s, int) else f".{s}" for s in path)
    return "".join(steps).removeprefix(".")
