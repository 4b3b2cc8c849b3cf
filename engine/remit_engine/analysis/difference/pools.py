"""Values worth trying for a fact: at, just below and just above every number the rules know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.program import Field, Program
from remit_dsl.types import PERSON, Type
from remit_engine.analysis.difference.reading import expressions_read, names_read
from remit_engine.analysis.difference.timelines import stretches
from remit_engine.people.party import Holding, Party
from remit_engine.rules.dependence import read_by
from remit_engine.rules.ir import Model, Rule
from remit_engine.rules.names import is_person

STEPS = {"money": Fraction(1, 100), "percent": Fraction(1, 10_000), "ratio": Fraction(1, 10_000)}
LONGEST = 2
"""Elements of a list that is made up."""


@dataclass(slots=True)
class Pools:
    """The constants of both texts, by kind, and what values of each type can be made of them."""

    models: tuple[Model, Model]
    numbers: dict[str, set[Fraction]] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    dates: set[date] = field(default_factory=set)
    positions: set[str] = field(default_factory=set)
    moved: set[date] = field(default_factory=set)
    """Days on which a parameter has another value in the other text."""

    @classmethod
    def of(cls, action: str, models: tuple[Model, Model]) -> Pools:
        """Everything that the rules on an action know, in either text."""
        pools = cls(models)
        for model in models:
            actions = model.actions[action]
            for e in _expressions(action, model):
                pools._learn(e)
            for rule in actions.rules:
                pools.dates |= {d for d in (rule.start, rule.until) if d is not None}
                pools.positions |= rule.positions or set()
            pools._learn_turns(actions.rules, model.program)
        pools._learn_moves(models[0].program, models[1].program)
        return pools

    def _learn(self, e: x.Expression) -> None:
        for inner in x.walk(e):
            if isinstance(inner, x.HoldsPosition):
                self.positions.add(inner.position)
            if isinstance(inner, x.Constant):
                self._value(inner.value, inner.type)

    def _value(self, value: Any, kind: Type) -> None:
        match value:
            case bool():
                pass
            case Fraction():
                self.numbers.setdefault(kind.kind, set()).add(value)
            case date():
                self.dates.add(value)
            case str():
                (self.positions if kind.kind == "position" else self.texts).add(value)
            case frozenset():
                for element in value:
                    self._value(element, kind.element or kind)

    def _learn_turns(self, rules: Iterable[Rule], program: Program) -> None:
        read = names_read((e for r in rules for e in read_by(r)), program)
        for kind, name in read:
            if kind == "parameter" and name in program.parameters:
                values = program.parameters[name].values
                self.dates |= {d for v in values for d in (v.start, v.until) if d is not None}

    def _learn_moves(self, old: Program, new: Program) -> None:
        for name, parameter in new.parameters.items():
            before = old.parameters.get(name)
            for moved in stretches(before.values, parameter.values, old, new) if before else ():
                ends = (moved.start, moved.until and moved.until - timedelta(days=1))
                self.moved |= {d for d in ends if d is not None}

    # --- values ------------------------------------------------------------------------------

    def amounts(self, kind: Type) -> list[Fraction]:
        """The numbers of a kind with their neighbours, and zero."""
        whole = kind.kind in ("integer", "days", "months")
        step = Fraction(1) if whole else STEPS.get(kind.kind, Fraction(1, 100))
        known = {n for k in (kind.kind, "number", "ratio", "literal") for n in self._of(k)}
        near = {n + d for n in known for d in (-step, 0, step)} | {Fraction(0), Fraction(1)}
        return sorted({Fraction(n.__floor__()) for n in near} if whole else near)

    def _of(self, kind: str) -> set[Fraction]:
        return self.numbers.get(kind, set())

    def days(self) -> list[date]:
        """The days on which something begins or ends, and the days before."""
        near = {d - timedelta(days=n) for d in self.dates for n in (0, 1) if d > date.min}
        return sorted(near)

    def values(self, kind: Type, optional: bool) -> list[Any]:
        """Everything worth trying for a fact of a type that is no record and no list."""
        return [*self._values(kind), *([None] if optional else [])]

    def _values(self, kind: Type) -> list[Any]:
        if kind.numeric:
            return list(self.amounts(kind))
        match kind.kind:
            case "boolean":
                return [True, False]
            case "enum":
                found = {m: None for model in self.models for m in _members(kind, model)}
                return list(found)
            case "date":
                return [*self.days(), *(d + timedelta(days=40) for d in self.days()[-1:])]
            case "text":
                return [*sorted(self.texts), "other"]
            case "position":
                return sorted(self.positions)
            case "set":
                inner = self._values(kind.element or kind)
                return [frozenset({v}) for v in inner] + [frozenset(inner), frozenset()]
        return []

    def person(self, rnd: Random, position: str | None = None) -> Party:
        """Somebody in a position, with every attribute that people have."""
        held = position or rnd.choice(sorted(self.positions) or [""])
        attributes: dict[str, Any] = {"position": held}
        for f in _person_fields(self.models):
            attributes[f.name] = self.any_value(f, rnd)
        known = {k: v for k, v in attributes.items() if v is not None}
        return Party(None, (Holding(held),) if held else (), known)

    def any_value(self, f: Field, rnd: Random) -> Any:
        """A value for a field, made up all the way down."""
        kind = f.type
        if is_person(kind) or kind == PERSON:
            return self.person(rnd)
        if kind.kind == "record":
            record = self.record(kind)
            return {n: self.any_value(inner, rnd) for n, inner in record.items()}
        if kind.kind == "list" and kind.element is not None:
            inner = Field(f.name, kind.element, False, None, f.span)
            return tuple(self.any_value(inner, rnd) for _ in range(rnd.randrange(LONGEST + 1)))
        if f.optional and rnd.randrange(10) == 0:
            return None
        options = self.values(kind, optional=False)
        return rnd.choice(options) if options else None

    def record(self, kind: Type) -> dict[str, Field]:
        """The fields of a record in either text."""
        found: dict[str, Field] = {}
        for model in self.models:
            declared = model.program.records.get(kind.name or "")
            found.update(declared.fields if declared else {})
        return found


def _expressions(action: str, model: Model) -> Iterable[x.Expression]:
    actions = model.actions[action]
    own = [e for rule in actions.rules for e in read_by(rule)]
    if actions.action.measure is not None:
        own.append(actions.action.measure.value)
    yield from own
    yield from expressions_read(names_read(own, model.program), model.program)


def _members(kind: Type, model: Model) -> Iterable[str]:
    found = model.program.enums.get(kind.name or "")
    return found.members if found else ()


def _person_fields(models: tuple[Model, Model]) -> list[Field]:
    found: dict[str, Field] = {}
    for model in models:
        for name, record in model.program.records.items():
            if name.rsplit(".", 1)[-1] == "Person":
                found.update(record.fields)
    return [f for n, f in found.items() if n not in ("id", "name", "position", "unit")]
