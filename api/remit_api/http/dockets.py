"""The docket of the service: one transaction under the policy that stands, the answer with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request, Response
from sqlalchemy.engine import Connection

from remit_api.http.access import Access
from remit_api.http.follower import ATTEMPTS, Turn
from remit_api.http.recording import key_of
from remit_api.http.refusals import NotReady
from remit_api.http.replies import reply
from remit_api.http.service import Service
from remit_api.http.watching import look, renewed
from remit_engine.approvals.life import Terms
from remit_engine.storage import approvals, idempotency
from remit_engine.storage.docket import Docket
from remit_engine.storage.faults import Superseded
from remit_engine.storage.idempotency import Key
from remit_engine.storage.opening import reading, writing


@dataclass(frozen=True, slots=True)
class Answered:
    """What a route answers: the document, its status, where the thing is, its `ETag`."""

    document: dict[str, Any]
    status: int = 200
    location: str | None = None
    etag: str | None = None


def done(
    request: Request, raw: bytes, access: Access, service: Service, do: Callable[[Docket], Answered]
) -> Response:
    """Do something on the docket in one transaction; the same key gets the same answer again."""
    key = key_of(request, access.caller.label, raw)
    for _ in range(ATTEMPTS):
        with writing(service.store) as connection:
            before = None if key is None else idempotency.answer(connection, key)
            if before is not None:
                return again(before)
            try:
                docket = open_docket(connection, access, service)
            except Superseded:
                docket = None
            if docket is not None:
                return keep_answer(connection, key, do(docket))
        renewed(service)
    raise NotReady("policies are published faster than this is done")


def once(
    request: Request,
    raw: bytes,
    access: Access,
    service: Service,
    do: Callable[[Connection], Answered],
) -> Response:
    """Do something in one writing transaction; the same key gets the same answer again."""
    key = key_of(request, access.caller.label, raw)
    with writing(service.store) as connection:
        before = None if key is None else idempotency.answer(connection, key)
        return again(before) if before is not None else keep_answer(connection, key, do(connection))


def followed(
    request: Request, raw: bytes, access: Access, service: Service, do: Callable[[Turn], Answered]
) -> Response:
    """Do something with the watcher in one writing transaction; the same key gets the same answer
    again. What is held from then on binds this process's answers at once."""
    key = key_of(request, access.caller.label, raw)

    def act(turn: Turn) -> Response:
        before = None if key is None else idempotency.answer(turn.connection, key)
        return again(before) if before is not None else keep_answer(turn.connection, key, do(turn))

    response = service.follower.do(act)
    look(service)
    return response


def open_docket(connection: Connection, access: Access, service: Service) -> Docket:
    """The docket of a writing transaction; raises Superseded."""
    return docket_of(connection, service, access.day, access.caller.label)


def docket_of(connection: Connection, service: Service, day: date, caller: str) -> Docket:
    """The same on a day, for whoever it is; raises Superseded."""
    return Docket(
        connection,
        service.ledger,
        service.desk.court,
        day,
        service.clock.now().isoformat(timespec="microseconds"),
        caller,
        Terms(),
    )


def caught_up(access: Access, service: Service) -> None:
    """See to it that what is read is of today: late steps went up, what is over has expired."""
    with reading(service.store) as connection:
        late = approvals.late(connection, access.day, limit=1)
    attempts = ATTEMPTS if late else 0
    for _ in range(attempts):
        try:
            with writing(service.store) as connection:
                open_docket(connection, access, service).catch_up()
                return
        except Superseded:
            renewed(service)


def again(before: idempotency.Answer) -> Response:
    """The answer that a key got before."""
    headers = {"Idempotency-Replayed": "true"}
    if before.location is not None:
        headers["Location"] = before.location
    return reply((before.text or "").encode(), before.status or 200, headers)


def keep_answer(connection: Connection, key: Key | None, answered: Answered) -> Response:
    """The answer of a route, kept for its key in the transaction of what it tells."""
    said = {"Location": answered.location, "ETag": answered.etag}
    headers = {name: value for name, value in said.items() if value is not None}
    response = reply(answered.document, answered.status, headers)
    if key is not None:
        text = bytes(response.body).decode()
        idempotency.keep(connection, key, answered.status, answered.location, text)
    return response
