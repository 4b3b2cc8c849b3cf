"""What time does while nobody looks: overdue requests for approval expire or go up, answers to
repeated keys are forgotten, and watches are told of the day. One process of several does it, by a
lease in the store."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from datetime import date, timedelta
from secrets import token_hex

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from remit_api.http.dockets import docket_of
from remit_api.http.follower import ATTEMPTS
from remit_api.http.service import Service
from remit_api.http.watching import renewed
from remit_engine.storage import approvals, idempotency, leases, watch_state
from remit_engine.storage.faults import Superseded
from remit_engine.storage.opening import reading, writing

EVERY = 15.0
"""Seconds between two looks."""
LEASE = 60.0
"""Seconds for which a process has the work: a process that ended without a word is followed after
them at the latest."""
MOST = 10_000
"""So many requests at one look."""
KEPT = timedelta(hours=24)
"""How long the answer to a key can be had again."""
NAME = "time"
log = logging.getLogger("remit.http")


async def keeping_time(timer: Timer) -> None:
    """Looks until it is cancelled; a fault is said, and the next look tries again."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            await run_in_threadpool(timer.look)
        except Exception as fault:
            log.error("what time has done cannot be written", exc_info=fault)


class Timer:
    """Time's hand in one process."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._holder = f"{socket.gethostname()} {os.getpid()} {token_hex(8)}"
        self._mine = False
        self._failed: set[tuple[str, date]] = set()

    def look(self) -> int:
        """Do what is to be done now, where this process is the one to do it; how many requests for
        approval were changed."""
        late, old, behind = self._waiting()
        if not late and not old and not behind:
            return 0
        if not self._has_lease():
            return 0
        if old:
            self._forget()
        if behind:
            self._pass_days()
        changed = sum(self._moved(id) for id in late)
        if changed:
            log.info("time changed %d requests for approval", changed)
        return changed

    def end(self) -> None:
        """Let another process have the work; where that cannot be said, the lease runs out."""
        if not self._mine:
            return
        self._mine = False
        try:
            with writing(self._service.store) as connection:
                leases.given_back(connection, NAME, self._holder)
        except SQLAlchemyError as fault:
            log.warning("the lease of this process runs out by itself: %s", fault)

    def _waiting(self) -> tuple[list[str], bool, bool]:
        """The requests that are late, whether there is a key to forget, and whether a day has
        begun of which the watches were not told."""
        service = self._service
        today = service.clock.today()
        with reading(service.store) as connection:
            late = approvals.late(connection, today, MOST)
            old = idempotency.any_before(connection, service.clock.now() - KEPT)
            shown = watch_state.clock(connection)
        behind = shown is not None and shown < today
        return [id for id in late if (id, today) not in self._failed], old, behind

    def _has_lease(self) -> bool:
        now = self._service.clock.now()
        with writing(self._service.store) as connection:
            self._mine = leases.taken(connection, NAME, self._holder, now, LEASE)
        return self._mine

    def _forget(self) -> None:
        with writing(self._service.store) as connection:
            idempotency.forget(connection, self._service.clock.now() - KEPT)

    def _pass_days(self) -> None:
        """What is wrong with the watches stops nothing else."""
        try:
            self._service.follower.pass_days()
        except Exception as fault:
            log.error("the watches cannot be told of the day", exc_info=fault)

    def _moved(self, id: str) -> bool:
        """One request; what is wrong with it stops no other, and is said once a day."""
        try:
            return self._changed(id)
        except Exception as fault:
            self._failed.add((id, self._service.clock.today()))
            log.error("time cannot change the request for approval %s", id, exc_info=fault)
            return False

    def _changed(self, id: str) -> bool:
        service = self._service
        for _ in range(ATTEMPTS):
            try:
                with writing(service.store) as connection:
                    docket = docket_of(connection, service, service.clock.today(), NAME)
                    before = approvals.found(connection, id).request.edition
                    return docket.read(id).request.edition != before
            except Superseded:
                renewed(service)
        return False
