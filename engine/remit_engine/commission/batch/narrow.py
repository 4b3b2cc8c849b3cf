"""Columns that are sorted, in the narrowest type that holds them: whatever is sorted is carried.

Types are narrow only inside of the query that sorts; what comes out of it is BIGINT again, so that
no arithmetic is done in fewer than 64 bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Within = Mapping[str, tuple[int, int]]
"""What columns of whole numbers lie within, where they are not NULL. A column that is not named
may hold anything, of any type."""

_TYPES = ((15, "SMALLINT"), (31, "INTEGER"))
_NEVER_NULL = frozenset({"n", "part", "day"})


@dataclass(frozen=True, slots=True)
class Narrow:
    """The columns of a table `l` before a sort, and after it."""

    within: Within

    def before(self, names: Iterable[str]) -> str:
        """The columns as they are carried; those that are always the same number are not."""
        return ", ".join(
            f"{self._as(self._type(name), name)} AS {name}"
            for name in names
            if self._always(name) is None
        )

    def after(self, names: Iterable[str]) -> str:
        """The same columns as they were."""
        return ", ".join(f"{self._widened(name)} AS {name}" for name in names)

    def _widened(self, name: str) -> str:
        always = self._always(name)
        if always is not None:
            return f"CAST({always} AS BIGINT)"
        return self._as("BIGINT" if self._type(name) else None, name)

    def _as(self, kind: str | None, name: str) -> str:
        return f"CAST(l.{name} AS {kind})" if kind else f"l.{name}"

    def _always(self, name: str) -> int | None:
        low, high = self.within.get(name, (0, 1))
        return low if low == high and name in _NEVER_NULL else None

    def _type(self, name: str) -> str | None:
        low, high = self.within.get(name, (0, 2**63))
        return next((t for bits, t in _TYPES if -(2**bits) <= low and high < 2**bits), None)
