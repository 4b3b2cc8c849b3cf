"""The meaning of expressions as terms of the solver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl import expressions as x
from remit_engine.compile import smt_dates, smt_lists, smt_numbers, smt_tables
from remit_engine.compile.smt_library import z3
from remit_engine.compile.smt_scope import Read, Scope, condition
from remit_engine.compile.smt_values import (
    UNKNOWN,
    Condition,
    Item,
    Items,
    Place,
    Record,
    Scalar,
    Value,
    all_of,
    any_of,
    code,
    crisp,
    every,
    given_only,
    no,
    nothing,
    number,
    same,
    select,
    settled,
    some,
    term_of,
)
from remit_engine.compile.unsupported import Unsupported


@dataclass(slots=True)
class Terms:
    """Reads expressions; parameters and definitions once for each position."""

    kept: dict[tuple[str, str], Value] = field(default_factory=dict)

    def __call__(self, e: x.Expression, scope: Scope) -> Value:
        """The value of an expression."""
        if isinstance(e, x.ParameterValue | x.DefinitionValue):
            key = (e.name, scope.actor)
            if key not in self.kept:
                self.kept[key] = _READERS[type(e)](e, scope, self)
            return self.kept[key]
        reader = _READERS.get(type(e))
        if reader is None:
            raise Unsupported(e, "z3")
        return reader(e, scope, self)


# --- where values come from --------------------------------------------------------------


def _constant(e: x.Constant, scope: Scope, read: Read) -> Value:
    codes = scope.facts.codes
    match e.value:
        case bool():
            return crisp(e.value)
        case Fraction():
            return Scalar(True, number(e.value))
        case frozenset():
            element = e.type.element or e.type
            members = sorted(codes.of(m, element) for m in e.value)
            return Items(True, tuple(Item(True, Scalar(True, code(m))) for m in members))
        case date() | str():
            return Scalar(True, code(codes.of(e.value, e.type)))
    raise Unsupported(e, "z3")


def _fact(e: x.Fact, scope: Scope, read: Read) -> Value:
    root, *steps = e.path
    if root == "as_of":
        return Scalar(True, scope.facts.as_of)
    return _at_end(scope.facts.root(root), tuple(steps), e, scope)


def _variable(e: x.Variable, scope: Scope, read: Read) -> Value:
    value = scope.variables[e.name]
    if not e.path:
        return value
    if not isinstance(value, Record):
        return nothing(e.type)
    return given_only(_at_end(value.place, e.path, e, scope), value.known)


def _at_end(
    place: Place | None, steps: tuple[str, ...], e: x.Fact | x.Variable, scope: Scope
) -> Value:
    """The value at the end of a path; `position` is what a person holds."""
    end = _walk(place, steps, scope)
    if end is None:
        return nothing(e.type)
    if isinstance(end, Scalar):
        return end
    return scope.facts.read(end, scope.actor, e)


def _walk(place: Place | None, steps: tuple[str, ...], scope: Scope) -> Place | Scalar | None:
    for i, step in enumerate(steps):
        if place is None:
            return None
        if step == "position" and i == len(steps) - 1:
            holder = scope.facts.holder(place, scope.actor)
            if holder is not None:
                return Scalar(place.given, holder)
        place = scope.facts.below(place, step)
    return place


def _is_given(e: x.IsGiven, scope: Scope, read: Read) -> Condition:
    """False where the optional fact is absent, unknown where nothing is stated at all."""
    return _given(e.operand, scope, read)


def _given(operand: x.Fact | x.Variable, scope: Scope, read: Read) -> Condition:
    end: Place | Scalar | None
    match operand:
        case x.Fact(path=(root, *steps)):
            end = _walk(scope.facts.root(root), tuple(steps), scope)
        case x.Variable(name=name, path=path):
            value = scope.variables[name]
            if not path or not isinstance(value, Record):
                return crisp(True, value.known)
            end = _walk(value.place, path, scope)
            if end is not None:
                given = end.known if isinstance(end, Scalar) else end.given
                return crisp(given, value.known)
    if end is None:
        return UNKNOWN
    return crisp(end.known if isinstance(end, Scalar) else end.given)


def _fallback(e: x.Fallback, scope: Scope, read: Read) -> Value:
    given = _given(e.operand, scope, read)
    operand, other = read(e.operand, scope), read(e.fallback, scope)
    return given_only(select(given.true, operand, other, e), given.known)


def _definition(e: x.DefinitionValue, scope: Scope, read: Read) -> Value:
    return read(scope.model.program.definitions[e.name].value, scope.outside())


# --- conditions --------------------------------------------------------------------------


def _all_of(e: x.AllOf, scope: Scope, read: Read) -> Condition:
    return all_of(condition(o, scope, read) for o in e.operands)


def _any_of(e: x.AnyOf, scope: Scope, read: Read) -> Condition:
    return any_of(condition(o, scope, read) for o in e.operands)


def _not(e: x.Not, scope: Scope, read: Read) -> Condition:
    operand = condition(e.operand, scope, read)
    return Condition(operand.false, operand.true)


def _choose(e: x.Choose, scope: Scope, read: Read) -> Value:
    """Where the condition is unknown, two equal branches are the value all the same."""
    test = condition(e.condition, scope, read)
    then, otherwise = read(e.then, scope), read(e.otherwise, scope)
    open_ = no(test.known)
    match then, otherwise:
        case Condition(), Condition():
            return Condition(
                some(every(test.true, then.true), every(test.false, otherwise.true),
                     every(open_, then.true, otherwise.true)),
                some(every(test.true, then.false), every(test.false, otherwise.false),
                     every(open_, then.false, otherwise.false)),
            )  # fmt: skip
        case Scalar(), Scalar():
            known = some(
                every(test.true, then.known),
                every(test.false, otherwise.known),
                every(open_, then.known, otherwise.known, same(then, otherwise, e)),
            )
            return Scalar(known, term_of(test.false, otherwise.term, then.term))
    raise Unsupported(e, "z3")


# --- people ------------------------------------------------------------------------------


def _holder(e: x.Expression, scope: Scope, read: Read) -> Scalar:
    """The position that a person holds, or the position itself."""
    value = read(e, scope)
    match value:
        case Record(known, _, position) if position is not None:
            return Scalar(known, position)
        case Scalar():
            return value
    raise Unsupported(e, "z3")


def _reports(e: x.ReportsTo, scope: Scope, read: Read) -> Condition:
    """Nobody is named and no unit is stated, so the positions alone say it."""
    below, above = _holder(e.subordinate, scope, read), _holder(e.superior, scope, read)
    codes, found = scope.facts.codes, []
    for name, superiors in scope.model.superiors.items():
        here = _equal(below.term, codes.position(name))
        reach = superiors[:1] if e.direct else superiors
        tops = some(*(_equal(above.term, codes.position(p)) for p in reach))
        found.append(every(here, tops))
    return crisp(some(*found), every(below.known, above.known))


def _holds(e: x.HoldsPosition, scope: Scope, read: Read) -> Condition:
    person = _holder(e.person, scope, read)
    position = scope.facts.codes.position(e.position)
    return crisp(_equal(person.term, position), person.known)


def _equal(term: z3.ArithRef, value: int) -> bool | z3.BoolRef:
    return settled(term == value, term)


_READERS: dict[type, Callable[[Any, Scope, Read], Value]] = {
    x.Constant: _constant,
    x.Fact: _fact,
    x.Variable: _variable,
    x.ParameterValue: smt_tables.parameter,
    x.DefinitionValue: _definition,
    x.TableLookup: smt_tables.table,
    x.Negate: smt_numbers.negate,
    x.Arithmetic: smt_numbers.arithmetic,
    x.Extremum: smt_numbers.extremum,
    x.Absolute: smt_numbers.absolute,
    x.Compare: smt_numbers.compare,
    x.Contains: smt_lists.contains,
    x.AllOf: _all_of,
    x.AnyOf: _any_of,
    x.Not: _not,
    x.IsGiven: _is_given,
    x.ReportsTo: _reports,
    x.HoldsPosition: _holds,
    x.Choose: _choose,
    x.Aggregate: smt_lists.aggregate,
    x.BandLookup: smt_tables.bands,
    x.DateDifference: smt_dates.difference,
    x.PeriodEdge: smt_dates.edge,
    x.AddToDate: smt_dates.added,
    x.Round: smt_numbers.rounded,
    x.Exchanged: smt_tables.exchanged,
    x.Fallback: _fallback,
}
