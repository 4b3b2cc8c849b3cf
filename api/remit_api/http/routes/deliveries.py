"""`/v1/deliveries`: what somebody outside is told, and whether it got there."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.engine import Connection

from remit_api.http.access import NOT_THERE, Access, Guard
from remit_api.http.bodies import BodyOf, only
from remit_api.http.dockets import Answered, once
from remit_api.http.paging import PageOf, paged, whole_after
from remit_api.http.refusals import NotFound
from remit_api.http.replies import reply
from remit_api.http.service import ServiceOf
from remit_engine.storage import outbox
from remit_engine.storage.faults import NotKept
from remit_engine.storage.opening import reading
from remit_engine.storage.outbox import Kept

RESOURCE = "deliveries"
router = APIRouter(prefix="/v1/deliveries", tags=[RESOURCE])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Retrying = Annotated[Access, Depends(Guard(RESOURCE, "retry"))]


@router.get("", summary="Messages")
def listed(
    access: Reading,
    service: ServiceOf,
    page: PageOf,
    state: Annotated[Literal["waiting", "delivered", "failed"] | None, Query()] = None,
    channel: Annotated[str | None, Query(description="By its name.")] = None,
    alert: Annotated[str | None, Query(description="Of which alert.")] = None,
) -> Response:
    """The newest first, with how often each was tried, when it is tried next, what was wrong."""
    access.require_any()
    with reading(service.store) as connection:
        before = whole_after(page)
        rows = outbox.listed(
            connection, page.fetch, before, state=state, channel=channel, alert=alert
        )
    return reply(paged(rows, page, lambda kept: kept.number, _headline))


@router.get("/{id}", summary="One message")
def read(id: str, access: Reading, service: ServiceOf) -> Response:
    """With its body, as the receiver gets it."""
    access.require_any()
    with reading(service.store) as connection:
        found = _found(connection, id)
    return reply(_whole(found))


@router.post("/{id}/retry", summary="Try a failed message again")
def retry(
    id: str, request: Request, access: Retrying, body: BodyOf, service: ServiceOf
) -> Response:
    """From the beginning: the next try is now, and it is given up after as many as before."""
    only(body.document)
    access.require_any()

    def again(connection: Connection) -> Answered:
        _found(connection, id)
        moment = service.clock.now().isoformat(timespec="microseconds")
        return Answered(_headline(outbox.again(connection, id, moment)))

    return once(request, body.raw, access, service, again)


def _found(connection: Connection, id: str) -> Kept:
    try:
        return outbox.found(connection, id)
    except NotKept as fault:
        raise NotFound(NOT_THERE) from fault


def _headline(kept: Kept) -> dict[str, Any]:
    message = kept.message
    return {
        "id": message.id,
        "alert": message.alert,
        "channel": message.channel,
        "made": kept.made,
        "state": kept.state,
        "attempts": kept.attempts,
        "next": kept.next,
        "ended": kept.ended,
        "fault": kept.fault,
    }


def _whole(kept: Kept) -> dict[str, Any]:
    return {**_headline(kept), "body": msgspec.Raw(kept.message.body.encode())}
