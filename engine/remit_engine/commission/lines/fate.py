"""What becomes of a line later: collected, returned (docs/pay.md section 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from typing import Any

from remit_dsl.pay import Followed, Hold, Reversal
from remit_engine.calendar import add_months
from remit_engine.commission.basis.dataset import Dataset, EventRow
from remit_engine.commission.basis.faults import AtFault, demanded
from remit_engine.commission.basis.terms import Terms
from remit_engine.judging.evaluate import Environment

Course = tuple[tuple[date, Fraction], ...]
"""A fraction over time: from each day on, in order; 0 before the first."""
ZERO, ONE = Fraction(0), Fraction(1)
ALWAYS: Course = ((date.min, ONE),)


@dataclass(frozen=True, slots=True)
class Fate:
    """The fractions of a line released, returned, and returned so that attainment is lowered."""

    released: Course
    returned: Course
    lowered: Course


def at(course: Course, day: date) -> Fraction:
    """The fraction at the end of a day."""
    for start, fraction in reversed(course):
        if start <= day:
            return fraction
    return ZERO


class Follower:
    """Reads the hold and the reversals of a plan from rows and what followed them."""

    def __init__(self, terms: Terms) -> None:
        plan = terms.plan
        self._hold, self._reversals = plan.hold, plan.reversals
        clauses = (plan.hold, *plan.reversals)
        followed = [c.followed for c in clauses if c is not None and c.followed is not None]
        self._rows = {(f.event, f.link): _by_link(terms.data, f) for f in followed}

    def fate(self, row: EventRow, env: Environment) -> Fate | None:
        """None where the plan holds and reverses nothing. Raises AtFault for what the row lacks."""
        if self._hold is None and not self._reversals:
            return None
        returns = [(r, self._returned(r, row, env)) for r in self._reversals]
        return Fate(
            ALWAYS if self._hold is None else self._released(self._hold, row, env),
            _largest([course for _, course in returns]),
            _largest([course for r, course in returns if r.lowering]),
        )

    def _released(self, hold: Hold, row: EventRow, env: Environment) -> Course:
        if hold.followed is None:
            day = row.facts.get(hold.field or "")
            return ((day, ONE),) if day is not None else ()
        against = demanded(hold.followed.against, env, "the hold")
        if against <= 0:
            return ALWAYS
        reading = _covers if hold.kind == "covered" else _part
        return _course(self._amounts(hold.followed, row), partial(reading, against))

    def _returned(self, r: Reversal, row: EventRow, env: Environment) -> Course:
        match r.kind:
            case "date":
                day = row.facts.get(r.field or "")
                return ((day, ONE),) if day is not None and _inside(r, row, day) else ()
            case "absent":
                return _absent(r, row)
        if r.followed is None:
            raise TypeError("a reversal of amounts follows an event")
        against = demanded(r.followed.against, env, "the reversal")
        if against <= 0:
            return ()
        amounts = [(d, a) for d, a in self._amounts(r.followed, row) if _inside(r, row, d)]
        return _course(amounts, partial(_part, against))

    def _amounts(self, followed: Followed, row: EventRow) -> list[tuple[date, Fraction]]:
        found = []
        for other in self._rows[followed.event, followed.link].get(row.id, ()):
            day, amount = other.facts.get(followed.date), other.facts.get(followed.amount)
            if amount is None:
                raise AtFault(f"`{other.place}`, which is about it, gives no `{followed.amount}`")
            if day is not None:
                found.append((day, amount))
        return sorted(found)


def _by_link(data: Dataset, followed: Followed) -> dict[Any, list[EventRow]]:
    found: dict[Any, list[EventRow]] = defaultdict(list)
    for row in data.events.get(followed.event, ()):
        found[row.facts.get(followed.link)].append(row)
    return found


def _course(
    amounts: Iterable[tuple[date, Fraction]], reading: Callable[[Fraction], Fraction]
) -> Course:
    steps: dict[date, Fraction] = {}
    total = ZERO
    for day, amount in amounts:
        total += amount
        steps[day] = reading(total)
    return tuple(steps.items())


def _covers(against: Fraction, total: Fraction) -> Fraction:
    return ONE if total >= against else ZERO


def _part(against: Fraction, total: Fraction) -> Fraction:
    return min(ONE, max(ZERO, total / against))


def _begun(r: Reversal, row: EventRow) -> date:
    day = row.facts.get(r.of or "")
    if day is None:
        raise AtFault(f"the reversal needs `{r.of}`, which is not given")
    if not isinstance(day, date):
        raise TypeError("a window counts from a date")
    return day


def _limit(r: Reversal, row: EventRow) -> date:
    """The last day of the window."""
    begun, window = _begun(r, row), r.window or 0
    try:
        return add_months(begun, window, "clipped") if r.months else begun + timedelta(window)
    except OverflowError:
        return date.max


def _inside(r: Reversal, row: EventRow, day: date) -> bool:
    return r.window is None or day <= _limit(r, row)


def _absent(r: Reversal, row: EventRow) -> Course:
    due, day = _limit(r, row), row.facts.get(r.field or "")
    if day is None:
        return ((due, ONE),)
    return ((due, ONE), (day, ZERO)) if day > due else ()


def _largest(courses: list[Course]) -> Course:
    if len(courses) == 1:
        return courses[0]
    days = sorted({day for course in courses for day, _ in course})
    return tuple((day, max(at(course, day) for course in courses)) for day in days)
