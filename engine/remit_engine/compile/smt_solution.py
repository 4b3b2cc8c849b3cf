"""From a model of the solver to a complete request, and from a request to its terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.program import Field
from remit_dsl.types import Type
from remit_engine.compile.smt_facts import ACTOR, LONGEST, Facts, Path
from remit_engine.compile.smt_library import z3
from remit_engine.compile.smt_values import Condition, Items, Scalar
from remit_engine.names import is_person
from remit_engine.party import Holding, Party
from remit_engine.request import Request
from remit_engine.totals import totals_of


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


# --- the other way -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Writer:
    """The terms that a complete request gives to the facts that some formula reads; of a list
    its length and the elements that are looked at."""

    facts: Facts
    request: Request

    def pairs(self) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
        """(constant, value); what follows from an absent fact has none."""
        found = list(self._stated())
        for made in self.facts.defined.values():
            value = z3.simplify(z3.substitute(made.source, *found))
            if z3.is_int_value(value):
                follows = map(z3.IntVal, made.follow(value.as_long()))
                found += zip(made.constants, follows, strict=True)
        return found

    def _stated(self) -> Iterator[tuple[z3.ExprRef, z3.ExprRef]]:
        facts = self.facts
        yield facts.as_of, z3.IntVal(self.request.as_of.toordinal())
        for name, total in facts.totals.items():
            yield _numeral(total, self.request.totals.get(name, Fraction(0)))
        for path, flag in facts.flags.items():
            yield flag, z3.BoolVal(self._at(path) is not None)
        for path, position in facts.positions.items():
            if isinstance(party := self._at(path), Party):
                yield position, z3.IntVal(facts.codes.position(party.holdings[0].position))
        for path, value in facts.values.items():
            given = self._at(path)
            if given is not None:
                yield from self._leaf(path, value, given)

    def _leaf(self, path: Path, value: Any, given: Any) -> Iterator[tuple[Any, Any]]:
        match value:
            case Condition(true, _):
                yield true, z3.BoolVal(given)
            case Scalar(_, term):
                yield self._scalar(path, term, given)
            case Items(_, items):
                yield from self._collection(path, items, given)

    def _scalar(self, path: Path, term: Any, given: Any) -> tuple[Any, Any]:
        type = self.facts.types[path]
        if type.numeric:
            return _numeral(term, given)
        return term, z3.IntVal(self.facts.codes.of(given, type))

    def _collection(self, path: Path, items: Any, given: Any) -> Iterator[tuple[Any, Any]]:
        length = self.facts.lengths.get(path)
        if length is None:
            element = self.facts.types[path].element
            members = self.facts.codes.members(element) if element else ()
            for member, item in zip(members or (), items, strict=True):
                yield item.present, z3.BoolVal(member in given)
            return
        yield length, z3.IntVal(len(given))

    def _at(self, path: Path) -> Any:
        """The value given at a path; None where it is absent or not there."""
        value: Any = {**self.request.facts, "actor": self.request.actor}
        for step in path:
            if isinstance(value, Party):
                value = value.attributes
            if isinstance(step, int):
                value = dict(enumerate(sorted(value, key=str) if _set(value) else value))
            value = None if value is None else value.get(step)
        return value


def _numeral(term: Any, given: Fraction) -> tuple[Any, Any]:
    """A whole number is a real made of an integer."""
    if z3.is_to_real(term):
        return term.arg(0), z3.IntVal(given.numerator)
    return term, z3.RealVal(str(given))


def _set(value: Any) -> bool:
    return isinstance(value, frozenset)


def too_long() -> str:
    """Why lists keep a question open."""
    return f"lists of more than {LONGEST} elements were not looked at"
