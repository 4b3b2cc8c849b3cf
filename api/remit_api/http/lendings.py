"""Delegations made in the service: read, checked against the policy, kept, in force at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from fastapi import Request, Response
from sqlalchemy.engine import Connection

from remit_api.http.access import Access
from remit_api.http.desk import Desk
from remit_api.http.etags import etag
from remit_api.http.recording import key_of
from remit_api.http.refusals import NotDelegable, NotReady
from remit_api.http.replies import reply
from remit_api.http.service import Service
from remit_api.http.watching import renewed
from remit_dsl.diagnostics import Diagnostic, errors
from remit_engine.reading.delegation_checks import PlacedDelegation, approver_of, check_another
from remit_engine.reading.directory_reader import read_delegation
from remit_engine.request import Problem
from remit_engine.storage import idempotency
from remit_engine.storage.canonical import canonical
from remit_engine.storage.delegations import Lent
from remit_engine.storage.opening import writing
from remit_engine.storage.revisions import revision
from remit_engine.text import exact

ATTEMPTS = 5
NOT_APPROVED = "E0628"
BODY = "body"
"""How the body is called in places of faults."""


@dataclass(frozen=True, slots=True)
class Office:
    """A writing transaction under the policy that stands."""

    connection: Connection
    desk: Desk
    moment: str


def done(
    request: Request,
    raw: bytes,
    access: Access,
    service: Service,
    do: Callable[[Office], Lent],
    status: int = 200,
) -> Response:
    """Do something with a delegation in one transaction; afterwards the service answers from it."""
    key = key_of(request, access.caller.label, raw)
    for _ in range(ATTEMPTS):
        desk = service.desk
        with writing(service.store) as connection:
            before = None if key is None else idempotency.answer(connection, key)
            if before is not None:
                headers = {"Idempotency-Replayed": "true"}
                return reply((before.text or "").encode(), before.status or 200, headers)
            response = None
            if revision(connection) == desk.revision:
                moment = service.clock.now().isoformat(timespec="microseconds")
                lent = do(Office(connection, desk, moment))
                response = _reply(lent, access, status)
                if key is not None:
                    text = bytes(response.body).decode()
                    idempotency.keep(connection, key, status, None, text)
        renewed(service)
        if response is not None:
            return response
    raise NotReady("policies are published faster than this is done")


def _reply(lent: Lent, access: Access, status: int) -> Response:
    headers = {"ETag": tag(lent)}
    if status == 201:
        headers["Location"] = f"/v1/delegations/{lent.id}"
    return reply(shown(lent, access), status, headers)


def tag(lent: Lent) -> str:
    """The `ETag` of a delegation: its edition."""
    return etag(lent.id, lent.edition)


def read(document: dict[str, Any], office: Office, by: str) -> Lent:
    """The delegation of a body, checked; it waits for an approval where the policy wants one.
    Raises NotDelegable with everything that is wrong."""
    desk = office.desk
    placed, found = read_delegation(BODY, canonical(document), desk.directory, desk.model)
    if placed is None or errors(found):
        raise _refused(errors(found), placed)
    found = check_another(placed, desk.directory, desk.model)
    waits_for = approver_of(placed, desk.model)
    wrong = [d for d in errors(found) if waits_for is None or d.code != NOT_APPROVED]
    if wrong:
        raise _refused(wrong, placed)
    id = f"dlg_{token_hex(12)}"
    return Lent(id, placed.entry, by, office.moment, waits_for)


def check_approved(lent: Lent, by: str, office: Office, access: Access) -> None:
    """Raises NotDelegable where somebody cannot approve a delegation today, or where it may no
    longer be made."""
    entry = lent.entry
    document = {
        "from": entry.giver,
        "to": entry.taker,
        "action": entry.action,
        "verbs": None if entry.verbs is None else sorted(entry.verbs),
        "limit": None if entry.limit is None else _limit(lent, office.desk),
        "starts": entry.starts.isoformat(),
        "ends": entry.ends.isoformat(),
        "reason": entry.reason,
        "approved_by": by,
        "approved_on": access.day.isoformat(),
    }
    given = {name: value for name, value in document.items() if value is not None}
    desk = office.desk
    placed, found = read_delegation(BODY, canonical(given), desk.directory, desk.model)
    found = found or (check_another(placed, desk.directory, desk.model) if placed else [])
    if errors(found):
        raise _refused(errors(found), placed)


def _limit(lent: Lent, desk: Desk) -> str:
    """The limit as it is written in a directory."""
    assert lent.entry.limit is not None
    measure = desk.model.program.actions[lent.entry.action].measure
    kind = "" if measure is None else measure.value.type.kind
    if kind in ("percent", "ratio"):
        return f"{exact(lent.entry.limit * 100)}%"
    if kind in ("days", "months"):
        return f"{exact(lent.entry.limit)} {kind}"
    return exact(lent.entry.limit)


def _refused(found: Iterable[Diagnostic], placed: PlacedDelegation | None) -> NotDelegable:
    listed = list(found)
    problems = [Problem(_member(d, placed), f"{d.message} ({d.code})") for d in listed]
    help = next((d.help for d in listed if d.help), None)
    first = listed[0].message if listed else "it cannot be read"
    return NotDelegable(f"this cannot be delegated so: {first}", help, problems)


def _member(fault: Diagnostic, placed: PlacedDelegation | None) -> str:
    members = placed.members.items() if placed is not None else ()
    return next((name for name, node in members if node.span == fault.span), "")


def shown(lent: Lent, access: Access) -> dict[str, Any]:
    """A delegation as callers see it."""
    entry = lent.entry
    return {
        "id": lent.id,
        "state": lent.state(access.day),
        "from": entry.giver,
        "to": entry.taker,
        "action": entry.action,
        "verbs": None if entry.verbs is None else sorted(entry.verbs),
        "limit": None if entry.limit is None else exact(entry.limit),
        "starts": entry.starts.isoformat(),
        "ends": entry.ends.isoformat(),
        "reason": entry.reason,
        "waits_for": lent.waits_for,
        "approved_by": entry.approved_by,
        "approved_on": None if lent.approved_on is None else lent.approved_on.isoformat(),
        "ended": None if lent.ended is None else lent.ended.isoformat(),
        "ended_by": lent.ended_by,
        "by": lent.by,
        "made": lent.made,
        "edition": lent.edition,
    }
