"""Where a person stands on the scale of his plan, and what the next tier would give."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Rung:
    """A tier of a scale. text: as written (`up to 80%`). low, high: its ends as amounts, None where
    it is open. rate: at its end, for a point of an interpolated scale."""

    text: str
    low: Fraction | None
    high: Fraction | None
    rate: Fraction


@dataclass(frozen=True, slots=True)
class Next:
    """The tier above. needed: how much more reaches it. gain: what reaching it gives, beyond what
    the way there earns by itself; nothing on a marginal scale, where only what lies above the bound
    has the new rate."""

    rung: Rung
    needed: Fraction
    way: Fraction
    gain: Fraction


@dataclass(frozen=True, slots=True)
class Climb:
    """A scale with a person on it.

    step: the step's name. kind: `marginal`, `whole`, `interpolated`. over: what is added up. base:
    what is measured (`credit`). against: what the bounds are shares of, with its name; None where
    they are amounts. unit: the kind of type of position and bounds.
    """

    step: str
    kind: str
    over: str
    base: str
    position: Fraction
    against: tuple[str, Fraction] | None
    unit: str
    rungs: tuple[Rung, ...]
    at: int

    @property
    def attainment(self) -> Fraction | None:
        """The position as a share of what the scale is against."""
        if self.against is None or self.against[1] <= 0:
            return None
        return self.position / self.against[1]

    @property
    def here(self) -> Rung:
        """The tier he is in."""
        return self.rungs[self.at]

    @property
    def next(self) -> Next | None:
        """The tier above, None on the last; an interpolated scale has no steps to reach."""
        if self.kind == "interpolated" or self.at + 1 >= len(self.rungs):
            return None
        above, bound = self.rungs[self.at + 1], self.here.high
        if bound is None:
            return None
        needed = bound - self.position
        way = needed * self.here.rate
        gain = bound * (above.rate - self.here.rate) if self.kind == "whole" else NOTHING
        return Next(above, needed, way, gain)
