"""What is held, released, reversed and restored of lines, period by period (section 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from remit_engine.commission.crediting import Credited
from remit_engine.commission.fate import Fate, at
from remit_engine.commission.periods import Period
from remit_engine.commission.statement import Movement
from remit_engine.commission.terms import Terms

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(slots=True)
class _Shared:
    """A line whose share (None: its statement is at fault) moves; released and returned as of the
    last period looked at."""

    line: Credited
    fate: Fate
    share: Fraction | None
    counted: Period
    released: Fraction = ONE
    returned: Fraction = ZERO


@dataclass(frozen=True, slots=True)
class Moved:
    """The sums of a period, its movements, and the credit that was returned in it. fault: a line of
    a faulty statement moves, and nobody knows by how much."""

    held: Fraction
    reversed: Fraction
    movements: tuple[Movement, ...]
    credit: Fraction
    fault: str | None


class Movements:
    """The lines of one person that may still move."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._due: dict[Period, list[_Shared]] = defaultdict(list)

    def count(
        self, period: Period, lines: Sequence[Credited], shares: Sequence[Fraction] | None
    ) -> None:
        """The lines of a period, with their shares unless its statement is at fault."""
        for i, line in enumerate(lines):
            if line.fate is None:
                continue
            share = None if shares is None else shares[i]
            shared = _Shared(line, line.fate, share, period)
            for due in _periods(line.fate, period):
                self._due[due].append(shared)

    def pending(self, period: Period) -> bool:
        """True when some line may move in a period."""
        return period in self._due

    def settle(self, period: Period) -> Moved:
        """What moves in a period."""
        found: list[Movement] = []
        held = taken = credit = ZERO
        fault: str | None = None
        for shared in self._due.pop(period, ()):
            released, returned = (
                at(shared.fate.released, period.last),
                at(shared.fate.returned, period.last),
            )
            moved = (released, returned) != (shared.released, shared.returned)
            credit += (returned - shared.returned) * shared.line.credit
            if shared.share is None:
                fault = _unseen(shared, period) if moved else fault
            else:
                by_hold, by_return = self._change(shared.share, shared, released, returned)
                held, taken = held + by_hold, taken + by_return
                found.extend(_told(shared, period, by_hold, by_return))
            shared.released, shared.returned = released, returned
        return Moved(held, taken, tuple(found), credit, fault)

    def _change(
        self, share: Fraction, before: _Shared, released: Fraction, returned: Fraction
    ) -> tuple[Fraction, Fraction]:
        round_ = self._terms.round
        open_before = round_(share * before.released)
        paid_before = round_(share * min(before.released, 1 - before.returned))
        open_now, paid_now = round_(share * released), round_(share * min(released, 1 - returned))
        return open_now - open_before, (paid_now - open_now) - (paid_before - open_before)


def _unseen(shared: _Shared, period: Period) -> str | None:
    if shared.counted == period:
        return None  # that of its own statement
    return f"`{shared.line.event}` moves, whose statement for {shared.counted} is at fault"


def _periods(fate: Fate, counted: Period) -> Iterator[Period]:
    """When a line may move: in its own period, and whenever a fraction changes after it."""
    days = {day for course in (fate.released, fate.returned) for day, _ in course}
    later = {Period.of(counted.kind, day) for day in days if day > counted.last}
    yield from sorted({counted} | later)


def _told(
    shared: _Shared, period: Period, by_hold: Fraction, by_return: Fraction
) -> Iterator[Movement]:
    share = shared.share or ZERO
    line, fate = shared.line, shared.fate
    if by_hold:
        kind = "released" if by_hold * share > 0 else "held"
        day = _last_day(fate.released, period)
        yield Movement(line.event, kind, shared.counted, by_hold, day)
    if by_return:
        kind = "restored" if by_return * share > 0 else "reversed"
        day = _last_day(fate.returned, period)
        yield Movement(line.event, kind, shared.counted, by_return, day)


def _last_day(course: tuple[tuple[date, Fraction], ...], period: Period) -> date | None:
    days = [day for day, _ in course if day <= period.last and day > date.min]
    return days[-1] if days else None
