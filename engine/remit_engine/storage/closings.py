"""Closed periods in the store, in one chain of hashes; they are only ever added to."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from remit_engine.commission.basis.periods import Period
from remit_engine.commission.closed.changes import changes
from remit_engine.commission.closed.closing import Closing, Comparison, Difference
from remit_engine.commission.closed.document import digest, version_document
from remit_engine.commission.statement import Statement
from remit_engine.storage import runs, statement_rows, tables
from remit_engine.storage.faults import AlreadyClosed, AtFault, NotKept, OutOfOrder, Stale
from remit_engine.storage.runs import RunHead
from remit_engine.storage.seals import GENESIS
from remit_engine.storage.tables import Row


@dataclass(frozen=True, slots=True)
class ClosingHead:
    """A closing without its statements. by: who closed it. made: when, in UTC, or the day that was
    said. statements, differences: how many. hash: over all of it and over `previous`, the closing
    before."""

    number: int
    plan: str
    period: Period
    run: int
    by: str
    made: str
    statements: int
    differences: int
    hash: str
    previous: str


def close(
    connection: Connection, number: int, plan: str, closed: Period, by: str, made: str | None = None
) -> ClosingHead:
    """Close a period of a plan with what run `number` gave for it. made: when, as who closes says
    it; now without it. Raises AlreadyClosed, OutOfOrder, Stale, AtFault, NotKept. To be called in
    a writing transaction."""
    row = _plan_row(connection, number, plan)
    _refuse_unsaid(connection, number, closed)
    _refuse_order(connection, number, plan, closed)
    _refuse_stale(connection, row)
    if faults := tuple(json.loads(row["faults"])):
        help = "mend the data or the policy, and run again"
        raise AtFault(f"run {number} of `{plan}` has faults and cannot be closed", help, faults)
    head = _made(connection, number, plan, closed, by, made or runs.moment())
    values = _values(head)
    values["id"] = values.pop("number")
    try:
        connection.execute(tables.closing.insert(), values)
    except IntegrityError:
        raise Stale("somebody else closed a period meanwhile", "try it again") from None
    return head


@dataclass(frozen=True, slots=True)
class PlanState:
    """How a plan of a run stands. faults: why it closes nothing. closing: the number of the closing
    of its period, by whichever run. closings: how many the plan has. stale: the period that was
    closed since, so that the run closes nothing any more. latest: the last run of the plan for the
    period."""

    plan: str
    faults: tuple[str, ...]
    closing: int | None
    closings: int
    stale: Period | None
    latest: int


def states(connection: Connection, run: RunHead) -> list[PlanState]:
    """How each plan of a run stands."""
    c = tables.run_plan.c
    asked = sql.select(tables.run_plan).where(c.run == run.number).order_by(c.id)
    return [_state(connection, run, row) for row in connection.execute(asked).mappings().all()]


def _state(connection: Connection, run: RunHead, row: Row) -> PlanState:
    closed = {head.period: head.number for head in heads(connection, row["plan"])}
    return PlanState(
        row["plan"],
        tuple(json.loads(row["faults"])),
        closed.get(run.period),
        len(closed),
        _closed_since(connection, row),
        runs.latest(connection, row["plan"], run.period),
    )


def heads(connection: Connection, plan: str | None = None) -> list[ClosingHead]:
    """The closings in order, of one plan where it is named."""
    c = tables.closing.c
    asked = sql.select(tables.closing).order_by(c.id)
    if plan is not None:
        asked = asked.where(c.plan == plan)
    return [_head(row) for row in connection.execute(asked).mappings()]


def namesakes(connection: Connection, plan: str) -> list[str]:
    """The plans of other policies with closed periods and the same short name."""
    c = tables.closing.c
    found = connection.scalars(sql.select(c.plan).distinct().order_by(c.plan))
    short = plan.rsplit(".", 1)[-1]
    return [other for other in found if other != plan and other.rsplit(".", 1)[-1] == short]


def of_number(connection: Connection, number: int) -> ClosingHead:
    """A closing; raises NotKept."""
    found = page(connection, 1, before=number + 1)
    if not found or found[0].number != number:
        raise NotKept(f"there is no closing {number}")
    return found[0]


def page(
    connection: Connection,
    limit: int,
    *,
    before: int | None = None,
    plan: str | None = None,
    of: Period | None = None,
    person: str | None = None,
) -> list[ClosingHead]:
    """The latest closings first. before: only those of a smaller number. plan, of: only of a plan,
    or a period. person: only those that closed a statement of his, or paid him a difference."""
    c = tables.closing.c
    asked = sql.select(tables.closing).order_by(c.id.desc()).limit(limit)
    asked = asked if before is None else asked.where(c.id < before)
    asked = asked if plan is None else asked.where(c.plan == plan)
    asked = asked if of is None else asked.where(c.period == of)
    if person is not None:
        s, d = tables.statement.c, tables.difference.c
        told = (s.run == c.run, s.plan == c.plan, s.period == c.period, s.person == person)
        paid = (d.run == c.run, d.plan == c.plan, d.posted == c.period, d.person == person)
        asked = asked.where(sql.or_(sql.exists().where(*told), sql.exists().where(*paid)))
    return [_head(row) for row in connection.execute(asked).mappings()]


def read(connection: Connection, plans: Collection[str]) -> list[Closing]:
    """What is closed of some plans, in order: statements with their amounts, without their lines
    and stages, and differences without reasons (see `explained`)."""
    found = []
    for head in heads(connection):
        if head.plan in plans:
            paid = statement_rows.read(connection, *own(head), details=False)
            statements = {s.person: s for _, s in paid}
            differences = runs.differences(connection, *posted(head))
            version = runs.head_of(connection, head.run).version
            found.append(Closing(head.plan, head.period, version, statements, tuple(differences)))
    return found


def explained(connection: Connection, found: Comparison) -> Comparison:
    """The differences with their reasons in full, from the statements they were paid by."""
    whole = (
        replace(d, changes=changes(_old(connection, d), d.statement)) for d in found.differences
    )
    return replace(found, differences=tuple(whole))


def hash_of(
    head: ClosingHead, run: RunHead, paid: Mapping[str, str], differences: Sequence[str]
) -> str:
    """The hash of a closing. run: what it was closed with. paid: the digest of each person's
    statement. differences: theirs, in order."""
    return digest(
        {
            **{name: v for name, v in _values(head).items() if name != "hash"},
            "period": str(head.period),
            "version": version_document(run.version),
            "currency": run.plans.get(head.plan),
            "asked": str(run.period),
            "data": run.data,
            "engine": run.engine,
            "paid": dict(paid),
            "posted": list(differences),
        }
    )


def _old(connection: Connection, d: Difference) -> Statement | None:
    c = tables.statement.c
    key = (c.plan == d.plan, c.person == d.person, c.period == d.period)
    return next((s for _, s in statement_rows.read(connection, c.run == d.old.run, *key)), None)


def _plan_row(connection: Connection, number: int, plan: str) -> Row:
    c = tables.run_plan.c
    asked = sql.select(tables.run_plan).where(c.run == number, c.plan == plan)
    row = connection.execute(asked).mappings().one_or_none()
    if row is None:
        raise NotKept(f"run {number} has no plan `{plan}`")
    return row


def _refuse_unsaid(connection: Connection, number: int, closed: Period) -> None:
    """A run closes nothing after the period it was asked for."""
    asked = runs.head_of(connection, number).period
    if closed.kind != asked.kind or closed > asked:
        help = f"make a run for {closed}, and keep it"
        raise NotKept(f"run {number} is for {asked}, and does not tell what {closed} pays", help)


def _refuse_order(connection: Connection, number: int, plan: str, closed: Period) -> None:
    """Periods are closed one after the other, from the first that pays anybody anything."""
    done = runs.closed_periods(connection, plan)
    if closed in done:
        help = "what changed since is a difference of the period that is open"
        raise AlreadyClosed(f"`{plan}` is closed for {closed}", help)
    if done and closed < done[0]:
        help = "what is paid for it is a difference of the period that is open"
        raise OutOfOrder(f"`{plan}` was closed from {done[0]} on, and {closed} is before", help)
    there = runs.open_periods(connection, number, plan)
    first = done[-1].next if done else min([closed, *there])
    if first != closed:
        help = f"close {first} first, or the earlier ones with it"
        raise OutOfOrder(f"`{plan}` is still open for {first}", help)


def _refuse_stale(connection: Connection, row: Row) -> None:
    """What was closed since the run must have been closed with it."""
    closed = _closed_since(connection, row)
    if closed is not None:
        help = "run it again: its differences were made before that"
        raise Stale(f"`{row['plan']}` was closed for {closed} after run {row['run']}", help)


def _closed_since(connection: Connection, row: Row) -> Period | None:
    """What was closed of the plan of a run after it, and with another run."""
    c = tables.closing.c
    asked = sql.select(c.run, c.period).where(c.plan == row["plan"]).order_by(c.id)
    since = connection.execute(asked).all()[row["closings"] :]
    return next((closed for run, closed in since if run != row["run"]), None)


def _made(
    connection: Connection, number: int, plan: str, closed: Period, by: str, made: str
) -> ClosingHead:
    last = heads(connection)[-1:]
    previous, next_id = (last[0].hash, last[0].number + 1) if last else (GENESIS, 1)
    head = ClosingHead(next_id, plan, closed, number, by, made, 0, 0, "", previous)
    s, d = tables.statement.c, tables.difference.c
    paid = connection.execute(sql.select(s.person, s.digest).where(*own(head))).all()
    told = connection.scalars(sql.select(d.digest).where(*posted(head)).order_by(d.id)).all()
    counted = replace(head, statements=len(paid), differences=len(told))
    made_by = runs.head_of(connection, number)
    return replace(counted, hash=hash_of(counted, made_by, dict(paid), told))


def own(head: ClosingHead) -> tuple[sql.ColumnElement[bool], ...]:
    """Which statements a closing closed."""
    c = tables.statement.c
    return (c.run == head.run, c.plan == head.plan, c.period == head.period)


def posted(head: ClosingHead) -> tuple[sql.ColumnElement[bool], ...]:
    """Which differences a closing paid."""
    c = tables.difference.c
    return (c.run == head.run, c.plan == head.plan, c.posted == head.period)


def _values(head: ClosingHead) -> dict[str, Any]:
    return {name: getattr(head, name) for name in ClosingHead.__dataclass_fields__}


def _head(row: Row) -> ClosingHead:
    values = {n: row["id" if n == "number" else n] for n in ClosingHead.__dataclass_fields__}
    return ClosingHead(**{**values, "period": row["period"]})
