"""Following the subjects of watches: who is concerned by an entry, who by a new day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from remit_engine.watch.alert import Happening, Turn
from remit_engine.watch.alerting import alert_of, said_late
from remit_engine.watch.crossings import Crossings, differences
from remit_engine.watch.entry import Entry, as_date, day_at, start_of, value_at
from remit_engine.watch.judging import Judge
from remit_engine.watch.plan import RowsPlan, WatchPlan
from remit_engine.watch.routes import routes
from remit_engine.watch.schedule import Schedule
from remit_engine.watch.subject import Ask, Subject, World, owner

Who = tuple[int, str]
"""The number of a plan, and the key as text."""


class Following:
    """All subjects of all watches."""

    def __init__(self, plans: tuple[WatchPlan, ...], world: World, judge: Judge) -> None:
        self._world = world
        self._judge = judge
        self._schedule: Schedule[Who] = Schedule()
        self._routes = routes(plans)
        self._subjects: tuple[dict[str, Subject], ...] = tuple({} for _ in plans)

    def __len__(self) -> int:
        return sum(map(len, self._subjects))

    def _subject(self, who: Who) -> Subject:
        number, key = who
        return self._subjects[number][key]

    # --- entries -----------------------------------------------------------------------------

    def entry(self, entry: Entry, clock: int) -> list[Happening]:
        """A new entry, which the log has taken already."""
        late = entry.day < clock
        touched = self._touched(entry)
        if late:
            found = [h for who in touched for h in self._replayed(who, entry.place, clock)]
        else:
            found = self._point(touched, entry.place, entry, clock)
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
        return self._point(self._schedule.due(today), start_of(today), None, clock)

    # --- points ------------------------------------------------------------------------------

    def _point(
        self, who: Iterable[Who], place: int, entry: Entry | None, clock: int
    ) -> list[Happening]:
        """After an entry, or at the start of a day."""
        asks: list[tuple[Subject, Ask]] = []
        for one in who:
            subject = self._subject(one)
            asks += [(subject, ask) for ask in subject.ask(place, entry, self._world)]
            self._schedule.put(one, subject.next)
        if not asks:
            return []
        answers = self._judge.match([ask.message for _, ask in asks])
        found: list[Happening] = []
        for (subject, ask), answer in zip(asks, answers, strict=True):
            row = None if ask.row is None else ask.row.id
            for rule in ask.asked.rules:
                if rule in answer.clears:
                    alert = subject.crossings.clear((rule, row), place)
                    found.append(Happening(Turn.CLEARED, alert, as_date(clock)))
                if rule in answer.begins:
                    where = "start" if entry is None else entry.name
                    found.append(self._begun(subject, rule, ask, place, where, clock))
        return found

    def _begun(
        self, subject: Subject, rule: str, ask: Ask, place: int, where: str, clock: int
    ) -> Happening:
        told = as_date(clock)
        words = f"{as_date(day_at(place))} {where}"
        alert = said_late(alert_of(subject, rule, ask, place, words, self._world), told)
        subject.begin(alert, place)
        return Happening(Turn.BEGUN, alert, told)

    # --- late entries ------------------------------------------------------------------------

    def _replayed(self, who: Who, place: int, clock: int) -> list[Happening]:
        """What a late entry changes for a subject: it is followed again from there on."""
        subject = self._subject(who)
        place = max(place, subject.known)
        before = subject.crossings
        subject.crossings = before.before(place)
        subject.rewind(place, self._world)
        todo = subject.entries_from(place, self._world)[::-1]
        while True:
            day = subject.next
            if todo and (day is None or todo[-1].day < day):
                entry = todo.pop()
                self._point((who,), entry.place, entry, clock)
            elif day is not None and day <= clock:
                self._point((who,), start_of(day), None, clock)
            else:
                break
        self._schedule.put(who, subject.next)
        return list(differences(before, subject.crossings, as_date(clock)))

    def crossings(self) -> Iterator[Crossings]:
        """Of all subjects, in the order of watches and keys."""
        return (of[key].crossings for of in self._subjects for key in sorted(of))
