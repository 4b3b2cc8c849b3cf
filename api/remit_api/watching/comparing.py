"""What a service's store holds against what its log says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.engine import Connection

from remit_api.watching.rebuilding import Rebuilt, restated
from remit_engine.storage import alerts, holds, outbox, watch_state
from remit_engine.storage.alerts import KeptAlert
from remit_engine.storage.holds import Standing
from remit_engine.watch.alert import Happening, Status
from remit_engine.watch.reports import Report, State

OPEN = (Status.OPEN, Status.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Compared:
    """clock: the day that the store's clock shows, None where nothing was ever told. entries: of
    the log. open: alerts that somebody has to see to, in the order they were kept. otherwise: what
    the log says of open alerts that the store does not. overdue: reports that are missing.
    messages: of the outbox, by state."""

    clock: date | None
    entries: int
    open: tuple[KeptAlert, ...]
    holds: Standing
    overdue: tuple[Report, ...]
    messages: Mapping[str, int]
    otherwise: tuple[Happening, ...]
    unread: frozenset[str]

    @property
    def same(self) -> bool:
        """Whether what is kept is what the log says."""
        return not self.otherwise

    @property
    def rules(self) -> Counter[str]:
        """Open alerts by rule."""
        return Counter(kept.alert.rule for kept in self.open)


def compared(connection: Connection, found: Rebuilt) -> Compared:
    """Of a watcher that has read the log of the same store."""
    clock = watch_state.clock(connection)
    kept = tuple(alerts.everything(connection))
    otherwise = () if clock is None else tuple(restated(kept, found, clock))
    reports = () if clock is None else found.watcher.reports()
    return Compared(
        clock=clock,
        entries=found.seq,
        open=tuple(one for one in kept if one.status in OPEN),
        holds=holds.standing(connection),
        overdue=tuple(one for one in reports if one.state is State.OVERDUE and not one.unsure),
        messages=outbox.counted(connection),
        otherwise=otherwise,
        unread=found.unread,
    )
