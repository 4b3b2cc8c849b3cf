"""`/v1/limits`: the most an actor may do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from remit_api.http.access import Access, Guard
from remit_api.http.bodies import BodyOf
from remit_api.http.enquiry import ASK, enquiry
from remit_api.http.replies import reply
from remit_api.http.service import ServiceOf
from remit_api.http.standing import with_totals
from remit_engine.explanation.wire import to_json

router = APIRouter(prefix="/v1/limits", tags=["limits"])
Asking = Annotated[Access, Depends(Guard("limits", ASK))]


@router.post("", summary="How far may I go?")
def maximum(access: Asking, body: BodyOf, service: ServiceOf) -> Response:
    """The largest amount that would be permitted, now and with all steps done, the other facts as
    given; totals are those of the ledger."""
    desk = service.desk
    asked = enquiry(body.document, access, desk, record=False).request
    found = with_totals(desk.court, service.store, asked, desk.engine.maximum)
    return reply(
        {
            "maximum": to_json(found.permit),
            "with_steps": to_json(found.with_steps),
            "missing": list(found.missing),
            "rules": list(found.rules),
            "known": found.known,
            "action": asked.action,
            "verb": asked.verb,
            "as_of": asked.as_of.isoformat(),
            "policy": {"digest": desk.digest},
        }
    )
