"""Holds in the store: which stand, which stood when a row of the ledger was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_dsl.parts import Label
from remit_dsl.watch import Restraint
from remit_engine.rules.hold import Hold
from remit_engine.storage import entries, tables, watch_state
from remit_engine.storage.canonical import canonical
from remit_engine.storage.faults import Corrupt, NotKept
from remit_engine.storage.tables import Row


@dataclass(frozen=True, slots=True)
class Standing:
    """The holds that stand. edition: rises whenever one begins or ends."""

    edition: int = 0
    holds: tuple[Hold, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptHold:
    """A hold as it stands in the store. begun: the last row of the ledger before it. ending:
    `cleared`, `withdrawn`, `lifted`, None while it stands; by, because: of who lifted it."""

    hold: Hold
    number: int
    begun: int
    ended: int | None
    ended_on: date | None
    ending: str | None
    by: str | None
    because: str | None

    @property
    def stands(self) -> bool:
        """Whether it binds requests now."""
        return self.ended is None


@dataclass(frozen=True, slots=True)
class _Document:
    """What is kept of a hold besides its columns."""

    restraint: Restraint
    rule: str
    subject: str
    row: str | None
    because: Label | None
    source: str | None
    text: str


_DECODER = msgspec.json.Decoder(_Document)


def standing(connection: Connection) -> Standing:
    """What stands now."""
    edition = watch_state.holds(connection)
    if edition == 0:
        return Standing()
    c = tables.hold.c
    asked = sql.select(tables.hold).where(c.ended.is_(None)).order_by(c.number)
    return Standing(edition, tuple(kept.hold for kept in _read(connection, asked)))


def at(connection: Connection, seq: int) -> tuple[Hold, ...]:
    """What stood when a row of the ledger was judged."""
    c = tables.hold.c
    asked = sql.select(tables.hold).where(c.begun < seq, sql.or_(c.ended.is_(None), c.ended >= seq))
    return tuple(kept.hold for kept in _read(connection, asked.order_by(c.number)))


def found(connection: Connection, id: str) -> KeptHold:
    """A hold by its id; raises NotKept."""
    asked = sql.select(tables.hold).where(tables.hold.c.id == id)
    for kept in _read(connection, asked):
        return kept
    raise NotKept(f"there is no hold `{id[:80]}`")


def of_alert(connection: Connection, alert: str) -> list[KeptHold]:
    """All holds there ever were of an alert, in the order they began."""
    c = tables.hold.c
    return list(
        _read(connection, sql.select(tables.hold).where(c.alert == alert).order_by(c.number))
    )


def listed(
    connection: Connection,
    limit: int,
    before: int | None = None,
    *,
    stands: bool | None = None,
    action: str | None = None,
    value: str | None = None,
) -> list[KeptHold]:
    """The newest first, from below a number."""
    c = tables.hold.c
    asked = sql.select(tables.hold).order_by(c.number.desc()).limit(limit)
    if before is not None:
        asked = asked.where(c.number < before)
    if stands is not None:
        asked = asked.where(c.ended.is_(None) if stands else c.ended.is_not(None))
    if action is not None:
        asked = asked.where(c.action == action)
    if value is not None:
        asked = asked.where(c.value == value)
    return list(_read(connection, asked))


# --- writing ------------------------------------------------------------------------------------


def begin(connection: Connection, holds: list[Hold]) -> None:
    """Keep holds that begin, in a writing transaction; the next row of the ledger is bound."""
    if not holds:
        return
    begun = entries.head_of(connection).seq
    rows = [{**_columns(hold), "begun": begun} for hold in holds]
    connection.execute(tables.hold.insert(), rows)
    watch_state.raise_holds(connection)


def end(
    connection: Connection,
    ids: list[str],
    day: date,
    ending: str,
    by: str | None = None,
    because: str | None = None,
) -> None:
    """End holds that stand, in a writing transaction; the next row of the ledger is free."""
    if not ids:
        return
    c = tables.hold.c
    ended = {
        "ended": entries.head_of(connection).seq,
        "ended_on": day,
        "ending": ending,
        "by": by,
        "because": because,
    }
    changed = tables.hold.update().where(c.id.in_(ids), c.ended.is_(None)).values(ended)
    if connection.execute(changed).rowcount != len(ids):
        raise RuntimeError("a hold ended inside a writing transaction of another")
    watch_state.raise_holds(connection)


def _columns(hold: Hold) -> dict[str, Any]:
    rest = _Document(
        hold.restraint, hold.rule, hold.subject, hold.row, hold.because, hold.source, hold.text
    )
    return {
        "id": hold.id,
        "alert": hold.alert,
        "action": hold.restraint.action,
        "value": hold.value,
        "since": hold.since,
        "document": canonical(msgspec.to_builtins(rest)),
    }


# --- reading ------------------------------------------------------------------------------------


def _read(connection: Connection, asked: sql.Select[Any]) -> Iterator[KeptHold]:
    for row in connection.execute(asked).mappings():
        yield _kept(row)


def _kept(row: Row) -> KeptHold:
    try:
        told = _DECODER.decode(row["document"])
    except msgspec.DecodeError as fault:
        message = f"the hold `{row['id']}` cannot be read: {fault}"
        raise Corrupt(message, "`remit db verify` says more") from None
    hold = Hold(
        id=row["id"],
        restraint=told.restraint,
        value=row["value"],
        alert=row["alert"],
        rule=told.rule,
        subject=told.subject,
        row=told.row,
        since=row["since"],
        because=told.because,
        source=told.source,
        text=told.text,
    )
    rest = {n: row[n] for n in ("number", "begun", "ended", "ended_on", "ending", "by", "because")}
    return KeptHold(hold, **rest)


def sealed(row: Row) -> dict[str, Any]:
    """What the fingerprint of an alert says of a hold of its: all columns but its number."""
    return {name: value for name, value in row.items() if name != "number"}
