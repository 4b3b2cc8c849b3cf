"""Who reports to whom in the periods of a run, for plans that stand on another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from remit_engine.commission.batch.profiles import Calendar
from remit_engine.commission.membership import Members
from remit_engine.commission.terms import Terms
from remit_engine.warehouse.warehouse import BIGINT, Row

COLUMNS = (("superior", BIGINT), ("report", BIGINT), ("period", BIGINT))


def reports(
    terms: Terms, base: Terms, calendar: Calendar, people: Mapping[str, int]
) -> Iterator[Row]:
    """Superior, report and period, by number: everybody who may have a statement underneath."""
    direct = terms.plan.reports == "direct"
    periods = [
        (number, period)
        for number, period in enumerate(calendar.periods)
        if terms.effective(period.last) and base.in_force(period)
    ]
    for person in base.members.persons:
        steady: list[str] | None = None
        for number, period in periods:
            day = base.members.last(person, period.last)
            if day is None or day < period.start:
                continue
            above = steady
            if above is None:
                seen = {person}
                above = list(superiors(terms.members, base.members, person, day, direct, seen))
                lasting = all(base.members.steady(p) for p in seen)
                if lasting and all(terms.members.steady(p) for p in seen - {person}):
                    steady = above
            for superior in above:
                yield people[superior], people[person], number


def superiors(
    members: Members, base: Members, person: str, day: date, direct: bool, seen: set[str]
) -> Iterator[str]:
    """Those in the override on a day to whom a person reports. seen: himself, and in the end all
    who were looked at."""
    ahead = _managers(base, person, day, seen)
    while ahead:
        yield from (s for s in ahead if members.active(s, day) is not None)
        if direct:
            return
        ahead = [m for p in ahead for m in _managers(base, p, day, seen)]


def _managers(members: Members, person: str, day: date, seen: set[str]) -> list[str]:
    days = members.on(person, day)
    found = [m for m in sorted(days.managers if days else ()) if m not in seen]
    seen.update(found)
    return found
