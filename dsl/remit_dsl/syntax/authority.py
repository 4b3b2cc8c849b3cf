"""The sentences of an authority block, delegation and waivers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal as Choice

from remit_dsl.syntax.declarations import Declaration
from remit_dsl.syntax.expressions import Bound, Expr, Literal, Ref
from remit_dsl.syntax.nodes import Label, Name, Node, QName


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
class Waiver(Declaration):
    """`waive monotone of approve on discount for a, b at a_rule when C because "…"`.

    What is empty restricts nothing. `because` is None only where it was forgotten.
    """

    question: Name
    verbs: tuple[Name, ...] = ()
    actions: tuple[QName, ...] = ()
    positions: tuple[QName, ...] = ()
    rules: tuple[QName, ...] = ()
    when: Expr | None = None
    unless: Expr | None = None
    because: Label | None = None
