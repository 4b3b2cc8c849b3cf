"""The log of the watcher in the store: every entry once, in the order it came, in one chain.

An entry that is an event stands beside its row of `event` and holds its fingerprint, so that what
happened to either is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.reading.json_reader import read_json
from remit_engine.request import InvalidRequest
from remit_engine.storage import tables
from remit_engine.storage.canonical import canonical, fingerprint
from remit_engine.storage.faults import Corrupt, NotKept
from remit_engine.storage.tables import Row

GENESIS = "0" * 64
"""What stands before the first entry."""
CHUNK = 500
_WIDEST = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry to be kept. document: as the watcher reads it. event: the `seq` of the event that it
    is; entry: the name of an observation. day: of the entry; clock: the day that was shown when it
    was taken. received: moment in UTC; by: who told it."""

    kind: str
    id: str
    event: int | None
    entry: str | None
    day: date
    clock: date
    received: str
    by: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry of the log, with its place in it."""

    seq: int
    told: Told


def add(connection: Connection, told: Told) -> KeptEntry:
    """Keep an entry behind all others, in a writing transaction."""
    seq, previous = head(connection)
    row: dict[str, Any] = {
        "seq": seq + 1,
        **{name: getattr(told, name) for name in _PLAIN},
        "body": canonical(_narrow(told.document)),
        "mark": None if told.event is None else _mark(_event(connection, told.event)),
        "previous": previous,
    }
    row["hash"] = _hash_of(row)
    connection.execute(tables.watch_entry.insert(), row)
    return KeptEntry(seq + 1, told)


_PLAIN = ("kind", "id", "event", "entry", "day", "clock", "received", "by")


def head(connection: Connection) -> tuple[int, str]:
    """The number and the hash of the last entry."""
    c = tables.watch_entry.c
    row = connection.execute(sql.select(c.seq, c.hash).order_by(c.seq.desc()).limit(1)).first()
    return (0, GENESIS) if row is None else (row.seq, row.hash)


def last(connection: Connection) -> int:
    """The number of the last entry; 0 where there is none."""
    return head(connection)[0]


def after(connection: Connection, seq: int) -> Iterator[KeptEntry]:
    """The entries behind a number, in order; raises Corrupt."""
    c = tables.watch_entry.c
    while True:
        asked = sql.select(tables.watch_entry).where(c.seq > seq).order_by(c.seq).limit(CHUNK)
        rows = [_kept(row) for row in connection.execute(asked).mappings()]
        yield from rows
        if len(rows) < CHUNK:
            return
        seq = rows[-1].seq


def observation(connection: Connection, entry: str) -> KeptEntry:
    """An observation by its own name; raises NotKept."""
    c = tables.watch_entry.c
    asked = sql.select(tables.watch_entry).where(c.entry == entry)
    row = connection.execute(asked).mappings().one_or_none()
    if row is None:
        raise NotKept(f"there is no observation `{entry[:80]}`")
    return _kept(row)


def observations(
    connection: Connection,
    limit: int,
    before: int | None = None,
    kind: str | None = None,
    id: str | None = None,
    by: str | None = None,
) -> list[KeptEntry]:
    """What was observed, the latest first, from below a number. Every filter that is given has to
    fit."""
    c = tables.watch_entry.c
    asked = sql.select(tables.watch_entry).where(c.entry.is_not(None))
    for column, wanted in ((c.kind, kind), (c.id, id), (c.by, by)):
        if wanted is not None:
            asked = asked.where(column == wanted)
    if before is not None:
        asked = asked.where(c.seq < before)
    rows = connection.execute(asked.order_by(c.seq.desc()).limit(limit)).mappings()
    return [_kept(row) for row in rows]


def _event(connection: Connection, seq: int) -> Mapping[str, Any]:
    asked = sql.select(tables.event).where(tables.event.c.seq == seq)
    return dict(connection.execute(asked).mappings().one())


def _mark(event: Mapping[str, Any]) -> str:
    return fingerprint(canonical(event))


def _hash_of(row: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of all members of a row but `hash`."""
    return fingerprint(canonical({k: v for k, v in row.items() if k != "hash"}))


def _narrow(value: Any) -> Any:
    """The same value, with whole numbers of any size as JSON can have them."""
    match value:
        case bool():
            return value
        case int() if not -_WIDEST <= value < _WIDEST:
            return Decimal(value)
        case Mapping():
            return {name: _narrow(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_narrow(inner) for inner in value]
    return value


def _kept(row: Row) -> KeptEntry:
    try:
        document = read_json(row["body"])
    except InvalidRequest:
        message = f"entry {row['seq']} of the watcher's log cannot be read"
        raise Corrupt(message, "`remit db verify` says more") from None
    plain = {name: row[name] for name in _PLAIN}
    return KeptEntry(row["seq"], Told(**plain, document=document))


# --- verifying ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AlteredEntry:
    """An entry that is not what was told."""

    seq: int
    name: str
    message: str


def verified(connection: Connection) -> Iterator[AlteredEntry]:
    """What was altered of the log, or of the events that it holds; each with its row."""
    number, before = 0, GENESIS
    e, t = tables.event, tables.watch_entry
    of_event = [column.label(f"event_{column.name}") for column in e.c]
    asked = sql.select(t, *of_event).outerjoin(e, e.c.seq == t.c.event).order_by(t.c.seq)
    for row in connection.execute(asked, execution_options={"yield_per": CHUNK}).mappings():
        entry = {column.name: row[column.name] for column in t.c}
        event = {column.name: row[f"event_{column.name}"] for column in e.c}
        name = f"{entry['kind']} {entry['id']}"
        if entry["seq"] != number + 1 or entry["previous"] != before:
            yield AlteredEntry(entry["seq"], name, "the entry before it is gone or altered")
        if _hash_of(entry) != entry["hash"]:
            yield AlteredEntry(entry["seq"], name, "this entry was altered")
        if entry["event"] is not None and _mark(event) != entry["mark"]:
            yield AlteredEntry(entry["seq"], name, "its event was altered")
        number, before = entry["seq"], entry["hash"]
