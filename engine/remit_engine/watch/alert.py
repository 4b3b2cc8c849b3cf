"""An alert as it stands, and what is said when it changes: plain values."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

from remit_dsl.parts import Label
from remit_dsl.watch import Restraint


class Status(enum.StrEnum):
    """`open`, `acknowledged` (a person has seen it), `cleared` (its end is reached), `closed` (a
    person's closing note), `withdrawn` (a late entry took its ground away)."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Turn(enum.StrEnum):
    """What can happen to an alert by the log alone. `reopened`: a late entry took the ground of
    its clearing away. `cleared` is said again where a late entry moves the day of it."""

    BEGUN = "begun"
    CLEARED = "cleared"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Compared:
    """One atomic comparison of a rule, as it stood: both sides in words, None where unknown."""

    text: str
    left: str | None
    right: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One crossing. id: made of rule, subject, row and the place in the log where it began, alike
    after a restart. watch: the qualified name of a watch or duty. kind: `watch` or `duty`. subject:
    its key. row: of `stays …`. began, cleared: days. late: said after its day. owner: a qualified
    position. people: names of who held the notified positions on the day it began. keys: of each
    restraint the key it holds, as `hold.Hold.value`; without them the subject's, where no field is
    named."""

    id: str
    rule: str
    watch: str
    kind: str
    subject: str
    row: str | None
    began: date
    cleared: date | None
    severity: str
    owner: str | None
    notify: tuple[str, ...]
    restraints: tuple[Restraint, ...]
    compared: tuple[Compared, ...]
    because: Label | None
    source: str | None
    people: tuple[str, ...] = ()
    keys: tuple[str | None, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """What is new, to be acted on once. told: the day on which it is said. An alert that is
    withdrawn, and begins anew on another day with the same ground, is two happenings."""

    turn: Turn
    alert: Alert
    told: date
