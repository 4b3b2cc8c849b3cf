"""Sets of values of one fact: finite or co-finite sets of symbols, and stretches of a line.

A cut lies just before or just after a number; a stretch runs from a cut to a cut. On a line of
whole numbers (dates by ordinal, too) cuts lie only before a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import floor

Cut = tuple[int, Fraction, int]
"""(-1, 0, 0) is below every number, (1, 0, 0) above; (0, v, 0) just before v, (0, v, 1) after."""
Stretch = tuple[Cut, Cut]

LOWEST: Cut = (-1, Fraction(0), 0)
HIGHEST: Cut = (1, Fraction(0), 0)


def before(value: Fraction, whole: bool = False) -> Cut:
    """The cut just below a number (on whole numbers: below the first not under it)."""
    return (0, Fraction(-floor(-value)), 0) if whole else (0, value, 0)


def after(value: Fraction, whole: bool = False) -> Cut:
    """The cut just above a number."""
    return (0, Fraction(floor(value) + 1), 0) if whole else (0, value, 1)


@dataclass(frozen=True, slots=True)
class Symbols:
    """The members, or with `outside` everything else."""

    members: frozenset[str | bool]
    outside: bool = False

    @property
    def empty(self) -> bool:
        """True when nothing is in it."""
        return not self.members and not self.outside

    @property
    def everything(self) -> bool:
        """True when nothing is left out."""
        return not self.members and self.outside

    def complement(self) -> Symbols:
        """Everything else."""
        return Symbols(self.members, not self.outside)

    def meet(self, other: Symbols) -> Symbols:
        """What is in both."""
        match self.outside, other.outside:
            case False, False:
                return Symbols(self.members & other.members)
            case False, True:
                return Symbols(self.members - other.members)
            case True, False:
                return Symbols(other.members - self.members)
        return Symbols(self.members | other.members, True)

    def join(self, other: Symbols) -> Symbols:
        """What is in either."""
        return self.complement().meet(other.complement()).complement()


@dataclass(frozen=True, slots=True)
class Line:
    """Sorted stretches that neither meet nor touch."""

    stretches: tuple[Stretch, ...]

    @property
    def empty(self) -> bool:
        """True when nothing is in it."""
        return not self.stretches

    @property
    def everything(self) -> bool:
        """True when nothing is left out."""
        return self.stretches == ((LOWEST, HIGHEST),)

    def complement(self) -> Line:
        """Everything else."""
        found, at = [], LOWEST
        for low, high in self.stretches:
            if at < low:
                found.append((at, low))
            at = high
        if at < HIGHEST:
            found.append((at, HIGHEST))
        return Line(tuple(found))

    def meet(self, other: Line) -> Line:
        """What is in both."""
        found = []
        for a, b in self.stretches:
            for c, d in other.stretches:
                low, high = max(a, c), min(b, d)
                if low < high:
                    found.append((low, high))
        return Line(tuple(found))

    def join(self, other: Line) -> Line:
        """What is in either."""
        return self.complement().meet(other.complement()).complement()

    def __contains__(self, value: Fraction) -> bool:
        at = (0, value, 0)
        return any(low <= at < high for low, high in self.stretches)


ValueSet = Symbols | Line

EVERYWHERE = Line(((LOWEST, HIGHEST),))
NOWHERE = Line(())


def stretch(low: Cut, high: Cut) -> Line:
    """One stretch; nothing where it is reversed or empty."""
    return Line(((low, high),)) if low < high else NOWHERE


def symbols(members: Iterable[str | bool]) -> Symbols:
    """A finite set."""
    return Symbols(frozenset(members))


def compared(operator: str, value: Fraction, whole: bool = False) -> Line:
    """The numbers x with `x operator value`."""
    below, above = before(value, whole), after(value, whole)
    if whole and value.denominator != 1:
        point = NOWHERE
        below = above = before(value, True)
    else:
        point = stretch(below, above)
    match operator:
        case "<":
            return stretch(LOWEST, below)
        case "<=":
            return stretch(LOWEST, above)
        case ">":
            return stretch(above, HIGHEST)
        case ">=":
            return stretch(below, HIGHEST)
        case "=":
            return point
        case "!=":
            return point.complement()
    raise ValueError(f"not a comparison: {operator}")


def meeting(a: ValueSet, b: ValueSet) -> ValueSet:
    """What is in both sets of one fact."""
    if isinstance(a, Line) and isinstance(b, Line):
        return a.meet(b)
    if isinstance(a, Symbols) and isinstance(b, Symbols):
        return a.meet(b)
    raise TypeError("two kinds of sets for one fact")


def joining(a: ValueSet, b: ValueSet) -> ValueSet:
    """What is in either set of one fact."""
    if isinstance(a, Line) and isinstance(b, Line):
        return a.join(b)
    if isinstance(a, Symbols) and isinstance(b, Symbols):
        return a.join(b)
    raise TypeError("two kinds of sets for one fact")


# --- a number to show ------------------------------------------------------------------------


def sample(low: Cut, high: Cut, whole: bool = False) -> Fraction:
    """A plain number between two cuts, near its lower end where it has one."""
    if low == LOWEST and high == HIGHEST:
        return Fraction(0)
    if low == LOWEST:
        return _below(high, whole)
    start = low[1]
    if low[2] == 0:  # on whole numbers every cut is of this kind
        return start
    return _above(start, None if high == HIGHEST else high)


def _below(high: Cut, whole: bool) -> Fraction:
    if high > (0, Fraction(0), 0):
        return Fraction(0)
    if high[2] == 1:
        return high[1]
    return high[1] - 1


def _above(start: Fraction, high: Cut | None) -> Fraction:
    """A short decimal over `start` and below `high`."""
    if not start and (high is None or (0, Fraction(1), 0) < high):
        return Fraction(1)
    for places in range(-2, 30):
        step = Fraction(1, 10**places) if places >= 0 else Fraction(10**-places)
        if step > max(abs(start), Fraction(1)) / 10:
            continue
        candidate = (floor(start / step) + 1) * step
        if high is None or (0, candidate, 0) < high:
            return candidate
    if high is None:
        return start + 1
    return high[1] if high[2] == 1 else (start + high[1]) / 2
