"""A quarter of sales by the million, made in SQL by hashing row numbers: no random state, no float.

Sellers stand under five levels of managers. Everything is in the form in which batches read events:
money in cents, days as ordinals, persons as their rank among the ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from remit_engine.commission.basis.dataset import Stretch
from remit_engine.warehouse.duckdb import DuckDB

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
LEVELS = 5
SPAN = 10
"""How many people stand under one manager."""
REGIONS = ("north", "east", "south", "west")
FACTORS = (95, 100, 108, 115)
"""in hundredths, by region"""
GRADES = ("junior", "senior", "lead")
QUOTAS = (90_000_00, 150_000_00, 240_000_00)
"""a month's, in cents, by grade"""


@dataclass(frozen=True, slots=True)
class Quarter:
    """Sizes. hold: sales are paid when collected. Sellers come first in the order of ids, then the
    managers of each level."""

    sales: int = 10_000_000
    sellers: int = 50_000
    hold: bool = True

    @property
    def heads(self) -> tuple[int, ...]:
        """How many people stand on each level, the sellers first."""
        found = [self.sellers]
        for _ in range(LEVELS):
            found.append(max(1, -(-found[-1] // SPAN)))
        return tuple(found)

    @property
    def starts(self) -> tuple[int, ...]:
        """The rank of the first person of each level."""
        return tuple(sum(self.heads[:i]) for i in range(LEVELS + 1))

    def people(self) -> dict[str, tuple[Stretch, ...]]:
        """Everybody, by id, in the order of ranks."""
        found: dict[str, tuple[Stretch, ...]] = {}
        for level, (start, count) in enumerate(zip(self.starts, self.heads, strict=True)):
            for i in range(count):
                above = () if level == LEVELS else (name(self.starts[level + 1] + i // SPAN),)
                found[name(start + i)] = (_stretch(start + i, level, i, above),)
        return found

    def make(self, engine: DuckDB, file: Path) -> None:
        """Write the sales to a Parquet file."""
        engine.write_parquet(self.query, file)

    @property
    def query(self) -> str:
        """The rows: about one in 25 is returned, one in 50 is a credit note that does not count,
        one in 20 is not collected, and sellers of higher rank number sell more."""
        days = (LAST - FIRST).days + 1
        day = f"{FIRST.toordinal()} + {_below(days, 1)}"
        seller = (
            f"CASE WHEN i % 4 = 0 THEN {_below(max(1, self.sellers // 4), 2)} ELSE "
            f"{_below(self.sellers, 2)} END"
        )
        net = f"CASE WHEN {_below(50, 3)} = 0 THEN -1 ELSE 1 END * (1000 + {_below(500_000, 4)})"
        later = f"CASE WHEN {_below(20, 5)} > 0 THEN day + {_below(75, 6)} END"
        back = f"CASE WHEN {_below(25, 7)} = 0 THEN day + {_below(120, 8)} END"
        return (
            f"SELECT n, 'S' || lpad(CAST(n AS VARCHAR), 9, '0') AS id, day, seller, net, "
            f"{later} AS collected, {back} AS returned FROM (SELECT CAST(i AS BIGINT) AS n, i, "
            f"CAST({day} AS BIGINT) AS day, CAST({seller} AS BIGINT) AS seller, "
            f"CAST({net} AS BIGINT) AS net FROM range({self.sales}) made(i)) made"
        )


def name(rank: int) -> str:
    """A person's id; ids sort as ranks do."""
    return f"p{rank:07}"


def _stretch(rank: int, level: int, i: int, above: tuple[str, ...]) -> Stretch:
    attributes = {
        "id": name(rank),
        "region": REGIONS[i * 7 % len(REGIONS)],
        "grade": GRADES[i % len(GRADES)],
    }
    return Stretch(name(rank), f"bench.{position(level)}", None, None, None, above, attributes)


def position(level: int) -> str:
    """The short name of a level's position."""
    return "seller" if level == 0 else f"manager_{level}"


def _below(n: int, salt: int) -> str:
    return f"CAST(hash(i * 16 + {salt}) % {n} AS BIGINT)"
