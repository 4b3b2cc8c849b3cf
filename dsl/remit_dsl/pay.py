"""Pay in the checked program: events, commission plans, scorecards, allocations.

Expressions stand in one of two places. On a *line* (one event credited to one person) they read the
fields of the event, `payee` (on the day of the line) and `as_of` (that day). On a *statement* (one
person, one period) they read `credit`, `quota`, the steps above, `payee`, `as_of` (the last day of
the period on which he was in the plan) and the other names of `STATEMENT_NAMES`. Both are `Fact`s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from remit_dsl.expressions import Expression
from remit_dsl.parts import Field, Label
from remit_dsl.source import Span
from remit_dsl.types import Type

STATEMENT_NAMES = (
    "credit",  # money: the credits of the period
    "quota",  # money: the quota of the period
    "lines",  # integer: how many lines were counted
    "days_active",  # integer: days of the period on which he was in the plan
    "days_in_period",  # integer
    "months_in_plan",  # integer: 1 in the calendar month he came into the plan
    "paid",  # money, overrides only: what the reports are paid by the plan underneath
    "reports",  # integer, overrides only: how many reports there are
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, a row of data. links: field -> qualified name of the event whose
    `id` the field holds. There is always a field `id: text`."""

    name: str
    label: Label | None
    fields: dict[str, Field]
    links: dict[str, str]
    policy: str
    span: Span

    @property
    def short(self) -> str:
        """The name without its policy."""
        return self.name.rsplit(".", 1)[-1]


@dataclass(frozen=True, slots=True)
class Tier:
    """side: `up to`, `under`, `at` (a point, interpolated scales only), `over` (the open last one).

    bound None: `over`, and the leading `under` of an interpolated scale (below its first point).
    """

    side: str
    bound: Expression | None
    rate: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Scale:
    """kind: marginal, whole, interpolated.

    base: a statement expression; None is `credit`, which is taken line by line. against: bounds are
    ratios of it. over: `period`, `line`, `quarter to date`, `year to date`, or the path of an
    event's field, with dots (lines that share its value within the period are taken together).
    The last tier is always `over`, also where `otherwise` is written.
    """

    kind: str
    base: Expression | None
    against: Expression | None
    over: str
    tiers: tuple[Tier, ...]
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """A named step of a statement. The last is `payable`, money, rounded."""

    name: str
    value: Expression | Scale
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Crediting:
    """value: a line expression, money. to: `field` (the person in `field`), `owner` (who owns the
    value of `field`, of a record its `id`, on the date in `on`, by the data `owners`), `splits`
    (by the data `credits`; `overlap`: shares need not make 100 %), `pool` (nobody: the plan shares
    a pool)."""

    value: Expression
    to: str
    field: tuple[str, ...] | None
    on: str | None
    overlap: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Quota:
    """value: reads `payee`, `as_of`, scorecards and days, nothing of the lines; or source:
    `targets` (data) or the qualified name of an allocation. by_days_active: times days active /
    days in the period."""

    value: Expression | None
    source: str | None
    by_days_active: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Followed:
    """Later events about a line's event: sums `amount` of `event` rows whose field `link` holds
    its id, dated by `date`, against `against` (a line expression, money)."""

    event: str
    link: str
    amount: str
    date: str
    against: Expression


@dataclass(frozen=True, slots=True)
class Hold:
    """kind: date (released on the date in the event's `field`), covered (when the amounts followed
    reach the amount against), pro rata (as they come in)."""

    kind: str
    field: str | None
    followed: Followed | None
    span: Span


@dataclass(frozen=True, slots=True)
class Reversal:
    """kind: date (the event's optional date `field` is given), amount (followed amounts, in
    proportion), absent (the optional date `field` is not given `window` after the date in `of`).

    window: days after the date in `of` within which a return still reverses (None: always). months:
    the window counts months. lowering: what is reversed no longer counts for the position on a
    scale, from its date on.
    """

    kind: str
    field: str | None
    followed: Followed | None
    window: int | None
    months: bool
    of: str | None
    lowering: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Cap:
    """A statement expression; per: `month`, `quarter`, `year` to date, or None for the period."""

    amount: Expression
    per: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Guarantee:
    """At least `amount` for the period; until_month: the last month in the plan it holds for."""

    amount: Expression
    until_month: int | None
    span: Span


@dataclass(frozen=True, slots=True)
class Draw:
    """An advance up to `amount` a period. recoverable: what was advanced is owed, and taken back
    from what is above the draw, from month `from_month` in the plan on, at most `at_most` a period.
    until_month: the last month in the plan in which it is advanced."""

    amount: Expression
    recoverable: bool
    from_month: int
    until_month: int | None
    at_most: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Pool:
    """value: an expression over `credit` (the credits of the group), `lines`, `days_in_period` and
    `as_of`, rounded. share: `equally`, `weight` (the expression `weight`, which reads the payee),
    `days` (days active). group: an event's field and the path into `payee` that must equal it, None
    for one pool. remainders: `largest` (ties by person) or `order` (differences of rounded
    cumulatives, by person)."""

    value: Expression
    share: str
    weight: Expression | None
    group: tuple[str, tuple[str, ...]] | None
    remainders: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A commission plan. currency: as written, else the policy's. Either `event` (with `by`, its
    date field) or `base` (a plan underneath, with `reports`: direct or all) is set. period: month,
    quarter, year. leavers: days after leaving in which lines still count."""

    name: str
    label: Label | None
    pays: tuple[str, ...]
    period: str
    currency: str | None
    start: date | None
    until: date | None
    event: str | None
    by: str | None
    condition: Expression | None
    base: str | None
    reports: str | None
    credit: Crediting | None
    quota: Quota | None
    steps: tuple[Step, ...]
    cap: Cap | None
    floor: Expression | None
    hold: Hold | None
    reversals: tuple[Reversal, ...]
    guarantee: Guarantee | None
    draw: Draw | None
    pool: Pool | None
    leavers: int
    source: str | None
    policy: str
    span: Span

    @property
    def short(self) -> str:
        """The name without its policy."""
        return self.name.rsplit(".", 1)[-1]


# --- scorecards ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """higher: more is better. target, floor, cap: statement expressions; floor and cap bound the
    attainment (value / target, or 2 - value / target where less is better); least: under it the
    item counts nothing. value None: from the data `measures`, by the item's name."""

    name: str
    label: Label | None
    weight: Expression
    higher: bool
    target: Expression
    floor: Expression | None
    cap: Expression | None
    least: Expression | None
    value: Expression | None
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """A weighted score (a ratio). Its expressions read `payee` and `as_of`. In plans of its period
    it is the fact ("scorecard", name)."""

    name: str
    label: Label | None
    of: tuple[str, ...]
    period: str
    items: tuple[Item, ...]
    mode: str | None
    step: Expression | None
    source: str | None
    policy: str
    span: Span


# --- allocations ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Amendment:
    """From the first day of a period on the year has this amount; what is past stays."""

    start: date
    amount: Expression
    source: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Dimension:
    """kind: `time` (unit quarter or month), `enum` (`type`: members without children, or those a
    parent dimension has), `person` (holders of `positions`; `within`: their attribute that equals
    the enum dimension above). weight reads the `Variable` of that name: an integer (1 to 12, 1 to
    4) named `month` or `quarter`, the member of the enum, or of people `payee` with a path."""

    kind: str
    name: str
    unit: str | None
    type: Type | None
    positions: tuple[str, ...]
    within: tuple[str, ...] | None
    weight: Expression
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """A year's amount, to periods and to cells of the other dimensions, in whole `step`s; every sum
    over one dimension is exact. remainders: `largest` or `order`."""

    name: str
    label: Label | None
    amount: Expression
    year: int
    dimensions: tuple[Dimension, ...]
    step: Expression
    remainders: str
    amendments: tuple[Amendment, ...]
    source: str | None
    policy: str
    span: Span
