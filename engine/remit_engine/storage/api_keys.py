"""Keys to the service in the store: made, looked up, listed, ended. A secret is never here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.storage import changes
from remit_engine.storage.faults import Conflict, Corrupt, NotKept
from remit_engine.storage.tables.columns import Row
from remit_engine.storage.tables.service import api_key


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key. digest: SHA-256 of the whole key, in hex. person: the id in the directory of whom it
    speaks for; None for a program of its own. scopes: empty is not narrowed. Moments are in UTC;
    `expires` is the first at which it no longer holds."""

    id: str
    digest: str
    name: str
    person: str | None
    roles: frozenset[str]
    scopes: frozenset[str]
    made: datetime
    made_by: str
    expires: datetime | None = None
    revoked: datetime | None = None
    revoked_by: str | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it opens anything at a moment."""
        return self.revoked is None and (self.expires is None or now < self.expires)


def made(connection: Connection, key: ApiKey) -> None:
    """Keep a new key."""
    connection.execute(
        api_key.insert(),
        {
            "id": key.id,
            "digest": key.digest,
            "name": key.name,
            "person": key.person,
            "roles": _listed(key.roles),
            "scopes": _listed(key.scopes),
            "made": _written(key.made),
            "made_by": key.made_by,
            "expires": None if key.expires is None else _written(key.expires),
        },
    )
    changes.noted(connection, api_key, api_key.c.id == key.id)


def of_id(connection: Connection, id: str) -> ApiKey | None:
    """The key of an id; None when there is none."""
    row = connection.execute(sql.select(api_key).where(api_key.c.id == id)).mappings().first()
    return None if row is None else _key(row)


def listed(
    connection: Connection, after: str | None = None, limit: int | None = None
) -> list[ApiKey]:
    """Keys by id, those after one, at most so many."""
    asked = sql.select(api_key).order_by(api_key.c.id).limit(limit)
    if after is not None:
        asked = asked.where(api_key.c.id > after)
    return [_key(row) for row in connection.execute(asked).mappings()]


def behind(connection: Connection, caller: str) -> str:
    """Who stands behind a caller: of a program's key who made it, else himself."""
    c = api_key.c
    passed: set[str] = set()
    while caller not in passed:
        passed.add(caller)
        asked = sql.select(c.made_by).where(c.id == caller, c.person.is_(None))
        caller = connection.scalar(asked) or caller
    return caller


def revoked(connection: Connection, id: str, by: str, now: datetime) -> ApiKey:
    """End a key; raises NotKept where there is none, Conflict where it was ended before."""
    ended = connection.execute(
        api_key.update()
        .where(api_key.c.id == id, api_key.c.revoked.is_(None))
        .values(revoked=_written(now), revoked_by=by)
    )
    found = of_id(connection, id)
    if found is None:
        raise NotKept(f"there is no key `{id}`", "`remit key list` shows them all")
    if not ended.rowcount:
        raise Conflict(f"the key `{id}` was revoked before")
    changes.noted(connection, api_key, api_key.c.id == id)
    return found


def any_holds(connection: Connection, now: datetime) -> bool:
    """Whether there is a key that opens anything at a moment."""
    return any(key.holds(now) for key in listed(connection))


def _listed(names: Iterable[str]) -> str:
    return json.dumps(sorted(names))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _key(row: Row) -> ApiKey:
    try:
        return ApiKey(
            id=row["id"],
            digest=row["digest"],
            name=row["name"] or row["id"],
            person=row["person"],
            roles=_names(row["roles"]),
            scopes=_names(row["scopes"]),
            made=datetime.fromisoformat(row["made"]),
            made_by=row["made_by"],
            expires=_moment(row["expires"]),
            revoked=_moment(row["revoked"]),
            revoked_by=row["revoked_by"],
        )
    except (ValueError, TypeError) as fault:
        raise Corrupt(f"the key `{row['id']}` in the store cannot be read", "revoke it") from fault


def _names(text: str) -> frozenset[str]:
    found = json.loads(text)
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise ValueError("no list of names")
    return frozenset(found)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("no moment in UTC")
    return found
