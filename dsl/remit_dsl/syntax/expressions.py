"""Expressions as written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from remit_dsl.syntax.nodes import Name, Node, QName


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
