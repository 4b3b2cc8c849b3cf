"""The follower: the watcher of one process, fed in the order of the store, one transaction for all
that an entry leads to."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import RLock
from typing import Any, TypeVar

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_api.delivery.channels import Channel
from remit_api.delivery.keeping import keep
from remit_api.http.clock import Clock
from remit_api.http.desk import Desk
from remit_api.http.refusals import Conflict, NotReady
from remit_api.watching.adopting import earlier
from remit_api.watching.rebuilding import Rebuilt, rebuilt, restated
from remit_engine.request import InvalidRequest
from remit_engine.storage import alerts, events, watch_log, watch_state
from remit_engine.storage.events import KeptEvent
from remit_engine.storage.faults import NotKept, Superseded
from remit_engine.storage.opening import reading, writing
from remit_engine.storage.revisions import revision
from remit_engine.watch.alert import Happening
from remit_engine.watch.choosing import PLAIN, choose
from remit_engine.watch.entry import Refused, as_date
from remit_engine.watch.matching import Matcher
from remit_engine.watch.rulesets import rulesets
from remit_engine.watch.watcher import Watcher

ATTEMPTS = 5
"""How often something is done anew because something was published meanwhile."""
WAIT = 10.0
"""Seconds that somebody waits for the watcher."""
LOST = (
    "Until then, what is counted in days is counted up to that day: look at what should be frozen"
)
log = logging.getLogger("remit.http")
Found = TypeVar("Found")


@dataclass(slots=True)
class Turn:
    """One writing transaction with the watcher as the store has it. moved: whether the watcher
    knows what is not kept yet."""

    connection: Connection
    follower: Follower
    desk: Desk
    followed: Rebuilt
    moved: bool = False

    def tell(
        self, document: Mapping[str, Any], by: str, moment: str, event: int | None = None
    ) -> int | None:
        """Take an entry as docs/watch.md has it, and keep it with all that it leads to; its number
        in the log, None for a copy. event: the `seq` of the event that it is. Raises
        InvalidRequest, or Conflict where it was told with another content."""
        watcher = self.followed.watcher
        today = self.follower.today(watcher)
        before, self.moved = self.moved, True
        told = watcher.tell([document], today, pass_days=False)
        (taken,) = told.taken
        if taken.status in ("refused", "copy"):
            self.moved = before
            if taken.refused is not None:
                raise _refusal(taken.refused)
            return None
        entry = watcher.last
        if entry is None:
            raise RuntimeError("an entry was taken, and there is none")
        kept = watch_log.Told(
            kind=entry.kind,
            id=entry.id,
            event=event,
            entry=entry.entry,
            day=as_date(entry.day),
            clock=taken.clock,
            received=moment,
            by=by,
            document=document,
        )
        self.followed.seq = watch_log.add(self.connection, kept).seq
        self._keep((*told.happenings, *watcher.advance(today)))
        return self.followed.seq

    def follow(self, kept: KeptEvent, document: Mapping[str, Any], by: str, moment: str) -> None:
        """Take an event that is kept, unless the watches count one in whose place it stands: what
        happened once is counted once, and a link to either means the one that they count. Raises
        what `tell` does."""
        counts, first = self.followed.watcher.counts, events.before(self.connection, kept)
        if not any(counts(one.kind, one.id) for one in first):
            declared = self.followed.program.events.get(kept.kind)
            links, facts = {} if declared is None else declared.links, document["facts"]
            meant = {n: self._meant(links[n], facts[n]) for n in links if facts.get(n) is not None}
            self.tell({**document, "facts": {**facts, **meant}}, by, moment, kept.seq)

    def _meant(self, kind: str, id: str) -> str:
        """The id of the event that the watches count for one: its own, or that of one in whose
        place it stands, or of the one in its place."""
        counts = self.followed.watcher.counts
        if counts(kind, id):
            return id
        try:
            first = events.before(self.connection, events.found(self.connection, kind, id))
            counted = next((one.id for one in first if counts(kind, one.id)), None)
        except NotKept:
            return id
        if counted is not None:
            return counted
        corrected = events.corrections(self.connection, events.last(self.connection))
        return events.in_place(corrected).get((kind, id), id)

    def settle(self) -> None:
        """Say what the text and the people that stand say otherwise of open alerts, and let the
        days begin up to today."""
        watcher, follower = self.followed.watcher, self.follower
        today = follower.today(watcher)
        self.moved = True
        if watch_state.since(self.connection) is None:
            watch_state.begin(self.connection, today)
            self._keep(watcher.advance(today))
            self._adopt()
        if not follower.restated:
            known = alerts.everything(self.connection)
            self._keep(tuple(restated(known, self.followed, today)))
        self._keep(watcher.advance(today))

    def _adopt(self) -> None:
        """Events that were told before there was a log are told late, on its first day."""
        for kept, document in earlier(self.connection, self.followed.program):
            try:
                self.follow(kept, document, kept.by, kept.received)
            except (InvalidRequest, Conflict) as fault:
                log.warning("the event %s of %s is not followed: %s", kept.id, kept.kind, fault)

    def _keep(self, happenings: Sequence[Happening]) -> None:
        """What happened, and the day that the clock shows."""
        watcher, follower = self.followed.watcher, self.follower
        shown = watcher.today
        if shown is not None and shown != watch_state.clock(self.connection):
            watch_state.set_clock(self.connection, shown)
        program, people = self.followed.program, self.desk.directory
        keep(self.connection, happenings, program, people, follower.channels, follower.moment())


class Follower:
    """Follows the log of a store with the policy and the people that stand. One thread at a time;
    whoever waits for its turn has no transaction.

    desk: gives the desk that stands; renew: sees to it that it is that of the store. channels: by
    which somebody outside is told. matcher: by name, as `choose` knows them.
    """

    def __init__(
        self,
        store: sql.Engine,
        clock: Clock,
        desk: Callable[[], Desk],
        renew: Callable[[], Desk],
        channels: Sequence[Channel] = (),
        matcher: str | None = PLAIN,
    ) -> None:
        self.channels = channels
        self.restated = False
        self._store = store
        self._clock = clock
        self._desk = desk
        self._renew = renew
        self._matcher = matcher
        self._lock = RLock()
        self._followed: Rebuilt | None = None
        self._of: Desk | None = None
        self._ahead: date | None = None

    def do(self, act: Callable[[Turn], Found]) -> Found:
        """Do something with the watcher in one writing transaction: all of it is kept, or nothing.
        Raises what the act does, NotReady."""
        for _ in range(ATTEMPTS):
            try:
                with self._held(), self._turn(*self._settled()) as turn:
                    return act(turn)
            except Superseded:
                self._renew()
        raise NotReady("policies are published faster than this is done")

    def look(self) -> None:
        """Build the watcher where it is of another text or of other people than stand, say what
        they say otherwise, and read what others have kept."""
        for _ in range(ATTEMPTS):
            try:
                with self._lock:
                    _, followed = self._settled(passing=False)
                    with reading(self._store) as connection:
                        self._catch_up(followed, connection)
                    return
            except Superseded:
                self._renew()

    def pass_days(self) -> None:
        """Let the days begin up to today, and keep what happens."""
        self.do(lambda turn: None)

    @contextmanager
    def seeing(self) -> Iterator[tuple[Connection, Desk, Rebuilt]]:
        """The watcher as the store has it, for reading."""
        with self._held():
            desk, followed = self._ready()
            with reading(self._store) as connection:
                self._catch_up(followed, connection)
                yield connection, desk, followed

    def close(self) -> None:
        """Let the matcher go."""
        with self._lock:
            self._drop()

    def today(self, watcher: Watcher) -> date:
        """The company's day; never before the day that the watcher's clock shows."""
        today, shown = self._clock.today(), watcher.today
        if shown is None or shown <= today:
            return today
        if self._ahead != shown:
            self._ahead = shown
            log.error(
                "the watches are at %s, and it is %s: a clock was ahead. %s", shown, today, LOST
            )
        return shown

    def moment(self) -> str:
        """Now, in UTC."""
        return self._clock.now().isoformat(timespec="microseconds")

    @contextmanager
    def _held(self) -> Iterator[None]:
        """The watcher, for one thread; raises NotReady where another has it too long, as while it
        is built anew: those who answer other questions must not wait for it."""
        if not self._lock.acquire(timeout=WAIT):
            raise NotReady("what was told before is being read", seconds=5)
        try:
            yield
        finally:
            self._lock.release()

    # --- the watcher -------------------------------------------------------------------------

    def _settled(self, passing: bool = True) -> tuple[Desk, Rebuilt]:
        """What stands, with the day begun; in a transaction of its own, so that no fault of what
        comes after takes that back."""
        desk, followed = self._ready()
        shown = followed.watcher.today
        behind = shown is None or (passing and shown < self.today(followed.watcher))
        if behind or not self.restated:
            with self._turn(desk, followed) as turn:
                turn.settle()
            self.restated = True
        return desk, followed

    @contextmanager
    def _turn(self, desk: Desk, followed: Rebuilt) -> Iterator[Turn]:
        turn = None
        try:
            with writing(self._store) as connection:
                stands = revision(connection)
                if stands != desk.revision:
                    raise Superseded(stands)
                self._catch_up(followed, connection)
                turn = Turn(connection, self, desk, followed)
                yield turn
        except BaseException:
            if turn is not None and turn.moved:  # it knows what was not kept: it is built anew
                self._drop()
            raise

    def _catch_up(self, followed: Rebuilt, connection: Connection) -> None:
        try:
            followed.catch_up(connection)
        except BaseException:  # halfway is nowhere
            self._drop()
            raise

    def _ready(self) -> tuple[Desk, Rebuilt]:
        """The desk that stands, and the watcher of its text and people."""
        desk, known = self._desk(), self._of
        if known is not None and desk is not known and _same(desk, known):
            self._of = known = desk
        if self._followed is None or desk is not known:
            self._drop()
            with reading(self._store) as connection:
                program = desk.model.program
                found = rebuilt(connection, program, desk.directory, self._match(desk))
            if found.unread:
                kinds = ", ".join(sorted(found.unread))
                log.warning("entries of the log cannot be read any more, of: %s", kinds)
            self._of, self._followed = desk, found
        return desk, self._followed

    def _match(self, desk: Desk) -> Matcher | None:
        """None where the plain one is asked alone."""
        program = desk.model.program
        if self._matcher == PLAIN or not (program.watches or program.duties):
            return None
        chosen = choose(rulesets(program), self._matcher)
        for sentence in chosen.said:
            log.info("%s", sentence)
        return chosen.matcher

    def _drop(self) -> None:
        if self._followed is not None:
            self._followed.watcher.close()
        self._followed, self.restated = None, False


def _same(desk: Desk, other: Desk) -> bool:
    """Whether two desks have the same text and the same people, whatever is lent or held."""
    mine, theirs = desk.directory, other.directory
    return desk.model.program is other.model.program and (
        mine is theirs or (mine.people == theirs.people and mine.units == theirs.units)
    )


def _refusal(refused: Refused) -> Exception:
    """Why an entry was not taken, as a caller is told."""
    if refused.code == "conflict":
        return Conflict(refused.problems[0].message, None, refused.problems)
    return InvalidRequest(list(refused.problems))
