"""`/v1/commission/whatif`: what would I be paid? Nothing is kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from remit_api.http.access import Access, Guard
from remit_api.http.bodies import BodyOf
from remit_api.http.pay_questions import answer_of, read_question
from remit_api.http.replies import reply
from remit_api.http.service import ServiceOf
from remit_api.pay.whatif import whatif_document

RESOURCE = "commission"
router = APIRouter(prefix="/v1/commission", tags=[RESOURCE])
Asking = Annotated[Access, Depends(Guard(RESOURCE, "ask"))]


@router.post("/whatif", summary="What would I be paid?")
def whatif(access: Asking, body: BodyOf, service: ServiceOf) -> Response:
    """With one sale more, `{"period": "2026-03", "sale": {"net": 90000, "date": "2026-03-20"}}`, or
    with one that is changed, `"change": {"id": "S-17", "net": 85000}`; and with each alternative to
    it in `or`, which names what is other. Of the caller, or of `person` for who may; by `plan`, or
    by all that are paid by such periods.

    An amount may be written as a price with its discount: `{"list": 100000, "discount": "10%"}`.
    """
    question = read_question(body.document, access, service)
    return reply(whatif_document(answer_of(question, service)))
