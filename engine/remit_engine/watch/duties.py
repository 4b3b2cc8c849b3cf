"""Following duties: reports that are due, and those that are missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from remit_dsl.watch import Duty
from remit_engine.watch.alert import Happening, Turn
from remit_engine.watch.alerting import duty_alert, said_late
from remit_engine.watch.crossings import Crossings, differences
from remit_engine.watch.entry import Entry, as_date, day_at, start_of, value_at
from remit_engine.watch.judging import Judge
from remit_engine.watch.matching import Message
from remit_engine.watch.periods import Period
from remit_engine.watch.plan import Feed
from remit_engine.watch.reporting import Reporting
from remit_engine.watch.rulesets import duty_name
from remit_engine.watch.schedule import Schedule
from remit_engine.watch.world import World

Who = tuple[int, str]
"""The number of a duty, and a person."""


def duty_feeds(duties: Iterable[Duty]) -> Iterator[Feed]:
    """What duties look at."""
    for duty in duties:
        yield from _feeds(duty)


def _feeds(duty: Duty) -> Iterator[Feed]:
    if duty.after is not None and duty.after_by is not None:
        yield duty.after, duty.after_by
    if duty.event is not None and duty.by is not None:
        yield duty.event, duty.by


class Duties:
    """All people of all duties."""

    def __init__(self, world: World, judge: Judge) -> None:
        program = world.asker.model.program
        self._duties = program.duties
        self._policies = program.policies
        self._world = world
        self._judge = judge
        self._schedule: Schedule[Who] = Schedule()
        self._people: dict[Who, Reporting] = {}

    def begin(self, since: int) -> None:
        """The clock shows its first day."""
        for number, duty in enumerate(self._duties):
            for id, person in sorted(self._world.asker.directory.people.items()):
                if any(h.position == duty.position for h in person.holdings):
                    reporting = Reporting(duty, self._policies[duty.policy], person, since)
                    self._people[number, id] = reporting
                    reporting.go_to(since)
                    self._schedule.put((number, id), reporting.next_day(since))

    # --- entries and days --------------------------------------------------------------------

    def entry(self, entry: Entry, clock: int) -> list[Happening]:
        """A new entry, which the log has taken already."""
        found: list[Happening] = []
        for who in self._concerned(entry):
            if entry.day < clock:
                found += self._replayed(who, entry.place, clock)
            else:
                found += self._taken(who, entry, clock)
        return found

    def _concerned(self, entry: Entry) -> Iterator[Who]:
        for number, duty in enumerate(self._duties):
            people: dict[Who, None] = {}
            for event, path in _feeds(duty):
                person = value_at(entry.facts, path) if event == entry.kind else None
                if person is not None and (number, person) in self._people:
                    people[number, person] = None
            yield from people

    def _taken(self, who: Who, entry: Entry, clock: int) -> list[Happening]:
        period = self._read(who, entry)
        self._schedule.put(who, self._people[who].next_day(entry.day))
        return self._point(who, [] if period is None else [period], entry.place, clock)

    def _read(self, who: Who, entry: Entry) -> Period | None:
        """Take an entry in; gives the period that it is a report of, if it is one."""
        reporting, duty, today = self._people[who], self._duties[who[0]], entry.day
        reporting.go_to(today)
        if duty.after == entry.kind and value_at(entry.facts, duty.after_by or ()) == who[1]:
            reporting.occur(entry.id, today, entry.place)
        if duty.event == entry.kind and value_at(entry.facts, duty.by or ()) == who[1]:
            counts = self._world.asker.judge(duty.where, today, entry)
            return reporting.report(today, counts)
        return None

    @property
    def next_day(self) -> int | None:
        """The next day on which a report may be missing."""
        return self._schedule.next_day

    def day(self, today: int, clock: int) -> list[Happening]:
        """The start of a day, before its entries."""
        return [h for who in self._schedule.due(today) for h in self._begun(who, today, clock)]

    def _begun(self, who: Who, today: int, clock: int) -> list[Happening]:
        reporting = self._people[who]
        reporting.go_to(today)
        missing = reporting.missed(today)
        self._schedule.put(who, reporting.next_day(today))
        return self._point(who, missing, start_of(today), clock)

    def reportings(self) -> Iterator[Reporting]:
        """Of all people, in the order of duties and names; not to be changed."""
        return (self._people[who] for who in sorted(self._people))

    # --- points ------------------------------------------------------------------------------

    def _point(self, who: Who, periods: list[Period], place: int, clock: int) -> list[Happening]:
        reporting, (_, person) = self._people[who], who
        duty, today, told = reporting.duty, day_at(place), as_date(clock)
        messages = []
        for period in periods:
            open = (duty.name, period.row) in reporting.crossings.open
            messages.append(
                Message(
                    self._world.number(),
                    duty_name(duty),
                    f"{person} {period.row}",
                    reporting.signs(period, today),
                    frozenset({duty.name} if open else ()),
                )
            )
        found = []
        for period, answer in zip(periods, self._judge.match(messages), strict=True):
            if answer.clears:
                alert = reporting.crossings.clear((duty.name, period.row), place)
                found.append(Happening(Turn.CLEARED, alert, told))
            if answer.begins:
                last, people = as_date(period.last), self._world.asker.directory
                alert = duty_alert(duty, person, period.row, last, place, people)
                alert = said_late(alert, told)
                reporting.crossings.begin(alert, place)
                found.append(Happening(Turn.BEGUN, alert, told))
        return found

    def _replayed(self, who: Who, place: int, clock: int) -> list[Happening]:
        """What a late entry changes for a person: his periods are followed again from there on;
        what was reported before only counts again."""
        reporting, before = self._people[who], self._people[who].crossings
        reporting.crossings = before.before(place)
        reporting.reset()
        reporting.go_to(reporting.since)
        todo = self._entries(who)
        while todo[-1].place < place:
            self._read(who, todo.pop())
        day = reporting.next_day(max(day_at(place), reporting.since))
        while True:
            if todo and (day is None or todo[-1].day < day):
                entry = todo.pop()
                self._taken(who, entry, clock)
                day = reporting.next_day(entry.day)
            elif day is not None and day <= clock:
                self._begun(who, day, clock)
                day = reporting.next_day(day)
            else:
                break
        self._schedule.put(who, day)
        return list(differences(before, reporting.crossings, as_date(clock)))

    def _entries(self, who: Who) -> list[Entry]:
        """All that concerns a person, the last first."""
        feeds = self._world.log.feeds
        found = {
            e.place: e for feed in _feeds(self._duties[who[0]]) for e in feeds[feed].of(who[1])
        }
        return [found[place] for place in sorted(found, reverse=True)]

    def subjects(self) -> Iterator[str]:
        """Everybody who has a duty at some time."""
        return (person for _, person in self._people)

    def crossings(self) -> Iterator[Crossings]:
        """Of all people, in the order of duties and names."""
        return (self._people[who].crossings for who in sorted(self._people))
