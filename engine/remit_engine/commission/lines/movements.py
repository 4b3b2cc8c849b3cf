"""What is held, released, reversed and restored of lines, period by period (section 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.lines.crediting import Credited
from remit_engine.commission.lines.fate import Fate, at
from remit_engine.commission.statement import Movement

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(slots=True)
class _Shared:
    """A line whose share (None: its statement is at fault) moves. released, returned: as of the
    last period looked at. open, paid: what of the share is released, and not returned either."""

    line: Credited
    fate: Fate
    share: Fraction | None
    counted: Period
    open: Fraction
    paid: Fraction
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
            whole = ZERO if share is None else share
            shared = _Shared(line, line.fate, share, period, whole, whole)
            for due in _periods(line.fate, period):
                self._due[due].append(shared)

    def pending(self, period: Period) -> bool:
        """True when some line may move in a period."""
        return period in self._due

    def settle(self, period: Period) -> Moved:
        """What moves in a period."""
        found: list[Movement] = []
        last = period.last
        held = taken = credit = ZERO
        fault: str | None = None
        for shared in self._due.pop(period, ()):
            released, returned = at(shared.fate.released, last), at(shared.fate.returned, last)
            if released == shared.released and returned == shared.returned:
                continue
            if returned != shared.returned:
                credit += (returned - shared.returned) * shared.line.credit
            shared.released, shared.returned = released, returned
            if shared.share is None:
                fault = _unseen(shared, period) or fault
                continue
            by_hold, by_return = self._change(shared, shared.share)
            if by_hold or by_return:
                held, taken = held + by_hold, taken + by_return
                found.extend(_told(shared, period, by_hold, by_return))
        return Moved(held, taken, tuple(found), credit, fault)

    def _change(self, shared: _Shared, share: Fraction) -> tuple[Fraction, Fraction]:
        """The changes of held and of reversed by what is released and returned now."""
        open_before, paid_before = shared.open, shared.paid
        left = min(shared.released, 1 - shared.returned)
        shared.open, shared.paid = self._of(share, shared.released), self._of(share, left)
        opened = shared.open - open_before
        return opened, shared.paid - paid_before - opened

    def _of(self, share: Fraction, fraction: Fraction) -> Fraction:
        return share if fraction == 1 else self._terms.round(share * fraction)


def _unseen(shared: _Shared, period: Period) -> str | None:
    if shared.counted == period:
        return None  # that of its own statement
    return f"`{shared.line.event}` moves, whose statement for {shared.counted} is at fault"


def _periods(fate: Fate, counted: Period) -> Iterator[Period]:
    """When a line may move: in its own period, and whenever a fraction changes after it."""
    days, last = {day for of in (fate.released, fate.returned) for day, _ in of}, counted.last
    later = {Period.of(counted.kind, day) for day in days if day > last}
    yield from sorted({counted} | later)


def _told(
    shared: _Shared, period: Period, by_hold: Fraction, by_return: Fraction
) -> Iterator[Movement]:
    share = shared.share or ZERO
    line, fate = shared.line, shared.fate
    if by_hold:
        kind = "released" if (by_hold > 0) == (share > 0) else "held"
        day = _last_day(fate.released, period)
        yield Movement(line.event, kind, shared.counted, by_hold, day)
    if by_return:
        kind = "restored" if (by_return > 0) == (share > 0) else "reversed"
        day = _last_day(fate.returned, period)
        yield Movement(line.event, kind, shared.counted, by_return, day)


def _last_day(course: tuple[tuple[date, Fraction], ...], period: Period) -> date | None:
    days = [day for day, _ in course if day <= period.last and day > date.min]
    return days[-1] if days else None
