"""Where what a rule says may turn as the numbers of a row move: points on axes.

Read with everything else of a row known (texts, booleans, the day's parameters, who asks), a rule
compares quotients of polynomials. Between two neighbouring points of every axis each comparison
keeps its result, so all rows there get one answer. What is no such comparison raises Unsupported.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl import expressions as x
from remit_engine.compile.sql_columns import TOTALS, Path
from remit_engine.compile.sql_forms import Axis, Polynomial, Quotient, TooComplex, cut
from remit_engine.compile.unsupported import Unsupported
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown

TARGET = "to_sql"
EPOCH = date(1970, 1, 1).toordinal()
MOST_PAIRS = 400
Point = tuple[Axis, Fraction]


@dataclass(slots=True)
class Cuts:
    """Collects the points of what it is shown.

    env: holds all facts but those of `numbers`, which are columns. bound: variables of a table row
    that stand for columns. doubts: where a number of the row meets a fact that is not known, so
    that what some completion of the fact would do hangs on more than the points.
    """

    env: Environment
    numbers: Mapping[Path, Polynomial]
    bound: Mapping[str, list[Quotient]] = field(default_factory=dict)
    points: set[Point] = field(default_factory=set)
    doubts: set[str] = field(default_factory=set)

    def truth(self, e: x.Expression) -> Any:
        """The value of a condition where it hangs on no number; else None, its points noted."""
        if not self.varies(e):
            return evaluate(e, self.env)
        match e:
            case x.AllOf():
                return self._junction(e.operands, False)
            case x.AnyOf():
                return self._junction(e.operands, True)
            case x.Not():
                self.truth(e.operand)
            case x.DefinitionValue():
                self._outside().truth(self.env.model.program.definitions[e.name].value)
            case x.Compare() if e.left.type.numeric or e.left.type.kind == "date":
                self.cross(self.lines(e.left), self.lines(e.right))
            case x.Compare():
                self._branches(e.left)
                self._branches(e.right)
            case x.Contains():
                self._contains(e)
            case x.Choose():
                self._branches(e)
            case x.Fallback():
                self._missed(e.operand)
                self.truth(e.fallback)
            case _:
                raise Unsupported(e, TARGET)
        return None

    def _junction(self, operands: Iterable[x.Expression], settled: bool) -> Any:
        """A conjunction (settled by False) or a disjunction (settled by True)."""
        varying = []
        for operand in operands:
            if self.varies(operand):
                varying.append(operand)
            elif evaluate(operand, self.env) is settled:
                return settled
        for operand in varying:
            if self.truth(operand) is settled:
                return settled
        return None

    def _contains(self, e: x.Contains) -> None:
        if self.varies(e.collection) or not isinstance(e.collection, x.Constant):
            raise Unsupported(e, TARGET)
        held = e.collection.value
        values: frozenset[Any] = held if isinstance(held, frozenset) else frozenset()
        if e.item.type.numeric:
            known = [_constant(v) for v in values if isinstance(v, Fraction)]
            self.cross(self.lines(e.item), known)
        else:
            self._branches(e.item)

    def _branches(self, e: x.Expression) -> None:
        """Points of a value that is no number, or of either truth."""
        if not self.varies(e):
            return
        match e:
            case x.Choose():
                self.truth(e.condition)
                for branch in (e.then, e.otherwise):
                    if branch.type.kind == "boolean":
                        self.truth(branch)
                    else:
                        self._branches(branch)
            case x.DefinitionValue():
                self._outside()._branches(self.env.model.program.definitions[e.name].value)
            case x.BandLookup():
                self._bands(e)
            case x.TableLookup():
                self._table(e)
            case _:
                self.truth(e)

    # --- numbers ---------------------------------------------------------------------------

    def lines(self, e: x.Expression) -> list[Quotient]:
        """The quotients a number may be; none where it is not known."""
        if not self.varies(e):
            return self._known(e)
        match e:
            case x.Fact():
                return [Quotient(self.numbers[e.path])]
            case x.Variable():
                return self.bound[e.name]
            case x.DefinitionValue():
                return self._outside().lines(self.env.model.program.definitions[e.name].value)
            case x.Negate():
                return [-q for q in self.lines(e.operand)]
            case x.Absolute():
                inner = self.lines(e.operand)
                self.cross(inner, [_constant(Fraction(0))])
                return [*inner, *(-q for q in inner)]
            case x.Arithmetic():
                return self._arithmetic(e)
            case x.Extremum():
                return self._extremum(e)
            case x.Choose():
                return self._choice(e)
            case x.BandLookup():
                return self._bands(e)
            case x.TableLookup():
                return self._table(e)
            case x.DateDifference(unit="days"):
                return self._pairs(e.end, e.start, "-")
            case x.Fallback():
                return self._fallback(e)
            case x.Exchanged():
                one = x.Constant(e.span, e.operand.type, Fraction(1))
                rate = self._known(replace(e, operand=one))
                return self._operated(self.lines(e.operand), rate, "*")
        raise Unsupported(e, TARGET)

    def cross(self, left: Iterable[Quotient], right: Iterable[Quotient]) -> None:
        """Note where two numbers are equal."""
        for a, b in itertools.product(left, list(right)):
            self._note(a.over * b.under - b.over * a.under)

    def _note(self, difference: Polynomial) -> None:
        found = cut(difference)
        if found is not None:
            self.points.add(found[:2])

    def _known(self, e: x.Expression) -> list[Quotient]:
        value = evaluate(e, self.env)
        if isinstance(value, Unknown):
            self.doubts |= _curable(value)
            return []
        if isinstance(value, date):
            return [_constant(Fraction(value.toordinal() - EPOCH))]
        if not isinstance(value, Fraction):
            raise Unsupported(e, TARGET)
        return [_constant(value)]

    def _arithmetic(self, e: x.Arithmetic) -> list[Quotient]:
        chain: list[x.Arithmetic] = []
        first: x.Expression = e
        while isinstance(first, x.Arithmetic):
            chain.append(first)
            first = first.left
        found = self.lines(first)
        for link in reversed(chain):
            found = self._operated(found, self.lines(link.right), link.operator)
        return found

    def _pairs(self, left: x.Expression, right: x.Expression, operator: str) -> list[Quotient]:
        return self._operated(self.lines(left), self.lines(right), operator)

    def _operated(
        self, left: list[Quotient], right: list[Quotient], operator: str
    ) -> list[Quotient]:
        if len(left) * len(right) > MOST_PAIRS:
            raise TooComplex
        if operator == "/":
            for b in right:
                self._note(b.over)
            right = [b for b in right if b.over.known != 0]
        pairs = itertools.product(left, right)
        match operator:
            case "+":
                return [a + b for a, b in pairs]
            case "-":
                return [a - b for a, b in pairs]
            case "*":
                return [a * b for a, b in pairs]
        return [a / b for a, b in pairs]

    def _extremum(self, e: x.Extremum) -> list[Quotient]:
        groups = [self.lines(o) for o in e.operands]
        for one, other in itertools.combinations(groups, 2):
            self.cross(one, other)
        return [q for group in groups for q in group]

    def _choice(self, e: x.Choose) -> list[Quotient]:
        condition = self.truth(e.condition)
        if condition is True or condition is False:
            return self.lines(e.then if condition else e.otherwise)
        then, otherwise = self.lines(e.then), self.lines(e.otherwise)
        self.cross(then, otherwise)
        return then + otherwise

    def _bands(self, e: x.BandLookup) -> list[Quotient]:
        operand = self.lines(e.operand)
        found: list[Quotient] = []
        for row in e.rows:
            if row.bound is not None:
                self.cross(operand, self.lines(row.bound))
            found += self._value(row.value)
        return found

    def _value(self, e: x.Expression) -> list[Quotient]:
        if e.type.numeric or e.type.kind == "date":
            return self.lines(e)
        self._branches(e)
        return []

    def _table(self, e: x.TableLookup) -> list[Quotient]:
        table = self.env.model.program.tables[e.name]
        if table.hit == "collect":
            raise Unsupported(e, TARGET)
        env, bound = self.env.outside(), {}
        for column, argument in zip(table.columns, e.arguments, strict=True):
            if self.varies(argument):
                bound[column.name] = self.lines(argument)
            else:
                value = evaluate(argument, self.env)
                if isinstance(value, Unknown):
                    self.doubts |= _curable(value)
                env = env.binding(column.name, value, column.name)
        inner = Cuts(env, self.numbers, bound, self.points, self.doubts)
        found: list[Quotient] = []
        for row in table.rows:
            if inner._junction(row.conditions, False) is not False:
                found += inner._value(row.value)
        return found

    def _fallback(self, e: x.Fallback) -> list[Quotient]:
        if self.varies(e.operand):
            return self.lines(e.operand)
        self._missed(e.operand)
        return self.lines(e.fallback)

    def _missed(self, e: x.Expression) -> None:
        value = evaluate(e, self.env)
        if isinstance(value, Unknown):
            self.doubts |= _curable(value)

    # --- what varies -----------------------------------------------------------------------

    def _outside(self) -> Cuts:
        """The same where definitions are read."""
        if not self.bound:
            return self
        return Cuts(self.env.outside(), self.numbers, {}, self.points, self.doubts)

    def varies(self, e: x.Expression) -> bool:
        """True when the value of an expression hangs on a number of the row."""
        match e:
            case x.Fact():
                return e.path in self.numbers
            case x.Variable():
                return e.name in self.bound
            case x.IsGiven() | x.Constant() | x.ParameterValue() | x.Aggregate():
                return False  # a list is never a column, so what is made of one is not known
            case x.Fallback() if not self.varies(e.operand):
                unknown = isinstance(evaluate(e.operand, self.env), Unknown)
                return unknown and self.varies(e.fallback)
            case x.DefinitionValue():
                return self._outside().varies(self.env.model.program.definitions[e.name].value)
        return any(self.varies(c) for c in x.children(e))


def _constant(value: Fraction) -> Quotient:
    return Quotient(Polynomial.constant(value))


def _curable(value: Unknown) -> set[str]:
    """The facts it hangs on that somebody may try values for (running totals are none)."""
    return {path for path in value.missing if not path.startswith(f"{TOTALS}.")}
