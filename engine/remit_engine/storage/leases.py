"""Leases: of several processes one does what is done for all, and another when it is gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.storage.tables import lease


def taken(connection: Connection, name: str, holder: str, now: datetime, seconds: float) -> bool:
    """Whether a holder has a lease from now on for so many seconds, in a writing transaction: it
    was free or over, or it was his already."""
    moment = _written(now)
    until = _written(now + timedelta(seconds=seconds))
    asked = sql.select(lease.c.holder, lease.c.until).where(lease.c.name == name)
    before = connection.execute(asked).one_or_none()
    if before is None:
        connection.execute(lease.insert(), {"name": name, "holder": holder, "until": until})
        return True
    if before.holder != holder and before.until > moment:
        return False
    changed = lease.update().where(lease.c.name == name)
    connection.execute(changed.values(holder=holder, until=until))
    return True


def given_back(connection: Connection, name: str, holder: str) -> None:
    """Let the next one have it, in a writing transaction; what is another's stays his."""
    mine = lease.c.name == name, lease.c.holder == holder
    connection.execute(lease.delete().where(*mine))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
