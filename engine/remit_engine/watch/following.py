"""Following the subjects of watches: who is concerned by an entry, who by a new day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from remit_engine.watch.alert import Happening
from remit_engine.watch.crossings import Crossings
from remit_engine.watch.entry import Entry, start_of, value_at
from remit_engine.watch.judging import Judge
from remit_engine.watch.parts import parts
from remit_engine.watch.plan import RowsPlan, WatchPlan
from remit_engine.watch.points import Points
from remit_engine.watch.replaying import replayed
from remit_engine.watch.routes import routes
from remit_engine.watch.rows import owner
from remit_engine.watch.schedule import Schedule
from remit_engine.watch.subject import Subject
from remit_engine.watch.world import World

Who = tuple[int, str]
"""The number of a plan, and the key as text."""


class Following:
    """All subjects of all watches."""

    def __init__(self, plans: tuple[WatchPlan, ...], world: World, judge: Judge) -> None:
        self._world = world
        self._plans = plans
        self._points = Points(world, judge)
        self._schedule: Schedule[Who] = Schedule()
        self._routes = routes(plans)
        self._parts = tuple(parts(plan, world.asker.model.program) for plan in plans)
        self._subjects: tuple[dict[str, Subject], ...] = tuple({} for _ in plans)

    def __len__(self) -> int:
        return sum(map(len, self._subjects))

    def subjects(self) -> Iterator[str]:
        """The key of every subject there is, in the order in which they came; of rows that nothing
        can come of any more as well."""
        for plan, subjects in zip(self._plans, self._subjects, strict=True):
            if plan.watch.kind == "event":
                yield from self._world.log.events(plan.watch.on)
            else:
                yield from subjects

    def named(self, watch: str, key: str) -> Subject | None:
        """The subject of a watch (its qualified name) with a key; not to be changed."""
        for plan, subjects in zip(self._plans, self._subjects, strict=True):
            if plan.watch.name == watch:
                return subjects.get(key)
        return None

    def _subject(self, who: Who) -> Subject:
        number, key = who
        return self._subjects[number][key]

    # --- entries -----------------------------------------------------------------------------

    def entry(self, entry: Entry, clock: int) -> list[Happening]:
        """A new entry, which the log has taken already."""
        late = entry.day < clock
        touched = self._touched(entry)
        if late:
            found = [h for who in touched for h in self._replayed(who, entry, clock)]
        else:
            found = self._reached(touched, entry.place, entry, clock)
        for number, key in touched:
            if self._subjects[number][key].inert:
                del self._subjects[number][key]
        return found

    def _touched(self, entry: Entry) -> list[Who]:
        """Whom an entry concerns, each once; who is new is made."""
        found: dict[Who, None] = {}
        for route in self._routes.get(entry.kind, ()):
            number, subjects = route.number, self._subjects[route.number]
            for key, names in route.keys(entry):
                text = key if isinstance(key, str) else str(key)
                subject = subjects.get(text)
                if subject is None:
                    if not names:
                        continue
                    subject = subjects[text] = Subject(route.plan, key, entry.place)
                    self._earlier_rows(subject)
                elif names and entry.place < subject.known:
                    subject.known = entry.place
                found[number, text] = None
            for at in route.rows:
                subject = subjects.get(str(owner(route.plan.rows[at], entry)))
                if subject is not None:
                    subject.add_row(at, entry)
            for rows, path in route.links:
                owning = self._owner_of(rows, value_at(entry.facts, path))
                if owning is not None and owning in subjects:
                    found[number, owning] = None
        return list(found)

    def _earlier_rows(self, subject: Subject) -> None:
        """Rows that came before what they belong to."""
        for at, rows in enumerate(subject.plan.rows):
            if rows.feed is not None:
                for row in self._world.log.feeds[rows.feed].of(subject.key):
                    subject.add_row(at, row)

    def _owner_of(self, rows: RowsPlan, id: Any) -> str | None:
        """Whose row an entry links to."""
        row = None if id is None else self._world.log.event(rows.rows.event, id)
        return None if row is None else str(owner(rows, row))

    # --- days --------------------------------------------------------------------------------

    @property
    def next_day(self) -> int | None:
        """The next day on which somebody must be asked."""
        return self._schedule.next_day

    def day(self, today: int, clock: int) -> list[Happening]:
        """The start of a day, before its entries."""
        return self._reached(self._schedule.due(today), start_of(today), None, clock)

    # --- points ------------------------------------------------------------------------------

    def _reached(
        self, who: list[Who], place: int, entry: Entry | None, clock: int
    ) -> list[Happening]:
        """After an entry, or at the start of a day."""
        subjects = [self._subject(one) for one in who]
        found = self._points.reached(subjects, place, entry, clock)
        for one, subject in zip(who, subjects, strict=True):
            self._schedule.put(one, subject.next)
        return found

    def _replayed(self, who: Who, entry: Entry, clock: int) -> list[Happening]:
        """What a late entry changes for a subject."""
        subject = self._subject(who)
        found = replayed(subject, self._parts[who[0]], entry, clock, self._points)
        self._schedule.put(who, subject.next)
        return found

    def crossings(self) -> Iterator[Crossings]:
        """Of all subjects, in the order of watches and keys."""
        return (of[key].crossings for of in self._subjects for key in sorted(of))
