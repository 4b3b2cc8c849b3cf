"""The entries that an alert of a watch stands on."""

from __future__ import annotations

from collections.abc import Iterator

from remit_engine.watch.crossings import Crossing
from remit_engine.watch.entry import Entry, place_in_log
from remit_engine.watch.subject import Subject
from remit_engine.watch.world import World


def evidence(subject: Subject, id: str, world: World) -> list[Entry]:
    """What was known of the subject where an alert of its began, in the order of the log: its own
    entries, or of a row that row with what links to it. None where it has no such alert."""
    for crossing in subject.crossings.all:
        if crossing.alert.id == id:
            found = {e.place: e for e in _concerned(subject, crossing, world)}
            known = (e for e in found.values() if e.place <= crossing.began)
            return sorted(known, key=place_in_log)
    return []


def _concerned(subject: Subject, crossing: Crossing, world: World) -> Iterator[Entry]:
    rule, row = crossing.key
    plan = next((p for p in subject.plan.rows if p.rule.id == rule), None)
    if row is None or plan is None:
        yield from subject.entries_from(0, world)
        return
    log, watch = world.log, subject.plan.watch
    event = log.event(plan.rows.event, row)
    yield from [] if event is None else [event]
    for count in plan.counts:
        yield from log.feeds[count.feed].of(row)
    if watch.kind == "record":
        yield from log.observations(watch.on, subject.key)
