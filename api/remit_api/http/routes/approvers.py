"""`/v1/approvers`: everybody who may do this."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from remit_api.http.access import Access, Guard
from remit_api.http.bodies import BodyOf
from remit_api.http.enquiry import ASK, check_day
from remit_api.http.replies import reply
from remit_api.http.service import ServiceOf
from remit_api.http.spelling import refuse_misspelt
from remit_api.http.standing import with_totals
from remit_engine.explanation.wire import to_json
from remit_engine.people.party import Holding, Party
from remit_engine.reading.request_reader import read_request

router = APIRouter(prefix="/v1/approvers", tags=["approvers"])
Asking = Annotated[Access, Depends(Guard("approvers", ASK))]


@router.post("", summary="Who may?")
def who(access: Asking, body: BodyOf, service: ServiceOf) -> Response:
    """Everybody who may do it now, once steps are done, or depending on facts. The request is as
    for a decision, and its actor plays no part."""
    desk = service.desk
    own = body.document.get("requester") in (None, access.caller.person)
    access.require(own)
    check_day(body.document, access, own, record=False)
    anybody = Party(None, (Holding(next(iter(desk.model.program.positions), "")),))
    members = {**body.document, "actor": anybody}
    asked = read_request(members, desk.model, desk.directory, default_as_of=access.day)
    refuse_misspelt(asked, desk.model, body.document)
    holders = with_totals(desk.court, service.store, asked, desk.engine.who)
    return reply(
        {
            "who": [to_json(holder) for holder in holders],
            "action": asked.action,
            "verb": asked.verb,
            "as_of": asked.as_of.isoformat(),
            "policy": {"digest": desk.digest},
        }
    )
