"""The jobs that this process takes from the store, a few at a time, and how far they are."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import token_hex

import sqlalchemy as sql
from sqlalchemy.exc import SQLAlchemyError

from remit_api.failures import Refused
from remit_api.http.clock import Clock
from remit_api.http.computing.process import Computer, in_process
from remit_api.http.computing.task import (
    EVENTS,
    Failed,
    Stopped,
    Task,
    failure,
    internal,
    now,
)
from remit_api.http.desk import Desk
from remit_api.http.settings import Settings
from remit_engine.storage import jobs
from remit_engine.storage.jobs import Job, State
from remit_engine.storage.opening import reading, writing

EVERY = 2.0
"""Seconds between two looks for jobs that others left, and between two words about one's own."""
LOST = 60.0
"""Seconds without a word after which a job is nobody's any more."""
MOST_ENDED = 1_000
LEFT = "the service was stopped while it computed this, and nothing is kept of it"
log = logging.getLogger("remit.http")


@dataclass(slots=True)
class _State:
    open: bool = False
    stopping: set[str] = field(default_factory=set)
    ended: dict[str, None] = field(default_factory=dict)


class JobRunner:
    """Takes jobs from the store and sees them through. desk: gives the desk that stands."""

    def __init__(
        self,
        store: sql.Engine,
        settings: Settings,
        clock: Clock,
        desk: Callable[[], Desk],
        computer: Computer = in_process,
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._desk = desk
        self.computer = computer
        self._state = _State()
        self._wake = threading.Condition()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to take jobs."""
        self._state.open = True
        for number in range(self._settings.pay_at_once):
            name = f"remit-pay-{number}"
            thread = threading.Thread(target=self._run, name=name, daemon=False)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Take none any more; what is not done waits for another process."""
        with self._wake:
            self._state.open = False
            self._wake.notify_all()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def wake(self) -> None:
        """There is a job."""
        with self._wake:
            self._wake.notify()

    def leave_off(self, id: str) -> None:
        """Where this process computes a job, it stops at once; another sees it in the store."""
        self._state.stopping.add(id)

    def has_ended(self, id: str) -> bool:
        """Whether a job ended in this process."""
        return id in self._state.ended

    def _run(self) -> None:
        worker = f"{socket.gethostname()} {os.getpid()} {token_hex(8)}"
        while self._state.open:
            try:
                job = self._next(worker)
                if job is not None:
                    self._see_through(job)
                    continue
            except SQLAlchemyError as fault:
                log.error("the store of jobs does not answer", exc_info=fault)
            with self._wake:
                if self._state.open:
                    self._wake.wait(EVERY)

    def _next(self, worker: str) -> Job | None:
        """The job that waits longest, if one does; before, those are ended that nobody computes any
        more."""
        since = (datetime.now(UTC) - timedelta(seconds=LOST)).isoformat(timespec="microseconds")
        with reading(self._store) as connection:
            if not jobs.pending(connection, since):
                return None
        with writing(self._store) as connection:
            jobs.abandoned(connection, since, internal(LEFT), now())
            return jobs.claimed(connection, worker, now())

    def _see_through(self, job: Job) -> None:
        following = _Following(self._store, self._state, job)
        started = time.monotonic()
        try:
            result = self.computer(self._task(job), following.told, following.stop)
        except Exception as fault:
            result = failure(fault, job.order.data)
        with writing(self._store) as connection:
            match result:
                case Failed(problem):
                    jobs.failed(connection, job, problem, now())
                case Stopped():
                    jobs.stopped(connection, job, now())
            after = jobs.found(connection, job.id)
        seconds = time.monotonic() - started
        log.info("job %s is %s after %.1f s, run %s", job.id, after.state, seconds, after.run)
        self._ended(job.id)

    def _task(self, job: Job) -> Task:
        desk, settings = self._desk(), self._settings
        place = dict(settings.pay_data).get(job.order.data)
        if place is None and job.order.data != EVENTS:
            raise Refused(f"no data are called `{job.order.data}` any more")
        day = self._clock.today()
        return Task(job, desk.model, desk.directory, settings.database, place, day)

    def _ended(self, id: str) -> None:
        state = self._state
        state.stopping.discard(id)
        state.ended[id] = None
        while len(state.ended) > MOST_ENDED:
            state.ended.pop(next(iter(state.ended)))


class _Following:
    """How far one job is, said in the store every now and then; there is seen whether somebody
    wants it to stop."""

    def __init__(self, store: sql.Engine, state: _State, job: Job) -> None:
        self._store, self._state, self._job = store, state, job
        self._progress: tuple[str, int, int] | None = None
        self._last = time.monotonic()
        self._taken = False

    def told(self, phase: str, done: int, of: int) -> None:
        """How far it is."""
        self._progress = (phase, done, of)

    def stop(self) -> bool:
        """Whether to leave off."""
        if time.monotonic() - self._last >= EVERY:
            self._last = time.monotonic()
            with writing(self._store) as connection:
                state = jobs.told(connection, self._job, self._progress, now())
            self._taken = state is not State.RUNNING
        wanted = self._taken or self._job.id in self._state.stopping
        return wanted or not self._state.open
