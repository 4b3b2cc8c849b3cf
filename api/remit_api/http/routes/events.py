"""`/v1/events`: what happened, told by other programs, typed by the policy, each once."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from remit_api.http.access import NOT_THERE, Access, Guard
from remit_api.http.bodies import BodyOf, only
from remit_api.http.correcting import corrected
from remit_api.http.dockets import Answered, followed
from remit_api.http.follower import Turn
from remit_api.http.paging import PageOf, paged, whole_after
from remit_api.http.refusals import NotFound
from remit_api.http.replies import reply
from remit_api.http.service import ServiceOf
from remit_api.http.tellings import entry_of, people_of, placed, read_event
from remit_engine.request import InvalidRequest
from remit_engine.storage import events
from remit_engine.storage.canonical import canonical
from remit_engine.storage.events import KeptEvent
from remit_engine.storage.faults import NotKept
from remit_engine.storage.opening import reading

RESOURCE = "events"
router = APIRouter(prefix="/v1/events", tags=[RESOURCE])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Recording = Annotated[Access, Depends(Guard(RESOURCE, "record"))]


@router.post(
    "",
    status_code=201,
    summary="Tell an event",
    responses={200: {"description": "It was told before, with the same content."}},
)
def tell(request: Request, access: Recording, body: BodyOf, service: ServiceOf) -> Response:
    """`{"event": NAME, "facts": {…}}`, with every field that the policy declares. An event is known
    by its name and its `id`: told again with the same content it is 200, with another 409.

    The answer comes when it is kept, with all that it leads to: alerts that begin or end, what they
    hold, messages. `on` is its day, where no date of its facts is. `corrects` is the id of an event
    that pay cannot read, or that links to one that is not there: this one then stands in its place.
    """
    only(body.document, "event", "facts", "on", "corrects")
    moment = service.clock.now().isoformat(timespec="microseconds")
    label = access.caller.label

    def kept(turn: Turn) -> Answered:
        read = read_event(body.document, turn.desk, label, access.day, moment)
        access.require(own=access.caller.person in people_of(read))
        same = events.same(turn.connection, read)
        if same is not None:
            return Answered(shown(same), 200, _place(same))
        before = corrected(turn.connection, read, turn.desk.model)
        if before is not None:
            access.require(_own(before, access))
        found, _ = events.tell(turn.connection, read)
        try:
            turn.follow(found, entry_of(body.document, read), label, moment)
        except InvalidRequest as fault:
            raise placed(fault, body.document, turn.desk) from None
        return Answered(shown(found), 201, _place(found))

    return followed(request, body.raw, access, service, kept)


@router.get("", summary="Events")
def listed(
    access: Reading,
    service: ServiceOf,
    page: PageOf,
    event: Annotated[str | None, Query(description="The qualified name.")] = None,
    after: Annotated[int | None, Query(ge=0, lt=2**63, description="Behind this `seq`.")] = None,
) -> Response:
    """In the order they came: all, or those that name the caller or that he told. `after` goes on
    behind the last one that was seen."""
    caller = access.caller
    mine = None if access.everything else (caller.label, canonical(caller.person or caller.label))
    cursor = whole_after(page)
    begin = after if cursor is None else cursor
    with reading(service.store) as connection:
        rows = events.after(connection, begin, event, mine)
        seen = list(islice((row for row in rows if access.may(_own(row, access))), page.fetch))
    return reply(paged(seen, page, lambda row: row.seq, shown))


@router.get("/{event}/{id:path}", summary="One event")
def read(event: str, id: str, access: Reading, service: ServiceOf) -> Response:
    """By its qualified name and its id."""
    try:
        with reading(service.store) as connection:
            found = events.found(connection, event, id)
    except NotKept as fault:
        raise NotFound(NOT_THERE) from fault
    access.see(_own(found, access))
    return reply(shown(found))


def shown(kept: KeptEvent) -> dict[str, Any]:
    """An event as callers see it; numbers of its facts are exact texts."""
    content = msgspec.json.decode(kept.body)
    corrects = {"corrects": content["corrects"]} if "corrects" in content else {}
    return {
        "seq": kept.seq,
        "event": kept.kind,
        "id": kept.id,
        "happened": kept.happened,
        "received": kept.received,
        "by": kept.by,
        "facts": content["facts"],
        **corrects,
    }


def _place(kept: KeptEvent) -> str:
    return f"/v1/events/{quote(kept.kind, safe='')}/{quote(kept.id, safe='')}"


def _own(kept: KeptEvent, access: Access) -> bool:
    caller = access.caller
    return kept.by == caller.label or caller.person in people_of(kept)
