"""What is used up of running totals: kept by day in the store, and in memory while nobody else
writes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import sqlalchemy as sql
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from remit_engine.storage import tables
from remit_engine.storage.canonical import fingerprint
from remit_engine.storage.entries import Head
from remit_engine.storage.keys import AUTHORITY, key_in

UNMEASURED = "?"
"""The unit of a permit of which nobody could say how much it uses up; such are counted."""
MOST_SERIES = 200_000
Exactly = int | Fraction
Place = tuple[str, str, str, str]
"""Action, verb, dimension, key."""


@dataclass(slots=True)
class Series:
    """What was used up in one place, by day and unit; sums that were asked for are kept. Whole
    numbers are kept as such: they add up much faster."""

    days: dict[tuple[date, str], Exactly] = field(default_factory=dict)
    sums: dict[tuple[date, date, str], Exactly | None] = field(default_factory=dict)

    def total(self, first: date, last: date, unit: str) -> Fraction | None:
        """The sum from the first to the last day; None where something of another unit, or that
        nobody could measure, was used up then."""
        span = (first, last, unit)
        if span not in self.sums:
            self.sums[span] = self._sum(first, last, unit)
        found = self.sums[span]
        return None if found is None else Fraction(found)

    def _sum(self, first: date, last: date, unit: str) -> Exactly | None:
        total: Exactly = 0
        for (day, its), amount in self.days.items():
            if first <= day <= last and amount:
                if its != unit:
                    return None
                total += amount
        return total

    def add(self, day: date, unit: str, more: Fraction) -> None:
        """Use up more."""
        amount = slim(more)
        self.days[day, unit] = self.days.get((day, unit), 0) + amount
        for span in list(self.sums):
            first, last, its = span
            if first <= day <= last:
                kept = self.sums[span]
                if its == unit and kept is not None:
                    self.sums[span] = kept + amount
                else:
                    del self.sums[span]


def slim(amount: Fraction) -> Exactly:
    """A whole number as such."""
    return amount.numerator if amount.denominator == 1 else amount


class Usage:
    """The series of a store, kept between transactions. All use is under the writers' lock."""

    def __init__(self) -> None:
        self._head: Head | None = None
        self._series: dict[Place, Series] = {}

    def open(self, connection: Connection, head: Head) -> OpenUsage:
        """The usage as it stands at the head of a writing transaction."""
        if head != self._head or len(self._series) > MOST_SERIES:
            self._series = {}
        self._head = None  # until the transaction is through, nothing is known to hold
        return OpenUsage(connection, self._series, _dimensions(connection))

    def close(self, head: Head) -> None:
        """What was added stands at a new head, if the transaction is kept: else the store has
        another head, and nothing of this is used again."""
        self._head = head


@dataclass(slots=True)
class OpenUsage:
    """The usage inside of one writing transaction."""

    connection: Connection
    series: dict[Place, Series]
    dimensions: dict[str, set[str]]
    changed: dict[tuple[Place, date, str], Series] = field(default_factory=dict)

    def require(self, action: str, wanted: Iterable[str]) -> None:
        """Add up the permits of an action by these dimensions too, the past ones included."""
        for dimension in wanted:
            if dimension not in self.dimensions[action]:
                self._begin(action, dimension)

    def at(self, place: Place) -> Series:
        """What was used up in a place."""
        found = self.series.get(place)
        if found is None:
            found = self.series[place] = _read(self.connection, place)
        return found

    def add(self, row: Mapping[str, Any], keys: Mapping[str, str] | None = None) -> None:
        """Count a row of the ledger. keys: those of the row, where they are read already."""
        added = list(counted(row, self.dimensions[row["action"]], keys))
        there = [self.at(place) for place, *_ in added]  # read all before any is changed
        for (place, day, unit, amount), series in zip(added, there, strict=True):
            series.add(day, unit, amount)
            self.changed[place, day, unit] = series

    def write(self) -> None:
        """Keep what was added."""
        rows = [
            _bucket(place, day, unit, series.days[day, unit])
            for (place, day, unit), series in self.changed.items()
        ]
        self.changed.clear()
        upsert(self.connection, rows)

    def _begin(self, action: str, dimension: str) -> None:
        self.write()
        row = {"action": action, "dimension": dimension}
        self.connection.execute(tables.dimension.insert(), row)
        self.dimensions[action].add(dimension)
        totals: dict[tuple[Place, date, str], Fraction] = defaultdict(Fraction)
        for past in _consuming(self.connection, action):
            for place, day, unit, amount in counted(past, {dimension}):
                totals[place, day, unit] += amount
        upsert(self.connection, [_bucket(*at, amount) for at, amount in totals.items()])
        for place in [p for p in self.series if p[0] == action and p[2] == dimension]:
            del self.series[place]


def counted(
    row: Mapping[str, Any], dimensions: Iterable[str], keys: Mapping[str, str] | None = None
) -> Iterator[tuple[Place, date, str, Fraction]]:
    """Where a row of the ledger counts by some dimensions: the place, the day, the unit, how
    much."""
    unit = row["unit"]
    if unit is None:
        return
    amount = row["consumed"]
    if unit == UNMEASURED:
        amount = Fraction(-1 if row["reverses"] else 1)
    for dimension in dimensions:
        key: str | None = row["authority"]
        if dimension != AUTHORITY:
            keys = json.loads(row["keys"]) if keys is None else keys
            key = key_in(keys, dimension)
        if key is not None:
            place = (row["action"], row["verb"], dimension, short(key))
            yield place, row["counted"], unit, amount


def short(key: str) -> str:
    """A key that an index takes: a long one by its hash, which begins as no key does."""
    return key if len(key) <= 200 else f"sha256:{fingerprint(key)}"


def upsert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Keep buckets, in place of those that stand there."""
    if rows:
        connection.execute(_UPSERTS[connection.dialect.name], rows)


def _upsert(dialect: Any) -> Any:
    table = tables.consumption
    statement = dialect.insert(table)
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={"amount": statement.excluded.amount}
    )


_UPSERTS = {"sqlite": _upsert(sqlite), "postgresql": _upsert(postgresql)}


def _bucket(place: Place, day: date, unit: str, amount: Exactly) -> dict[str, Any]:
    action, verb, dimension, key = place
    return {
        "action": action,
        "verb": verb,
        "dimension": dimension,
        "key": key,
        "day": day,
        "unit": unit,
        "amount": amount,
    }


_C = tables.consumption.c
_SERIES = sql.select(_C.day, _C.unit, _C.amount).where(
    _C.action == sql.bindparam("a"),
    _C.verb == sql.bindparam("v"),
    _C.dimension == sql.bindparam("d"),
    _C.key == sql.bindparam("k"),
)


def _read(connection: Connection, place: Place) -> Series:
    rows = connection.execute(_SERIES, dict(zip("avdk", place, strict=True)))
    return Series({(day, unit): slim(amount) for day, unit, amount in rows})


def _dimensions(connection: Connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    c = tables.dimension.c
    for action, dimension in connection.execute(sql.select(c.action, c.dimension)):
        found[action].add(dimension)
    return found


def _consuming(connection: Connection, action: str) -> Iterator[Mapping[str, Any]]:
    c = tables.decision.c
    asked = sql.select(
        c.action, c.verb, c.unit, c.consumed, c.authority, c.counted, c["keys"], c.reverses
    ).where(c.action == action, c.unit.is_not(None))
    options = {"yield_per": 1000}
    for row in connection.execute(asked, execution_options=options).mappings():
        yield dict(row)
