"""A scale on one day: its bounds and rates as numbers (docs/pay.md section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from remit_dsl.pay import Scale
from remit_engine.commission.basis.faults import AtFault, demanded
from remit_engine.commission.statement import TierPart
from remit_engine.judging.evaluate import Environment

NOTHING = Fraction(0)


@dataclass(frozen=True)
class Ladder:
    """bounds: None where a tier has none (`over`, and `under` of an interpolated scale). They are
    amounts: multiplied already by what the scale is against."""

    sides: tuple[str, ...]
    bounds: tuple[Fraction | None, ...]
    rates: tuple[Fraction, ...]

    def marginal(self, start: Fraction, end: Fraction) -> tuple[TierPart, ...]:
        """What each tier covers of the way from one position to another, below 0 backwards."""
        if start == end:
            return ()
        low, high, sign = (start, end, 1) if start < end else (end, start, -1)
        found = []
        for tier, roof in enumerate(self._roofs):
            if roof is not None and roof <= low:
                continue
            top = high if roof is None or high < roof else roof
            if top > low:
                found.append(TierPart(tier, sign * (top - low), self.rates[tier]))
                low = top
            if low == high:
                break
        return tuple(found)

    @cached_property
    def _roofs(self) -> tuple[Fraction | None, ...]:
        """Where tiers end on the way from 0: the first holds below 0, whatever its bound."""
        return tuple(None if bound is None else max(NOTHING, bound) for bound in self.bounds)

    def tier(self, position: Fraction) -> int:
        """The number of the first tier whose bound holds."""
        for tier, (side, bound) in enumerate(zip(self.sides, self.bounds, strict=True)):
            if bound is None or position < bound or (position == bound and side == "up to"):
                return tier
        raise TypeError("a scale without an open last tier")

    def interpolated(self, position: Fraction) -> tuple[int, Fraction]:
        """The number of the tier that ends the stretch a position lies on, and its rate."""
        points = [
            (tier, bound, rate)
            for tier, (bound, rate) in enumerate(zip(self.bounds, self.rates, strict=True))
            if bound is not None
        ]
        if position < points[0][1]:
            return 0, self.rates[0]
        if position == points[0][1]:
            return points[0][0], points[0][2]
        for (_, low, below), (tier, high, above) in pairwise(points):
            if position <= high:
                return tier, below + (above - below) * (position - low) / (high - low)
        return len(self.rates) - 1, self.rates[-1]


def ladder(scale: Scale, env: Environment, against: Fraction | None) -> Ladder:
    """The scale as of a day. Raises AtFault for a bound or rate without a value, or bounds that do
    not ascend."""
    bounds: list[Fraction | None] = []
    for tier in scale.tiers:
        if tier.bound is None:
            bounds.append(None)
            continue
        bound = demanded(tier.bound, env, "a bound of the scale")
        bounds.append(bound if against is None else bound * against)
    _ascend(scale, [b for b in bounds if b is not None])
    return Ladder(
        tuple(t.side for t in scale.tiers),
        tuple(bounds),
        tuple(demanded(t.rate, env, "a rate of the scale") for t in scale.tiers),
    )


def _ascend(scale: Scale, bounds: list[Fraction]) -> None:
    strictly = scale.kind == "interpolated"
    if any(b < a or (strictly and a == b) for a, b in pairwise(bounds)):
        raise AtFault("the bounds of the scale do not ascend")
