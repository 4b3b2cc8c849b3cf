"""One decision asked for: answered, or recorded and answered."""

from __future__ import annotations

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from remit_api.http.access import access_of
from remit_api.http.bodies import document_of, flag, json_body
from remit_api.http.desk import Desk
from remit_api.http.enquiry import ASK, ASK_OTHER_DAY, RECORD, Enquiry, enquiry
from remit_api.http.identity.caller import caller_of
from remit_api.http.observing import ANSWER, DECISION
from remit_api.http.recording import Stated, key_of
from remit_api.http.records import answer_of, location
from remit_api.http.replies import reply
from remit_api.http.service import Service, service_of
from remit_api.http.standing import keeps_totals, with_totals
from remit_engine.decision import Decision
from remit_engine.storage.ledger import Refused
from remit_engine.wire import decision_to_json

RESOURCE = "decisions"
NEEDS = (RESOURCE, ASK, RECORD, ASK_OTHER_DAY)


async def decided(request: Request) -> Response:
    """The answer to `POST /v1/decisions`; raises what `problems` turns into words."""
    service = service_of(request)
    access = access_of(request, caller_of(request), *NEEDS)
    body, desk = await json_body(request), service.desk
    document = document_of(body)
    kept = flag(document, "record", default=True)
    read = enquiry(document, access, desk, record=kept)
    if not kept:
        return _said(request, reply(decision_to_json(await _asked(read, desk, service))))
    ask = Stated(read, desk, key_of(request, access.caller.label, body))
    (outcome,) = await service.recorder.record([ask])
    if isinstance(outcome, Refused):
        raise outcome.fault
    request.scope[DECISION] = outcome.entry.id
    headers = {"Location": location(outcome.entry.id)}
    if outcome.replayed:
        headers["Idempotency-Replayed"] = "true"
    return _said(request, reply(answer_of(outcome.entry), 201, headers))


def _said(request: Request, response: Response) -> Response:
    request.scope[ANSWER] = response.body
    return response


async def _asked(read: Enquiry, desk: Desk, service: Service) -> Decision:
    if keeps_totals(desk.court, read.request):
        return await run_in_threadpool(
            with_totals, desk.court, service.store, read.request, desk.engine.decide
        )
    return desk.engine.decide(read.request)
