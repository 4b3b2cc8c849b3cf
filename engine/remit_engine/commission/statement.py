"""What a run gives: statements with their stages and lines, and what could not be counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from remit_dsl.source import Span
from remit_engine.commission.basis.periods import Period

AMOUNTS = (
    "credit", "quota", "payable", "entitled", "held", "reversed", "net", "guarantee", "advance",
    "recovered", "balance", "due",
)  # fmt: skip
"""The amounts that every statement has, in the order of the pipeline; all back ends give them.

quota is None where the plan has none. balance: what is owed of draws at the end of the period.
"""


@dataclass(frozen=True, slots=True)
class TierPart:
    """What one tier gave: its number from 0, the amount at its rate, the rate."""

    tier: int
    amount: Fraction
    rate: Fraction


@dataclass(frozen=True, slots=True)
class Line:
    """One event (for an override one report's statement) credited to one person.

    event: its id, or the report's. kind: `sale` (counted in its own period), `lowered` (a return
    that moves the position), `true-up`. credit: what is credited. earned: by the scale on credit,
    before coefficients, None without such a scale. share: its part of entitled, in cents, None
    where nothing is held or reversed by the plan. place: where the row stands.
    """

    event: str
    kind: str
    day: date
    credit: Fraction
    earned: Fraction | None
    parts: tuple[TierPart, ...]
    share: Fraction | None
    place: str


@dataclass(frozen=True, slots=True)
class Movement:
    """What happened to a line in the period: held, released or reversed, and why."""

    event: str
    kind: str  # held, released, reversed, restored
    counted: Period
    amount: Fraction
    day: date | None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name (`credit`, `quota`, a step, `floor`, …), its rule as written with its
    place, the values it read, and its result. value None: at fault, see `note`."""

    name: str
    rule: str
    span: Span | None
    inputs: tuple[tuple[str, str], ...]
    value: Fraction | None
    kind: str  # the kind of type: money, percent, number, integer, …
    note: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One person, one plan, one period. `amounts` has every name of AMOUNTS; after a fault those
    behind it are None, `due` always among them, and `fault` says what is wrong."""

    plan: str
    person: str
    period: Period
    amounts: Mapping[str, Fraction | None]
    steps: Mapping[str, Fraction | None]
    stages: tuple[Stage, ...]
    lines: tuple[Line, ...]
    movements: tuple[Movement, ...]
    fault: str | None = None

    @property
    def due(self) -> Fraction | None:
        """What is to be paid."""
        return self.amounts["due"]


@dataclass(frozen=True, slots=True)
class Uncounted:
    """An event or a part of one that no statement counts, and why."""

    plan: str
    event: str
    place: str
    reason: str
    fault: bool  # True: something is wrong with the data, and the period cannot be closed


@dataclass(frozen=True, slots=True)
class Early:
    """Rows of an event with the date `field`, by which a plan reverses (or holds), before the date
    `by` by which they count: how many, and the id of the first."""

    event: str
    field: str
    by: str
    reverses: bool
    rows: int = 0
    first: str = ""

    def counted(self, rows: int, first: str) -> Early:
        """With the rows that were found."""
        return replace(self, rows=rows, first=first)

    def __str__(self) -> str:
        many = f"`{self.first}`" + (f" and {self.rows - 1:,} more" if self.rows > 1 else "")
        has, counts = ("have", "count") if self.rows > 1 else ("has", "counts")
        short = self.event.rsplit(".", 1)[-1]
        what = "reversed" if self.reverses else "released"
        told = f"{short} {many} {has} `{self.field}` before `{self.by}`"
        return f"{told}, and {counts} as {what} at once"


@dataclass(frozen=True, slots=True)
class Run:
    """All statements of some plans over some periods, by (plan, person, period)."""

    statements: Mapping[tuple[str, str, Period], Statement]
    uncounted: tuple[Uncounted, ...] = ()
    currency: Mapping[str, str | None] = field(default_factory=dict)
    """plan -> currency"""
    base: Mapping[str, str] = field(default_factory=dict)
    """plan -> the plan it stands on"""
    passed_over: int = 0
    """rows of the last period that fulfil the condition of no plan; see `lines.passed_over`"""
    early: tuple[Early, ...] = ()

    def underneath(self, plan: str) -> tuple[str, ...]:
        """The plans that a plan stands on, the nearest first."""
        base = self.base.get(plan)
        return () if base is None else (base, *self.underneath(base))

    def uncounted_of(self, plans: Collection[str]) -> tuple[Uncounted, ...]:
        """What some plans do not count, and the faults of the plans underneath: what is missing
        there is missing in them too."""
        below = {base for plan in plans for base in self.underneath(plan)}
        return tuple(u for u in self.uncounted if u.plan in plans or (u.fault and u.plan in below))

    @property
    def sound(self) -> bool:
        """True when nothing is at fault."""
        return not any(s.fault for s in self.statements.values()) and not any(
            u.fault for u in self.uncounted
        )
