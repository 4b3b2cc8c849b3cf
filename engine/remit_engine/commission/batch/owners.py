"""Who owns keys, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from remit_engine.commission.basis.dataset import Dataset, Owned
from remit_engine.warehouse.warehouse import Row

SEVERAL = -2
"""In place of a person, where several own a key."""


def owners(data: Dataset, people: dict[str, int]) -> Iterator[Row]:
    """Who owns each key on which days: one row for a day."""
    for key, owned in data.owners.items():
        edges = sorted({edge for o in owned for edge in _ends(o)})
        for since, before in pairwise(edges):
            found = [o for o in owned if _ends(o)[0] <= since and before <= _ends(o)[1]]
            if len(found) == 1:
                yield key, since, before, people.get(found[0].person, -1)
            elif found:
                yield key, since, before, SEVERAL


def _ends(owned: Owned) -> tuple[int, int]:
    start = date.min if owned.start is None else owned.start
    until = date.max.toordinal() + 1 if owned.until is None else owned.until.toordinal()
    return start.toordinal(), until
