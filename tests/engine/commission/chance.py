"""Chance, as random plans and random data draw on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Chance:
    """Draws from a `random.Random`, which may be hypothesis's own and is then made small."""

    rnd: Random

    def pick(self, items: Sequence[T]) -> T:
        return items[self.rnd.randrange(len(items))]

    def percent(self, likelihood: int) -> bool:
        """True that often; small examples say no."""
        return self.rnd.randrange(100) >= 100 - likelihood

    def count(self, low: int, high: int) -> int:
        return self.rnd.randrange(low, high + 1)

    def some(self, items: Sequence[T], low: int, high: int) -> list[T]:
        """Different items in their order, from `low` to `high` of them."""
        wanted = min(self.count(low, high), len(items))
        left = list(range(len(items)))
        while len(left) > wanted:
            left.pop(self.rnd.randrange(len(left)))
        return [items[i] for i in left]
