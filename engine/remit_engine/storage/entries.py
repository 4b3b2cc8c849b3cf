"""Rows of the ledger: what stands in one, and its hash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from fractions import Fraction
from operator import itemgetter
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.storage import tables
from remit_engine.storage.canonical import encoded, fingerprint

GENESIS = "0" * 64
"""What stands before the first row."""
DECISION, REVERSAL = "decision", "reversal"
REVERSED = "reversed"
"""The outcome of a reversal."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the ledger (`tables.decision` says what each member is). request, answer, totals,
    keys: canonical JSON. made: moment in UTC. hash: over all the rest, `previous` too."""

    seq: int
    id: str
    kind: str
    made: str
    day: date
    caller: str
    actor: str
    requester: str | None
    action: str
    verb: str
    outcome: str
    request: str
    answer: str
    totals: str
    facts: str
    policy: str
    revision: int
    consumed: Fraction | None
    unit: str | None
    authority: str | None
    counted: date | None
    keys: str
    reverses: str | None
    reason: str | None
    previous: str
    hash: str


NAMES = tuple(f.name for f in fields(Entry))
_MEMBERS = itemgetter(*NAMES)


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of the ledger; 0 and GENESIS while there is none."""

    seq: int
    hash: str


def chained(values: Mapping[str, Any], head: Head) -> dict[str, Any]:
    """A row with its number and its hash, next after `head`."""
    row = {**values, "seq": head.seq + 1, "previous": head.hash}
    row["hash"] = fingerprint(encoded(row))
    return row


def hash_of(row: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of all members but `hash`: days as ISO text, amounts as exact
    text."""
    return fingerprint(encoded({k: v for k, v in row.items() if k != "hash"}))


def head_of(connection: Connection) -> Head:
    """The last row."""
    c = tables.decision.c
    asked = sql.select(c.seq, c.hash).order_by(c.seq.desc()).limit(1)
    row = connection.execute(asked).one_or_none()
    return Head(0, GENESIS) if row is None else Head(row.seq, row.hash)


def insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add rows; Unstorable and what the database says otherwise."""
    if rows:
        connection.execute(tables.decision.insert(), rows)


def entry_of(row: Mapping[str, Any] | tables.Row) -> Entry:
    """The value of a row."""
    return Entry(*_MEMBERS(row))


def document(entry: Entry) -> dict[str, Any]:
    """All members by name, as they are hashed and exported."""
    return asdict(entry)


def found(connection: Connection, ids: Iterable[str]) -> dict[str, Entry]:
    """The rows of some ids, by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    asked = sql.select(tables.decision).where(tables.decision.c.id.in_(wanted))
    return {row["id"]: entry_of(row) for row in connection.execute(asked).mappings()}
