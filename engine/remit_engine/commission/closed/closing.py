"""Closed periods, and what a later run says differently about them (docs/pay.md section 10).

Nothing here changes a closed statement: a correction is a `Difference`, posted in the first period
of its plan that is still open, and closed together with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from remit_engine.commission.basis.periods import Period
from remit_engine.commission.closed.changes import Change, changes
from remit_engine.commission.statement import Run, Statement

Key = tuple[str, str, Period]
"""(plan, person, period)."""
NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Version:
    """What made an amount: the number of the run, the digest of the policies, the day it ran."""

    run: int
    policy: str
    day: date


@dataclass(frozen=True, slots=True)
class Difference:
    """What a person is still owed (or owes, below zero) for a closed period.

    posted: the open period that pays it. old, new: the versions compared. statement: what the new
    run says of the closed period, None when it gives the person none. changes: why.
    """

    plan: str
    person: str
    period: Period
    posted: Period
    amount: Fraction
    old: Version
    new: Version
    statement: Statement | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed period of a plan: its statements by person, and the differences it paid."""

    plan: str
    period: Period
    version: Version
    statements: Mapping[str, Statement]
    posted: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run held against what is closed. unsettled: closed statements that the run cannot compute,
    each with its fault; while there are any, nothing can be closed."""

    differences: tuple[Difference, ...]
    unsettled: tuple[Statement, ...] = ()

    def of(self, plan: str, person: str | None = None) -> tuple[Difference, ...]:
        """Those of a plan, and of a person if one is named."""
        return tuple(d for d in self.differences if d.plan == plan and person in (None, d.person))


@dataclass(frozen=True, slots=True)
class _Settled:
    """What was paid so far for a key, with the version and statement it was last paid by."""

    due: Fraction
    version: Version
    statement: Statement | None


def open_period(closings: Iterable[Closing], plan: str) -> Period | None:
    """The first open period of a plan after its closed ones; None when none is closed."""
    closed = [c.period for c in closings if c.plan == plan]
    return max(closed).next if closed else None


def compared(
    closings: Sequence[Closing], run: Run, version: Version, plans: Collection[str], through: date
) -> Comparison:
    """What `run` says differently about the closed periods of `plans` that end by `through`.

    closings: in the order they were closed. plans: all that the run answers for; one that has
    closings and no statement in the run was dropped, and all it paid is taken back. Nothing was
    paid for what lies before the first closing of a plan, and nothing else will ever pay it.
    """
    known = [c for c in closings if c.plan in plans and c.period.last <= through]
    paid = _settled(known)
    periods = {(c.plan, c.period): c.version for c in known}
    found: list[Difference] = []
    unsettled: list[Statement] = []
    first = {c.plan: c for c in reversed(known)}
    for key in sorted({*paid, *(k for k in run.statements if _is_past(k, first, periods))}):
        new = run.statements.get(key)
        if new is not None and new.due is None:
            unsettled.append(new)
            continue
        version_then = periods.get((key[0], key[2]), first[key[0]].version)
        old = paid.get(key) or _Settled(NOTHING, version_then, None)
        amount = _due(new) - old.due
        if amount:
            posted = open_period(closings, key[0]) or key[2].next
            reasons = changes(old.statement, new)
            found.append(Difference(*key, posted, amount, old.version, version, new, reasons))
    return Comparison(tuple(found), tuple(unsettled))


def _is_past(key: Key, first: Mapping[str, Closing], closed: Collection[Any]) -> bool:
    """Closed, or before the first period of its plan that was."""
    plan, _, period = key
    return (plan, period) in closed or (plan in first and period < first[plan].period)


def _settled(closings: Iterable[Closing]) -> dict[Key, _Settled]:
    paid: dict[Key, _Settled] = {}
    for closing in closings:
        for person, statement in closing.statements.items():
            key = (closing.plan, person, closing.period)
            paid[key] = _Settled(_due(statement), closing.version, statement)
        for d in closing.posted:
            before = paid.get((d.plan, d.person, d.period))
            due = (before.due if before else NOTHING) + d.amount
            paid[d.plan, d.person, d.period] = _Settled(due, d.new, d.statement)
    return paid


def _due(statement: Statement | None) -> Fraction:
    """What a statement pays; a person without one is paid nothing."""
    if statement is None:
        return NOTHING
    if statement.due is None:
        raise ValueError(f"a statement at fault was closed: {statement.fault}")
    return statement.due


def named(person: str, period: Period, fault: str | None) -> str:
    """The fault of a statement with its person and period, once."""
    said = f"{fault}"
    whole = said.startswith(f"`{person}`, {period}: ")
    return said if whole else f"{person}, {period}: {said}"


def has_ended(period: Period, day: date) -> bool:
    """Whether a period may be closed on a day: after its last."""
    return day > period.last


def obstacles(run: Run, plan: str, through: date) -> Iterator[str]:
    """Why the periods of a plan up to a day cannot be closed, one sentence each."""
    for row in run.uncounted_of((plan,)):
        if row.fault:
            yield f"{row.place}: {row.reason}"
    for (name, person, period), statement in run.statements.items():
        if name == plan and period.last <= through and statement.fault:
            yield named(person, period, statement.fault)
