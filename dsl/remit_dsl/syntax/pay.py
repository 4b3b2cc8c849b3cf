"""Events, commission plans, scorecards and allocations, their items in the order written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from remit_dsl.syntax.declarations import Declaration, Field
from remit_dsl.syntax.expressions import Expr, Literal, Ref
from remit_dsl.syntax.nodes import Label, Name, Node, QName, TypeExpr


@dataclass(frozen=True, slots=True, eq=False)
class Event(Declaration):
    name: Name
    label: Label | None
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PayItem(Node):
    """One item of a plan, a scorecard or an allocation."""


@dataclass(frozen=True, slots=True, eq=False)
class Commission(Declaration):
    name: Name
    label: Label | None
    items: tuple[PayItem, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scorecard(Declaration):
    name: Name
    label: Label | None
    items: tuple[PayItem, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Allocation(Declaration):
    name: Name
    label: Label | None
    items: tuple[PayItem, ...]


# --- items of a plan -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Holders(PayItem):
    """`pays a, b` in a plan, `of a, b` in a scorecard."""

    positions: tuple[QName, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PayPeriod(PayItem):
    """`period month`."""

    unit: str


@dataclass(frozen=True, slots=True, eq=False)
class PayCurrency(PayItem):
    code: str


@dataclass(frozen=True, slots=True, eq=False)
class PayEffective(PayItem):
    start: date | None
    until: date | None


@dataclass(frozen=True, slots=True, eq=False)
class FromEvent(PayItem):
    """`from Sale by date when net > 0`."""

    event: QName
    by: Name
    condition: Expr | None


@dataclass(frozen=True, slots=True, eq=False)
class OnPlan(PayItem):
    """`on field_sales of direct reports`; reports: direct, all."""

    plan: QName
    reports: str


@dataclass(frozen=True, slots=True, eq=False)
class Credit(PayItem):
    """to: `pool`, `field`, `owner` (with `on`), `splits` (`total`: what the shares make; None: they
    may overlap)."""

    value: Expr
    to: str
    field: Ref | None = None
    on: Name | None = None
    total: Literal | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Quota(PayItem):
    """`quota E`, `quota from NAME`."""

    value: Expr | None
    source: QName | None
    by_days_active: bool


@dataclass(frozen=True, slots=True, eq=False)
class Tier(Node):
    """side: `up to`, `under`, `at`, `over`, `otherwise`; no bound after `over`, `otherwise` and
    the first `under` of an interpolated scale."""

    side: str
    bound: Expr | None
    rate: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Scale(Node):
    """`marginal rates on credit against quota quarter to date { … }`; kind None: not said.

    amount: the base is in brackets, one amount. over: `period` (nothing written), `line`,
    `quarter to date`, `year to date`, or `field`.
    """

    kind: str | None
    base: Expr
    amount: bool
    against: Expr | None
    over: str
    field: Ref | None
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PayStep(PayItem):
    """`NAME = E`, `NAME = SCALE`."""

    name: Name
    value: Expr | Scale


@dataclass(frozen=True, slots=True, eq=False)
class Cap(PayItem):
    amount: Expr
    per: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Floor(PayItem):
    amount: Expr


@dataclass(frozen=True, slots=True, eq=False)
class HoldBack(PayItem):
    """kind: `date`, `covered`, `pro rata`. field: a date field, or `Payment.amount`."""

    kind: str
    field: Ref
    by: Name | None = None
    against: Expr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Within(Node):
    """`within 90 days of date`."""

    window: Literal
    of: Name


@dataclass(frozen=True, slots=True, eq=False)
class Reverse(PayItem):
    """kind: `date`, `amount`, `absent` (`reverse without F 90 days after D`)."""

    kind: str
    field: Ref
    by: Name | None
    against: Expr | None
    within: Within | None
    lowering: bool


@dataclass(frozen=True, slots=True, eq=False)
class Guarantee(PayItem):
    amount: Expr
    until_month: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Draw(PayItem):
    amount: Expr
    recoverable: bool
    from_month: int | None = None
    until_month: int | None = None
    at_most: Expr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Pool(PayItem):
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Share(PayItem):
    """how: `equally`, `weight` (with `weight`), `days`."""

    how: str
    weight: Expr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Remainders(PayItem):
    """how: `largest`, `order`."""

    how: str


@dataclass(frozen=True, slots=True, eq=False)
class Group(PayItem):
    """`group team = payee.team`."""

    field: Name
    attribute: Ref


@dataclass(frozen=True, slots=True, eq=False)
class Leavers(PayItem):
    """`leavers keep 30 days`."""

    keep: Literal


@dataclass(frozen=True, slots=True, eq=False)
class PaySource(PayItem):
    text: str


# --- items of a scorecard ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Measured(Node):
    """word: weight, target, floor, cap, value, nothing (`nothing under E`), and higher, lower
    without a value."""

    word: str
    value: Expr | None


@dataclass(frozen=True, slots=True, eq=False)
class CardItem(PayItem):
    name: Name
    label: Label | None
    parts: tuple[Measured, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Score(PayItem):
    """`score rounded half up to 0.1%`; without a mode the score is exact."""

    mode: str | None
    step: Literal | None


# --- items of an allocation ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class AllocationAmount(PayItem):
    amount: Expr


@dataclass(frozen=True, slots=True, eq=False)
class AllocationYear(PayItem):
    year: int


@dataclass(frozen=True, slots=True, eq=False)
class ByTime(PayItem):
    """`by month weight E`."""

    unit: str
    weight: Expr


@dataclass(frozen=True, slots=True, eq=False)
class ByEnum(PayItem):
    """`by region: Region weight E`."""

    name: Name
    type: TypeExpr
    weight: Expr


@dataclass(frozen=True, slots=True, eq=False)
class ByPerson(PayItem):
    """`by person of a, b within region weight E`."""

    positions: tuple[QName, ...]
    within: Name | None
    weight: Expr


@dataclass(frozen=True, slots=True, eq=False)
class InSteps(PayItem):
    step: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Amend(PayItem):
    """`amend from D amount E source "…"`."""

    start: date
    amount: Expr
    source: str | None = None
