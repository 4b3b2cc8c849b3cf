"""From a complete request to the values of the constants that formulas speak of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from remit_engine.compile.smt_facts import Facts
from remit_engine.compile.smt_library import z3
from remit_engine.compile.smt_values import Condition, Items, Path, Scalar
from remit_engine.people.party import Party
from remit_engine.request import Request


@dataclass(frozen=True, slots=True)
class Writer:
    """The terms that a complete request gives to the facts that some formula reads; of a list
    its length and the elements that are looked at."""

    facts: Facts
    request: Request

    def pairs(self) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
        """(constant, value); what follows from an absent fact has none."""
        found = list(self._stated())
        for made in self.facts.followers.made.values():
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
            if value is None:
                return None
            if isinstance(value, Party):
                value = value.attributes
            if isinstance(step, int):
                value = dict(enumerate(sorted(value) if isinstance(value, frozenset) else value))
            value = value.get(step)
        return value


def _numeral(term: Any, given: Fraction) -> tuple[Any, Any]:
    """A whole number is a real made of an integer."""
    if z3.is_to_real(term):
        return term.arg(0), z3.IntVal(given.numerator)
    return term, z3.RealVal(str(given))
