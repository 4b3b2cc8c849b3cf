"""Events that the service was told: each once, in the order they came."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.storage import tables
from remit_engine.storage.faults import Conflict, NotKept
from remit_engine.storage.tables import Row

CHUNK = 500


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """An event. kind: the qualified name of its declaration. id: as its sender named it. happened:
    ISO day. received: moment in UTC. by: who told it. body: canonical JSON. seq: 0 while it is not
    kept."""

    kind: str
    id: str
    happened: str
    received: str
    by: str
    body: str
    seq: int = 0


def tell(connection: Connection, told: KeptEvent) -> tuple[KeptEvent, bool]:
    """Keep an event, in a writing transaction: as it stands, and whether it is new. The same again
    changes nothing; raises Conflict where it was told with another content."""
    before = _known(connection, told.kind, told.id)
    if before is None:
        row = {name: getattr(told, name) for name in KeptEvent.__slots__ if name != "seq"}
        connection.execute(tables.event.insert(), row)
        return found(connection, told.kind, told.id), True
    if before.body != told.body:
        message = f"the event `{told.id}` of `{told.kind}` was told with another content"
        raise Conflict(message, "what was told is not changed: tell a new event that corrects it")
    return before, False


def found(connection: Connection, kind: str, id: str) -> KeptEvent:
    """An event; raises NotKept."""
    known = _known(connection, kind, id)
    if known is None:
        raise NotKept(f"there is no event `{id}` of `{kind}`")
    return known


def after(
    connection: Connection,
    seq: int | None,
    kind: str | None = None,
    mentions: tuple[str, str] | None = None,
    until: int | None = None,
) -> Iterator[KeptEvent]:
    """The events behind a number, in order, up to another. mentions: only those told by the first,
    or whose body holds the second, which is a JSON text."""
    c = tables.event.c
    wanted = [] if kind is None else [c.kind == kind]
    wanted += [] if until is None else [c.seq <= until]
    if mentions is not None:
        by, text = mentions
        wanted.append(sql.or_(c.by == by, c.body.contains(text, autoescape=True)))
    last = seq or 0
    while True:
        asked = sql.select(tables.event).where(c.seq > last, *wanted).order_by(c.seq).limit(CHUNK)
        rows = [_event(row) for row in connection.execute(asked).mappings()]
        yield from rows
        if len(rows) < CHUNK:
            return
        last = rows[-1].seq


def last(connection: Connection) -> int:
    """The number of the last event; 0 where there is none."""
    return connection.scalar(sql.select(sql.func.max(tables.event.c.seq))) or 0


def count(connection: Connection, kind: str, until: int) -> int:
    """How many events of a kind there are up to a number."""
    c = tables.event.c
    asked = sql.select(sql.func.count()).select_from(tables.event)
    return connection.scalar(asked.where(c.kind == kind, c.seq <= until)) or 0


def corrections(connection: Connection, until: int) -> dict[tuple[str, str], str]:
    """Kind and id of each event in whose place another one stands -> the id of that one."""
    c = tables.event.c
    begins = c.body.startswith('{"corrects":', autoescape=True)  # canonical: the first of its keys
    asked = sql.select(c.kind, c.id, c.body).where(begins, c.seq <= until).order_by(c.seq)
    return {
        (row.kind, json.loads(row.body)["corrects"]): row.id for row in connection.execute(asked)
    }


def in_place(corrected: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """The same, with the last of those that correct one another."""
    found: dict[tuple[str, str], str] = {}
    for (kind, id), by in reversed(
        list(corrected.items())
    ):  # what corrects the next one came later
        found[kind, id] = found.get((kind, by), by)
    return found


def before(connection: Connection, kept: KeptEvent) -> Iterator[KeptEvent]:
    """The events in whose place one stands: the one that it corrects, and what that one does."""
    while (corrects := json.loads(kept.body).get("corrects")) is not None:
        kept = found(connection, kept.kind, corrects)
        yield kept


def same(connection: Connection, told: KeptEvent) -> KeptEvent | None:
    """The event as it was kept, where it was told with the same content."""
    before = _known(connection, told.kind, told.id)
    return before if before is not None and before.body == told.body else None


def _known(connection: Connection, kind: str, id: str) -> KeptEvent | None:
    c = tables.event.c
    asked = sql.select(tables.event).where(c.kind == kind, c.id == id)
    row = connection.execute(asked).mappings().one_or_none()
    return None if row is None else _event(row)


def _event(row: Row) -> KeptEvent:
    return KeptEvent(**{name: row[name] for name in KeptEvent.__slots__})
