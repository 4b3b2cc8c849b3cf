"""A run of pay as a process of its own is handed it, and what comes of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_api.failures import FileTrouble
from remit_api.http.problems import described
from remit_api.http.refusals import FaultyData, NotReady
from remit_api.pay.keeping import Store
from remit_api.pay.making import Work, make
from remit_api.pay.report import Report
from remit_api.pay.running import ALL, Means, Phase, Place, Texts, chosen
from remit_api.pay_data.failures import BadData
from remit_api.pay_data.kept_events import KeptEvents
from remit_engine.people.directory import Directory
from remit_engine.request import Problem
from remit_engine.rules.ir import Model
from remit_engine.storage import events, jobs
from remit_engine.storage.jobs import Job
from remit_engine.storage.opening import reading

EVENTS = "events"
"""How the events that the service was told are called as data."""
MOST_NOTES = 100
log = logging.getLogger("remit.http")


@dataclass(frozen=True, slots=True)
class Task:
    """A job with all that is read for it. database: the address of the store. place: where the data
    are; for events, what stands beside them. day: on which it is run."""

    job: Job
    model: Model
    directory: Directory
    database: str
    place: str | None
    day: date


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no run, as a problem."""

    problem: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing came of it, as somebody wanted."""


Result = int | Failed | Stopped
"""What came of a job: the number of its run, which is kept, or why there is none."""
Stop = Callable[[], bool]
"""Whether to leave off; asked several times a second."""


def computed(task: Task, store: sql.Engine, told: Phase) -> int:
    """Compute a run and keep it, with the end of its job, in one transaction; its number. Raises
    what `make` does, and Refused where the job was taken away meanwhile."""
    order, notes = task.job.order, list[str]()
    place, source = _place(task, store)
    texts = Texts(task.model, "en", task.directory)
    work = Work(
        texts,
        chosen(order.plan, texts, order.period),
        order.period,
        place,
        source,
        task.day,
        order.plan == ALL,
        Means(order.engine, notice=notes.append),
    )

    def finish(report: Report, connection: Connection | None) -> None:
        if connection is None:
            raise TypeError("a job is kept in a store")
        jobs.done(connection, task.job, report.head.number, notes[:MOST_NOTES], now())

    return make(work, Store(store, "store"), told, notes.append, finish).report.head.number


def _place(task: Task, store: sql.Engine) -> tuple[Place, str]:
    """Where the data are, and how that is told: never by a path."""
    name = task.job.order.data
    if name != EVENTS:
        if task.place is None:
            raise TypeError(f"nobody said where `{name}` is")
        return task.place, name
    with reading(store) as connection:
        kept = KeptEvents(store, events.last(connection), task.place)
    return kept, str(kept)


def failure(fault: Exception, data: str) -> Failed:
    """What a caller is told of a fault. data: what the place of the data is called; where it is
    stands in the log alone."""
    if isinstance(fault, FileTrouble):
        fault = unreadable(data, fault)
    if isinstance(fault, BadData):
        fault = at_fault(data, fault)
    found = described(fault)
    if found is None:
        log.error("a run of pay failed", exc_info=fault)
        return Failed(internal("the service itself failed; its log says more"))
    return Failed(found.document())


def unreadable(data: str, fault: FileTrouble) -> NotReady:
    """What callers are told of data that cannot be read; the log has the rest."""
    log.error("the data `%s` cannot be read: %s", data, fault.message)
    help = "whoever runs the service finds in its log what is wrong"
    return NotReady(f"the data `{data}` cannot be read now", help)


def at_fault(data: str, fault: BadData) -> FaultyData:
    """What callers are told of data with errors: each with its place, and no path."""
    many = "one thing is" if fault.count == 1 else f"{fault.count:,} things are"
    told = (Problem(data if f.place == fault.place else f.where, f.message) for f in fault.faults)
    return FaultyData(f"{many} wrong with the data `{data}`", problems=told)


def internal(detail: str) -> dict[str, Any]:
    """The problem of a fault of ours."""
    title = "A fault of the service"
    return {"type": "urn:remit:problem:internal", "title": title, "status": 500, "detail": detail}


def now() -> str:
    """This moment, as jobs have it: texts in the order of time."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
