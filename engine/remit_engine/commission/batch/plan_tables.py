"""What a run leaves of a plan in a warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit_engine.commission.basis.periods import Period
from remit_engine.commission.statement import Uncounted

CENTS = (
    "payable", "entitled", "held", "reversed", "net", "guarantee", "advance", "recovered",
    "balance", "due",
)  # fmt: skip
LINE_COLUMNS = (
    "n",
    "part",
    "payee",
    "period",
    "day",
    "credit",
    "before",
    "after",
    "earned",
    "share",
)


@dataclass(frozen=True, slots=True)
class PlanTables:
    """What a run leaves of a plan. statements: a table of payee (his rank), period (counted from
    `first`), ok, credit (over credit_unit), quota (over quota_unit), CENTS (over cents); where ok
    is 0 the row is not computed here, nor is any later one of that payee, and everything is NULL.
    lines: a table of LINE_COLUMNS, credit over credit_unit, earned over earned_unit, share over
    cents, or None. left: a table of n, the events that may count and are in no line, or not with
    all their shares; None where nobody asked."""

    plan: str
    statements: str
    lines: str | None
    first: Period
    credit_unit: int
    quota_unit: int
    has_quota: bool
    earned_unit: int
    cents: int
    left: str | None = None
    uncounted: tuple[Uncounted, ...] = ()
    """pools that nobody can be given"""


@dataclass(frozen=True, slots=True)
class Batch:
    """persons: in the order of their ranks."""

    plans: Mapping[str, PlanTables]
    persons: tuple[str, ...]
