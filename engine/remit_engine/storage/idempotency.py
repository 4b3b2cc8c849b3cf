"""The same answer for the same key: what a POST that records gave, kept for a day or more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.storage import changes, entries, tables
from remit_engine.storage.entries import Entry
from remit_engine.storage.faults import KeyReused


@dataclass(frozen=True, slots=True)
class Key:
    """A caller's key for one request. body: SHA-256 of what he sent with it; it is not what tells
    two keys apart. Raises Unstorable for one that cannot be kept."""

    caller: str
    key: str
    body: str

    def __post_init__(self) -> None:
        tables.storable(self.key)

    def __hash__(self) -> int:
        return hash((self.caller, self.key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and (self.caller, self.key) == (other.caller, other.key)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a key was answered with. body: of the first request. entry: the row of the ledger, or
    status, location and text where the answer stands in none."""

    body: str
    decision: str | None = None
    entry: Entry | None = None
    status: int | None = None
    location: str | None = None
    text: str | None = None


def answers(connection: Connection, keys: Sequence[Key]) -> dict[Key, Answer]:
    """The answers that stand, by key."""
    if not keys:
        return {}
    c = tables.idempotency.c
    pairs = sorted({(k.caller, k.key) for k in keys})
    asked = sql.select(tables.idempotency).where(sql.tuple_(c.caller, c.key).in_(pairs))
    rows = connection.execute(asked).mappings().all()
    found = entries.found(connection, [r["decision"] for r in rows if r["decision"] is not None])
    return {
        Key(r["caller"], r["key"], r["body"]): Answer(
            r["body"],
            r["decision"],
            found.get(r["decision"] or ""),
            r["status"],
            r["location"],
            r["answer"],
        )
        for r in rows
    }


def answer(connection: Connection, key: Key) -> Answer | None:
    """The answer of one key; KeyReused where it came with another body."""
    found = answers(connection, [key]).get(key)
    if found is not None:
        refuse_another(key, found)
    return found


def refuse_another(key: Key, answer: Answer) -> None:
    """Raise KeyReused where the body is not the one the key first came with."""
    if answer.body != key.body:
        raise KeyReused("the idempotency key was used for another request", "take a new key")


def keep(connection: Connection, key: Key, status: int, location: str | None, text: str) -> None:
    """Keep an answer that stands in no ledger, in the transaction that made it."""
    moment = datetime.now(UTC).isoformat(timespec="microseconds")
    said = {"status": status, "location": location, "answer": text}
    insert(connection, [{**row(key, moment, None), **said}])


def row(key: Key, moment: str, decision: str | None) -> dict[str, Any]:
    """What is kept of a key whose answer is a row of the ledger."""
    return {
        "caller": key.caller,
        "key": key.key,
        "body": key.body,
        "made": moment,
        "decision": decision,
        "status": None,
        "location": None,
        "answer": None,
    }


def insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add rows."""
    if rows:
        connection.execute(tables.idempotency.insert(), rows)
        changes.added(connection, tables.idempotency, rows)


def any_before(connection: Connection, before: datetime) -> bool:
    """Whether there is a key from before a moment."""
    c = tables.idempotency.c
    asked = sql.select(c.made).where(c.made < _written(before)).limit(1)
    return connection.scalar(asked) is not None


def forget(connection: Connection, before: datetime) -> int:
    """Forget the keys from before a moment; how many they were."""
    c = tables.idempotency.c
    return changes.taken_out(connection, tables.idempotency, c.made < _written(before))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
