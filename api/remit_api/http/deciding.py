"""One decision asked for: answered, or recorded and answered."""

from __future__ import annotations

from fastapi import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import Scope

from remit_api.http.access import Access
from remit_api.http.bodies import document_of, flag
from remit_api.http.desk import Desk
from remit_api.http.enquiry import ASK, ASK_OTHER_DAY, RECORD, Enquiry, enquiry
from remit_api.http.observing import ANSWER, DECISION, QUICK
from remit_api.http.recording import Stated, stated_key
from remit_api.http.records import answer_of, location
from remit_api.http.replies import reply
from remit_api.http.service import Service
from remit_api.http.standing import keeps_totals, with_totals
from remit_engine.decision import Decision
from remit_engine.explanation.wire import decision_to_json
from remit_engine.storage.ledger import Recorded, Refused

PATH, RESOURCE = "/v1/decisions", "decisions"
NEEDS = (RESOURCE, ASK, RECORD, ASK_OTHER_DAY)


async def decided(service: Service, scope: Scope, access: Access, body: bytes) -> Response:
    """The answer to `POST /v1/decisions`; raises what `problems` turns into words."""
    desk = service.desk
    scope[QUICK] = PATH
    document = document_of(body)
    kept = flag(document, "record", default=True)
    read = enquiry(document, access, desk, record=kept)
    if not kept:
        return _said(scope, reply(decision_to_json(await _asked(read, desk, service))))
    found = await recorded(service, scope, read, desk, body)
    headers = {"Location": location(found.entry.id)}
    if found.replayed:
        headers["Idempotency-Replayed"] = "true"
    return _said(scope, reply(answer_of(found.entry), 201, headers))


async def recorded(
    service: Service, scope: Scope, read: Enquiry, desk: Desk, body: bytes
) -> Recorded:
    """The row of the ledger for an enquiry that a desk read; raises what its request is refused
    with."""
    headers = Headers(scope=scope)
    ask = Stated(read, desk, stated_key(headers, PATH, read.access.caller.label, body))
    (outcome,) = await service.recorder.record([ask])
    if isinstance(outcome, Refused):
        raise outcome.fault
    scope[DECISION] = outcome.entry.id
    return outcome


def _said(scope: Scope, response: Response) -> Response:
    scope[ANSWER] = response.body
    return response


async def _asked(read: Enquiry, desk: Desk, service: Service) -> Decision:
    if keeps_totals(desk.court, read.request):
        return await run_in_threadpool(
            with_totals, desk.court, service.store, read.request, desk.engine.decide
        )
    return desk.engine.decide(read.request)
