"""What every reading of expressions rests on: comparisons of pieces, and values read as a whole."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from remit_dsl import expressions as x
from remit_engine.analysis import linear
from remit_engine.analysis.columns import CERTAINTY, COMBINED, DERIVED, KNOWN, OPAQUE, Column
from remit_engine.analysis.facts import Facts
from remit_engine.analysis.formula import FALSE, TRUE, Formula, atom, every, negated, some
from remit_engine.analysis.keys import key
from remit_engine.analysis.linear import Linear
from remit_engine.analysis.pieces import (
    NO_NAMES,
    Names,
    Piece,
    Symbol,
    Truth,
)
from remit_engine.analysis.sets import compared, symbols
from remit_engine.rules.ir import Model

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}


@dataclass(slots=True)
class Reading(ABC):
    """Reads the expressions of one action for an unnamed holder of one position (None: for
    expressions that do not ask who acts)."""

    model: Model
    facts: Facts
    position: str | None = None

    @abstractmethod
    def truth(self, e: x.Expression, names: Names = NO_NAMES) -> Truth:
        """Where a condition is true and where it is false."""

    @abstractmethod
    def numbers(self, e: x.Expression, names: Names = NO_NAMES) -> list[Piece]:
        """The pieces of a number, a date (by ordinal) or a duration."""

    @abstractmethod
    def symbols(self, e: x.Expression, names: Names = NO_NAMES) -> list[Symbol]:
        """The pieces of a text, enum member, position, boolean or person (by position)."""

    # --- comparisons -------------------------------------------------------------------------

    def ordered(
        self, operator: str, left: x.Expression, right: x.Expression, names: Names
    ) -> Truth:
        """A comparison; of a min or max each operand by itself, which keeps to single facts."""
        if operator in ("=", "!="):
            return self.relation(operator, self.numbers(left, names), self.numbers(right, names))
        if isinstance(left, x.Extremum) and not isinstance(right, x.Extremum):
            return self.ordered(_MIRRORED[operator], right, left, names)
        if not isinstance(right, x.Extremum):
            return self.relation(operator, self.numbers(left, names), self.numbers(right, names))
        tests = [self.ordered(operator, left, o, names) for o in right.operands]
        known = every(*(some(t.true, t.false) for t in tests))
        all_of = (right.function == "min") == (operator in ("<", "<="))
        if all_of:
            return Truth(
                every(*(t.true for t in tests)), every(known, some(*(t.false for t in tests)))
            )
        return Truth(every(known, some(*(t.true for t in tests))), every(*(t.false for t in tests)))

    def relation(self, operator: str, left: Iterable[Piece], right: Iterable[Piece]) -> Truth:
        """Where two numbers given by their pieces compare so, and where they do not."""
        true, false = [], []
        for a, b in itertools.product(left, list(right)):
            both = every(a.guard, b.guard)
            if both == FALSE:
                continue
            difference = a.form - b.form
            true.append(every(both, self.against_zero(difference, operator)))
            false.append(every(both, self.against_zero(difference, _OPPOSITE[operator])))
        return Truth(some(*true), some(*false))

    def against_zero(self, form: Linear, operator: str) -> Formula:
        """Where a linear form compares so with zero."""
        if form.fixed:
            zero = compared(operator, Fraction(0))
            return TRUE if form.constant in zero else FALSE
        name, factor = form.terms[0]
        scaled = form.times(1 / factor)
        operator = operator if factor > 0 else _MIRRORED[operator]
        target = -scaled.constant
        if len(form.terms) == 1:
            whole = self.facts.columns[name].whole
            return atom(name, compared(operator, target, whole))
        combined = Linear(scaled.terms)
        column = Column(str(combined), COMBINED, "line", form=combined)
        return atom(self.facts.columns.add(column), compared(operator, target))

    def differences(self, left: list[Piece], right: list[Piece]) -> list[Piece]:
        """One number less the other."""
        return [
            Piece(guard, a.form - b.form)
            for a, b in itertools.product(left, right)
            if (guard := every(a.guard, b.guard)) != FALSE
        ]

    def same(self, a: Symbol, b: Symbol) -> Formula | None:
        """Where two symbols are equal; None when that cannot be said column by column."""
        if a.column is None:
            return self.among(b, {a.constant})
        if b.column is None:
            return self.among(a, {b.constant})
        if a.column == b.column:
            return TRUE
        if self.facts.columns[a.column].members is None:
            return None
        return some(*(every(self.among(a, {v}), self.among(b, {v})) for v in self.values(a)))

    def values(self, s: Symbol) -> tuple[str | bool, ...]:
        """What a symbol may be."""
        if s.column is None:
            return () if s.constant is None else (s.constant,)
        return self.facts.columns[s.column].members or ()

    def among(self, s: Symbol, members: Iterable[str | bool | None]) -> Formula:
        """Where a symbol is one of these."""
        wanted = symbols(m for m in members if m is not None)
        if s.column is None:
            return TRUE if s.constant in wanted.members else FALSE
        column = self.facts.columns[s.column]
        if column.members is not None:
            wanted = wanted.meet(symbols(column.members))
            if len(wanted.members) == len(column.members):
                return TRUE
        return atom(s.column, wanted)

    # --- what is read as a whole ---------------------------------------------------------------

    def is_given(self, e: x.IsGiven, names: Names) -> Truth:
        """Where an optional fact is given."""
        operand = e.operand
        if isinstance(operand, x.Variable):
            bound = names.get(operand.name)
            if not isinstance(bound, x.Fact):
                return self.opaque_truth(e, names)
            operand = x.Fact(operand.span, operand.type, (*bound.path, *operand.path), True)
        given = self.facts.given(operand.path)
        if operand.path[0] == "requester":  # a requester not named is missing, not absent
            return Truth(given, FALSE)
        return Truth(given, negated(given))

    def opaque_truth(self, e: x.Expression, names: Names) -> Truth:
        """A condition read as a whole."""
        guard = self.certain(e, names)
        name = OPAQUE + key(self.facts.bound(e, names))
        self.facts.columns.add(
            Column(name, DERIVED, "boolean", members=(True, False), expression=e)
        )
        true = atom(name, symbols([True]))
        return Truth(every(guard, true), every(guard, negated(true)))

    def opaque_number(self, e: x.Expression, names: Names) -> Piece:
        """A number read as a whole."""
        guard = self.certain(e, names)
        expression = self.facts.bound(e, names)
        counted = isinstance(e, x.Aggregate) and e.function == "count"
        name = self.facts.columns.add(
            Column(
                OPAQUE + key(expression),
                DERIVED,
                "line",
                whole=counted or e.type.kind == "date",
                range=compared(">=", Fraction(0)) if counted else compared("<", Fraction(0)).join(
                    compared(">=", Fraction(0))),
                expression=expression,
            )
        )  # fmt: skip
        return Piece(guard, linear.column(name))

    def opaque_symbol(self, e: x.Expression, names: Names) -> str:
        """The column of a symbol read as a whole."""
        expression = self.facts.bound(e, names)
        kind, members = self.facts.domain(e.type)
        column = Column(
            OPAQUE + key(expression), DERIVED, kind, members=members, expression=expression
        )
        return self.facts.columns.add(column)

    def certain(self, e: x.Expression, names: Names) -> Formula:
        """Where something read as a whole has a value: with its optional facts given, and, where
        more may go wrong with it, wherever the interpreter will say so."""
        expression = self.facts.bound(e, names)
        given = TRUE
        if self.facts.strict(expression):
            given = every(*(self.facts.given(f.path) for f in self.facts.read_in(expression)))
            if not self.facts.may_fail(expression):
                return given
        name = KNOWN + key(expression)
        self.facts.columns.add(
            Column(name, CERTAINTY, "boolean", members=(True, False), expression=expression)
        )
        return every(given, atom(name, symbols([True])))
