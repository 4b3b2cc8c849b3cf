"""Alerts in the store: as they stand, what became of them, and what they hold.

What the log says of an alert and what people did with it stand side by side: it may be closed by
somebody while its rule is still true, and a note stays where the ground is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_dsl.source import NOWHERE
from remit_dsl.watch import Restraint
from remit_engine.reading.json_reader import read_json
from remit_engine.rules.hold import Hold
from remit_engine.storage import holds, tables
from remit_engine.storage.canonical import canonical, fingerprint
from remit_engine.storage.faults import Conflict, Corrupt, NotKept
from remit_engine.storage.holds import KeptHold
from remit_engine.storage.tables import Row
from remit_engine.watch.alert import Alert, Happening, Status, Turn

GENESIS = "0" * 64
"""What stands before the first event."""
_DECODER = msgspec.json.Decoder(Alert)


@dataclass(frozen=True, slots=True)
class KeptAlert:
    """An alert as it stands in the store. alert: as the log says it. owner: of now. note: of who
    closed it. number: rises with every new one. made, changed: moments in UTC."""

    alert: Alert
    status: Status
    owner: str | None
    note: str | None
    number: int
    made: str
    changed: str
    edition: int


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the history, with its place in the chain of all alerts. by: None where the log did
    it."""

    seq: int
    alert: str
    kind: str
    made: str
    day: date
    by: str | None
    text: str | None
    body: Mapping[str, Any]
    edition: int


@dataclass(frozen=True, slots=True)
class Saying:
    """Who does something, on which day, at which moment (UTC)."""

    by: str
    day: date
    moment: str


# --- what the log says --------------------------------------------------------------------------


def keep(
    connection: Connection, happening: Happening, held: Sequence[Hold], moment: str
) -> Told | None:
    """Keep what is new of an alert, in a writing transaction: its holds begin or end with it.

    held: what the alert holds, by `holding.holds_of`. None, and nothing changed, where that was
    kept before.
    """
    alert, turn = happening.alert, happening.turn
    before = _perhaps(connection, alert.id)
    status = _status(before, happening)
    if status is None:
        return None
    after = _turned(before, happening, status, moment)
    if before is None:
        row = {**_columns(after), "id": alert.id, "made": moment}
        connection.execute(tables.alert.insert(), row)
    else:
        _change(connection, before, after)
    body: dict[str, Any] = {"late": alert.late, **_hold(connection, happening, held)}
    if turn is Turn.CLEARED:
        body["cleared"] = alert.cleared
    return _added(connection, after, str(turn), happening.told, moment, None, None, body)


def _status(before: KeptAlert | None, happening: Happening) -> Status | None:
    """Which status a turn leads to; None where it was said before."""
    if before is None:
        if happening.turn is Turn.WITHDRAWN:
            return None
        return Status.CLEARED if happening.turn is Turn.CLEARED else Status.OPEN
    now, by_person = before.status, before.status is Status.CLOSED
    match happening.turn:
        case Turn.BEGUN | Turn.REOPENED:
            if now is Status.WITHDRAWN:
                return Status.OPEN
            if before.alert.cleared is None:
                return None
            return now if by_person else Status.OPEN
        case Turn.CLEARED:
            if before.alert.cleared == happening.alert.cleared and now is not Status.WITHDRAWN:
                return None
            return now if by_person else Status.CLEARED
        case Turn.WITHDRAWN:
            return None if now is Status.WITHDRAWN else Status.WITHDRAWN


def _turned(
    before: KeptAlert | None, happening: Happening, status: Status, moment: str
) -> KeptAlert:
    alert = happening.alert
    if happening.turn is not Turn.CLEARED:
        alert = replace(alert, cleared=None)
    if before is None:
        return KeptAlert(alert, status, alert.owner, None, 0, moment, moment, 1)
    kept = replace(before, alert=alert, status=status, changed=moment)
    return replace(kept, edition=before.edition + 1)


def _hold(connection: Connection, happening: Happening, held: Sequence[Hold]) -> dict[str, Any]:
    """Begin and end what an alert holds. What somebody lifted stays lifted while it is the same
    alert."""
    before = holds.of_alert(connection, happening.alert.id)
    standing = [kept for kept in before if kept.stands]
    if happening.turn in (Turn.CLEARED, Turn.WITHDRAWN):
        ended = [kept.hold.id for kept in standing]
        holds.end(connection, ended, happening.told, str(happening.turn))
        return {"ended": ended}
    begun = list(_anew(held, before))
    holds.begin(connection, begun)
    return {"holds": [hold.id for hold in begun]}


def _anew(held: Sequence[Hold], before: Sequence[KeptHold]) -> Iterator[Hold]:
    """What begins to be held. Another text may hold something else at the same place: what was
    lifted is known by what it held."""
    kept = {_restrained(k.hold) for k in before if k.stands or k.ending == "lifted"}
    for hold in held:
        if _restrained(hold) in kept:
            continue
        again = sum(k.hold.id.partition(".")[0] == hold.id for k in before)
        yield hold if not again else replace(hold, id=f"{hold.id}.{again + 1}")


def _restrained(hold: Hold) -> tuple[Restraint, str | None]:
    """What a hold holds, wherever its text stands."""
    return replace(hold.restraint, span=NOWHERE), hold.value


# --- what people do -----------------------------------------------------------------------------


def acknowledge(connection: Connection, id: str, who: Saying) -> KeptAlert:
    """Somebody has seen it. Raises NotKept; Conflict where there is nothing to see to any more."""
    kept = found(connection, id)
    if kept.status is Status.ACKNOWLEDGED:
        return kept
    if kept.status is not Status.OPEN:
        raise Conflict(f"the alert is {kept.status}: there is nothing to acknowledge")
    return _done(connection, replace(kept, status=Status.ACKNOWLEDGED), kept, "acknowledged", who)


def close(connection: Connection, id: str, note: str, who: Saying) -> KeptAlert:
    """Somebody has dealt with it, and says how. What it holds stays held until its rule is true no
    more, or somebody lifts it. Raises NotKept, Conflict."""
    kept = found(connection, id)
    if kept.status in (Status.CLOSED, Status.WITHDRAWN):
        raise Conflict(f"the alert is {kept.status} already")
    after = replace(kept, status=Status.CLOSED, note=note)
    return _done(connection, after, kept, "closed", who, note)


def give(connection: Connection, id: str, owner: str, because: str, who: Saying) -> KeptAlert:
    """Another position (qualified) owns it from now on. Raises NotKept, Conflict."""
    kept = found(connection, id)
    if kept.status in (Status.CLOSED, Status.WITHDRAWN):
        raise Conflict(f"the alert is {kept.status}: nobody has to see to it")
    if kept.owner == owner:
        return kept
    body = {"from": kept.owner, "to": owner}
    return _done(connection, replace(kept, owner=owner), kept, "given", who, because, body)


def lift(
    connection: Connection, id: str, because: str, who: Saying, decision: str | None = None
) -> KeptHold:
    """End a hold before its alert ends. decision: the row of the ledger that permits it. Raises
    NotKept; Conflict where it has ended."""
    held = holds.found(connection, id)
    if not held.stands:
        raise Conflict(f"the hold ended on {held.ended_on}: it was {held.ending}")
    kept = found(connection, held.hold.alert)
    holds.end(connection, [id], who.day, "lifted", who.by, because)
    body = {"ended": [id]} if decision is None else {"ended": [id], "decision": decision}
    _done(connection, kept, kept, "lifted", who, because, body)
    return holds.found(connection, id)


def _done(
    connection: Connection,
    after: KeptAlert,
    before: KeptAlert,
    kind: str,
    who: Saying,
    text: str | None = None,
    body: Mapping[str, Any] | None = None,
) -> KeptAlert:
    after = replace(after, changed=who.moment, edition=before.edition + 1)
    _change(connection, before, after)
    _added(connection, after, kind, who.day, who.moment, who.by, text, body or {})
    return after


# --- writing ------------------------------------------------------------------------------------


def _change(connection: Connection, before: KeptAlert, after: KeptAlert) -> None:
    c = tables.alert.c
    same = c.id == before.alert.id, c.edition == before.edition
    written = connection.execute(tables.alert.update().where(*same).values(_columns(after)))
    if written.rowcount != 1:
        raise RuntimeError(f"alert {before.alert.id} changed inside a writing transaction")


def _columns(kept: KeptAlert) -> dict[str, Any]:
    alert = kept.alert
    return {
        "rule": alert.rule,
        "subject": alert.subject,
        "severity": alert.severity,
        "owner": kept.owner,
        "status": str(kept.status),
        "began": alert.began,
        "cleared": alert.cleared,
        "note": kept.note,
        "changed": kept.changed,
        "edition": kept.edition,
        "document": canonical(msgspec.to_builtins(alert)),
    }


def _added(
    connection: Connection,
    kept: KeptAlert,
    kind: str,
    day: date,
    moment: str,
    by: str | None,
    text: str | None,
    body: Mapping[str, Any],
) -> Told:
    """Add a line to the chain, with the fingerprint of how all stands behind it."""
    seq, previous = _head(connection)
    row: dict[str, Any] = {
        "seq": seq + 1,
        "alert": kept.alert.id,
        "kind": kind,
        "made": moment,
        "day": day,
        "by": by,
        "text": text,
        "body": canonical(body),
        "edition": kept.edition,
        "stands": _stands(connection, kept.alert.id),
        "previous": previous,
    }
    row["hash"] = _hash_of(row)
    connection.execute(tables.alert_event.insert(), row)
    return _told(row)


def _head(connection: Connection) -> tuple[int, str]:
    c = tables.alert_event.c
    row = connection.execute(sql.select(c.seq, c.hash).order_by(c.seq.desc()).limit(1)).first()
    return (0, GENESIS) if row is None else (row.seq, row.hash)


def _hash_of(row: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of all members of an event but `hash`."""
    return fingerprint(canonical({k: v for k, v in row.items() if k != "hash"}))


def _stands(connection: Connection, id: str) -> str:
    """The fingerprint of an alert with all it holds and held, as they are kept."""
    a, h = tables.alert, tables.hold
    alert = connection.execute(sql.select(a).where(a.c.id == id)).mappings().one()
    held = connection.execute(sql.select(h).where(h.c.alert == id).order_by(h.c.number)).mappings()
    return _fingerprint(alert, [holds.sealed(row) for row in held])


def _fingerprint(alert: Row, held: Sequence[Mapping[str, Any]]) -> str:
    columns = {name: value for name, value in alert.items() if name != "number"}
    return fingerprint(canonical({"alert": columns, "holds": held}))


# --- reading ------------------------------------------------------------------------------------


def found(connection: Connection, id: str) -> KeptAlert:
    """An alert by its id; raises NotKept, Corrupt."""
    kept = _perhaps(connection, id)
    if kept is None:
        raise NotKept(f"there is no alert `{id[:80]}`")
    return kept


def listed(
    connection: Connection,
    limit: int,
    before: int | None = None,
    *,
    status: Collection[str] | None = None,
    severity: str | None = None,
    rule: str | None = None,
    subject: str | None = None,
    owner: Collection[str] | None = None,
) -> list[KeptAlert]:
    """The newest first, from below a number. Every filter that is given has to fit."""
    c = tables.alert.c
    asked = sql.select(tables.alert).order_by(c.number.desc()).limit(limit)
    if before is not None:
        asked = asked.where(c.number < before)
    for column, one in ((c.severity, severity), (c.rule, rule), (c.subject, subject)):
        if one is not None:
            asked = asked.where(column == one)
    for column, several in ((c.status, status), (c.owner, owner)):
        if several is not None:
            asked = asked.where(column.in_(sorted(several)))
    return [_kept(row) for row in connection.execute(asked).mappings()]


def everything(connection: Connection) -> Iterator[KeptAlert]:
    """All alerts, in the order they were kept."""
    asked = sql.select(tables.alert).order_by(tables.alert.c.number)
    return (_kept(row) for row in connection.execute(asked).mappings().all())


def history(connection: Connection, id: str) -> list[Told]:
    """All that became of an alert, in order."""
    c = tables.alert_event.c
    asked = sql.select(tables.alert_event).where(c.alert == id).order_by(c.seq)
    return [_told(row) for row in connection.execute(asked).mappings()]


def _perhaps(connection: Connection, id: str) -> KeptAlert | None:
    asked = sql.select(tables.alert).where(tables.alert.c.id == id)
    row = connection.execute(asked).mappings().one_or_none()
    return None if row is None else _kept(row)


def _kept(row: Row) -> KeptAlert:
    try:
        alert = _DECODER.decode(row["document"])
    except msgspec.DecodeError as fault:
        message = f"the alert `{row['id']}` cannot be read: {fault}"
        raise Corrupt(message, "`remit db verify` says more") from None
    rest = {n: row[n] for n in ("owner", "note", "number", "made", "changed", "edition")}
    return KeptAlert(alert, Status(row["status"]), **rest)


def _told(row: Row | Mapping[str, Any]) -> Told:
    members = {n: row[n] for n in ("seq", "alert", "kind", "made", "day", "by", "text", "edition")}
    return Told(**members, body=read_json(row["body"]))


# --- verifying ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AlteredAlert:
    """Something that is not what was kept. seq: of the event, None where it is the alert or what it
    holds."""

    alert: str | None
    seq: int | None
    message: str


def verified(connection: Connection) -> Iterator[AlteredAlert]:
    """What was altered of alerts, of their history and of what they hold, each with its row."""
    number, before = 0, GENESIS
    stands: dict[str, str] = {}
    c = tables.alert_event.c
    for row in connection.execute(sql.select(tables.alert_event).order_by(c.seq)).mappings():
        if row["seq"] != number + 1 or row["previous"] != before:
            yield AlteredAlert(row["alert"], row["seq"], "the event before it is gone or altered")
        if _hash_of(dict(row)) != row["hash"]:
            yield AlteredAlert(row["alert"], row["seq"], "this event was altered")
        number, before = row["seq"], row["hash"]
        stands[row["alert"]] = row["stands"]
    yield from _alerts(connection, stands)


def _alerts(connection: Connection, stands: Mapping[str, str]) -> Iterator[AlteredAlert]:
    missing = set(stands)
    h = tables.hold
    held: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(sql.select(h).order_by(h.c.number)).mappings():
        held.setdefault(row["alert"], []).append(holds.sealed(row))
    for row in connection.execute(sql.select(tables.alert)).mappings():
        missing.discard(row["id"])
        if _fingerprint(row, held.pop(row["id"], [])) != stands.get(row["id"]):
            yield AlteredAlert(row["id"], None, "it, or what it holds, is not what was left")
    for id in sorted(missing):
        yield AlteredAlert(id, None, "it is gone, and its history is there")
    for id in sorted(held):
        yield AlteredAlert(id, None, "it is gone, and what it holds is there")
