"""The answer, with everything that explains it. Rules are named by id and place, never held."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from fractions import Fraction


class Outcome(enum.StrEnum):
    """The six answers (docs/language.md)."""

    PERMIT = "permit"
    NEEDS = "needs"
    ESCALATE = "escalate"
    DENY = "deny"
    INCOMPLETE = "incomplete"
    UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True)
class Amount:
    """An exact number with its kind (`money`, `percent`, `number`, `integer`, `days`, `months`).

    `text` is how it is shown to people: `12%`, `180,000.00 CNY`.
    """

    value: Fraction
    kind: str
    text: str
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Extent:
    """A bound of the measure. value None: no bound. inclusive: the value itself is inside.

    kind `none`: nothing at all; `any`: everything; `unset`: never fixed; else `bound`.
    `lower` is the smallest value inside where the limit is a `between`.
    """

    kind: str
    value: Amount | None
    inclusive: bool
    text: str
    lower: Amount | None = None


@dataclass(frozen=True, slots=True)
class HoldUsed:
    """What a watch holds: `subject` since a day, until `alert` ends or hold `id` is lifted."""

    id: str
    alert: str
    subject: str
    since: date


@dataclass(frozen=True, slots=True)
class RuleUsed:
    """A rule that took part. role: `grants`, `forbids`, `requires`, `exceeded`, `not met`,
    `unset`, `unknown`. hold: of a rule of a watch, where it is one hold alone."""

    id: str
    role: str
    file: str
    line: int
    text: str
    policy: str
    because: str | None = None
    source: str | None = None
    hold: HoldUsed | None = None


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact without which it cannot be said: its path, type in words, label, allowed values."""

    path: str
    type: str
    label: str | None
    allowed: tuple[str, ...] = ()
    needed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """A step to be done first. kind `approval` (verb, by any `count` of positions) or `evidence`.

    people: who hold these positions on the day. done: how many have done it already.
    after: steps (by `text`) that come before it in a sequence.
    """

    kind: str
    text: str
    verb: str | None
    count: int
    done: int
    positions: tuple[str, ...]
    people: tuple[str, ...]
    rule: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """One stop of the chain: who may (or must endorse on the way: able False)."""

    position: str
    label: str
    people: tuple[str, ...]
    able: bool
    outcome: str
    missing: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunningTotal:
    """A total with what is used and what remains before and after this act."""

    name: str
    limit: Amount
    used: Amount
    remaining_before: Amount
    remaining_after: Amount


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One comparison or step: which rule, what was asked, with which values, what came out
    (`true`, `false`, `unknown`, `fault`)."""

    rule: str
    text: str
    values: tuple[tuple[str, str], ...]
    result: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class PolicyUsed:
    """The policies whose rules were looked at, and the hash of all loaded text."""

    names: tuple[str, ...]
    versions: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The whole answer. `reason` is in the language asked for; `to_json` is its wire form
    (`engine/remit_engine/explanation/wire.py`)."""

    outcome: Outcome
    reason: str
    actor: str
    action: str
    verb: str
    as_of: date
    rules: tuple[RuleUsed, ...]
    limit: Extent | None
    headroom: Amount | None
    maximum: Extent | None
    missing: tuple[MissingFact, ...]
    needs: tuple[Need, ...]
    chain: tuple[Link, ...]
    totals: tuple[RunningTotal, ...]
    obligations: tuple[str, ...]
    trace: tuple[TraceLine, ...]
    policy: PolicyUsed
    on_behalf_of: str | None = None
    ignored: tuple[str, ...] = ()
