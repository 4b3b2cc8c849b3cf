"""A watcher built from the log of a store, kept up with it, and what it says otherwise than the
store does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from sqlalchemy.engine import Connection

from remit_dsl.program import Program
from remit_engine.people.directory import Directory
from remit_engine.storage import watch_log, watch_state
from remit_engine.storage.alerts import KeptAlert
from remit_engine.watch.alert import Alert, Happening, Status, Turn
from remit_engine.watch.matching import Matcher
from remit_engine.watch.watcher import Taken, Watcher

PIECE = 5_000
"""So many entries are read at a time."""


@dataclass(slots=True)
class Rebuilt:
    """A watcher that has read the log of a store up to an entry. unread: kinds of entries that were
    taken once, and that its program or directory does not take."""

    program: Program
    watcher: Watcher
    seq: int = 0
    unread: frozenset[str] = frozenset()

    def catch_up(self, connection: Connection) -> None:
        """Read what was kept since, and let the days begin that the store has begun. What happens
        was said by whoever kept it."""
        rows = watch_log.after(connection, self.seq)
        clock = watch_state.clock(connection)
        while piece := list(islice(rows, PIECE)):
            told = ((row.told.document, row.told.clock) for row in piece)
            self._taken(self.watcher.rebuild(told, piece[-1].told.clock))
            self.seq = piece[-1].seq
        if clock is not None and clock != self.watcher.today:
            self.watcher.advance(clock)

    def _taken(self, taken: Iterable[Taken]) -> None:
        refused = {t.refused.kind or "" for t in taken if t.refused is not None}
        if refused:
            self.unread |= refused


def rebuilt(
    connection: Connection,
    program: Program,
    directory: Directory,
    matcher: Matcher | None = None,
) -> Rebuilt:
    """The watcher of a program over all that a store holds."""
    since = watch_state.since(connection)
    found = Rebuilt(program, Watcher(program, directory, matcher, since))
    found.catch_up(connection)
    return found


def restated(kept: Iterable[KeptAlert], found: Rebuilt, today: date) -> Iterator[Happening]:
    """What the watcher says of open alerts otherwise than the store, as it is after another text
    or other people were published: what has ended, what is withdrawn, what is new.

    Where entries cannot be read any more, nothing ends but what no rule says any more: what is not
    known takes no freeze away.
    """
    known = {alert.id: alert for alert in found.watcher.alerts}
    before = {k.alert.id: k for k in kept}
    for id, one in before.items():
        if _stands(one):
            yield from _other(one.alert, known.get(id), found, today)
    for alert in known.values():
        if alert.cleared is None:
            yield from _new(alert, before.get(alert.id), today)


def _other(was: Alert, now: Alert | None, found: Rebuilt, today: date) -> Iterator[Happening]:
    """Of an alert that stands in the store."""
    if now is not None and now.cleared is None:
        if _held(now) != _held(was):
            yield Happening(Turn.WITHDRAWN, was, today)
            yield Happening(Turn.BEGUN, _said(now, today), today)
    elif found.unread and was.rule in _rules(found.program):
        return
    elif now is not None:
        yield Happening(Turn.CLEARED, now, today)
    else:
        yield Happening(Turn.WITHDRAWN, was, today)


def _new(now: Alert, before: KeptAlert | None, today: date) -> Iterator[Happening]:
    """Of an alert that is open by the watcher."""
    if before is None or before.status is Status.WITHDRAWN:
        yield Happening(Turn.BEGUN, _said(now, today), today)
    elif before.alert.cleared is not None:
        yield Happening(Turn.REOPENED, now, today)


def _said(alert: Alert, today: date) -> Alert:
    return replace(alert, late=today > alert.began)


def _stands(kept: KeptAlert) -> bool:
    """Whether the log has not ended it, whatever people did."""
    return kept.alert.cleared is None and kept.status is not Status.WITHDRAWN


def _held(alert: Alert) -> list[tuple[object, ...]]:
    """What an alert holds, wherever its text stands now."""
    keys = alert.keys or (None,) * len(alert.restraints)
    return [
        (r.kind, r.action, r.fact, r.value, r.verb, r.position, key)
        for r, key in zip(alert.restraints, keys, strict=True)
    ]


def _rules(program: Program) -> frozenset[str]:
    rules = (rule.id for watch in program.watches.values() for rule in watch.rules)
    return frozenset((*rules, *(duty.name for duty in program.duties)))
