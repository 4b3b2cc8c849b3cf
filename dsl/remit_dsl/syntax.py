"""The syntax tree: what was written, with its place, before any name has a meaning.

Nodes compare by identity; `same` compares two trees without their places.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Any
from typing import Literal as Choice

from remit_dsl.source import Span


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Name(Node):
    """One identifier, NFC normalised."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class QName(Node):
    """A dotted name: `sales.organisation`, `sales_manager`."""

    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The dotted name."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class Label(Node):
    """A quoted text with translations: `"Sales manager" zh "销售经理"`."""

    text: str
    translations: tuple[tuple[str, str], ...] = ()


# --- types -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class TypeExpr(Node):
    """A written type. `kind` is a word of the language or `named`, `set`, `list`.

    `money USD` fills `currency`; `duration` is in days, `months` in months; a record, enum,
    `position` or `Person` is `named`; `set of T` and `list of T` fill `element`.
    """

    kind: str
    name: QName | None = None
    currency: str | None = None
    element: TypeExpr | None = None
    optional: bool = False


# --- expressions -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Expr(Node):
    pass


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Expr):
    """A literal. `value` is exact and in base units (12% is 3/25, 20万 is 200000).

    kind: number, money (a number with a currency code), percent, text, boolean, date,
    days (weeks are 7 days), months (years are 12 months).
    unit: as written, for printing: `%` `‰` `bp` `CNY` `万` `亿` `days` `day` `weeks` `months` …
    month_rule: `clipped` or `rolled` on a months literal, where stated.
    written: the literal as it stood in the text.
    """

    kind: str
    value: Fraction | str | bool | date
    written: str
    unit: str | None = None
    month_rule: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ref(Expr):
    """A dotted reference: `order.total`, `actor.territory`, `sales_manager`, `east`."""

    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The dotted name."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class Call(Expr):
    """`market_factor(region, maturity)`, and the built-in `min`, `max`, `abs`, and
    `sum`, `average`, `min`, `max`, `count` of one list: `sum(order.lines.amount)`."""

    function: QName
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Negative(Expr):
    operand: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic(Expr):
    """`+ - * /` and `of` (`10% of customer.yearly_sales`, a product)."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Expr):
    operator: str  # = != < <= > >=
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Membership(Expr):
    """`left in right` / `left not in right`; right is a set, a list, a tree member or `Choices`."""

    left: Expr
    right: Expr
    negated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Choices(Expr):
    """`(north, east)` on the right of `in`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Between(Expr):
    operand: Expr
    low: Expr
    high: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Logical(Expr):
    """`and` or `or` over two or more operands; the two mix only through parentheses."""

    operator: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Not(Expr):
    operand: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Presence(Expr):
    """`order.margin is given`, `order.margin is absent`."""

    operand: Expr
    given: bool


@dataclass(frozen=True, slots=True, eq=False)
class Reports(Expr):
    """`subject reports directly to actor`, `subject reports to actor` (all levels)."""

    subordinate: Expr
    superior: Expr
    direct: bool


@dataclass(frozen=True, slots=True, eq=False)
class Holds(Expr):
    """`nominee holds sales_supervisor`."""

    person: Expr
    position: QName


@dataclass(frozen=True, slots=True, eq=False)
class Conditional(Expr):
    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate(Expr):
    """`sum(line.amount * line.rate for line in order.lines where line.kind = gift)`,
    `count(line in order.lines where …)`, `any(line in order.lines where …)`, `all(…)`.

    function: sum average min max (with body), count any all (without body).
    """

    function: str
    body: Expr | None
    variable: Name
    over: Expr
    where: Expr | None


@dataclass(frozen=True, slots=True, eq=False)
class Bound(Node):
    """side: `up to`, `under`, `over`, `at least`, `between` (with `high`)."""

    side: str
    value: Expr
    high: Expr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BandRow(Node):
    """One row of `bands`; `bound` is None for `otherwise`."""

    bound: Bound | None
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Bands(Expr):
    operand: Expr
    rows: tuple[BandRow, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DateDifference(Expr):
    """`days from a to b` (unit `days`), `whole months from a to b` (unit `months`)."""

    unit: str
    start: Expr
    end: Expr


@dataclass(frozen=True, slots=True, eq=False)
class PeriodEdge(Expr):
    """`start of month of d`, `end of quarter of d`: edge `start`/`end`, unit month/quarter/year."""

    edge: str
    unit: str
    operand: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Rounded(Expr):
    """`E rounded half up to 0.01`; mode: `half up`, `half even`, `half down`, `up`, `down`
    (up: away from zero, down: toward zero)."""

    operand: Expr
    mode: str
    step: Literal


@dataclass(frozen=True, slots=True, eq=False)
class Converted(Expr):
    """`order.total in CNY at as_of` is written `order.total as CNY`: by the dated `exchange`."""

    operand: Expr
    currency: str


@dataclass(frozen=True, slots=True, eq=False)
class Default(Expr):
    """`order.margin otherwise 0%`: the value when the optional fact is given as absent."""

    operand: Expr
    fallback: Expr


# --- header ------------------------------------------------------------------------------


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


# --- declarations ------------------------------------------------------------------------


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


# --- authority ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Clauses(Node):
    """What may follow a rule, in any order: when / unless, from, until, because, source."""

    when: Expr | None = None
    unless: Expr | None = None
    start: date | None = None
    until: date | None = None
    because: Label | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Total(Node):
    """`50_000 per month`, `30_000 per customer per quarter`."""

    amount: Expr
    key: Ref | None
    period: str  # day week month quarter year


@dataclass(frozen=True, slots=True, eq=False)
class Limit(Node):
    """kind: `bound`, `any`, `unset`, `none` (nothing written).

    `up to 10_000 each, 50_000 per month`: kind bound, bound and one total.
    `up to 30_000 per customer per quarter`: kind bound, no bound, one total.
    """

    kind: str
    bound: Bound | None = None
    totals: tuple[Total, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Statement(Node):
    pass


@dataclass(frozen=True, slots=True, eq=False)
class Grant(Statement):
    """subjects empty: `anyone may …`."""

    label: Name | None
    subjects: tuple[QName, ...]
    verb: Name
    limit: Limit
    clauses: Clauses


@dataclass(frozen=True, slots=True, eq=False)
class Prohibition(Statement):
    """subjects empty: `nobody may …`."""

    label: Name | None
    subjects: tuple[QName, ...]
    verb: Name
    bound: Bound | None
    clauses: Clauses


@dataclass(frozen=True, slots=True, eq=False)
class Step(Node):
    pass


@dataclass(frozen=True, slots=True, eq=False)
class ApprovalStep(Step):
    """`review by finance_controller` (count 1), `2 of (a, b, c)` (verb None),
    `all of (a, b)` (count None), `countersign by 2 of (a, b)`, `review by a or b` is `1 of`."""

    verb: Name | None
    count: int | None
    positions: tuple[QName, ...]


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceStep(Step):
    """`evidence delivery_list "Delivery list signed by the customer"`."""

    name: Name
    label: Label | None = None


@dataclass(frozen=True, slots=True, eq=False)
class AllSteps(Step):
    """`a and b`: all, in any order."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SequenceSteps(Step):
    """`a then b`: all, in this order."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Requirement(Statement):
    """`approve over 10% needs review by finance_controller when …`."""

    label: Name | None
    verb: Name
    bound: Bound | None
    steps: Step
    clauses: Clauses


@dataclass(frozen=True, slots=True, eq=False)
class SelfBar(Statement):
    """`requester may not approve`."""

    label: Name | None
    verb: Name
    clauses: Clauses


@dataclass(frozen=True, slots=True, eq=False)
class Separation(Statement):
    """`separate review and approve`: two persons."""

    label: Name | None
    verbs: tuple[Name, Name]
    clauses: Clauses


@dataclass(frozen=True, slots=True, eq=False)
class Inherit(Statement):
    """`superiors inherit`."""


@dataclass(frozen=True, slots=True, eq=False)
class Escalation(Statement):
    """mode: `first` (the first superior able), `every` (through every level), `position`."""

    mode: Choice["first", "every", "position"]
    target: QName | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Authority(Declaration):
    action: QName
    label: Label | None
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Delegation(Declaration):
    """`delegation of discount { to one level below  at most 90 days … }`.

    levels: 1 for `to one level below`, None for `to any level below` or explicit `to` positions.
    cap: `at most 5%` besides or instead of `at most own limit` (which always holds).
    """

    action: QName
    levels: int | None = None
    any_level: bool = False
    to: tuple[QName, ...] = ()
    longest: Literal | None = None
    own_limit: bool = False
    cap: Expr | None = None
    approval_by: QName | None = None
    onward: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Comment(Node):
    """`# …`, text without the mark; `own_line` when nothing stands before it on its line."""

    text: str
    own_line: bool


@dataclass(frozen=True, slots=True, eq=False)
class File(Node):
    policy: Policy | None
    uses: tuple[Use, ...]
    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...] = ()


def same(a: Any, b: Any) -> bool:
    """True when two trees say the same, places and comments aside."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, Node) and isinstance(b, Node):
        return type(a) is type(b) and all(
            same(getattr(a, f.name), getattr(b, f.name))
            for f in fields(a)
            if f.name not in ("span", "comments", "written")
        )
    return type(a) is type(b) and bool(a == b)
