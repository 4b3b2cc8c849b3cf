"""The recorder: one writer a process; many waiting requests, one transaction.

An answer leaves only after the commit. Who finds the queue full is told to come again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from remit_api.http.desk import Desk
from remit_api.http.refusals import NotReady
from remit_engine.storage.faults import Superseded
from remit_engine.storage.ledger import Ledger, Pending, Recorded, Refused

MOST = 500
"""So many requests go into one transaction, unless one batch alone has more."""
ATTEMPTS = 5
"""How often a group is judged anew because something was published meanwhile."""
log = logging.getLogger("remit.http")


Outcome = Recorded | Refused


class Ask(Protocol):
    """What is to be recorded, read by whichever desk stands."""

    def pending(self, desk: Desk) -> Pending:
        """The request as that desk reads it; what it raises is the request's answer."""


@dataclass(slots=True)
class _Group:
    """What is to be recorded together, and who waits for it."""

    asks: Sequence[Ask]
    loop: asyncio.AbstractEventLoop
    waiting: asyncio.Future[list[Outcome]]


@dataclass(slots=True)
class _State:
    groups: deque[_Group] = field(default_factory=deque)
    count: int = 0
    open: bool = False


class Recorder:
    """Records in the ledger. desk: gives the desk that stands. renew: sees to it that the desk is
    of the revision that stands in the store, and gives it. waiting: how many may wait. told: learns
    of what was recorded, before those who wait for it."""

    def __init__(
        self,
        ledger: Ledger,
        desk: Callable[[], Desk],
        renew: Callable[[], Desk],
        waiting: int,
        told: Callable[[Sequence[Outcome]], None] = lambda outcomes: None,
    ) -> None:
        self._ledger = ledger
        self._desk = desk
        self._renew = renew
        self._most = waiting
        self._told = told
        self._state = _State()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None

    @property
    def open(self) -> bool:
        """Whether it takes requests."""
        return self._state.open

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return self._state.count

    def start(self) -> None:
        """Begin to write."""
        self._state.open = True
        self._thread = threading.Thread(target=self._run, name="remit-recorder", daemon=False)
        self._thread.start()

    def stop(self) -> None:
        """Take nothing more, write what waits, and end."""
        with self._wake:
            self._state.open = False
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    async def record(self, asks: Sequence[Ask]) -> list[Outcome]:
        """Record in one transaction, in this order; returns after it is kept. Raises NotReady
        where too many wait, and what the store raises."""
        loop = asyncio.get_running_loop()
        group = _Group(asks, loop, loop.create_future())
        with self._wake:
            if not self._state.open:
                raise NotReady("the service is being stopped")
            if self._state.count and self._state.count + len(asks) > self._most:
                raise NotReady("too many decisions wait to be recorded")
            self._state.groups.append(group)
            self._state.count += len(asks)
            self._wake.notify()
        return await group.waiting

    def _run(self) -> None:
        while groups := self._next():
            results: list[Outcome] | Exception
            try:
                results = self._recorded(groups)
            except Exception as fault:  # of the store: each of them learns of it
                results = fault
            else:
                self._told(results)
            # the room is free before anybody learns of it: who has his answer may ask again
            with self._wake:
                self._state.count -= sum(len(group.asks) for group in groups)
            _tell(groups, results)

    def _next(self) -> list[_Group]:
        """The groups of the next transaction; none when all is written and the recorder ends."""
        with self._wake:
            while not self._state.groups and self._state.open:
                self._wake.wait()
            taken: list[_Group] = []
            size = 0
            while self._state.groups:
                size += len(self._state.groups[0].asks)
                if taken and size > MOST:
                    break
                taken.append(self._state.groups.popleft())
            return taken

    def _recorded(self, groups: Sequence[_Group]) -> list[Outcome]:
        asks = [ask for group in groups for ask in group.asks]
        desk = self._desk()
        for _ in range(ATTEMPTS):
            read = [_read(ask, desk) for ask in asks]
            pending = [one for one in read if isinstance(one, Pending)]
            try:
                found = iter(self._ledger.record(pending, desk.court))
            except Superseded:
                desk = self._renew()
                continue
            return [next(found) if isinstance(one, Pending) else one for one in read]
        raise NotReady("policies are published faster than decisions are recorded")


def _read(ask: Ask, desk: Desk) -> Pending | Refused:
    try:
        return ask.pending(desk)
    except Exception as fault:
        return Refused(fault)


def _tell(groups: Sequence[_Group], results: list[Outcome] | Exception) -> None:
    """Hands each group its results, in the loop in which it waits."""
    start = 0
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Group, list[Outcome] | Exception]]] = {}
    for group in groups:
        end = start + len(group.asks)
        own = results if isinstance(results, Exception) else results[start:end]
        by_loop.setdefault(group.loop, []).append((group, own))
        start = end
    for loop, told in by_loop.items():
        try:
            loop.call_soon_threadsafe(_deliver, told)
        except RuntimeError:  # the loop has ended: nobody waits any more, and all is kept
            log.warning("%d answers came after their callers had gone", len(told))


def _deliver(told: Sequence[tuple[_Group, list[Outcome] | Exception]]) -> None:
    for group, result in told:
        if group.waiting.done():  # he hung up
            continue
        if isinstance(result, Exception):
            group.waiting.set_exception(result)
        else:
            group.waiting.set_result(result)
