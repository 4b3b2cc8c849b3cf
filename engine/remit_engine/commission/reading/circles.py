"""Circles of managers: somebody who is above himself on some day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from remit_engine.commission.basis.dataset import Stretch


def circles(
    edges: Sequence[tuple[Stretch, str]],
) -> Iterator[tuple[Stretch, date | None, tuple[str, ...]]]:
    """The first stretch and day of each circle, and its people from below to above.

    Day by day: a circle appears only on a day on which one of its edges begins.
    """
    ends = sorted(edges, key=lambda e: e[0].until or date.max)
    above: dict[str, Counter[str]] = defaultdict(Counter)
    told: set[frozenset[str]] = set()
    gone = 0
    starts = sorted(edges, key=lambda e: e[0].start or date.min)
    for stretch, manager in starts:
        day = stretch.start or date.min
        while gone < len(ends) and (ends[gone][0].until or date.max) <= day:
            _removed(above, *ends[gone])
            gone += 1
        above[stretch.person][manager] += 1
        if (circle := _circle(stretch.person, manager, above)) and frozenset(circle) not in told:
            told.add(frozenset(circle))
            yield stretch, stretch.start, circle


def _removed(above: dict[str, Counter[str]], stretch: Stretch, manager: str) -> None:
    left = above[stretch.person]
    left[manager] -= 1
    if left[manager] <= 0:
        del left[manager]


def _circle(person: str, manager: str, above: dict[str, Counter[str]]) -> tuple[str, ...] | None:
    """The way from a person by a manager up to himself, both ends included."""
    below = {manager: person}
    pending = [manager]
    while pending:
        at = pending.pop()
        for higher in above.get(at, ()):
            if higher == person:
                return _way(person, at, below)
            if higher not in below:
                below[higher] = at
                pending.append(higher)
    return None


def _way(person: str, top: str, below: dict[str, str]) -> tuple[str, ...]:
    found = [person]
    while top != person:
        found.append(top)
        top = below[top]
    return (person, *reversed(found))
