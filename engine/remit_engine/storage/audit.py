"""Whether what stands in the store is what was recorded: ledger, totals, requests for approval, and
what the service answers from; what is wrong is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.storage import alerts, approvals, changes, history, tables, watch_log
from remit_engine.storage.entries import GENESIS
from remit_engine.storage.history import Broken
from remit_engine.storage.usage import counted

Bucket = tuple[str, str, str, str, str, str]
"""Action, verb, dimension, key, day, unit: as they stand in the database."""


@dataclass(slots=True)
class Verified:
    """What was found. rows: how many decisions there are. head: the hash of the last. changes,
    changed: the same of the changes of versions, publications, delegations and keys; entries, told:
    of the watcher's log."""

    rows: int = 0
    head: str = GENESIS
    changes: int = 0
    changed: str = GENESIS
    entries: int = 0
    told: str = GENESIS
    broken: list[Broken] = field(default_factory=list)

    def ends_with(self, expected: str) -> bool:
        """Whether a hash, or its beginning, is the last of decisions, changes or entries."""
        beside = ((self.changes, self.changed), (self.entries, self.told))
        heads = (self.head, *(hash for count, hash in beside if count))
        return any(head.startswith(expected.lower()) for head in heads)


def verified(connection: Connection) -> Verified:
    """Read every row of the ledger, every event of requests for approval and of alerts, every
    entry of the watcher's log and every change of what the service answers from, and add up every
    total anew."""
    found = Verified()
    dimensions = _dimensions(connection)
    totals: dict[Bucket, Fraction] = defaultdict(Fraction)
    for row, wrong in history.checked(history.rows(connection)):
        found.rows += 1
        found.head = row["hash"]
        found.broken += wrong
        if not wrong:
            _count(row, dimensions, totals)
    if not found.broken:  # totals of altered rows are wrong as well: that tells nothing more
        found.broken += _totals(connection, totals)
    found.broken += (
        Broken(told.seq, told.request, told.message, "request for approval")
        for told in approvals.verified(connection)
    )
    found.broken += (
        Broken(told.seq, told.alert, told.message, "alert") for told in alerts.verified(connection)
    )
    found.broken += (
        Broken(told.seq, told.name, told.message, "entry")
        for told in watch_log.verified(connection)
    )
    found.entries, found.told = watch_log.head(connection)
    found.changes, found.changed = changes.head(connection)
    found.broken += (
        Broken(told.seq, told.key, told.message, told.what) for told in changes.verified(connection)
    )
    return found


def _count(
    row: Mapping[str, Any], dimensions: Mapping[str, set[str]], totals: dict[Bucket, Fraction]
) -> None:
    consumed = row["consumed"]
    typed = {**row, "consumed": None if consumed is None else Fraction(consumed)}
    for place, day, unit, amount in counted(typed, dimensions.get(row["action"], ())):
        totals[*place, _day(day), unit] += amount


def _totals(connection: Connection, wanted: Mapping[Bucket, Fraction]) -> Iterator[Broken]:
    """The kept totals against those of the rows."""
    missing = dict(wanted)
    asked = sql.select(*(_raw(c) for c in tables.consumption.c))
    for row in connection.execute(asked, execution_options={"yield_per": history.CHUNK}):
        *key, amount = row
        bucket = (*key[:4], _day(key[4]), key[5])
        expected = missing.pop(bucket, None)
        if _number(amount) != (expected or Fraction(0)):
            said = "it is not in the ledger" if expected is None else f"the rows give {expected}"
            yield _about(bucket, f"the kept total is {amount}, {said}")
    for bucket, expected in missing.items():
        if expected:
            yield _about(bucket, f"no total is kept, the rows give {expected}")


def _about(bucket: tuple[Any, ...], message: str) -> Broken:
    action, verb, dimension, key, day, _ = bucket
    by = f"`{dimension}` {key}" if dimension else key
    return Broken(None, None, f"{verb} of {action} by {by} on {day}: {message}", "total")


def _dimensions(connection: Connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    c = tables.dimension.c
    for action, dimension in connection.execute(sql.select(c.action, c.dimension)):
        found[action].add(dimension)
    return found


def _raw(column: sql.Column[Any]) -> sql.ColumnElement[Any]:
    return sql.type_coerce(column, sql.types.NullType()).label(column.name)


def _day(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _number(value: Any) -> Fraction | None:
    try:
        return Fraction(value)
    except (ValueError, TypeError, ZeroDivisionError):
        return None
