"""Rows of rules about rows: whose they are, which an entry touches, and what is read of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from remit_engine.judging.evaluate import Environment
from remit_engine.watch.entry import Entry, day_at, value_at
from remit_engine.watch.log import Log
from remit_engine.watch.matching import EQUAL, GREATER, LESS, UNKNOWN
from remit_engine.watch.plan import RowsPlan
from remit_engine.watch.windows import after
from remit_engine.watch.world import World


def owner(plan: RowsPlan, row: Entry) -> Any:
    """The key of the subject a row belongs to."""
    return row.id if plan.feed is None else value_at(row.facts, plan.feed[1])


def touched(plan: RowsPlan, key: Any, entry: Entry, log: Log) -> Iterator[Entry]:
    """The row of a subject that an entry is, or those that it links to."""
    event = plan.rows.event
    ids = {entry.id: None} if entry.kind == event else {}
    for count in plan.counts:
        id = value_at(entry.facts, count.feed[1]) if count.feed[0] == entry.kind else None
        ids |= {} if id is None else {id: None}
    for id in ids:
        row = log.event(event, id)
        if row is not None and owner(plan, row) == key:
            yield row


def due_sign(plan: RowsPlan, row: Entry, today: int) -> int:
    """Of today against the last day of a row's time."""
    date = row.facts.get(plan.rows.of)
    if date is None:
        return UNKNOWN
    last = after(date.toordinal(), plan.rows.length, plan.rows.unit)
    return GREATER if today > last else EQUAL if today == last else LESS


def row_environment(plan: RowsPlan, row: Entry, place: int, world: World) -> Environment:
    """The fields of a row at a point, with what is counted about it."""
    asker, feeds, today = world.asker, world.log.feeds, day_at(place)
    counts = {
        c.spec.id: world.counters.value(
            c, row.id, feeds[c.feed].of(row.id), place, today, asker.weight
        )
        for c in plan.counts
    }
    return asker.environment(asker.facts(row.kind, row.facts, today), today, counts)
