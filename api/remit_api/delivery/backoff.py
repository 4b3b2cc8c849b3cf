"""When a message that could not be delivered is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random


@dataclass(frozen=True, slots=True)
class Backoff:
    """first: the wait after the first try, doubled after each further one, up to longest. tries: so
    many, and then it is given up. The waits of many messages are spread: each is between a half and
    the whole."""

    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=6)
    tries: int = 12

    def over(self, attempts: int) -> bool:
        """Whether it was tried often enough."""
        return attempts >= self.tries

    def wait(self, attempts: int, chance: Random) -> timedelta:
        """How long after so many tries (1 and more) the next may be."""
        doubled = self.first * (1 << min(attempts - 1, 20))
        return min(doubled, self.longest) * chance.uniform(0.5, 1)
