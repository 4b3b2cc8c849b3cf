"""Expressions as SQL in exact whole numbers: quotients, conditions, texts and days."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Protocol

from remit_dsl import expressions as x
from remit_dsl.program import Program
from remit_engine.commission.batch.forms import NOWHERE, TARGET
from remit_engine.commission.batch.whole import (
    ONE,
    Ratio,
    TooWide,
    Whole,
    chosen,
    literal,
    rounded,
)
from remit_engine.compile.to_sql import literal as text_literal
from remit_engine.compile.to_sql import plainly_written
from remit_engine.compile.unsupported import Unsupported

UNKNOWN = Ratio(Whole("CAST(NULL AS BIGINT)", 0, 0), ONE)


class Source(Protocol):
    """Where the values of a row come from. Each raises Unsupported for what it has not."""

    def settled(self, e: x.Expression) -> bool:
        """True for an expression that was evaluated before."""
        ...

    def number(self, e: x.Expression) -> Ratio:
        """A fact, or what was evaluated before."""
        ...

    def other(self, e: x.Expression) -> str:
        """The SQL of a text, a boolean (as a condition) or a day."""
        ...

    def given(self, e: x.Expression) -> str:
        """The condition that a fact is given."""
        ...

    def kept(self, value: Ratio) -> Ratio:
        """The same, short to write."""
        ...


class Translator:
    """Translates expressions over one source. Raises Unsupported."""

    def __init__(self, program: Program, source: Source) -> None:
        self._program, self._source = program, source

    def number(self, e: x.Expression) -> Ratio:
        """A numeric expression."""
        try:
            return self._number(e)
        except TooWide:
            raise Unsupported(e, TARGET) from None

    def _number(self, e: x.Expression) -> Ratio:
        if isinstance(e, x.Constant) and isinstance(e.value, Fraction):
            return Ratio.of(e.value)
        if isinstance(e, x.Fact) and e.path == NOWHERE:
            return UNKNOWN
        if self._source.settled(e) or isinstance(e, x.Fact):
            return self._source.number(e)
        match e:
            case x.Negate():
                return -self.number(e.operand)
            case x.Absolute():
                return self._source.kept(self.number(e.operand)).absolute
            case x.Arithmetic():
                return self._arithmetic(e)
            case x.Extremum():
                return self._extremum(e)
            case x.Round():
                return self.rounded(self.number(e.operand), e.mode, e.step)
            case x.Choose():
                test = self.condition(e.condition)
                then, otherwise = self.number(e.then), self.number(e.otherwise)
                return chosen([(test, then), (f"NOT {test}", otherwise)], None)
            case x.BandLookup():
                return self._bands(self._source.kept(self.number(e.operand)), e.rows)
            case x.Fallback(operand=x.Fact() as fact):
                given = self._source.given(fact)
                return chosen([(given, self.number(fact))], self.number(e.fallback))
            case x.DateDifference(unit="days"):
                return Ratio(self._days(e.end) - self._days(e.start))
        raise Unsupported(e, TARGET)

    def rounded(self, value: Ratio, mode: str, step: Fraction) -> Ratio:
        """To a multiple of a step."""
        over = value.over * literal(step.denominator)
        under = value.under * literal(step.numerator)
        if under.known == 1:
            return Ratio(over * literal(step.numerator), literal(step.denominator))
        short = self._source.kept(Ratio(over, under))
        return Ratio(rounded(short.over, short.under, mode)) * Ratio.of(step)

    def _arithmetic(self, e: x.Arithmetic) -> Ratio:
        left, right = self.number(e.left), self.number(e.right)
        match e.operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
        if right.over.known is None:
            right = self._source.kept(right)
        return left * right.inverse

    def _extremum(self, e: x.Extremum) -> Ratio:
        found: Ratio | None = None
        for operand in e.operands:
            value = self._source.kept(self.number(operand))
            if found is None:
                found = value
                continue
            found = self._source.kept(found)
            test = found.compared("<=" if e.function == "min" else ">=", value)
            found = chosen([(test, found), (f"NOT {test}", value)], None)
        if found is None:
            raise Unsupported(e, TARGET)
        return found

    def _bands(self, value: Ratio, rows: tuple[x.BandRow, ...]) -> Ratio:
        first, *rest = rows
        if first.bound is None:
            return self.number(first.value)
        operator = "<=" if first.side == "up to" else "<"
        test = value.compared(operator, self.number(first.bound))
        then, otherwise = self.number(first.value), self._bands(value, tuple(rest))
        return chosen([(test, then), (f"NOT {test}", otherwise)], None)

    # --- conditions ------------------------------------------------------------------------

    def condition(self, e: x.Expression) -> str:
        """A boolean expression; NULL is unknown."""
        try:
            return self._condition(e)
        except TooWide:
            raise Unsupported(e, TARGET) from None

    def _condition(self, e: x.Expression) -> str:
        if isinstance(e, x.Constant) and isinstance(e.value, bool):
            return "TRUE" if e.value else "FALSE"
        if self._source.settled(e) or isinstance(e, x.Fact):
            return self._source.other(e)
        match e:
            case x.AllOf():
                return f"({' AND '.join(self.condition(o) for o in e.operands)})"
            case x.AnyOf():
                return f"({' OR '.join(self.condition(o) for o in e.operands)})"
            case x.Not():
                return f"(NOT {self.condition(e.operand)})"
            case x.IsGiven(operand=x.Fact() as fact):
                return f"({self._source.given(fact)})"
            case x.Compare():
                return self._compare(e)
            case x.Contains(collection=x.Constant(value=frozenset() as members)):
                return self._contains(e, members)
            case x.Choose():
                test = self.condition(e.condition)
                then, otherwise = self.condition(e.then), self.condition(e.otherwise)
                return f"(CASE WHEN {test} THEN {then} WHEN NOT {test} THEN {otherwise} END)"
        raise Unsupported(e, TARGET)

    def _compare(self, e: x.Compare) -> str:
        operator = "<>" if e.operator == "!=" else e.operator
        if e.left.type.numeric:
            return self.number(e.left).compared(operator, self.number(e.right))
        if e.left.type.kind == "date":
            return f"({self._days(e.left).sql} {operator} {self._days(e.right).sql})"
        if e.left.type.kind == "boolean":
            return f"({self.condition(e.left)} {operator} {self.condition(e.right)})"
        return f"({self._text(e.left)} {operator} {self._text(e.right)})"

    def _contains(self, e: x.Contains, members: frozenset[str]) -> str:
        tree = self._program.enums.get(e.item.type.name or "")
        every = set(members)
        if tree is not None:
            every |= {m for m in tree.members if not members.isdisjoint(tree.lineage(m))}
        if e.item.type.numeric or e.item.type.kind == "date" or not every:
            raise Unsupported(e, TARGET)
        listed = ", ".join(_quoted(m, e) for m in sorted(every))
        return f"({self._text(e.item)} IN ({listed}))"

    def _text(self, e: x.Expression) -> str:
        if isinstance(e, x.Constant) and isinstance(e.value, str):
            return _quoted(e.value, e)
        if e.type.kind in ("record", "set", "list"):
            raise Unsupported(e, TARGET)
        if self._source.settled(e) or isinstance(e, x.Fact):
            return self._source.other(e)
        if isinstance(e, x.Choose):
            test = self.condition(e.condition)
            then, otherwise = self._text(e.then), self._text(e.otherwise)
            return f"(CASE WHEN {test} THEN {then} WHEN NOT {test} THEN {otherwise} END)"
        raise Unsupported(e, TARGET)

    def _days(self, e: x.Expression) -> Whole:
        """A day as its ordinal."""
        if isinstance(e, x.Constant) and isinstance(e.value, date):
            return literal(e.value.toordinal())
        if self._source.settled(e) or isinstance(e, x.Fact):
            return Whole(self._source.other(e), 1, date.max.toordinal())
        raise Unsupported(e, TARGET)


def _quoted(text: str, e: x.Expression) -> str:
    if not plainly_written(text):
        raise Unsupported(e, TARGET)
    return text_literal(text)
