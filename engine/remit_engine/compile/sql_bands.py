"""The answers of plain rules along their axes: grants and prohibitions made of ranges alone.

What is not plain is answered from one row for all that stand in the same place (see `batch`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from remit_engine.compile.sql_cuts import Point
from remit_engine.compile.sql_forms import Axis
from remit_engine.compile.sql_rules import Range, Reading
from remit_engine.decision import Outcome
from remit_engine.rules.ir import GRANT, PROHIBITION, Rule

MOST, LEAST = 2**63 - 1, -(2**63) + 1
Stretch = tuple[int, int]
"""From a whole number to another, both included."""

Found = tuple[Outcome | None, tuple[int, ...]]
"""The outcome of the asker's own rules (None: it is for others to say) and the deciding rules."""

ANYWHERE: Stretch = (LEAST, MOST)


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain rule on at most one axis: where it applies, and where it lets."""

    rule: Rule
    axis: Axis | None
    applies: Stretch
    inside: Stretch
    lets: Stretch
    """where it both applies and lets"""
    bars: bool
    silent: bool
    capped: bool
    """a grant that applies everywhere and lets all that is up to a number"""


def plain(rule: Rule, read: Reading) -> Plain | None:
    """A rule as the bands take it; None where it is not plain or stands on several axes."""
    if rule.kind not in (GRANT, PROHIBITION) or read.applies is None or read.inside is None:
        return None
    axes = {axis for axis, _, _ in (*read.applies, *read.inside)}
    if len(axes) > 1 or read.doubtful:
        return None
    applies, inside = _met(read.applies), _met(read.inside)
    if rule.kind == PROHIBITION:  # a region, not a limit
        applies, inside = _both(applies, inside), ANYWHERE
    axis = _same(next(iter(axes), None))
    bars, lets = rule.kind == PROHIBITION, _both(applies, inside)
    capped = not (bars or rule.unset) and applies == ANYWHERE and lets[0] == LEAST <= lets[1]
    return Plain(rule, axis, applies, inside, lets, bars, rule.unset, capped)


@cache
def _same(axis: Axis | None) -> Axis | None:
    """One object for equal axes, which are compared often."""
    return axis


def _met(ranges: Iterable[Range]) -> Stretch:
    found = ANYWHERE
    for _, low, high in ranges:
        found = _both(found, (LEAST if low is None else low, MOST if high is None else high))
    return found


def _both(a: Stretch, b: Stretch) -> Stretch:
    return max(a[0], b[0]), min(a[1], b[1])


def bands(rules: Sequence[Plain]) -> Iterator[tuple[Stretch, Found]]:
    """The answers along the one axis of some plain rules, neighbours with one answer joined."""
    return _falling(rules) if all(r.capped for r in rules) else _turning(rules)


def _falling(rules: Sequence[Plain]) -> Iterator[tuple[Stretch, Found]]:
    """Of capped grants alone: one after the other they let no more."""
    capped = [(r.rule.index, r.lets[1]) for r in rules]
    begin = LEAST
    for end in sorted({end for _, end in capped}):
        grants = tuple([index for index, most in capped if most >= begin])
        yield (begin, end), (Outcome.PERMIT, grants)
        begin = end + 1
    if begin <= MOST:
        yield (begin, MOST), (None, tuple([index for index, _ in capped]))


def _turning(rules: Sequence[Plain]) -> Iterator[tuple[Stretch, Found]]:
    starts = {LEAST}
    for r in rules:
        for low, high in (r.applies, r.lets):
            if low <= high:
                starts.add(low)
                starts.add(high + 1)
    begin, last = LEAST, None
    for start in sorted(starts):
        if not LEAST <= start <= MOST:
            continue
        found = answer_at(rules, start)
        if last is None:
            last = found
        elif found != last:
            yield (begin, start - 1), last
            begin, last = start, found
    if last is not None:
        yield (begin, MOST), last


def answer_at(rules: Sequence[Plain], at: int) -> Found:
    """The order of the outcomes where every rule is plain: prohibitions, grants, unset rights."""
    bars, grants, silent, applying = [], [], [], []
    for r in rules:
        low, high = r.applies
        if low <= at <= high:
            index = r.rule.index
            applying.append(index)
            if r.bars:
                bars.append(index)
            elif r.silent:
                silent.append(index)
            elif r.lets[0] <= at <= r.lets[1]:
                grants.append(index)
    if bars:
        return Outcome.DENY, tuple(bars)
    if grants:
        return Outcome.PERMIT, tuple(grants)
    if silent:
        return Outcome.UNDEFINED, tuple(silent)
    return None, tuple(applying)


def reach(rules: Sequence[Plain], positions: Iterable[str]) -> Iterator[tuple[Stretch, bool]]:
    """Along the axis: whether some position is let by a grant and kept by no prohibition."""
    if rules and all(r.capped for r in rules):
        return _alternating([(LEAST, max([r.lets[1] for r in rules]))])
    bars = [r for r in rules if r.bars]
    grants = [r for r in rules if not (r.bars or r.silent)]
    if not bars:
        return _alternating([r.lets for r in grants])
    return _alternating(list(_unbarred(grants, bars, frozenset(positions))))


def _unbarred(
    grants: Sequence[Plain], bars: Sequence[Plain], everybody: frozenset[str]
) -> Iterator[Stretch]:
    """Where a grant lets somebody, in each of the stretches between the ends of prohibitions."""
    for stretch in _stretches(r.applies for r in bars):
        over = [r for r in bars if r.applies[0] <= stretch[0] <= r.applies[1]]
        if any(r.rule.positions is None for r in over):
            continue
        barred = frozenset().union(*(r.rule.positions or () for r in over))
        for r in grants:
            if not (barred and (r.rule.positions or everybody) <= barred):
                yield _both(r.lets, stretch)


def _stretches(ranges: Iterable[Stretch]) -> Iterator[Stretch]:
    starts = {LEAST}
    for low, high in ranges:
        if low <= high:
            starts |= {low, high + 1}
    ordered = sorted(s for s in starts if LEAST <= s <= MOST)
    ends = [s - 1 for s in ordered[1:]] + [MOST]
    return zip(ordered, ends, strict=True)


def _alternating(inside: list[Stretch]) -> Iterator[tuple[Stretch, bool]]:
    """The whole axis in turns: outside of some stretches, inside them, outside …"""
    at = LEAST
    for low, high in _merged(inside):
        if low > at:
            yield (at, low - 1), False
        yield (low, high), True
        at = high + 1
    if at <= MOST:
        yield (at, MOST), False


def _merged(inside: list[Stretch]) -> Iterator[Stretch]:
    """Stretches that touch or overlap as one, ascending, the empty ones left out."""
    begin, end = None, LEAST
    for low, high in sorted(inside):
        if low > high:
            continue
        if begin is None:
            begin, end = low, high
        elif low > end + 1:
            yield begin, end
            begin, end = low, high
        elif high > end:
            end = high
    if begin is not None:
        yield begin, end


def stretches(points: Iterable[Fraction]) -> list[Stretch]:
    """The whole numbers of an axis in the stretches that points cut it into, each point that is
    itself a whole number standing alone."""
    starts = {LEAST}
    for p in points:
        floor = p.numerator // p.denominator
        for start in (floor, floor + 1) if p.denominator == 1 else (floor + 1,):
            if LEAST < start <= MOST:
                starts.add(start)
    ordered = sorted(starts)
    return list(zip(ordered, [s - 1 for s in ordered[1:]] + [MOST], strict=True))


def by_axis(points: Iterable[Point]) -> dict[Axis, set[Fraction]]:
    """The points of each axis, the axes in their order."""
    found: dict[Axis, set[Fraction]] = {}
    for axis, group in itertools.groupby(sorted(points), key=lambda p: p[0]):
        found[axis] = {point for _, point in group}
    return found
