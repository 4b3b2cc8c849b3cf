"""`/v1/authorities`: the matrix of rights, and what one actor may."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from remit_api.http.access import Access, Guard
from remit_api.http.enquiry import concerns
from remit_api.http.refusals import NotUnderstood
from remit_api.http.replies import reply
from remit_api.http.service import ServiceOf
from remit_api.question_reader import action_named
from remit_engine.explanation.wire import to_json
from remit_engine.people.party import Party
from remit_engine.reading.request_reader import read_request
from remit_engine.request import Problem

router = APIRouter(prefix="/v1/authorities", tags=["authorities"])
Reading = Annotated[Access, Depends(Guard("authorities", "read"))]
Asking = Annotated[Access, Depends(Guard("limits", "ask"))]
Day = Annotated[date | None, Query(description="The day; without it, today.")]


@router.get("", summary="Who may do what")
def matrix(
    access: Reading,
    service: ServiceOf,
    action: Annotated[list[str] | None, Query(description="Only this; repeatable.")] = None,
    as_of: Day = None,
) -> Response:
    """Every right of every position on a day, of some actions or of all."""
    access.require_any()
    desk, day = service.desk, as_of or access.day
    names = []
    for given in action or ():
        name = action_named(given, desk.model)
        if name is None:
            wrong = Problem("action", f"there is no action `{given[:80]}`, or several")
            raise NotUnderstood("the request cannot be understood", problems=[wrong])
        names.append(name)
    return reply(
        {
            "matrix": [to_json(cell) for cell in desk.engine.matrix(day, names)],
            "as_of": day.isoformat(),
            "policy": {"digest": desk.digest},
        }
    )


@router.get("/mine", summary="What may I?")
def mine(
    access: Asking,
    service: ServiceOf,
    actor: Annotated[
        str | None, Query(max_length=200, description="Somebody else, or a position.")
    ] = None,
    as_of: Day = None,
) -> Response:
    """Every right and every bar of the caller, or of an actor he may ask about."""
    desk, day = service.desk, as_of or access.day
    named = actor or access.caller.person
    if named is None:
        wrong = Problem("actor", "say who: the caller is no person")
        raise NotUnderstood("the request cannot be understood", problems=[wrong])
    access.require(own=concerns(named, access, desk))
    party = _party(named, day, service)
    return reply(
        {
            "actor": party.person or party.shown,
            "may": [to_json(power) for power in desk.engine.may(party, day)],
            "as_of": day.isoformat(),
            "policy": {"digest": desk.digest},
        }
    )


def _party(named: str, day: date, service: ServiceOf) -> Party:
    """The actor is read as part of a request, so any action will do."""
    desk = service.desk
    action = next(iter(desk.model.program.actions), None)
    document = {"actor": named, "action": action, "as_of": day}
    return read_request(document, desk.model, desk.directory).actor
