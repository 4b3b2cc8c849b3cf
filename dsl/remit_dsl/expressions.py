"""Checked expressions: every name has its meaning and every node its type.

Values at run time are exact: `Fraction` for everything numeric (money in its currency, percent
as a ratio, durations as a count of days or of months), `str` for text, enum members (their bare
name) and positions (their qualified name), `bool`, `date`, `frozenset`, `tuple` for lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from remit_dsl.source import Span
from remit_dsl.types import Type

Value = Fraction | str | bool | date | frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    span: Span
    type: Type


@dataclass(frozen=True, slots=True, eq=False)
class Constant(Expression):
    """A value; `written` is how the author spelt it (for printing with its unit)."""

    value: Value
    written: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Fact(Expression):
    """A fact of the request by path: ("order", "total"), ("actor", "territory"), ("as_of",).

    `optional`: the last step is declared optional, so it may be given as absent.
    """

    path: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Variable(Expression):
    """The element of an aggregate or the column of a table row, with a path into it:
    `line.amount` is name "line", path ("amount",)."""

    name: str
    path: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ParameterValue(Expression):
    """The value of a dated parameter on the request's `as_of`; `name` is qualified."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class DefinitionValue(Expression):
    """The value of a `define`; `name` is qualified."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class TableLookup(Expression):
    """`name` is qualified; arguments in column order."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Negate(Expression):
    operand: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic(Expression):
    """operator: + - * / on numbers (`of` is already `*`)."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Extremum(Expression):
    """function: min, max, over two or more operands."""

    function: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Absolute(Expression):
    operand: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Compare(Expression):
    """operator: = != < <= > >=; order only between numbers, dates and durations of one kind."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Contains(Expression):
    """True when `item`, or for a tree enum one of its ancestors, is a member of `collection`.

    `collection` is a Constant with a frozenset, or a set or list valued expression.
    """

    item: Expression
    collection: Expression


@dataclass(frozen=True, slots=True, eq=False)
class AllOf(Expression):
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class AnyOf(Expression):
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Not(Expression):
    """`refused`: it stands after `unless`, so the text at its span is the contrary."""

    operand: Expression
    refused: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class IsGiven(Expression):
    """False when the optional fact is given as absent (null); unknown while it is missing."""

    operand: Fact | Variable


@dataclass(frozen=True, slots=True, eq=False)
class ReportsTo(Expression):
    """Both operands are of type Person or position."""

    subordinate: Expression
    superior: Expression
    direct: bool


@dataclass(frozen=True, slots=True, eq=False)
class HoldsPosition(Expression):
    """`position` is qualified."""

    person: Expression
    position: str


@dataclass(frozen=True, slots=True, eq=False)
class Choose(Expression):
    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate(Expression):
    """function: sum average min max (over `body`), count any all (over `where`).

    `sum(order.lines.amount)` is elaborated to this with a fresh variable. sum of none is 0, count
    0, any false, all true; average, min and max of none are undefined (a fault, not a number).
    """

    function: str
    variable: str
    over: Expression
    where: Expression | None
    body: Expression | None


@dataclass(frozen=True, slots=True, eq=False)
class BandRow:
    """side: `under` or `up to`, or None for `otherwise` (then `bound` is None)."""

    side: str | None
    bound: Expression | None
    value: Expression


@dataclass(frozen=True, slots=True, eq=False)
class BandLookup(Expression):
    """The value of the first row whose bound holds; bounds ascend and the last is `otherwise`."""

    operand: Expression
    rows: tuple[BandRow, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DateDifference(Expression):
    """unit `days`: end - start. unit `months`: complete months from start to end (negative when
    end is earlier; a month is complete on the same day of month, or month end if there is none)."""

    unit: str
    start: Expression
    end: Expression


@dataclass(frozen=True, slots=True, eq=False)
class PeriodEdge(Expression):
    """First or last day of the month, quarter, year or (Monday based) week of a date."""

    edge: str
    unit: str
    operand: Expression


@dataclass(frozen=True, slots=True, eq=False)
class AddToDate(Expression):
    """date + sign * duration; `month_rule` (`clipped`, `rolled`) is set when it is in months."""

    date: Expression
    duration: Expression
    sign: int
    month_rule: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Round(Expression):
    """mode: half up (away from zero), half even, half down, up (away from zero), down."""

    operand: Expression
    mode: str
    step: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Exchanged(Expression):
    """operand in `base` converted to `quote` at the rate in force on `as_of`."""

    operand: Expression
    base: str
    quote: str


@dataclass(frozen=True, slots=True, eq=False)
class Fallback(Expression):
    """`operand`, or `fallback` when the optional fact is given as absent."""

    operand: Fact | Variable
    fallback: Expression


def children(e: Expression) -> tuple[Expression, ...]:
    """The direct subexpressions, in reading order."""
    match e:
        case Negate() | Absolute() | Not() | PeriodEdge() | Round() | Exchanged() | IsGiven():
            return (e.operand,)
        case Arithmetic() | Compare():
            return (e.left, e.right)
        case Extremum() | AllOf() | AnyOf():
            return e.operands
        case Contains():
            return (e.item, e.collection)
        case ReportsTo():
            return (e.subordinate, e.superior)
        case HoldsPosition():
            return (e.person,)
        case Choose():
            return (e.condition, e.then, e.otherwise)
        case Aggregate():
            return tuple(x for x in (e.over, e.where, e.body) if x is not None)
        case BandLookup():
            inner = tuple(x for r in e.rows for x in (r.bound, r.value) if x is not None)
            return (e.operand, *inner)
        case DateDifference():
            return (e.start, e.end)
        case AddToDate():
            return (e.date, e.duration)
        case Fallback():
            return (e.operand, e.fallback)
        case TableLookup():
            return e.arguments
    return ()


def walk(e: Expression) -> Iterator[Expression]:
    """The expression and everything in it, without recursion."""
    todo = [e]
    while todo:
        at = todo.pop()
        yield at
        todo.extend(reversed(children(at)))
