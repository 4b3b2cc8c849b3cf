"""Watches and duties in the checked program.

Conditions are ordinary expressions over the facts of the subject (`exposure`, `seller.territory`),
`as_of` (the day asked about), and three kinds of facts that the engine computes before it asks:
("count", id) a `Count`, ("sequence", id) a `Sequence`. Inside `Rows` the facts are the fields of
the row. What is named in a watch (`usage = …`) stands in place of its name.
"""

from __future__ import annotations

from dataclasses import dataclass

from remit_dsl.expressions import Expression
from remit_dsl.parts import Label
from remit_dsl.source import Span
from remit_dsl.types import Type

SEVERITIES = ("info", "warning", "critical")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Window:
    """unit: `days` or `months` (the last `length`, today included), `day`, `week`, `month`,
    `quarter`, `year` (the calendar period of today), `ever`."""

    unit: str
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many rows of an event there are, or the sum of a field of theirs.

    field: the path of what is summed, None for a count. key: the path of the field whose value is
    the key of the subject (or of the row, inside `Rows`). where: a condition over the fields of the
    event. A row counts by its day.
    """

    id: str
    event: str
    field: tuple[str, ...] | None
    key: tuple[str, ...]
    where: Expression | None
    window: Window
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """True while a row of `first` and a later one of `second` lie in the window. keys: where each
    holds the key of the subject. where: a condition over the fields of the second."""

    id: str
    first: str
    second: str
    keys: tuple[tuple[str, ...], tuple[str, ...]]
    where: Expression | None
    window: Window
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """`an Invoice stays C 60 days after due`: true of each row of the event from the start of the
    day after `of` + `length` on, while C is true. key: the field that names the subject; None where
    the subject is the row. counts: by the row's id. where: which rows are looked at."""

    event: str
    key: tuple[str, ...] | None
    where: Expression | None
    condition: Expression
    length: int
    unit: str
    of: str
    counts: tuple[Count, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Restraint:
    """kind: `freeze` (nobody may), `require` (the step `verb` by `position`). It holds for
    `action` where the fact at `fact` equals the value at `value` of the subject (None: its key)."""

    kind: str
    action: str
    fact: tuple[str, ...]
    value: tuple[str, ...] | None
    verb: str | None
    position: str | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRule:
    """id: the label, else `WATCH.N`, behind the policy and the watch. rows: what is asked of each
    row besides `condition`. until None: cleared as soon as it is true no more. owner: of the
    alert."""

    id: str
    label: str | None
    condition: Expression
    rows: Rows | None
    until: Expression | None
    notify: tuple[str, ...]
    restraints: tuple[Restraint, ...]
    severity: str
    owner: str | None
    because: Label | None
    source: str | None
    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """kind: `record` (`on` a record, its key is its `id`), `event` (`on` an event, each row is a
    subject), `key` (`on` an event, every value at the path `by` is a subject)."""

    name: str
    label: Label | None
    kind: str
    on: str
    by: tuple[str, ...] | None
    counts: tuple[Count, ...]
    sequences: tuple[Sequence, ...]
    rules: tuple[WatchRule, ...]
    policy: str
    span: Span

    @property
    def short(self) -> str:
        """The name without its policy."""
        return self.name.rsplit(".", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Who holds `position` reports to who holds `to`.

    frequency: `daily`, `weekly` (day: 0 is Monday), `monthly`, `quarterly`, `yearly` (day: of the
    next period), `at once` (after a row of `after`, of the person at the path `after_by`). event:
    what shows that it was done, by the person at the path `by`; None: nothing can.
    """

    name: str
    label: Label | None
    position: str
    to: str
    frequency: str
    day: int | None
    after: str | None
    after_by: tuple[str, ...] | None
    event: str | None
    by: tuple[str, ...] | None
    where: Expression | None
    notify: tuple[str, ...]
    severity: str
    owner: str | None
    because: Label | None
    source: str | None
    policy: str
    span: Span
