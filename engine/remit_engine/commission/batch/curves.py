"""Scales as columns: what they give on a position is a whole number, piece by piece.

A piece holds for positions up to a threshold. On it a marginal scale gives `slope * p + offset`,
where p is the position in its unit; the thresholds of a position in whole units are whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from remit_engine.commission.batch.known import Known
from remit_engine.commission.batch.whole import Ratio, Whole, chosen, compared, literal, one_of
from remit_engine.commission.scale.ladder import Ladder

NOTHING = Fraction(0)
Row = tuple[Fraction | None, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """The columns of one scale: thresholds, slopes, offsets. unit: what the slopes and offsets
    give is over it. A position is over `position`."""

    tiers: int
    columns: tuple[Known, ...]
    unit: int
    position: int

    @classmethod
    def of(
        cls, name: str, ladders: Iterable[Ladder | None], kind: str, tiers: int, position: int
    ) -> Curve:
        """The columns for these ladders. kind: marginal, whole. Raises TooWide."""
        rows = [
            r for ladder in ladders if (r := values(ladder, kind, tiers, position))[-1] is not None
        ]
        width = 3 * tiers - 1
        thresholds = [Known.of(f"{name}{i}", (r[i] for r in rows)) for i in range(tiers - 1)]
        rest = [Known.of(f"{name}{i}", (r[i] for r in rows)) for i in range(tiers - 1, width)]
        unit = 1
        for known in rest:
            unit = Known.of("", [Fraction(1, known.per_unit)], unit).per_unit
        some = any(ladder is None for ladder in ladders)
        scaled = [Known.of(k.name, (r[i] for r in rows), unit)
                  for i, k in enumerate(rest, tiers - 1)]  # fmt: skip
        every = [*thresholds, *scaled]
        if some:
            every = [Known(k.name, k.kind, k.per_unit, k.low, k.high, True) for k in every]
        return cls(tiers, tuple(every), unit, position)

    def cells(self, ladder: Ladder | None, kind: str) -> list[Any]:
        """The cells of a row."""
        row = values(ladder, kind, self.tiers, self.position)
        return [k.cell(v) for k, v in zip(self.columns, row, strict=True)]

    def tier(self, p: Whole, prefix: str = "") -> list[str]:
        """The conditions, in order, under which each tier but the last holds."""
        found = self.columns[: self.tiers - 1]
        return [compared(p, "<=", _whole(k, prefix)) for k in found]

    def slope(self, tier: int, prefix: str = "") -> Whole:
        """The slope of a tier."""
        return _whole(self.columns[self.tiers - 1 + tier], prefix)

    @property
    def rising(self) -> bool:
        """True where no rate is below 0."""
        return all(self.slope(i).low >= 0 for i in range(self.tiers))

    def given(self, p: Whole, prefix: str = "") -> Whole:
        """What the scale gives on a position, over `unit`: nothing below 0 where neither the
        position nor a rate is."""
        found = self._given(p, prefix)
        if p.low >= 0 and self.rising:
            return Whole(found.sql, max(0, found.low), max(0, found.high), found.wide)
        return found

    def _given(self, p: Whole, prefix: str) -> Whole:
        parts = []
        for i in range(self.tiers):
            offset = _whole(self.columns[2 * self.tiers - 1 + i], prefix)
            parts.append(self.slope(i, prefix) * p + offset)
        cases = list(zip(self.tier(p, prefix), parts, strict=False))
        if not cases:
            return parts[-1]
        nullable = any(k.nullable for k in self.columns)
        if nullable:  # a NULL threshold must not read as the last tier
            name = f"{prefix}{self.columns[0].name}"
            last = [(f"{name} IS NOT NULL", parts[-1])]
            return one_of([*cases, *last], None)
        return one_of(cases, parts[-1])


def _whole(known: Known, prefix: str) -> Whole:
    if known.low == known.high and not known.nullable:
        return literal(known.low)
    return known.whole(prefix)


def values(ladder: Ladder | None, kind: str, tiers: int, position: int) -> Row:
    """Thresholds in units of the position, then slopes, then offsets."""
    if ladder is None:
        return (None,) * (3 * tiers - 1)
    if kind == "marginal":
        bounds = [max(NOTHING, b) for b in ladder.bounds if b is not None]
        thresholds = [Fraction(b * position // 1) for b in bounds]
        offsets = [NOTHING]
        for i, bound in enumerate(bounds):
            offsets.append(offsets[-1] + (ladder.rates[i] - ladder.rates[i + 1]) * bound)
    else:
        thresholds = [
            _threshold(side, b * position)
            for side, b in zip(ladder.sides, ladder.bounds, strict=True)
            if b is not None
        ]
        offsets = [NOTHING] * tiers
    return (*thresholds, *(r / position for r in ladder.rates), *offsets)


def _threshold(side: str, bound: Fraction) -> Fraction:
    """The last whole position that a bound holds for."""
    whole = bound // 1
    return Fraction(whole - 1 if side == "under" and whole == bound else whole)


def interpolated(
    ladders: Sequence[Ladder | None], points: int, under: int | None = None
) -> list[Row]:
    """Of each ladder, for the first point's rate below, each point's bound and the pieces' lines.

    A row: bounds of the points, then for each piece (below, at the first, between two, over) the
    rate as `(a + s * p) / e`: a, s, e in turn, whole numbers; p is in whole currency units over 1.
    under: what every e should be, see `common`.
    """
    return [_pieces(ladder, points, under) for ladder in ladders]


def common(ladders: Sequence[Ladder | None]) -> int:
    """What all rates of interpolated ladders are over."""
    lines = [line for ladder in ladders if ladder is not None for line in _lines(ladder)]
    return math.lcm(1, *{n.denominator for line in lines for n in line})


def _pieces(ladder: Ladder | None, points: int, under: int | None) -> Row:
    if ladder is None:
        return (None,) * (points + 3 * (points + 2))
    flat: list[Fraction] = []
    for constant, slope in _lines(ladder):
        e = Fraction(under or math.lcm(constant.denominator, slope.denominator))
        flat += [constant * e, slope * e, e]
    return (*(b for b in ladder.bounds if b is not None), *flat)


def _lines(ladder: Ladder) -> list[tuple[Fraction, Fraction]]:
    """The rate of each piece: a constant, and what it rises by for each unit of the position."""
    at = [(b, r) for b, r in zip(ladder.bounds, ladder.rates, strict=True) if b is not None]
    lines = [(ladder.rates[0], NOTHING), (at[0][1], NOTHING)]
    for (low, below), (high, above) in pairwise(at):
        slope = (above - below) / (high - low)
        lines.append((below - slope * low, slope))
    lines.append((ladder.rates[-1], NOTHING))
    return lines


def interpolated_rate(known: Sequence[Known], points: int, p: Ratio, prefix: str = "") -> Ratio:
    """The rate on a position."""
    bounds = [k.ratio(prefix) for k in known[:points]]
    lines = []
    for i in range(points + 2):
        a, s, e = (known[points + 3 * i + j].whole(prefix) for j in range(3))
        below = Whole(e.sql, max(1, e.low), max(1, e.high), e.wide)
        if below.low == below.high:
            below = literal(below.low)
        lines.append((Ratio(a) + Ratio(s) * p) * Ratio(literal(1), below))
    tests = [(p.compared("<", bounds[0]), lines[0]), (p.compared("=", bounds[0]), lines[1])]
    tests += [(p.compared("<=", b), lines[2 + i]) for i, b in enumerate(bounds[1:])]
    tests.append((f"{bounds[-1].over.sql} IS NOT NULL", lines[-1]))
    return chosen(tests, None)
