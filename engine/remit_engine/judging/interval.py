"""Intervals of exact numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Interval:
    """The numbers from `low` to `high`; None is unbounded; `*_open` leaves the end out."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, value: Fraction) -> bool:
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return self.high is None or value < self.high or (not self.high_open and value == self.high)

    @property
    def empty(self) -> bool:
        """True when no number is inside."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    @property
    def reach(self) -> tuple[bool, Fraction, bool]:
        """Greater the higher it reaches: no end above any end, a closed end above an open one."""
        return (self.high is None, self.high or Fraction(0), not self.high_open)

    def shifted(self, by: Fraction) -> Interval:
        """Every number moved by `by`."""
        return Interval(
            None if self.low is None else self.low + by,
            None if self.high is None else self.high + by,
            self.low_open,
            self.high_open,
        )

    def meet(self, other: Interval) -> Interval:
        """The numbers in both."""
        low, low_open = _inner(self.low, self.low_open, other.low, other.low_open, max)
        high, high_open = _inner(self.high, self.high_open, other.high, other.high_open, min)
        return Interval(low, high, low_open, high_open)

    def without(self, other: Interval) -> list[Interval]:
        """The numbers in this one and not in the other: none, one or two pieces."""
        if self.empty or self.meet(other).empty:
            return [] if self.empty else [self]
        pieces = []
        if other.low is not None:
            pieces.append(self.meet(Interval(None, other.low, False, not other.low_open)))
        if other.high is not None:
            pieces.append(self.meet(Interval(other.high, None, not other.high_open, False)))
        return [p for p in pieces if not p.empty]


def _inner(
    a: Fraction | None, a_open: bool, b: Fraction | None, b_open: bool, pick: object
) -> tuple[Fraction | None, bool]:
    if a is None:
        return b, b_open
    if b is None:
        return a, a_open
    if a == b:
        return a, a_open or b_open
    first = (a > b) if pick is max else (a < b)
    return (a, a_open) if first else (b, b_open)


EVERYTHING = Interval()


def highest(intervals: list[Interval]) -> Interval | None:
    """The one reaching highest (see `Interval.reach`), or None when all are empty."""
    return max((i for i in intervals if not i.empty), key=lambda i: i.reach, default=None)
