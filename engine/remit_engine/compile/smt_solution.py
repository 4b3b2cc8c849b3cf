"""From a model of the solver to a complete request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.program import Field
from remit_dsl.types import Type
from remit_engine.compile.smt_facts import ACTOR, LONGEST, Facts
from remit_engine.compile.smt_library import z3
from remit_engine.compile.smt_values import Condition, Items, Path, Scalar
from remit_engine.people.party import Holding, Party
from remit_engine.request import Request
from remit_engine.rules.names import is_person
from remit_engine.rules.totals import totals_of


class Undecided(Exception):
    """The solver could not settle a question; the message says why."""


@dataclass(frozen=True, slots=True)
class Solution:
    """One complete request that the solver found. attributes: of whoever acts."""

    action: str
    verb: str
    as_of: date
    facts: Mapping[str, Any]
    attributes: Mapping[str, Any]
    totals: Mapping[str, Fraction]

    def request(self, position: str) -> Request:
        """The request of an unnamed holder of a position (qualified name)."""
        return Request(
            action=self.action,
            actor=holder(position, self.attributes),
            as_of=self.as_of,
            verb=self.verb,
            facts=self.facts,
            totals=self.totals,
        )


def holder(position: str, attributes: Mapping[str, Any]) -> Party:
    """Whoever holds a position."""
    return Party(None, (Holding(position),), {**attributes, "position": position})


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the facts of one model of the solver; what no formula speaks of gets a plain value."""

    facts: Facts
    model: z3.ModelRef

    def solution(self, verb: str) -> Solution:
        """The request."""
        facts = self.facts
        names = totals_of(facts.model, facts.action)
        return Solution(
            facts.action,
            verb,
            date.fromordinal(self._number(facts.as_of).numerator),
            self._record((), facts.roots, ()),
            self._record(ACTOR.path, facts.fields(ACTOR.type), (ACTOR.type,)),
            {n: self._number(facts.totals[n]) if n in facts.totals else Fraction(0) for n in names},
        )

    def _record(
        self, path: Path, fields: Mapping[str, Field], above: tuple[Type, ...]
    ) -> dict[str, Any]:
        """The members; a record inside one of its own kind is left out where nothing reads it."""
        found: dict[str, Any] = {}
        for name, declared in fields.items():
            at = (*path, name)
            if declared.optional and not self._flag(at):
                found[name] = None
            elif declared.type not in above or self._read_below(at):
                found[name] = self._value(at, declared.type, above)
        return found

    def _flag(self, path: Path) -> bool:
        flag = self.facts.flags.get(path)
        return flag is not None and self._holds(flag)

    def _read_below(self, path: Path) -> bool:
        made = (self.facts.flags, self.facts.values, self.facts.positions)
        return any(p[: len(path)] == path for known in made for p in known)

    def _value(self, path: Path, type: Type, above: tuple[Type, ...]) -> Any:
        if type.kind == "record":
            below = self._record(path, self.facts.fields(type), (*above, type))
            if not is_person(type):
                return below
            position = self.facts.positions.get(path)
            at = 0 if position is None else self._number(position).numerator
            return holder(tuple(self.facts.model.program.positions)[at], below)
        value = self.facts.values.get(path)
        match value:
            case None:
                return self._plain(type)
            case Condition(true, _):
                return self._holds(true)
            case Scalar(_, term):
                return self._decoded(self._number(term), type)
            case Items():
                return self._items(path, value, type, above)
        raise TypeError(f"no value of a fact: {value}")

    def _items(self, path: Path, items: Items, type: Type, above: tuple[Type, ...]) -> Any:
        element = type.element or type
        here = [i for i, item in enumerate(items.items) if self._holds(item.present)]
        members = self.facts.codes.members(element)
        if type.kind == "set" and members is not None:
            return frozenset(members[i] for i in here)
        found = [self._value((*path, i), element, above) for i in here]
        return frozenset(found) if _hashed(type) else tuple(found)

    def _plain(self, type: Type) -> Any:
        match type.kind:
            case "boolean":
                return False
            case "set":
                return frozenset() if _hashed(type) else ()
            case "list":
                return ()
            case "date":
                return self._decoded(self._number(self.facts.as_of), type)
        return self._decoded(Fraction(0), type)

    def _decoded(self, value: Fraction, type: Type) -> Any:
        members = self.facts.codes.members(type)
        if members is not None:
            return members[value.numerator]
        if type.kind == "date":
            return date.fromordinal(value.numerator)
        return self._text(value.numerator) if type.kind == "text" else value

    def _text(self, code: int) -> str:
        """A text of the policy, or another one that is none of them."""
        texts = {c: text for text, c in self.facts.codes.texts.items()}
        found = texts.get(code, f"text {code}")
        while code not in texts and found in self.facts.codes.texts:
            found += "'"
        return found

    def _holds(self, bit: Any) -> bool:
        if isinstance(bit, bool):
            return bit
        return bool(z3.is_true(self.model.eval(bit, model_completion=True)))

    def _number(self, term: z3.ArithRef) -> Fraction:
        value = self.model.eval(term, model_completion=True)
        if z3.is_int_value(value):
            return Fraction(value.as_long())
        if not z3.is_rational_value(value):
            raise Undecided("the only numbers found are not fractions")
        return Fraction(value.numerator_as_long(), value.denominator_as_long())


def _hashed(type: Type) -> bool:
    """Whether the values of a set are kept as a frozenset, as the readers of requests do."""
    element = type.element or type
    plain = element.kind not in ("record", "list") or is_person(element)
    return type.kind == "set" and plain


def too_long() -> str:
    """Why lists keep a question open."""
    return f"lists of more than {LONGEST} elements were not looked at"
