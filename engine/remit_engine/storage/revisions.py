"""The revision: a number that rises whenever what the service answers from changes."""

from __future__ import annotations

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.storage import changes, tables

ONE = 1
"""The id of the only row."""
_READ = sql.select(tables.revision.c.number).where(tables.revision.c.id == ONE)


def revision(connection: Connection) -> int:
    """Which stands now; 0 while nothing was published."""
    return connection.scalar(_READ) or 0


def raised(connection: Connection, moment: str) -> int:
    """The next revision, in a writing transaction."""
    number = revision(connection) + 1
    if number == 1:
        row = {"id": ONE, "number": number, "made": moment}
        connection.execute(tables.revision.insert(), row)
    else:
        changed = tables.revision.update().where(tables.revision.c.id == ONE)
        connection.execute(changed.values(number=number, made=moment))
    changes.noted(connection, tables.revision)
    return number
