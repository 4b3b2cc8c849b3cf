"""Delegations in the store: given, ended early, and those that hold at a revision."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.storage import tables
from remit_engine.storage.canonical import canonical
from remit_engine.storage.faults import Conflict, NotKept
from remit_engine.storage.revisions import raised, revision


@dataclass(frozen=True, slots=True)
class Delegation:
    """Authority lent, from `starts` to before `ends`. verbs None: all. since, until: the revisions
    from which it holds and from which no longer. id, made, …: empty in one that is not kept yet."""

    giver: str
    taker: str
    action: str
    verbs: tuple[str, ...] | None
    limit: Fraction | None
    starts: date
    ends: date
    reason: str
    approved_by: str | None
    by: str
    id: str = ""
    made: str = ""
    revoked: str | None = None
    revoked_by: str | None = None
    since: int = 0
    until: int | None = None
    edition: int = 1


def give(connection: Connection, wanted: Delegation) -> Delegation:
    """Keep a delegation, in a writing transaction; the revision rises. Whether the policy allows it
    is for whoever reads it into a directory to say, before."""
    moment = _moment()
    id = f"dlg_{secrets.token_hex(12)}"
    row = {
        **_values(wanted),
        "id": id,
        "made": moment,
        "since": raised(connection, moment),
        "verbs": None if wanted.verbs is None else canonical(sorted(wanted.verbs)),
    }
    connection.execute(tables.delegation.insert(), row)
    return delegation(connection, id)


def revoke(connection: Connection, id: str, by: str) -> Delegation:
    """End a delegation now, in a writing transaction; the revision rises. Raises NotKept, Conflict
    where that was done before."""
    if delegation(connection, id).revoked is not None:
        raise Conflict(f"`{id}` was revoked before")
    moment = _moment()
    t = tables.delegation
    changed = {"revoked": moment, "revoked_by": by, "until": raised(connection, moment)}
    connection.execute(t.update().where(t.c.id == id).values(**changed, edition=t.c.edition + 1))
    return delegation(connection, id)


def delegation(connection: Connection, id: str) -> Delegation:
    """One delegation; raises NotKept."""
    t = tables.delegation
    row = connection.execute(sql.select(t).where(t.c.id == id)).mappings().one_or_none()
    if row is None:
        raise NotKept(f"there is no delegation `{id}`")
    return _delegation(row)


def listed(
    connection: Connection, *, person: str | None = None, before: str | None = None, limit: int
) -> list[Delegation]:
    """The latest first. person: who gives or takes. before: only those made before the one of this
    id."""
    t = tables.delegation
    asked = sql.select(t).order_by(t.c.made.desc(), t.c.id.desc()).limit(limit)
    if person is not None:
        asked = asked.where(sql.or_(t.c.giver == person, t.c.taker == person))
    if before is not None:
        last = delegation(connection, before)
        asked = asked.where(sql.tuple_(t.c.made, t.c.id) < sql.tuple_(last.made, last.id))
    return [_delegation(row) for row in connection.execute(asked).mappings()]


def holding(connection: Connection, at: int | None = None) -> list[Delegation]:
    """The delegations that are not revoked, at a revision or now, in the order they were given;
    those of other days too."""
    t = tables.delegation
    stands = revision(connection) if at is None else at
    asked = sql.select(t).order_by(t.c.since)
    asked = asked.where(t.c.since <= stands, sql.or_(t.c.until.is_(None), t.c.until > stands))
    return [_delegation(row) for row in connection.execute(asked).mappings()]


def _values(wanted: Delegation) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in Delegation.__dataclass_fields__}


def _delegation(row: tables.Row) -> Delegation:
    values = {name: row[name] for name in Delegation.__dataclass_fields__}
    verbs = None if row["verbs"] is None else tuple(json.loads(row["verbs"]))
    return Delegation(**{**values, "verbs": verbs})


def _moment() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
