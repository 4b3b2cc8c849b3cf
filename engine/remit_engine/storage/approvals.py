"""Requests for approval in the store: as they stand, for whom they wait, and their history."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.approvals.life import ApprovalRequest, Change, Event, Kind
from remit_engine.reading.json_reader import read_json
from remit_engine.request import InvalidRequest
from remit_engine.storage import tables
from remit_engine.storage.canonical import canonical, fingerprint
from remit_engine.storage.faults import Corrupt, NotKept
from remit_engine.storage.tables import Row

GENESIS = "0" * 64
"""What stands before the first event."""
_DECODER = msgspec.json.Decoder(ApprovalRequest, float_hook=Decimal)


@dataclass(frozen=True, slots=True)
class Kept:
    """A request as it stands in the store. number: rises with every new one. origin: the recorded
    answer it was made from. made, changed: moments in UTC."""

    request: ApprovalRequest
    number: int
    origin: str | None
    made: str
    changed: str


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the history, with its place in the chain of all requests."""

    seq: int
    made: str
    edition: int
    event: Event


# --- writing ------------------------------------------------------------------------------------


def open_request(
    connection: Connection, change: Change, moment: str, origin: str | None = None
) -> Kept:
    """Keep a request that was just made, in a writing transaction."""
    row = {**_row(change.request, moment), "made": moment, "origin": origin}
    number = connection.execute(tables.approval_request.insert(), row).inserted_primary_key
    _added(connection, change, moment)
    assert number is not None
    return Kept(change.request, int(number[0]), origin, moment, moment)


def keep(connection: Connection, kept: Kept, change: Change, moment: str) -> Kept:
    """Keep what became of a request, in the writing transaction that read it. Without events
    nothing is written."""
    if not change.events:
        return kept
    c = tables.approval_request.c
    same = c.id == kept.request.id, c.edition == kept.request.edition
    changed = tables.approval_request.update().where(*same)
    written = connection.execute(changed.values(_row(change.request, moment)))
    if written.rowcount != 1:
        raise RuntimeError(f"request {kept.request.id} changed inside a writing transaction")
    _added(connection, change, moment)
    return replace(kept, request=change.request, changed=moment)


def _row(request: ApprovalRequest, moment: str) -> dict[str, Any]:
    question, document = written(request)
    return {
        "id": request.id,
        "action": request.action,
        "verb": request.verb,
        "opener": request.opener,
        "actor": request.actor,
        "requester": request.requester,
        "state": str(request.state),
        "decision": request.decision,
        "opened": request.opened,
        "late": request.late,
        "changed": moment,
        "edition": request.edition,
        "question": question,
        "document": document,
    }


def written(request: ApprovalRequest) -> tuple[str, str]:
    """The question and all the rest, as they are kept."""
    rest = msgspec.to_builtins(replace(request, question={}))
    return canonical(request.question), canonical(rest)


def _added(connection: Connection, change: Change, moment: str) -> None:
    """Add the events to the chain, and say anew for whom the request waits."""
    head = _head(connection)
    stands = stands_at(*written(change.request))
    for event in change.events:
        row: dict[str, Any] = {
            "seq": head[0] + 1,
            "request": change.request.id,
            "kind": event.kind,
            "made": moment,
            "day": event.day,
            "by": event.by,
            "on_behalf_of": event.on_behalf_of,
            "step": event.step,
            "text": event.text,
            "body": canonical(event.body),
            "edition": change.request.edition,
            "stands": stands,
            "previous": head[1],
        }
        row["hash"] = hash_of(row)
        connection.execute(tables.approval_event.insert(), row)
        head = head[0] + 1, row["hash"]
    c = tables.approval_waiting.c
    mine = c.request == change.request.id
    connection.execute(tables.approval_waiting.delete().where(mine))
    if rows := list(_waiting(change.request)):
        connection.execute(tables.approval_waiting.insert(), rows)


def _waiting(request: ApprovalRequest) -> Iterator[dict[str, str]]:
    for step in request.waiting:
        if step.after or step.kind is Kind.EVIDENCE:
            continue
        held = step.raised if step.assigned else (*step.positions, *step.raised)
        wanted = [("person", p) for p in step.assigned] + [("position", p) for p in held]
        for kind, name in dict.fromkeys(wanted):
            yield {"request": request.id, "step": step.id, "kind": kind, "name": name}


def stands_at(question: str, document: str) -> str:
    """The fingerprint of a request as it is kept."""
    return fingerprint(f"{question}\n{document}")


def hash_of(row: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of all members of an event but `hash`."""
    return fingerprint(canonical({k: v for k, v in row.items() if k != "hash"}))


def _head(connection: Connection) -> tuple[int, str]:
    c = tables.approval_event.c
    row = connection.execute(sql.select(c.seq, c.hash).order_by(c.seq.desc()).limit(1)).first()
    return (0, GENESIS) if row is None else (row.seq, row.hash)


# --- reading ------------------------------------------------------------------------------------


def found(connection: Connection, id: str) -> Kept:
    """A request by its id; raises NotKept, Corrupt."""
    c = tables.approval_request.c
    asked = sql.select(tables.approval_request).where(c.id == id)
    row = connection.execute(asked).mappings().one_or_none()
    if row is None:
        raise NotKept(f"there is no request for approval `{id[:80]}`")
    return _kept(row)


def by_decision(connection: Connection, decision: str) -> Kept | None:
    """The request that a row of the ledger was recorded for."""
    c = tables.approval_request.c
    asked = sql.select(tables.approval_request).where(c.decision == decision)
    row = connection.execute(asked).mappings().one_or_none()
    return None if row is None else _kept(row)


def listed(
    connection: Connection,
    limit: int,
    before: int | None = None,
    *,
    of: Collection[str] | None = None,
    state: str | None = None,
    action: str | None = None,
) -> list[Kept]:
    """The newest first, from below a number. of: opened by, or for, or requested by one of these
    people; None: anybody's."""
    c = tables.approval_request.c
    asked = sql.select(tables.approval_request).order_by(c.number.desc()).limit(limit)
    if before is not None:
        asked = asked.where(c.number < before)
    if of is not None:
        asked = asked.where(sql.or_(c.opener.in_(of), c.requester.in_(of), c.actor.in_(of)))
    if state is not None:
        asked = asked.where(c.state == state)
    if action is not None:
        asked = asked.where(c.action == action)
    return [_kept(row) for row in connection.execute(asked).mappings()]


def waiting(
    connection: Connection,
    person: str,
    positions: Collection[str],
    limit: int,
    after: int | None = None,
) -> list[tuple[Kept, frozenset[str]]]:
    """The open requests, oldest first, of which a step waits for a person by name or for one of
    some positions, each with these steps."""
    w, c = tables.approval_waiting.c, tables.approval_request.c
    mine = sql.or_(
        sql.and_(w.kind == "person", w.name == person),
        sql.and_(w.kind == "position", w.name.in_(sorted(positions))),
    )
    ids = sql.select(w.request).where(mine)
    asked = sql.select(tables.approval_request).where(c.id.in_(ids))
    if after is not None:
        asked = asked.where(c.number > after)
    rows = connection.execute(asked.order_by(c.number).limit(limit)).mappings().all()
    steps: dict[str, set[str]] = {row["id"]: set() for row in rows}
    of_these = sql.select(w.request, w.step).where(mine, w.request.in_(list(steps)))
    for id, step in connection.execute(of_these):
        steps[id].add(step)
    return [(_kept(row), frozenset(steps[row["id"]])) for row in rows]


def late(connection: Connection, day: date, limit: int = 100) -> list[str]:
    """The ids of requests that time changes on a day, the longest late first."""
    c = tables.approval_request.c
    asked = sql.select(c.id).where(c.late <= day).order_by(c.late, c.number).limit(limit)
    return list(connection.scalars(asked))


def history(connection: Connection, id: str) -> list[Told]:
    """All that was done on a request, in order."""
    c = tables.approval_event.c
    asked = sql.select(tables.approval_event).where(c.request == id).order_by(c.seq)
    return [_told(row) for row in connection.execute(asked).mappings()]


def _told(row: Row) -> Told:
    event = Event(
        kind=row["kind"],
        day=row["day"],
        by=row["by"],
        on_behalf_of=row["on_behalf_of"],
        step=row["step"],
        text=row["text"],
        body=read_json(row["body"]),
    )
    return Told(row["seq"], row["made"], row["edition"], event)


def _kept(row: Row) -> Kept:
    try:
        request = replace(_DECODER.decode(row["document"]), question=read_json(row["question"]))
    except (msgspec.DecodeError, InvalidRequest) as fault:
        message = f"the request for approval `{row['id']}` cannot be read: {fault}"
        raise Corrupt(message, "`remit db verify` says more") from None
    return Kept(request, row["number"], row["origin"], row["made"], row["changed"])


# --- verifying ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Altered:
    """Something that is not what was kept. seq: of the event, None where it is the request."""

    request: str | None
    seq: int | None
    message: str


def verified(connection: Connection) -> Iterator[Altered]:
    """What was altered of requests for approval and of their history, each with its row."""
    number, before = 0, GENESIS
    stands: dict[str, str] = {}
    c = tables.approval_event.c
    rows = connection.execute(sql.select(tables.approval_event).order_by(c.seq)).mappings()
    for row in rows:
        if row["seq"] != number + 1 or row["previous"] != before:
            yield Altered(row["request"], row["seq"], "the event before it is gone or was altered")
        if hash_of(dict(row)) != row["hash"]:
            yield Altered(row["request"], row["seq"], "this event was altered")
        number, before = row["seq"], row["hash"]
        stands[row["request"]] = row["stands"]
    yield from _requests(connection, stands)


def _requests(connection: Connection, stands: Mapping[str, str]) -> Iterator[Altered]:
    missing = set(stands)
    for row in connection.execute(sql.select(tables.approval_request)).mappings():
        missing.discard(row["id"])
        if stands_at(row["question"], row["document"]) != stands.get(row["id"]):
            yield Altered(row["id"], None, "this is not what its last event left")
        elif not _says_so(row):
            yield Altered(row["id"], None, "a column of it says something else than its document")
    for id in sorted(missing):
        yield Altered(id, None, "it is gone, and its history is there")
    yield from _inboxes(connection)


def _says_so(row: Row) -> bool:
    """Whether the columns by which requests are found say what the request says."""
    try:
        request = _kept(row).request
    except Corrupt:
        return False
    said = _row(request, row["changed"])
    return all(row[name] == value for name, value in said.items())


def _inboxes(connection: Connection) -> Iterator[Altered]:
    names: Sequence[str] = ("request", "step", "kind", "name")
    rows = connection.execute(sql.select(tables.approval_waiting)).mappings()
    there = {tuple(row[n] for n in names) for row in rows}
    asked = sql.select(tables.approval_request).where(tables.approval_request.c.state == "open")
    wanted = set()
    for row in connection.execute(asked).mappings():
        try:
            found = _kept(row).request
        except Corrupt:
            continue
        wanted |= {tuple(w[n] for n in names) for w in _waiting(found)}
    for id in sorted({pair[0] for pair in there ^ wanted}):
        yield Altered(id, None, "it waits for others than its steps say")
