"""Who is in a plan on which days, and as whom (docs/pay.md section 1)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

from remit_engine.commission.basis.dataset import Stretch
from remit_engine.commission.basis.periods import Period
from remit_engine.people.party import Holding, Party

People = Mapping[str, tuple[Stretch, ...]]
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Days [start, until) on which nothing about a person changes. active: he is in the plan.

    payee: as expressions read him. managers: ids of his direct superiors.
    """

    start: date
    until: date
    payee: Party
    active: bool
    managers: frozenset[str]


class Members:
    """The people of a plan that pays some positions (qualified names)."""

    def __init__(self, people: People, pays: tuple[str, ...]) -> None:
        self._people = people
        self._pays = frozenset(pays)
        self._timelines: dict[str, tuple[Days, ...]] = {}

    @cached_property
    def persons(self) -> tuple[str, ...]:
        """The ids of all who are ever in the plan, in order."""
        pays, found = self._pays, []
        for person, held in self._people.items():
            for stretch in held:
                if stretch.position in pays:
                    found.append(person)
                    break
        return tuple(sorted(found))

    def known(self, person: str) -> bool:
        """True when there is such a person, in the plan or not."""
        return person in self._people

    def on(self, person: str, day: date) -> Days | None:
        """Him on a day, in the plan or not; None when he holds nothing on it."""
        found = self._timeline(person)
        at = bisect_right(found, day, key=lambda d: d.start) - 1
        return found[at] if at >= 0 and day < found[at].until else None

    def active(self, person: str, day: date) -> Days | None:
        """Him on a day on which he is in the plan."""
        found = self.on(person, day)
        return found if found is not None and found.active else None

    def last(self, person: str, day: date) -> date | None:
        """The last day up to `day` on which he was in the plan."""
        for days in reversed(self._timeline(person)):
            if days.active and days.start <= day:
                return min(day, days.until - ONE_DAY)
        return None

    def first(self, person: str) -> date | None:
        """The first day on which he was in the plan."""
        return next((d.start for d in self._timeline(person) if d.active), None)

    def count(self, person: str, period: Period) -> int:
        """On how many days of a period he is in the plan."""
        start, end = period.start, period.last + ONE_DAY
        return sum(
            max(0, (min(end, d.until) - max(start, d.start)).days)
            for d in self._timeline(person)
            if d.active and d.start < end
        )

    def timeline(self, person: str) -> tuple[Days, ...]:
        """All his days on which he holds something, in order."""
        return self._timeline(person)

    def lasting(self, person: str) -> frozenset[str] | None:
        """The ids of his direct superiors, where nothing about him ever changes; else None."""
        found: list[str] = []
        for stretch in self._people.get(person, ()):
            if stretch.start is not None or stretch.until is not None:
                return None
            found += stretch.managers
        return frozenset(found)

    def pays(self, person: str, day: date) -> bool:
        """True when he is in the plan on a day."""
        held = self._people.get(person, ())
        return any(s.position in self._pays and s.covers(day) for s in held)

    def managers(self, person: str, day: date) -> frozenset[str]:
        """The ids of his direct superiors on a day."""
        held = self._people.get(person, ())
        return frozenset([m for s in held if s.covers(day) for m in s.managers])

    def _timeline(self, person: str) -> tuple[Days, ...]:
        found = self._timelines.get(person)
        if found is None:
            stretches = self._people.get(person, ())
            found = self._timelines[person] = tuple(_cut(person, stretches, self._pays))
        return found


def _cut(person: str, stretches: tuple[Stretch, ...], pays: frozenset[str]) -> Iterator[Days]:
    edges = {edge for s in stretches for edge in (s.start or date.min, s.until or date.max)}
    for start, until in pairwise(sorted(edges)):
        held = [s for s in stretches if s.covers(start)]
        if held:
            held.sort(key=lambda s: s.start or date.min)
            yield _days(person, start, until, held, pays)


def _days(person: str, start: date, until: date, held: list[Stretch], pays: frozenset[str]) -> Days:
    paid = [s for s in held if s.position in pays]
    shown = (paid or held)[0]
    return Days(
        start,
        until,
        Party(
            person,
            tuple(Holding(s.position, s.unit, start=s.start, until=s.until) for s in held),
            {"id": person, "position": shown.position, "unit": shown.unit, **shown.attributes},
        ),
        bool(paid),
        frozenset(m for s in held for m in s.managers),
    )
