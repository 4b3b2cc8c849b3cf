"""Numbers as linear pieces."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from remit_dsl import expressions as x
from remit_engine.analysis import linear
from remit_engine.analysis.columns import DERIVED, Column
from remit_engine.analysis.formula import FALSE, TRUE, Formula, every, negated, some
from remit_engine.analysis.linear import Linear
from remit_engine.analysis.lookups import Lookups
from remit_engine.analysis.pieces import (
    NO_NAMES,
    Names,
    Piece,
    number,
)


@dataclass(slots=True)
class Numbers(Lookups):
    """Reads numbers, dates and durations."""

    def numbers(self, e: x.Expression, names: Names = NO_NAMES) -> list[Piece]:
        """The pieces of a number, a date (by ordinal) or a duration."""
        match e:
            case x.Constant():
                return [Piece(TRUE, linear.fixed(number(e.value)))]
            case x.Fact():
                return [Piece(self.facts.given(e.path), linear.column(self.facts.column(e)))]
            case x.Variable():
                return self._bound(e, names)
            case x.ParameterValue():
                return self.dated(self.model.program.parameters[e.name].values)
            case x.DefinitionValue():
                return self.numbers(self.model.program.definitions[e.name].value)
            case x.Negate():
                inner = self.numbers(e.operand, names)
                return [Piece(p.guard, p.form.times(Fraction(-1))) for p in inner]
            case x.Arithmetic():
                return self._arithmetic(e, names)
            case x.Extremum():
                return self._extremum(e, names)
            case x.Absolute():
                return self._absolute(e, names)
            case x.Choose():
                return self._chosen(e, names)
            case x.Fallback():
                return self._fallback(e, names)
            case x.BandLookup():
                return self.row_numbers(self.band_rows(e, names), names)
            case x.TableLookup() if self.rows_apply(e):
                arguments = self.arguments(e, names)
                return self.row_numbers(self.table_rows(e, arguments), arguments)
            case x.Exchanged():
                return self.exchanged(e, names)
            case x.DateDifference(unit="days"):
                return self.differences(self.numbers(e.end, names), self.numbers(e.start, names))
            case x.AddToDate(month_rule=None):
                return self._shifted(e, names)
        return [self.opaque_number(e, names)]

    def _bound(self, e: x.Variable, names: Names) -> list[Piece]:
        if e.name in names and not e.path:
            return self.numbers(names[e.name])
        return [self.opaque_number(e, names)]

    def _arithmetic(self, e: x.Arithmetic, names: Names) -> list[Piece]:
        left, right = self.numbers(e.left, names), self.numbers(e.right, names)
        if e.operator == "-":
            return self.differences(left, right)
        if e.operator == "+":
            negative = [Piece(p.guard, p.form.times(Fraction(-1))) for p in right]
            return self.differences(left, negative)
        found = []
        for a, b in itertools.product(left, right):
            guard = every(a.guard, b.guard)
            if guard != FALSE:
                found += self._scaled(e, guard, a.form, b.form, names)
        return found

    def _scaled(
        self, e: x.Arithmetic, guard: Formula, a: Linear, b: Linear, names: Names
    ) -> list[Piece]:
        if e.operator == "*" and (a.fixed or b.fixed):
            form = b.times(a.constant) if a.fixed else a.times(b.constant)
            return [Piece(guard, form)]
        if e.operator == "/" and b.fixed:
            return [Piece(guard, a.times(1 / b.constant))] if b.constant else []
        if e.operator == "/":
            guard = every(guard, self.against_zero(b, "!="))
        name = f"({a}) {e.operator} ({b})"
        expression = self.facts.bound(e, names)
        self.facts.columns.add(Column(name, DERIVED, "line", expression=expression))
        return [Piece(guard, linear.column(name))]

    def _extremum(self, e: x.Extremum, names: Names) -> list[Piece]:
        groups = [self.numbers(o, names) for o in e.operands]
        operator = "<" if e.function == "min" else ">"
        found = []
        for chosen in itertools.product(*groups):
            known = every(*(p.guard for p in chosen))
            if known == FALSE:
                continue
            for i, piece in enumerate(chosen):
                wins = [
                    self.against_zero(
                        piece.form - other.form, operator if j < i else f"{operator}="
                    )
                    for j, other in enumerate(chosen)
                    if j != i
                ]
                guard = every(known, *wins)
                if guard != FALSE:
                    found.append(Piece(guard, piece.form))
        return found

    def _absolute(self, e: x.Absolute, names: Names) -> list[Piece]:
        found = []
        for p in self.numbers(e.operand, names):
            found.append(Piece(every(p.guard, self.against_zero(p.form, ">=")), p.form))
            negative = p.form.times(Fraction(-1))
            found.append(Piece(every(p.guard, self.against_zero(p.form, "<")), negative))
        return [p for p in found if p.guard != FALSE]

    def _chosen(self, e: x.Choose, names: Names) -> list[Piece]:
        when = self.truth(e.condition, names)
        then, otherwise = self.numbers(e.then, names), self.numbers(e.otherwise, names)
        found = [Piece(every(when.true, p.guard), p.form) for p in then]
        found += [Piece(every(when.false, p.guard), p.form) for p in otherwise]
        unsettled = negated(some(when.true, when.false))
        if unsettled != FALSE:
            for a, b in itertools.product(then, otherwise):
                same = self.against_zero(a.form - b.form, "=")
                found.append(Piece(every(unsettled, a.guard, b.guard, same), a.form))
        return [p for p in found if p.guard != FALSE]

    def _fallback(self, e: x.Fallback, names: Names) -> list[Piece]:
        given = self.is_given(x.IsGiven(e.span, e.type, e.operand), names)
        found = [Piece(every(given.true, p.guard), p.form) for p in self.numbers(e.operand, names)]
        found += [Piece(every(given.false, p.guard), p.form) for p in
                  self.numbers(e.fallback, names)]  # fmt: skip
        return [p for p in found if p.guard != FALSE]

    def _shifted(self, e: x.AddToDate, names: Names) -> list[Piece]:
        found = []
        last = Fraction(date.max.toordinal())
        for day, span in itertools.product(
            self.numbers(e.date, names), self.numbers(e.duration, names)
        ):
            if not span.form.fixed:
                return [self.opaque_number(e, names)]
            count = Fraction(e.sign * int(span.form.constant))
            form = day.form + linear.fixed(count)
            inside = every(
                self.against_zero(form - linear.fixed(1), ">="),
                self.against_zero(form - linear.fixed(last), "<="),
            )
            found.append(Piece(every(day.guard, span.guard, inside), form))
        return [p for p in found if p.guard != FALSE]
