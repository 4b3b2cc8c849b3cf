"""The one row that every process of a watcher looks at: the edition of the holds, and the clock."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.storage import tables

ONE = 1
"""The id of the only row."""
_HOLDS = sql.select(tables.watch_state.c.holds).where(tables.watch_state.c.id == ONE)
_CLOCK = sql.select(tables.watch_state.c.clock).where(tables.watch_state.c.id == ONE)
_SINCE = sql.select(tables.watch_state.c.since).where(tables.watch_state.c.id == ONE)


def holds(connection: Connection) -> int:
    """The edition of the holds; 0 while there never was one."""
    return connection.scalar(_HOLDS) or 0


def raise_holds(connection: Connection) -> None:
    """Say that holds began or ended, in a writing transaction."""
    _change(connection, holds=holds(connection) + 1)


def clock(connection: Connection) -> date | None:
    """The day whose start was told last; None while none was."""
    return connection.scalar(_CLOCK)


def set_clock(connection: Connection, day: date) -> None:
    """Say that the start of a day was told, in a writing transaction."""
    _change(connection, clock=day)


def since(connection: Connection) -> date | None:
    """The first day of the clock; None while it showed none."""
    return connection.scalar(_SINCE)


def begin(connection: Connection, day: date) -> None:
    """Say that the clock shows its first day, in a writing transaction."""
    _change(connection, since=day, clock=day)


def _change(connection: Connection, **values: Any) -> None:
    c = tables.watch_state.c
    changed = tables.watch_state.update().where(c.id == ONE).values(**values)
    if connection.execute(changed).rowcount == 0:
        connection.execute(tables.watch_state.insert(), {"id": ONE, "holds": 0, **values})
