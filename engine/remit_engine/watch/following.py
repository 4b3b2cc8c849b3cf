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
from remit_engine.watch.schedule import Schedule
from remit_engine.watch.subject import Ask, Subject, World

Who = tuple[int, str]
"""The number of a plan, and the key as text."""


class Following:
    """All subjects of all watches."""

    def __init__(self, plans: tuple[WatchPlan, ...], world: World, judge: Judge) -> None:
        self._plans = plans
        self._world = world
        self._judge = judge
        self._schedule: Schedule[Who] = Schedule()
        self.subjects: dict[Who, Subject] = {}

    def __len__(self) -> int:
        return len(self.subjects)

    # --- entries -----------------------------------------------------------------------------

    def entry(self, entry: Entry, clock: int) -> list[Happening]:
        """A new entry, which the log has taken already."""
        late = entry.day < clock
        touched = list(self._touched(entry))
        if late:
            return [h for who in touched for h in self._replayed(who, entry.place, clock)]
        for who in touched:
            self.subjects[who].take(entry)
        return self._point(touched, entry.place, entry.name, clock)

    def _touched(self, entry: Entry) -> Iterator[Who]:
        """Whom an entry concerns, each once; who is new is made."""
        for number, plan in enumerate(self._plans):
            found: dict[Who, None] = {}
            for key, names in self._keys(plan, entry):
                who = (number, str(key))
                subject = self.subjects.get(who)
                if subject is None:
                    if not names:
                        continue
                    subject = self.subjects[who] = Subject(plan, key, entry.place)
                    self._earlier_rows(subject)
                elif names:
                    subject.known = min(subject.known, entry.place)
                found[who] = None
            self._add_rows(number, plan, entry)
            for at in plan.rows:
                found |= dict.fromkeys(self._owners(number, at, entry))
            yield from found

    def _keys(self, plan: WatchPlan, entry: Entry) -> Iterator[tuple[Any, bool]]:
        """The subjects an entry belongs to, and whether it makes them known."""
        watch = plan.watch
        if watch.kind != "key" and entry.kind == watch.on:
            yield entry.id, True
        if entry.entry is not None:
            return
        for event, path in plan.naming:
            key = value_at(entry.facts, path) if event == entry.kind else None
            if key is not None:
                yield key, watch.kind != "event"

    def _add_rows(self, number: int, plan: WatchPlan, entry: Entry) -> None:
        for at, rows in enumerate(plan.rows):
            if rows.rows.event == entry.kind:
                subject = self.subjects.get((number, str(_owner(rows, entry))))
                if subject is not None:
                    subject.add_row(at, entry)

    def _earlier_rows(self, subject: Subject) -> None:
        """Rows that came before what they belong to."""
        for at, rows in enumerate(subject.plan.rows):
            if rows.feed is not None:
                for row in self._world.log.feeds[rows.feed].of(subject.key):
                    subject.add_row(at, row)

    def _owners(self, number: int, rows: RowsPlan, entry: Entry) -> Iterator[Who]:
        """Whose rows an entry links to."""
        for count in rows.counts:
            event, path = count.feed
            id = value_at(entry.facts, path) if event == entry.kind else None
            row = None if id is None else self._world.log.event(rows.rows.event, id)
            who = None if row is None else (number, str(_owner(rows, row)))
            if who is not None and who in self.subjects:
                yield who

    # --- days --------------------------------------------------------------------------------

    @property
    def next_day(self) -> int | None:
        """The next day on which somebody must be asked."""
        return self._schedule.next_day

    def day(self, today: int, clock: int) -> list[Happening]:
        """The start of a day, before its entries."""
        return self._point(self._schedule.due(today), start_of(today), "start", clock)

    # --- points ------------------------------------------------------------------------------

    def _point(self, who: Iterable[Who], place: int, where: str, clock: int) -> list[Happening]:
        asks: list[tuple[Subject, Ask]] = []
        for one in who:
            subject = self.subjects[one]
            asks += ((subject, ask) for ask in subject.ask(place, self._world))
            self._schedule.put(one, subject.next)
        answers = self._judge.match([ask.message for _, ask in asks])
        found: list[Happening] = []
        for (subject, ask), answer in zip(asks, answers, strict=True):
            row = None if ask.row is None else ask.row.id
            for rule in ask.asked.rules:
                if rule in answer.clears:
                    alert = subject.crossings.clear((rule, row), place)
                    found.append(Happening(Turn.CLEARED, alert, as_date(clock)))
                if rule in answer.begins:
                    found.append(self._begun(subject, rule, ask, place, where, clock))
        return found

    def _begun(
        self, subject: Subject, rule: str, ask: Ask, place: int, where: str, clock: int
    ) -> Happening:
        asker, told = self._world.asker, as_date(clock)
        words = f"{as_date(day_at(place))} {where}"
        alert = alert_of(subject, rule, ask, place, words, asker.model, asker.directory)
        alert = said_late(alert, told)
        subject.crossings.begin(alert, place)
        return Happening(Turn.BEGUN, alert, told)

    # --- late entries ------------------------------------------------------------------------

    def _replayed(self, who: Who, place: int, clock: int) -> list[Happening]:
        """What a late entry changes for a subject: it is followed again from there on."""
        subject = self.subjects[who]
        place = max(place, subject.known)
        before = subject.crossings
        subject.crossings = before.before(place)
        subject.rewind(place, self._world)
        todo = subject.entries_from(place, self._world)[::-1]
        while True:
            day = subject.next
            if todo and (day is None or todo[-1].day < day):
                entry = todo.pop()
                subject.take(entry)
                self._point((who,), entry.place, entry.name, clock)
            elif day is not None and day <= clock:
                self._point((who,), start_of(day), "start", clock)
            else:
                break
        self._schedule.put(who, subject.next)
        return list(differences(before, subject.crossings, as_date(clock)))

    def crossings(self) -> Iterator[Crossings]:
        """Of all subjects, in the order of watches and keys."""
        return (self.subjects[who].crossings for who in sorted(self.subjects))


def _owner(rows: RowsPlan, row: Entry) -> Any:
    """The key of the subject a row belongs to."""
    return row.id if rows.feed is None else value_at(row.facts, rows.feed[1])
