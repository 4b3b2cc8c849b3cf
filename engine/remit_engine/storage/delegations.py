"""Who delegated what to whom through the service. Each change that counts raises the revision, so
that every process answers from it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_dsl.source import Span
from remit_engine.people.directory import DelegationEntry
from remit_engine.storage import changes, tables
from remit_engine.storage.faults import Conflict, NotKept
from remit_engine.storage.revisions import raised
from remit_engine.storage.tables import Row


@dataclass(frozen=True, slots=True)
class Lent:
    """A delegation as it stands. waits_for: the position that has to approve it before it is in
    force. ended: the first day it no longer holds, where it was ended early. by: who wrote it down;
    made: moment in UTC. since, until: the revisions that put it in force and that ended it."""

    id: str
    entry: DelegationEntry
    by: str
    made: str
    waits_for: str | None = None
    approved_on: date | None = None
    ended: date | None = None
    ended_by: str | None = None
    edition: int = 1
    since: int | None = None
    until: int | None = None

    def in_force(self, at: int) -> DelegationEntry | None:
        """What people may act on at a revision, each day by its own dates; None where that is
        nothing."""
        if self.since is None or at < self.since:
            return None
        early = self.ended if self.until is not None and at >= self.until else None
        ends = self.entry.ends if early is None else min(early, self.entry.ends)
        return replace(self.entry, ends=ends) if self.entry.starts < ends else None

    def state(self, day: date) -> str:
        """`waiting`, `ended`, `over`, `to come` or `in force`."""
        if self.ended is not None:
            return "ended"
        if self.waits_for is not None:
            return "waiting"
        if day >= self.entry.ends:
            return "over"
        return "to come" if day < self.entry.starts else "in force"


def add(connection: Connection, lent: Lent) -> Lent:
    """Keep a new one, in a writing transaction; it is in force unless it waits for somebody."""
    if lent.waits_for is None:
        lent = replace(lent, since=raised(connection, lent.made))
    connection.execute(tables.delegation.insert(), _row(lent))
    changes.noted(connection, tables.delegation, tables.delegation.c.id == lent.id)
    return lent


def approve(connection: Connection, lent: Lent, by: str, day: date, moment: str) -> Lent:
    """Put one in force that waits for an approval, in a writing transaction."""
    if lent.waits_for is None or lent.ended is not None:
        raise Conflict(f"the delegation `{lent.id}` waits for no approval")
    entry = replace(lent.entry, approved_by=by)
    since = raised(connection, moment)
    after = replace(
        lent,
        entry=entry,
        waits_for=None,
        approved_on=day,
        edition=lent.edition + 1,
        since=since,
    )
    return _changed(connection, after, moment)


def end(connection: Connection, lent: Lent, by: str, day: date, moment: str) -> Lent:
    """End one early, in a writing transaction: from a day on it no longer holds."""
    if lent.ended is not None:
        raise Conflict(f"the delegation `{lent.id}` was ended on {lent.ended}")
    if day >= lent.entry.ends:
        raise Conflict(f"the delegation `{lent.id}` is over since {lent.entry.ends}")
    until = None if lent.since is None else raised(connection, moment)
    after = replace(lent, ended=day, ended_by=by, edition=lent.edition + 1, until=until)
    return _changed(connection, after, moment)


def _changed(connection: Connection, after: Lent, moment: str) -> Lent:
    c = tables.delegation.c
    values = {k: v for k, v in _row(after).items() if k not in ("id", "made", "by")}
    values["revoked"] = moment if after.ended is not None else None
    connection.execute(tables.delegation.update().where(c.id == after.id).values(values))
    changes.noted(connection, tables.delegation, c.id == after.id)
    return after


def found(connection: Connection, id: str) -> Lent:
    """A delegation by its id; raises NotKept."""
    asked = sql.select(tables.delegation).where(tables.delegation.c.id == id)
    row = connection.execute(asked).mappings().one_or_none()
    if row is None:
        raise NotKept(f"there is no delegation `{id[:80]}`")
    return _lent(row)


def listed(
    connection: Connection,
    limit: int,
    before: tuple[str, str] | None = None,
    *,
    of: Collection[str] | None = None,
) -> list[Lent]:
    """The newest first, from below a (made, id). of: given or taken by, or waiting for, one of
    these people or positions."""
    c = tables.delegation.c
    asked = sql.select(tables.delegation).order_by(c.made.desc(), c.id.desc()).limit(limit)
    if before is not None:
        asked = asked.where(sql.tuple_(c.made, c.id) < sql.tuple_(*before))
    if of is not None:
        names = sorted(of)
        mine = sql.or_(c.giver.in_(names), c.taker.in_(names), c.waits_for.in_(names))
        asked = asked.where(mine)
    return [_lent(row) for row in connection.execute(asked).mappings()]


def in_force(connection: Connection, at: int) -> tuple[DelegationEntry, ...]:
    """All that people may act on at a revision, each by its own dates, as they came into force."""
    c = tables.delegation.c
    asked = sql.select(tables.delegation).where(c.since <= at).order_by(c.since)
    every = (_lent(row).in_force(at) for row in connection.execute(asked).mappings())
    return tuple(entry for entry in every if entry is not None)


def _row(lent: Lent) -> dict[str, Any]:
    entry = lent.entry
    return {
        "id": lent.id,
        "giver": entry.giver,
        "taker": entry.taker,
        "action": entry.action,
        "verbs": None if entry.verbs is None else json.dumps(sorted(entry.verbs)),
        "limit": entry.limit,
        "starts": entry.starts,
        "ends": entry.ends,
        "reason": entry.reason,
        "approved_by": entry.approved_by,
        "by": lent.by,
        "made": lent.made,
        "revoked_by": lent.ended_by,
        "edition": lent.edition,
        "waits_for": lent.waits_for,
        "approved_on": lent.approved_on,
        "ended": lent.ended,
        "since": lent.since,
        "until": lent.until,
    }


def _lent(row: Row) -> Lent:
    verbs = None if row["verbs"] is None else frozenset(json.loads(row["verbs"]))
    entry = DelegationEntry(
        giver=row["giver"],
        taker=row["taker"],
        action=row["action"],
        verbs=verbs,
        limit=row["limit"],
        starts=row["starts"],
        ends=row["ends"],
        reason=row["reason"],
        approved_by=row["approved_by"],
        span=Span(row["id"], 1, 1, 0, 0),
    )
    return Lent(
        id=row["id"],
        entry=entry,
        by=row["by"],
        made=row["made"],
        waits_for=row["waits_for"],
        approved_on=row["approved_on"],
        ended=row["ended"],
        ended_by=row["revoked_by"],
        edition=row["edition"],
        since=row["since"],
        until=row["until"],
    )
