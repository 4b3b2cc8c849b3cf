"""The header of a policy and its declarations, authority aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from remit_dsl.syntax.expressions import Bound, Expr, Literal, Ref
from remit_dsl.syntax.nodes import Label, Name, Node, QName, TypeExpr


@dataclass(frozen=True, slots=True, eq=False)
class Policy(Node):
    name: QName
    label: Label | None = None
    document: str | None = None
    version: str | None = None
    revision: str | None = None
    summary: str | None = None
    effective_from: date | None = None
    effective_until: date | None = None
    approved_on: date | None = None
    published_on: date | None = None
    owner: QName | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Use(Node):
    names: tuple[QName, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Declaration(Node):
    pass


@dataclass(frozen=True, slots=True, eq=False)
class EnumMember(Node):
    name: Name
    label: Label | None = None
    children: tuple[EnumMember, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Enum(Declaration):
    name: Name
    label: Label | None
    members: tuple[EnumMember, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Position(Declaration):
    name: Name
    label: Label | None = None
    reports_to: QName | None = None
    dotted_line_to: tuple[QName, ...] = ()
    also_called: tuple[str, ...] = ()
    answers_for: tuple[str, ...] = ()
    headcount: int | None = None
    external: bool = False
    source: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Field(Node):
    name: Name
    type: TypeExpr
    label: Label | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Record(Declaration):
    name: Name
    label: Label | None
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DatedValue(Node):
    """`from 2026-01-01 -> 10% source "memo 7"`; value None is `unset`."""

    start: date | None
    until: date | None
    value: Expr | None
    source: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Parameter(Declaration):
    """`parameter x "…": percent { from … -> … }`, or undated `parameter x: percent = 10%`
    (one DatedValue without start)."""

    name: Name
    label: Label | None
    type: TypeExpr
    values: tuple[DatedValue, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Exchange(Declaration):
    """`exchange USD to CNY { from 2026-01-01 -> 7.10 source "…" }`."""

    base: str
    quote: str
    values: tuple[DatedValue, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Define(Declaration):
    name: Name
    label: Label | None
    type: TypeExpr
    value: Expr
    source: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Cell(Node):
    """A table cell: exactly one of `any` (no field filled), a bound, or the listed values
    (`east`, `east or west`); `negated` for `not east`."""

    bound: Bound | None = None
    values: tuple[Expr, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class TableRow(Node):
    cells: tuple[Cell, ...]
    value: Expr
    source: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Table(Declaration):
    """hit: unique (default), first, collect; aggregation: sum min max count for collect."""

    name: Name
    label: Label | None
    columns: tuple[Field, ...]
    gives: TypeExpr
    hit: str
    aggregation: str | None
    rows: tuple[TableRow, ...]
    csv: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Measure(Node):
    """`limit on amount summed by vendor over 60 days`."""

    value: Expr
    summed_by: Ref | None = None
    window: Literal | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Action(Declaration):
    name: Name
    label: Label | None
    fields: tuple[Field, ...]
    measure: Measure | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Right(Declaration):
    """`right release "Release" implies recommend`: a further verb, or an implication."""

    name: Name
    label: Label | None
    implies: tuple[Name, ...] = ()
