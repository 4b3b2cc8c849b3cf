"""Watches and duties, and the expressions that only a watch knows."""

from __future__ import annotations

from dataclasses import dataclass

from remit_dsl.syntax.declarations import Declaration
from remit_dsl.syntax.expressions import Expr, Literal, Ref
from remit_dsl.syntax.nodes import Label, Name, Node, QName

# --- what is counted -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Window(Node):
    """`within 30 days` (span), `within month` (unit)."""

    length: Literal | None
    unit: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Counted(Node):
    """What of an event counts: `by customer where (…) within 30 days`."""

    by: Ref | None
    where: Expr | None
    window: Window | None


@dataclass(frozen=True, slots=True, eq=False)
class CountOf(Expr):
    """`count of Return …`."""

    event: QName
    counted: Counted


@dataclass(frozen=True, slots=True, eq=False)
class SumOf(Expr):
    """`sum of Return.amount …`: the event, then the path of the field."""

    field: Ref
    counted: Counted


@dataclass(frozen=True, slots=True, eq=False)
class AtLeastOf(Expr):
    """`3 Return by customer within 30 days`."""

    number: Literal
    event: QName
    counted: Counted


@dataclass(frozen=True, slots=True, eq=False)
class FollowedBy(Expr):
    """`Complaint followed by Return by customer within 14 days`."""

    first: QName
    second: QName
    counted: Counted


@dataclass(frozen=True, slots=True, eq=False)
class Stays(Expr):
    """`an Invoice stays C 60 days after due`."""

    article: str
    event: QName
    counted: Counted
    condition: Expr
    length: Literal
    of: Name


# --- watch -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class WatchItem(Node):
    """A value or a rule of a watch."""


@dataclass(frozen=True, slots=True, eq=False)
class WatchValue(WatchItem):
    """`usage = E`; `unpaid of Invoice = E` is about each row of the event."""

    name: Name
    of: QName | None
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class WatchPart(Node):
    """What a rule does, and what is said about it."""


@dataclass(frozen=True, slots=True, eq=False)
class Notify(WatchPart):
    """`notify a, b`."""

    positions: tuple[QName, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Freeze(WatchPart):
    """`freeze credit_release by customer`, `by customer = account`: the fact of the actions, then
    the field of the subject."""

    actions: tuple[QName, ...]
    by: Ref | None
    value: Ref | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RequireStep(WatchPart):
    """`require review by sales_director on order_acceptance by customer`."""

    verb: Name
    position: QName
    actions: tuple[QName, ...]
    by: Ref | None
    value: Ref | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Raise(WatchPart):
    """`raise critical to finance_controller`."""

    severity: Name
    owner: QName | None


@dataclass(frozen=True, slots=True, eq=False)
class WatchUntil(WatchPart):
    """`until C`."""

    condition: Expr


@dataclass(frozen=True, slots=True, eq=False)
class WatchBecause(WatchPart):
    """`because "…"`."""

    label: Label


@dataclass(frozen=True, slots=True, eq=False)
class WatchSource(WatchPart):
    """`source "…"`."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class WatchRule(WatchItem):
    """`near: when C notify …`; the parts in the order written."""

    label: Name | None
    condition: Expr
    parts: tuple[WatchPart, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Watch(Declaration):
    """`watch credit_usage "…" on Customer { … }`."""

    name: Name
    label: Label | None
    on: QName
    by: Ref | None
    items: tuple[WatchItem, ...]


# --- duty ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Frequency(Node):
    """kind: `daily`, `weekly` (day: a weekday), `monthly`, `quarterly`, `yearly` (day: a number),
    `at once` (after the event, of the person in its field `by`)."""

    kind: str
    day: Name | Literal | None = None
    after: QName | None = None
    by: Ref | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Evidenced(WatchPart):
    """`with Report by author where (kind = monthly)`."""

    event: QName
    by: Ref
    where: Expr | None


@dataclass(frozen=True, slots=True, eq=False)
class Duty(Declaration):
    """`duty summary "…": sales_manager reports to sales_director monthly by day 5 …`."""

    name: Name | None
    label: Label | None
    position: QName
    to: QName
    frequency: Frequency
    parts: tuple[WatchPart, ...]
