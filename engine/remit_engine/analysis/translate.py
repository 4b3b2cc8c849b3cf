"""From checked expressions to formulas over columns, in three-valued logic.

A condition becomes two formulas: where it is true and where it is false; where neither holds it is
unknown (an optional fact given as absent, a division by zero, a parameter that was never fixed). A
number becomes pieces: a linear form and where it is the value; where no piece holds it has none.
What has no linear form stands as a column of its own (see `columns.Column.free`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from remit_dsl import expressions as x
from remit_engine.analysis import linear
from remit_engine.analysis.formula import FALSE, TRUE, every, negated, some
from remit_engine.analysis.numbers import Numbers
from remit_engine.analysis.pieces import (
    NO_NAMES,
    Names,
    Piece,
    Symbol,
    Truth,
    number,
    replace_guard,
    settled,
)
from remit_engine.people.organisation import reports_to


@dataclass(slots=True)
class Translator(Numbers):
    """Reads conditions and symbols, and with its bases everything."""

    def truth(self, e: x.Expression, names: Names = NO_NAMES) -> Truth:
        """Where a condition is true and where it is false."""
        match e:
            case x.Constant(value=bool() as value):
                return Truth(TRUE, FALSE) if value else Truth(FALSE, TRUE)
            case x.AllOf():
                parts = [self.truth(o, names) for o in e.operands]
                return Truth(every(*(p.true for p in parts)), some(*(p.false for p in parts)))
            case x.AnyOf():
                parts = [self.truth(o, names) for o in e.operands]
                return Truth(some(*(p.true for p in parts)), every(*(p.false for p in parts)))
            case x.Not():
                inner = self.truth(e.operand, names)
                return Truth(inner.false, inner.true)
            case x.Compare():
                return self._compare(e, names)
            case x.Contains():
                return self._contains(e, names)
            case x.IsGiven():
                return self.is_given(e, names)
            case x.DefinitionValue():
                return self.truth(self.model.program.definitions[e.name].value)
            case x.Choose():
                return self._choice(e, names)
            case x.HoldsPosition():
                held = [replace_guard(s, self.among(s, {e.position})) for s in
                        self.symbols(e.person, names)]  # fmt: skip
                return settled(held, self.symbols(e.person, names))
            case x.ReportsTo():
                return self._reports(e, names)
            case (
                x.Fact()
                | x.Variable()
                | x.ParameterValue()
                | x.Fallback()
                | x.TableLookup()
                | x.BandLookup()
            ):
                found = self.symbols(e, names)
                return settled([replace_guard(s, self.among(s, {True})) for s in found], found)
        return self.opaque_truth(e, names)

    def _choice(self, e: x.Choose, names: Names) -> Truth:
        when = self.truth(e.condition, names)
        then, otherwise = self.truth(e.then, names), self.truth(e.otherwise, names)
        # an unknown condition does not matter where both ways lead to the same
        return Truth(
            some(
                every(when.true, then.true),
                every(when.false, otherwise.true),
                every(then.true, otherwise.true),
            ),
            some(
                every(when.true, then.false),
                every(when.false, otherwise.false),
                every(then.false, otherwise.false),
            ),
        )

    def _contains(self, e: x.Contains, names: Names) -> Truth:
        if not isinstance(e.collection, x.Constant) or not isinstance(
            e.collection.value, frozenset
        ):
            return self.opaque_truth(e, names)
        members = e.collection.value
        if e.item.type.numeric or e.item.type.kind == "date":
            return self._any_equal(e, members, names)
        tree = self.model.program.enums.get(e.item.type.name or "")
        if tree is not None:
            members = frozenset(m for m in tree.members if members.intersection(tree.lineage(m)))
        found = self.symbols(e.item, names)
        return settled([replace_guard(s, self.among(s, members)) for s in found], found)

    def _any_equal(self, e: x.Contains, members: Iterable[Any], names: Names) -> Truth:
        tests = [
            self.relation("=", self.numbers(e.item, names), [Piece(TRUE, linear.fixed(number(m)))])
            for m in members
        ]
        return Truth(some(*(t.true for t in tests)), every(*(t.false for t in tests)))

    def _reports(self, e: x.ReportsTo, names: Names) -> Truth:
        below, above = self.symbols(e.subordinate, names), self.symbols(e.superior, names)
        true, false = [], []
        for b, a in itertools.product(below, above):
            for position in self.values(b):
                reach = {
                    p for p in self.values(a)
                    if reports_to(str(position), str(p), e.direct, self.model, _anywhere)
                }  # fmt: skip
                here = every(b.guard, a.guard, self.among(b, {position}))
                true.append(every(here, self.among(a, reach)))
                false.append(every(here, negated(self.among(a, reach))))
        return Truth(some(*true), some(*false))

    def _compare(self, e: x.Compare, names: Names) -> Truth:
        if e.left.type.numeric or e.left.type.kind == "date":
            return self.ordered(e.operator, e.left, e.right, names)
        left, right = self.symbols(e.left, names), self.symbols(e.right, names)
        if any(s.column is None and s.constant is None for s in (*left, *right)):
            return self.opaque_truth(e, names)
        equal, other = [], []
        for a, b in itertools.product(left, right):
            same = self.same(a, b)
            if same is None:
                return self.opaque_truth(e, names)
            equal.append(every(a.guard, b.guard, same))
            other.append(every(a.guard, b.guard, negated(same)))
        truth = Truth(some(*equal), some(*other))
        return truth if e.operator == "=" else Truth(truth.false, truth.true)

    def symbols(self, e: x.Expression, names: Names = NO_NAMES) -> list[Symbol]:
        """The pieces of a text, enum member, position, boolean or person (by position)."""
        match e:
            case x.Constant(value=str() | bool() as value):
                return [Symbol(TRUE, value)]
            case x.Fact(path=("actor",)) | x.Fact(path=("actor", "position")):
                if self.position is None:
                    raise ValueError("who acts is not said")
                return [Symbol(TRUE, self.position)]
            case x.Fact():
                return [Symbol(self.facts.given(e.path), None, self.facts.column(e))]
            case x.Variable() if e.name in names and not e.path:
                return self.symbols(names[e.name])
            case x.ParameterValue():
                rows = self.in_force(self.model.program.parameters[e.name].values)
                return self.row_symbols(rows, NO_NAMES)
            case x.DefinitionValue() if e.type.kind != "boolean":
                return self.symbols(self.model.program.definitions[e.name].value)
            case x.BandLookup():
                return self.row_symbols(self.band_rows(e, names), names)
            case x.TableLookup() if self.rows_apply(e):
                inner = self.arguments(e, names)
                return self.row_symbols(self.table_rows(e, inner), inner)
            case x.Choose() if e.type.kind != "boolean":
                return self._chosen_symbols(e, names)
            case x.Fallback():
                given = self.is_given(x.IsGiven(e.span, e.type, e.operand), names)
                return self.row_symbols([(given.true, e.operand), (given.false, e.fallback)], names)
        if e.type.kind == "boolean":
            truth = self.truth(e, names) if not isinstance(e, x.TableLookup | x.Variable) else \
                self.opaque_truth(e, names)  # fmt: skip
            return [Symbol(truth.true, True), Symbol(truth.false, False)]
        return [Symbol(self.certain(e, names), None, self.opaque_symbol(e, names))]

    def _chosen_symbols(self, e: x.Choose, names: Names) -> list[Symbol]:
        when = self.truth(e.condition, names)
        found = self.row_symbols([(when.true, e.then), (when.false, e.otherwise)], names)
        unsettled = negated(some(when.true, when.false))
        if unsettled != FALSE:
            for a, b in itertools.product(self.symbols(e.then, names),
                                          self.symbols(e.otherwise, names)):  # fmt: skip
                same = self.same(a, b)
                if same is not None:
                    found.append(replace_guard(a, every(unsettled, b.guard, same)))
        return [s for s in found if s.guard != FALSE]


def _anywhere(_below: str | None, _above: str | None) -> bool:
    return True
