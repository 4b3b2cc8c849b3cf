"""Late entries: the parts of a subject that one concerns are followed again from there on."""

from __future__ import annotations

from functools import partial

from remit_engine.watch.alert import Happening
from remit_engine.watch.crossings import Crossings, Key, differences, joined
from remit_engine.watch.due import first_day
from remit_engine.watch.entry import Entry, as_date, end_of, start_of
from remit_engine.watch.log import Log
from remit_engine.watch.parts import Part
from remit_engine.watch.points import Points
from remit_engine.watch.subject import Subject
from remit_engine.watch.world import World


def replayed(
    subject: Subject, parts: tuple[Part, ...], entry: Entry, clock: int, points: Points
) -> list[Happening]:
    """What a late entry changes for a subject, which is then as it has to be on the day that the
    clock shows."""
    place, world = max(entry.place, subject.known), points.world
    old: list[Crossings] = []
    new: list[Crossings] = []
    others = subject.crossings
    for part in parts:
        first = place == subject.known
        rows = None if first else part.concerned(subject.key, entry, world.log)
        if rows is None or rows:
            before, others = others.parted(partial(part.has, rows))
            alone = _alone(subject, part, rows, world)
            alone.crossings = before.before(place)
            _followed(alone, place, clock, points)
            old.append(before)
            new.append(alone.crossings)
    if not new:
        return []
    rank = partial(_rank, parts, world.log)
    subject.crossings = joined([others, *new], rank)
    subject.rewind(end_of(clock), world)
    return list(differences(joined(old, rank), joined(new, rank), as_date(clock)))


def _rank(parts: tuple[Part, ...], log: Log, key: Key) -> tuple[int, int, str]:
    """The order in which rules and rows are asked at a point."""
    rule, id = key
    number = 0
    for part in parts:
        for one in part.plan.watch.rules:
            if one.id == rule:
                row = None if id is None else log.event(part.plan.rows[0].rows.event, id)
                due = 0 if row is None else first_day(part.plan.rows[0], row)
                return number, due, id or ""
            number += 1
    raise KeyError(rule)


def _alone(subject: Subject, part: Part, rows: tuple[str, ...] | None, world: World) -> Subject:
    """The subject with one part of its watch, and with some rows or (None) all."""
    alone = Subject(part.plan, subject.key, subject.known)
    if part.at is not None and rows is None:
        alone.dues = (subject.dues[part.at],)
    for id in rows or ():
        row = world.log.event(part.plan.rows[0].rows.event, id)
        if row is not None:
            alone.add_row(0, row)
    return alone


def _followed(subject: Subject, place: int, clock: int, points: Points) -> None:
    """Point by point, from a place to the end of the day that the clock shows."""
    world = points.world
    subject.rewind(place, world)
    todo = subject.entries_from(place, world)[::-1]
    while True:
        day = subject.next
        if todo and (day is None or todo[-1].day < day):
            entry = todo.pop()
            points.reached((subject,), entry.place, entry, clock)
        elif day is not None and day <= clock:
            points.reached((subject,), start_of(day), None, clock)
        else:
            break
