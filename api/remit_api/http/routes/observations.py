"""`/v1/observations`: what was observed of a record, such as a customer, told by other programs."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response

from remit_api.http.access import NOT_THERE, Access, Guard
from remit_api.http.bodies import BodyOf, only
from remit_api.http.dockets import Answered, followed
from remit_api.http.follower import Turn
from remit_api.http.paging import PageOf, paged, whole_after
from remit_api.http.refusals import Conflict, NotFound
from remit_api.http.replies import reply
from remit_api.http.service import ServiceOf
from remit_dsl.scope.qualified import short
from remit_engine.reading.exact import shown as written
from remit_engine.request import InvalidRequest, Problem
from remit_engine.storage import watch_log
from remit_engine.storage.canonical import canonical
from remit_engine.storage.faults import NotKept
from remit_engine.storage.opening import reading
from remit_engine.storage.watch_log import KeptEntry

RESOURCE = "events"
router = APIRouter(prefix="/v1/observations", tags=[RESOURCE])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Recording = Annotated[Access, Depends(Guard(RESOURCE, "record"))]


@router.post(
    "",
    status_code=201,
    summary="Tell an observation",
    responses={200: {"description": "It was told before, with the same content."}},
)
def tell(request: Request, access: Recording, body: BodyOf, service: ServiceOf) -> Response:
    """`{"record": "Customer", "id": "c-1", "entry": …, "on": DAY, "facts": {…}}`: these facts of
    the record, over those observed before. `entry` is the observation's own name: told again with
    the same content it is 200, with another 409.

    The answer comes when it is kept, with all that it leads to.
    """
    only(body.document, "record", "id", "entry", "on", "facts")
    access.require(own=False)
    moment = service.clock.now().isoformat(timespec="microseconds")

    def kept(turn: Turn) -> Answered:
        document = _entry(body.document, turn, access)
        before = _unread(document, turn)
        if before is not None:
            return Answered(shown(before), 200, _place(before))
        try:
            seq = turn.tell(document, access.caller.label, moment)
        except InvalidRequest as fault:
            raise _placed(fault) from None
        found = watch_log.observation(turn.connection, document["entry"])
        return Answered(shown(found), 200 if seq is None else 201, _place(found))

    return followed(request, body.raw, access, service, kept)


@router.get("", summary="Observations")
def listed(
    access: Reading,
    service: ServiceOf,
    page: PageOf,
    record: Annotated[str | None, Query(description="The qualified name.")] = None,
    id: Annotated[str | None, Query(description="Of which record.")] = None,
) -> Response:
    """The latest first: all, or those that the caller told."""
    by = None if access.everything else access.caller.label
    with reading(service.store) as connection:
        before = whole_after(page)
        rows = watch_log.observations(connection, page.fetch, before, record, id, by)
    return reply(paged(rows, page, lambda row: row.seq, shown))


@router.get("/{entry:path}", summary="One observation")
def read(entry: str, access: Reading, service: ServiceOf) -> Response:
    """By its own name."""
    try:
        with reading(service.store) as connection:
            found = watch_log.observation(connection, entry)
    except NotKept as fault:
        raise NotFound(NOT_THERE) from fault
    access.see(own=found.told.by == access.caller.label)
    return reply(shown(found))


def shown(kept: KeptEntry) -> dict[str, Any]:
    """An observation as callers see it."""
    told = kept.told
    return {
        "seq": kept.seq,
        "record": told.kind,
        "id": told.id,
        "entry": told.entry,
        "on": told.day.isoformat(),
        "received": told.received,
        "by": told.by,
        "facts": told.document["facts"],
    }


def _entry(document: dict[str, Any], turn: Turn, access: Access) -> dict[str, Any]:
    """The observation as the watcher reads it; raises InvalidRequest for a name that is of no
    record."""
    name = document.get("record")
    program = turn.desk.model.program
    fits = [record for record in program.records if name in (record, short(record))]
    if not fits and any(name in (event, short(event)) for event in program.events):
        message = f"`{name}` is an event: tell it under `/v1/events`"
        raise InvalidRequest([Problem("record", message)])
    if len(fits) > 1:
        names = " or ".join(f"`{one}`" for one in fits)
        raise InvalidRequest([Problem("record", f"`{written(name)}` may mean {names}")])
    on = document.get("on")
    kept = {n: document[n] for n in ("id", "entry", "facts") if document.get(n) is not None}
    day = access.day.isoformat() if on is None else on
    return {"kind": fits[0] if fits else name, "on": day, **kept}


def _unread(document: dict[str, Any], turn: Turn) -> KeptEntry | None:
    """The same, where it was told under a text that read it, and this one cannot: the watcher knows
    nothing of it. Raises Conflict for another content."""
    name = document.get("entry")
    if not turn.followed.unread or not isinstance(name, str):
        return None
    try:
        before = watch_log.observation(turn.connection, name)
    except NotKept:
        return None
    if before.told.kind not in turn.followed.unread:
        return None
    if canonical(before.told.document) != canonical(document):
        message = "this observation was told before with another content, which is not changed"
        raise Conflict(message, "tell a new one that corrects it")
    return before


def _placed(fault: InvalidRequest) -> InvalidRequest:
    """What the watcher says, with the places of the request."""
    return InvalidRequest(
        [Problem("record" if p.path == "kind" else p.path, p.message) for p in fault.problems]
    )


def _place(kept: KeptEntry) -> str:
    return f"/v1/observations/{quote(kept.told.entry or '', safe='')}"
