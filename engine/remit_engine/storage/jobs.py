"""Runs of pay that were asked for: they wait, one process takes each, and its run is kept in the
transaction that ends it. Whoever lost a job meanwhile keeps nothing."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.commission.basis.periods import Period
from remit_engine.storage import changes, tables
from remit_engine.storage.faults import Conflict, NotKept
from remit_engine.storage.tables import Row


class State(StrEnum):
    """Where a job stands. A process works on one that is running; one that is being cancelled keeps
    nothing any more."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (State.QUEUED, State.RUNNING, State.CANCELLING)
TAKEN = (State.RUNNING, State.CANCELLING)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run. by: who asked, as the service knows him; person: of the directory. plan:
    its qualified name, or `all`. data: the name of a place in the configuration."""

    by: str
    person: str | None
    plan: str
    period: Period
    data: str
    engine: str


@dataclass(frozen=True, slots=True)
class Job:
    """An order and how far it is. id: its name. made, ended: moments. progress: phase, how much of
    it is done, and of how much (0: not known). run: what came of it; problem: why nothing did.
    notes: what is told beside it."""

    number: int
    id: str
    order: Order
    made: str
    state: State
    worker: str | None = None
    progress: tuple[str, int, int] | None = None
    run: int | None = None
    notes: tuple[str, ...] = ()
    problem: Mapping[str, Any] | None = None
    ended: str | None = None


def ordered(connection: Connection, order: Order, moment: str) -> Job:
    """A new job that waits."""
    name = f"job_{secrets.token_hex(12)}"
    row = {n: getattr(order, n) for n in Order.__slots__}
    state = State.QUEUED.value
    connection.execute(
        tables.run_job.insert(), {**row, "name": name, "made": moment, "state": state}
    )
    return found(connection, name)


def found(connection: Connection, id: str) -> Job:
    """A job; raises NotKept."""
    return _one(connection, tables.run_job.c.name == id, f"there is no job `{id}`")


@dataclass(frozen=True, slots=True)
class Maker:
    """Who asked for a run: as the service knows him, and the person of the directory. job: its
    name."""

    by: str
    person: str | None
    job: str


def maker_of(connection: Connection, run: int) -> Maker | None:
    """Who asked for a run; None for one that was made elsewhere."""
    c = tables.run_maker.c
    asked = sql.select(c.by, c.person, c.job).where(c.run == run)
    row = connection.execute(asked).one_or_none()
    return None if row is None else Maker(*row)


def listed(
    connection: Connection, limit: int, *, before: int | None = None, by: str | None = None
) -> list[Job]:
    """The latest first. before: of a smaller number. by: who asked for them."""
    c = tables.run_job.c
    asked = sql.select(tables.run_job).order_by(c.id.desc()).limit(limit)
    asked = asked if before is None else asked.where(c.id < before)
    asked = asked if by is None else asked.where(c.by == by)
    return [_job(row) for row in connection.execute(asked).mappings()]


def waiting(connection: Connection) -> int:
    """How many wait."""
    c = tables.run_job.c
    asked = sql.select(sql.func.count()).select_from(tables.run_job)
    return connection.scalar(asked.where(c.state == State.QUEUED)) or 0


def pending(connection: Connection, since: str) -> bool:
    """Whether there is one to take: it waits, or its worker said nothing since a moment."""
    c = tables.run_job.c
    lost = sql.and_(c.state.in_(TAKEN), c.beat < since)
    asked = sql.select(c.id).where(sql.or_(c.state == State.QUEUED, lost)).limit(1)
    return connection.scalar(asked) is not None


def claimed(connection: Connection, worker: str, moment: str) -> Job | None:
    """The job that waits longest, taken by a worker; None where none waits."""
    c = tables.run_job.c
    first = sql.select(c.name).where(c.state == State.QUEUED).order_by(c.id).limit(1)
    name = connection.scalar(first)
    if name is None:
        return None
    _set(connection, name, state=State.RUNNING, worker=worker, beat=moment, progress=None)
    return found(connection, name)


def told(
    connection: Connection, job: Job, progress: tuple[str, int, int] | None, moment: str
) -> State:
    """Say that a worker is at it still, and how far; how the job stands. Of one that is no longer
    his nothing is changed."""
    now = found(connection, job.id)
    if now.worker == job.worker and now.state in TAKEN:
        said = None if progress is None else json.dumps(progress, ensure_ascii=False)
        _set(connection, job.id, beat=moment, progress=said)
        return now.state
    return State.FAILED if now.state in OPEN else now.state


def done(connection: Connection, job: Job, run: int, notes: Sequence[str], moment: str) -> None:
    """The run came of it, which is kept in the same transaction; raises Conflict where the job was
    cancelled or taken away meanwhile, so that nothing is kept."""
    now = found(connection, job.id)
    if now.state is not State.RUNNING or now.worker != job.worker:
        raise Conflict(f"the job is {now.state} by now, and nothing is kept of it")
    said = json.dumps(list(notes), ensure_ascii=False)
    _set(connection, job.id, state=State.DONE, run=run, notes=said, progress=None, ended=moment)
    made = {"run": run, "by": job.order.by, "person": job.order.person, "job": job.id}
    connection.execute(tables.run_maker.insert(), made)
    changes.noted(connection, tables.run_maker, tables.run_maker.c.run == run)


def failed(connection: Connection, job: Job, problem: Mapping[str, Any], moment: str) -> Job:
    """Nothing came of it; it is cancelled where somebody wanted that. One that is no longer the
    worker's stays as it is."""
    now = found(connection, job.id)
    if now.worker != job.worker or now.state not in TAKEN:
        return now
    if now.state is State.CANCELLING:
        _set(connection, job.id, state=State.CANCELLED, progress=None, ended=moment)
    else:
        said = json.dumps(dict(problem), ensure_ascii=False)
        _set(connection, job.id, state=State.FAILED, problem=said, progress=None, ended=moment)
    return found(connection, job.id)


def cancelled(connection: Connection, id: str, moment: str) -> Job:
    """The job, which keeps nothing any more; raises Conflict for one that has ended otherwise."""
    now = found(connection, id)
    if now.state is State.QUEUED:
        _set(connection, id, state=State.CANCELLED, ended=moment)
    elif now.state is State.RUNNING:
        _set(connection, id, state=State.CANCELLING)
    elif now.state in (State.DONE, State.FAILED):
        help = f"run {now.run} is kept; what is not closed is replaced by the next run"
        raise Conflict(f"the job is {now.state}", help if now.run is not None else None)
    return found(connection, id)


def stopped(connection: Connection, job: Job, moment: str) -> None:
    """Whoever took it left off: it is cancelled where somebody wanted that, else it waits again."""
    now = found(connection, job.id)
    if now.worker != job.worker:
        return
    if now.state is State.CANCELLING:
        _set(connection, job.id, state=State.CANCELLED, progress=None, ended=moment)
    elif now.state is State.RUNNING:
        _set(connection, job.id, state=State.QUEUED, worker=None, progress=None)


def abandoned(connection: Connection, since: str, problem: Mapping[str, Any], moment: str) -> int:
    """End the jobs whose workers said nothing since a moment; how many they were."""
    c = tables.run_job.c
    asked = sql.select(tables.run_job).where(c.state.in_(TAKEN), c.beat < since)
    lost = [_job(row) for row in connection.execute(asked).mappings()]
    for job in lost:
        failed(connection, job, problem, moment)
    return len(lost)


def _one(connection: Connection, where: sql.ColumnElement[bool], missing: str) -> Job:
    row = connection.execute(sql.select(tables.run_job).where(where)).mappings().one_or_none()
    if row is None:
        raise NotKept(missing)
    return _job(row)


def _set(connection: Connection, name: str, **values: object) -> None:
    changed = tables.run_job.update().where(tables.run_job.c.name == name)
    connection.execute(changed.values(**values))


def _job(row: Row) -> Job:
    progress, problem = row["progress"], row["problem"]
    return Job(
        row["id"],
        row["name"],
        Order(**{name: row[name] for name in Order.__slots__}),
        row["made"],
        State(row["state"]),
        row["worker"],
        None if progress is None else tuple(json.loads(progress)),
        row["run"],
        tuple(json.loads(row["notes"] or "[]")),
        None if problem is None else json.loads(problem),
        row["ended"],
    )
