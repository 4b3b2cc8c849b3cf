"""The face of watching: entries are told, days begin, and what happens is given back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from remit_dsl.program import Program
from remit_engine.people.directory import Directory
from remit_engine.request import Problem
from remit_engine.rules.lower import lower
from remit_engine.watch.alert import Alert, Happening
from remit_engine.watch.asking import Asker
from remit_engine.watch.crossings import standing
from remit_engine.watch.duties import Duties, duty_feeds
from remit_engine.watch.entry import Entry, Refused, as_date
from remit_engine.watch.evidence import evidence
from remit_engine.watch.following import Following
from remit_engine.watch.judging import Judge
from remit_engine.watch.log import Log
from remit_engine.watch.matching import Matcher
from remit_engine.watch.plan import feeds_of, plans
from remit_engine.watch.reading import EntryReader
from remit_engine.watch.reports import Report, reports
from remit_engine.watch.rulesets import rulesets
from remit_engine.watch.world import World

MOST_REFUSED = 10_000
FARTHEST = 3_660
"""Days before the first day of the clock from which on nothing is taken: from an entry on, every
day may be asked for."""


class ClockBackError(ValueError):
    """A day was told that lies before the clock, which never goes back."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one entry. status: `accepted`, `late`, `copy`, `refused`. clock: the day that
    the clock showed then; with the entry it is all that is needed to build the watcher again."""

    status: str
    clock: date
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One answer an entry, in order, and what happened, in order."""

    taken: tuple[Taken, ...]
    happenings: tuple[Happening, ...]


class Watcher:
    """Follows the watches and duties of a program over a log of entries.

    matcher: asked beside the plain one, which alone acts. since: the first day of the clock, where
    it is known; else the first day that is told.
    """

    def __init__(
        self,
        program: Program,
        directory: Directory,
        matcher: Matcher | None = None,
        since: date | None = None,
    ) -> None:
        model, followed = lower(program), plans(program)
        feeds = {feed for plan in followed for feed in feeds_of(plan)}
        self._log = Log(sorted(feeds | set(duty_feeds(program.duties))))
        self._reader = EntryReader(model, directory)
        self._judge = Judge(rulesets(program), matcher)
        self._world = World(self._log, Asker(model, directory), turns(directory))
        self._following = Following(followed, self._world, self._judge)
        self._duties = Duties(self._world, self._judge)
        self._refused: deque[Refused] = deque(maxlen=MOST_REFUSED)
        self._last: Entry | None = None
        self._since = 0
        self._clock = 0
        if since is not None:
            self._advance(since.toordinal())

    # --- what is told ------------------------------------------------------------------------

    def tell(self, entries: Iterable[Any], today: date, *, pass_days: bool = True) -> Told:
        """Take entries (as JSON reads) in the order of arrival; then it is `today`. Without
        `pass_days` the clock stays at the last day that an entry told; none lies behind `today`.

        Raises ClockBackError where today lies before the clock.
        """
        until = self._not_back(today)
        taken: list[Taken] = []
        happenings: list[Happening] = []
        for document in entries:
            status, refused = self._take(document, until, happenings)
            taken.append(Taken(status, as_date(self._clock or until), refused))
        if pass_days:
            happenings += self._advance(until)
        return Told(tuple(taken), tuple(happenings))

    def advance(self, day: date) -> tuple[Happening, ...]:
        """Days begin, up to this one; raises ClockBackError where it lies before the clock."""
        return tuple(self._advance(self._not_back(day)))

    def rebuild(self, kept: Iterable[tuple[Any, date]], day: date) -> tuple[Taken, ...]:
        """Take what was accepted before, each entry with the day that the clock showed, and go to
        a day. What happens was said already."""
        taken: list[Taken] = []
        for document, clock in kept:
            until = self._not_back(clock)
            happenings: list[Happening] = self._advance(until)
            status, refused = self._take(document, until, happenings)
            taken.append(Taken(status, clock, refused))
        self._advance(self._not_back(day))
        return tuple(taken)

    def _take(
        self, document: Any, until: int, happenings: list[Happening]
    ) -> tuple[str, Refused | None]:
        entry = self._reader.read(document, until)
        if isinstance(entry, Refused):
            self._refused.append(entry)
            return "refused", entry
        known = self._log.known(entry)
        if known is not None:
            if known.same(entry):
                return "copy", None
            refused = _conflict(entry)
            self._refused.append(refused)
            return "refused", refused
        if self._clock and entry.day < self._since - FARTHEST:
            refused = _past(entry, self._since)
            self._refused.append(refused)
            return "refused", refused
        if entry.day > self._clock:
            happenings += self._advance(entry.day)
        self._log.add(entry)
        self._last = entry
        happenings += self._following.entry(entry, self._clock)
        happenings += self._duties.entry(entry, self._clock)
        return "late" if entry.day < self._clock else "accepted", None

    # --- the clock ---------------------------------------------------------------------------

    def _not_back(self, day: date) -> int:
        ordinal = day.toordinal()
        if ordinal < self._clock:
            raise ClockBackError(
                f"the clock shows {as_date(self._clock)} and does not go back to {day}"
            )
        return ordinal

    def _advance(self, until: int) -> list[Happening]:
        if not self._clock:
            self._since = self._clock = until
            self._duties.begin(until)
        happenings: list[Happening] = []
        while (day := self._next_day()) is not None and day <= until:
            self._clock = day
            happenings += self._following.day(day, day)
            happenings += self._duties.day(day, day)
        self._clock = until
        return happenings

    def _next_day(self) -> int | None:
        days = (self._following.next_day, self._duties.next_day)
        return min((day for day in days if day is not None), default=None)

    # --- what is known -----------------------------------------------------------------------

    @property
    def today(self) -> date | None:
        """The day that the clock shows; None before the first."""
        return as_date(self._clock) if self._clock else None

    @property
    def since(self) -> date | None:
        """The first day of the clock."""
        return as_date(self._since) if self._since else None

    @property
    def last(self) -> Entry | None:
        """The entry that was taken last, whatever its day."""
        return self._last

    def counts(self, kind: str, id: str) -> bool:
        """Whether it has taken an event of a kind and id."""
        return self._log.event(kind, id) is not None

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Every alert that has its ground in the log, open or cleared; by watch and subject."""
        return tuple(self._standing())

    def _standing(self) -> Iterator[Alert]:
        yield from standing(self._following.crossings())
        yield from standing(self._duties.crossings())

    @property
    def subjects(self) -> Iterator[str]:
        """Who and what is followed, by their keys; one may come several times."""
        yield from self._following.subjects()
        yield from self._duties.subjects()

    def evidence(self, alert: Alert) -> list[Entry]:
        """The entries that an alert stands on, in the order of the log: none of a duty, which says
        that something is not there, and of what has no ground any more."""
        subject = self._following.named(alert.watch, alert.subject)
        return [] if subject is None else evidence(subject, alert.id, self._world)

    def reports(self, person: str | None = None, duty: str | None = None) -> Iterator[Report]:
        """What had to be reported up to the day that the clock shows: by everybody or one person,
        of all duties or one (its qualified name)."""
        for reporting in self._duties.reportings():
            wanted = (person in (None, reporting.person.id)) and (
                duty in (None, reporting.duty.name)
            )
            if wanted:
                feeds = duty_feeds((reporting.duty,))
                yield from reports(reporting, feeds, self._world, self._clock)

    @property
    def refused(self) -> tuple[Refused, ...]:
        """What was refused last, in order."""
        return tuple(self._refused)

    @property
    def mismatches(self) -> int:
        """How many messages the matcher answered otherwise than the plain one."""
        return self._judge.mismatches

    @property
    def asked(self) -> int:
        """How often a subject of a watch was asked."""
        return self._world.asked

    @property
    def messages(self) -> int:
        """How many messages were put to the matchers."""
        return self._world.told

    def close(self) -> None:
        """Let the matcher go."""
        self._judge.close()


def turns(directory: Directory) -> tuple[int, ...]:
    """The days on which somebody takes or leaves a position."""
    found = set()
    for person in directory.people.values():
        for holding in person.holdings:
            found |= {d.toordinal() for d in (holding.start, holding.until) if d is not None}
    return tuple(sorted(found))


def _past(entry: Entry, since: int) -> Refused:
    message = (
        f"{as_date(entry.day)} lies more than ten years before the first day of the clock "
        f"({as_date(since)}): is the year right?"
    )
    return Refused("past", (Problem("on", message),), entry.kind, entry.id)


def _conflict(entry: Entry) -> Refused:
    what = "observation" if entry.entry is not None else "event"
    message = (
        f"this {what} was told before with another content, which is not changed: "
        f"tell a new one that corrects it"
    )
    path = "entry" if entry.entry is not None else "id"
    return Refused("conflict", (Problem(path, message),), entry.kind, entry.id)


def shown(refused: Refused) -> str:
    """A refusal as a person reads it."""
    return "\n".join(f"{p.path or 'entry'}: {p.message}" for p in refused.problems)


__all__ = ["ClockBackError", "Mapping", "Taken", "Told", "Watcher", "shown"]
