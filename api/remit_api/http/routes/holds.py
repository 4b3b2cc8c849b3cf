"""`/v1/holds`: what watches freeze or ask for, and lifting it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from remit_api.http import watch_views as views
from remit_api.http.access import NOT_THERE, Access, Guard
from remit_api.http.bodies import BodyOf, only, wrong
from remit_api.http.lifting import lifted
from remit_api.http.paging import PageOf, paged, whole_after
from remit_api.http.refusals import NotFound
from remit_api.http.replies import reply
from remit_api.http.service import ServiceOf
from remit_api.http.watch_views import InLanguage
from remit_engine.storage import holds
from remit_engine.storage.faults import NotKept
from remit_engine.storage.opening import reading

RESOURCE = "holds"
LONGEST = 2_000
router = APIRouter(prefix="/v1/holds", tags=[RESOURCE])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Lifting = Annotated[Access, Depends(Guard(RESOURCE, "lift"))]


@router.get("", summary="Holds")
def listed(
    access: Reading,
    service: ServiceOf,
    page: PageOf,
    stands: Annotated[bool | None, Query(description="Those that bind now, or that ended.")] = None,
    action: Annotated[str | None, Query(description="The qualified name.")] = None,
    value: Annotated[str | None, Query(description="The key that is held.")] = None,
    language: InLanguage = "en",
) -> Response:
    """The newest first."""
    with reading(service.store) as connection:
        before = whole_after(page)
        rows = holds.listed(
            connection, page.fetch, before, stands=stands, action=action, value=value
        )
    return reply(paged(rows, page, lambda k: k.number, lambda k: views.hold(k, language)))


@router.get("/{id}", summary="One hold")
def read(id: str, access: Reading, service: ServiceOf, language: InLanguage = "en") -> Response:
    """What it forbids or asks for, of whom, since when, and what ended it."""
    access.require_any()
    try:
        with reading(service.store) as connection:
            found = holds.found(connection, id)
    except NotKept as fault:
        raise NotFound(NOT_THERE) from fault
    return reply(views.hold(found, language))


@router.post("/{id}/lifting", summary="Lift a hold")
def lift(id: str, request: Request, access: Lifting, body: BodyOf, service: ServiceOf) -> Response:
    """Asks the policy whether the caller may (`approve` of `action lift_freeze`) and records the
    answer; where it permits, the hold ends in the same transaction, with the reason.

    The service states what it knows of the hold where the action has such fields: `held_action`,
    `held_by` (the rule), `held_subject`, `held_days`, `severity`, and the held fact itself, such as
    `customer` by its id. `facts` states the others.
    """
    only(body.document, "because", "facts")
    because, facts = body.document.get("because"), body.document.get("facts")
    if not isinstance(because, str) or not because.strip() or len(because) > LONGEST:
        raise wrong("because", f"say why, in up to {LONGEST:,} characters")
    if facts is not None and not isinstance(facts, dict):
        raise wrong("facts", "write the facts as an object")
    access.require_any()
    return lifted(request, body.raw, id, because.strip(), facts or {}, access, service)
