"""The checked program: what the engine reads. Names are qualified (`sales.organisation.ceo`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from remit_dsl.expressions import Expression, Fact
from remit_dsl.parts import Field as Field
from remit_dsl.parts import Label as Label
from remit_dsl.pay import Allocation, Event, Plan, Scorecard
from remit_dsl.source import Source, Span
from remit_dsl.types import Type
from remit_dsl.watch import Duty, Watch

BUILT_IN_VERBS = (
    "approve", "sign", "recommend", "nominate", "review", "countersign", "handle", "inspect",
    "assess", "adjudicate", "command", "represent", "report", "file",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    label: Label | None
    document: str | None
    version: str | None
    revision: str | None
    summary: str | None
    effective_from: date | None
    effective_until: date | None
    approved_on: date | None
    published_on: date | None
    owner: str | None
    currency: str | None
    span: Span

    @property
    def start(self) -> date | None:
        """The first day in force: effective, approved and published."""
        stated = [
            d for d in (self.effective_from, self.approved_on, self.published_on) if d is not None
        ]
        return max(stated, default=None)


@dataclass(frozen=True, slots=True)
class EnumMember:
    name: str
    label: Label | None
    parent: str | None


@dataclass(frozen=True, slots=True)
class Enum:
    name: str
    label: Label | None
    members: dict[str, EnumMember]
    span: Span

    def lineage(self, member: str) -> tuple[str, ...]:
        """The member and its ancestors, from the member upwards."""
        found = []
        at: str | None = member
        while at is not None:
            found.append(at)
            at = self.members[at].parent
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Position:
    name: str
    label: Label | None
    reports_to: str | None
    dotted_line_to: tuple[str, ...]
    also_called: tuple[str, ...]
    answers_for: tuple[str, ...]
    headcount: int | None
    external: bool
    source: str | None
    span: Span

    @property
    def short(self) -> str:
        """The name without its policy."""
        return self.name.rsplit(".", 1)[-1]


@dataclass(frozen=True, slots=True)
class Record:
    name: str
    label: Label | None
    fields: dict[str, Field]
    span: Span


@dataclass(frozen=True, slots=True)
class DatedValue:
    """Half open [start, until); value None is `unset`."""

    start: date | None
    until: date | None
    value: Expression | None
    source: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Parameter:
    """Values ascend by start; each holds until its `until` or the next start."""

    name: str
    label: Label | None
    type: Type
    values: tuple[DatedValue, ...]
    policy: str
    span: Span


@dataclass(frozen=True, slots=True)
class Exchange:
    base: str
    quote: str
    values: tuple[DatedValue, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Definition:
    name: str
    label: Label | None
    type: Type
    value: Expression
    source: str | None
    policy: str
    span: Span


@dataclass(frozen=True, slots=True)
class TableRow:
    """conditions[i] is boolean over Variable(columns[i].name); Constant(True) for `any`."""

    conditions: tuple[Expression, ...]
    value: Expression
    source: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Table:
    """hit: unique, first, collect (with aggregation sum, min, max, count)."""

    name: str
    label: Label | None
    columns: tuple[Field, ...]
    gives: Type
    hit: str
    aggregation: str | None
    rows: tuple[TableRow, ...]
    policy: str
    span: Span


@dataclass(frozen=True, slots=True)
class Measure:
    """What every limit on an action measures. `window` is in days."""

    value: Expression
    summed_by: Fact | None
    window: int | None


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    label: Label | None
    fields: dict[str, Field]
    measure: Measure | None
    source: str | None
    policy: str
    span: Span

    @property
    def short(self) -> str:
        """The name without its policy."""
        return self.name.rsplit(".", 1)[-1]


@dataclass(frozen=True, slots=True)
class Right:
    """A verb, with the verbs it implies directly."""

    name: str
    label: Label | None
    implies: tuple[str, ...]


# --- authority ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bound:
    """side: up to, under, over, at least, between (with `high`)."""

    side: str
    value: Expression
    high: Expression | None
    span: Span

    @property
    def ends(self) -> tuple[Expression, ...]:
        """The expressions it is written with: one, or two for `between`."""
        return (self.value,) if self.high is None else (self.value, self.high)


@dataclass(frozen=True, slots=True)
class Total:
    amount: Expression
    key: Fact | None
    period: str

    @property
    def name(self) -> str:
        """The name under which a request states what is used: `month`, `customer per quarter`."""
        return f"{'.'.join(self.key.path)} per {self.period}" if self.key else self.period


@dataclass(frozen=True, slots=True)
class Limit:
    """kind: bound (a bound, totals, or both), any, unset."""

    kind: str
    bound: Bound | None = None
    totals: tuple[Total, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What all statements of an authority block share. `condition` is when-and-not-unless."""

    span: Span
    label: str | None = None
    condition: Expression | None = None
    start: date | None = None
    until: date | None = None
    because: Label | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(Statement):
    """positions empty: anyone."""

    positions: tuple[str, ...]
    verb: str
    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Prohibition(Statement):
    """positions empty: nobody may. bound None: whatever the measure."""

    positions: tuple[str, ...]
    verb: str
    bound: Bound | None


@dataclass(frozen=True, slots=True)
class ApprovalStep:
    """`count` distinct persons, each holding one of `positions`, must have done `verb`
    (None: the verb of the requirement, and then the decider counts as one of them)."""

    verb: str | None
    count: int
    positions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceStep:
    name: str
    label: Label | None


@dataclass(frozen=True, slots=True)
class AllSteps:
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class SequenceSteps:
    steps: tuple[Step, ...]


Step = ApprovalStep | EvidenceStep | AllSteps | SequenceSteps


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement(Statement):
    verb: str
    bound: Bound | None
    steps: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfBar(Statement):
    verb: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation(Statement):
    verbs: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Escalation:
    """mode: first, every, position (with qualified target)."""

    mode: str
    target: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Authority:
    action: str
    policy: str
    label: Label | None
    grants: tuple[Grant, ...]
    prohibitions: tuple[Prohibition, ...]
    requirements: tuple[Requirement, ...]
    self_bars: tuple[SelfBar, ...]
    separations: tuple[Separation, ...]
    superiors_inherit: bool
    escalation: Escalation | None
    span: Span

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All its statements, kind by kind."""
        return (
            *self.grants,
            *self.prohibitions,
            *self.requirements,
            *self.self_bars,
            *self.separations,
        )


@dataclass(frozen=True, slots=True)
class Delegation:
    """levels: how many levels below the delegator (None: any number); `to` limits positions."""

    action: str
    policy: str
    levels: int | None
    to: tuple[str, ...]
    longest: int | None
    cap: Expression | None
    approval_by: str | None
    onward: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Waiver:
    """What a policy knows and keeps: `remit prove` does not complain of it. Empty: whatever.

    rules: labels and ids of rules as written; of a parameter, definition or table its qualified
    name. A bare word stands for `ACTION.WORD`.
    condition: when-and-not-unless, over the requests of the one action it then names.
    """

    question: str
    verbs: tuple[str, ...]
    actions: tuple[str, ...]
    positions: tuple[str, ...]
    rules: tuple[str, ...]
    because: Label
    policy: str
    span: Span
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """Everything declared in the loaded files, checked. Keys are qualified names."""

    policies: dict[str, Policy] = field(default_factory=dict)
    enums: dict[str, Enum] = field(default_factory=dict)
    positions: dict[str, Position] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    exchanges: dict[tuple[str, str], Exchange] = field(default_factory=dict)
    rights: dict[str, Right] = field(default_factory=dict)
    authorities: tuple[Authority, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    events: dict[str, Event] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    scorecards: dict[str, Scorecard] = field(default_factory=dict)
    allocations: dict[str, Allocation] = field(default_factory=dict)
    watches: dict[str, Watch] = field(default_factory=dict)
    duties: tuple[Duty, ...] = ()
    sources: dict[str, Source] = field(default_factory=dict)
    digest: str = ""
    """SHA-256 over the policy texts (and CSV tables), in order of policy name: the policy hash."""
