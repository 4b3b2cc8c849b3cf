"""The outbox: what is to be told to somebody outside, at least once.

A message is kept in the transaction of what it tells. Who delivers claims it for a while, so that
no other does meanwhile; a process that dies with it is followed by the next when the while is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.storage import tables
from remit_engine.storage.faults import Conflict, NotKept
from remit_engine.storage.tables import Row

WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"
LONGEST_FAULT = 500


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be told. id: made of what happened and the channel, so that nothing is put in
    twice. body: canonical JSON."""

    id: str
    alert: str
    channel: str
    body: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as it stands. attempts: how often it was tried. next: the moment (UTC) from which
    it may be tried; ended: when it was delivered or given up. fault: of the last try."""

    message: Message
    number: int
    made: str
    state: str
    attempts: int
    next: str | None
    ended: str | None
    fault: str | None


def put(connection: Connection, messages: Sequence[Message], moment: str) -> int:
    """Keep messages, in a writing transaction; how many were not there before."""
    c = tables.outbox.c
    ids = [message.id for message in messages]
    known = set(connection.scalars(sql.select(c.id).where(c.id.in_(ids)))) if ids else set()
    rows = [
        {
            "id": message.id,
            "alert": message.alert,
            "channel": message.channel,
            "made": moment,
            "body": message.body,
            "state": WAITING,
            "attempts": 0,
            "next": moment,
        }
        for message in messages
        if message.id not in known
    ]
    if rows:
        connection.execute(tables.outbox.insert(), rows)
    return len(rows)


def any_due(connection: Connection, channels: Sequence[str], now: str) -> bool:
    """Whether something may be tried now."""
    c = tables.outbox.c
    due = c.state == WAITING, c.next <= now, c.channel.in_(list(channels))
    return connection.scalar(sql.select(c.number).where(*due).limit(1)) is not None


def claim(
    connection: Connection, channels: Sequence[str], now: str, until: str, limit: int
) -> list[Kept]:
    """Take what may be tried now, the longest due first, in a writing transaction: until a moment
    it is nobody else's."""
    c = tables.outbox.c
    due = c.state == WAITING, c.next <= now, c.channel.in_(list(channels))
    asked = sql.select(tables.outbox).where(*due).order_by(c.next, c.number).limit(limit)
    rows = connection.execute(asked).mappings().all()
    taken = tables.outbox.update().where(c.number.in_([row["number"] for row in rows]))
    connection.execute(taken.values(attempts=c.attempts + 1, next=until))
    return [_kept({**row, "attempts": row["attempts"] + 1, "next": until}) for row in rows]


def delivered(connection: Connection, kept: Kept, moment: str) -> bool:
    """Say that a message was delivered, in a writing transaction; False where it was not waiting
    any more."""
    return _settle(connection, kept, state=DELIVERED, next=None, ended=moment, fault=None)


def put_off(connection: Connection, kept: Kept, fault: str, next: str) -> bool:
    """Say that a try failed, and when the next may be."""
    return _settle(connection, kept, next=next, fault=fault[:LONGEST_FAULT])


def given_up(connection: Connection, kept: Kept, fault: str, moment: str) -> bool:
    """Say that it is tried no more: it is kept as `failed`."""
    known = fault[:LONGEST_FAULT]
    return _settle(connection, kept, state=FAILED, next=None, ended=moment, fault=known)


def again(connection: Connection, id: str, moment: str) -> Kept:
    """Try a failed message from the beginning, in a writing transaction. Raises NotKept,
    Conflict."""
    kept = found(connection, id)
    if kept.state != FAILED:
        raise Conflict(f"the message is {kept.state}: only what failed is tried again")
    c = tables.outbox.c
    anew = {"state": WAITING, "attempts": 0, "next": moment, "ended": None}
    connection.execute(tables.outbox.update().where(c.id == id).values(anew))
    return found(connection, id)


def found(connection: Connection, id: str) -> Kept:
    """A message by its id; raises NotKept."""
    asked = sql.select(tables.outbox).where(tables.outbox.c.id == id)
    row = connection.execute(asked).mappings().one_or_none()
    if row is None:
        raise NotKept(f"there is no message `{id[:80]}`")
    return _kept(row)


def listed(
    connection: Connection,
    limit: int,
    before: int | None = None,
    *,
    state: str | None = None,
    channel: str | None = None,
    alert: str | None = None,
) -> list[Kept]:
    """The newest first, from below a number."""
    c = tables.outbox.c
    asked = sql.select(tables.outbox).order_by(c.number.desc()).limit(limit)
    if before is not None:
        asked = asked.where(c.number < before)
    for column, value in ((c.state, state), (c.channel, channel), (c.alert, alert)):
        if value is not None:
            asked = asked.where(column == value)
    return [_kept(row) for row in connection.execute(asked).mappings()]


def counted(connection: Connection) -> dict[str, int]:
    """How many messages there are in each state."""
    c = tables.outbox.c
    asked = sql.select(c.state, sql.func.count()).group_by(c.state)
    return {row[0]: row[1] for row in connection.execute(asked)}


def _settle(connection: Connection, kept: Kept, **values: str | None) -> bool:
    c = tables.outbox.c
    same = c.number == kept.number, c.state == WAITING
    changed = tables.outbox.update().where(*same).values(**values)
    return connection.execute(changed).rowcount == 1


def _kept(row: Row | dict[str, object]) -> Kept:
    members = {n: row[n] for n in ("id", "alert", "channel", "body")}
    rest = {n: row[n] for n in ("number", "made", "state", "attempts", "next", "ended", "fault")}
    return Kept(Message(**members), **rest)  # type: ignore[arg-type]
