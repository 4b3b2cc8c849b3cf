"""`/v1/decisions`: ask, ask and record, many at once."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from remit_api.http import batch
from remit_api.http.access import access_of, guarded
from remit_api.http.bodies import json_body
from remit_api.http.deciding import NEEDS, PATH, RESOURCE, decided
from remit_api.http.identity.caller import current_caller
from remit_api.http.recording import Stated, key_of, record
from remit_api.http.replies import reply
from remit_api.http.service import service_of

router = APIRouter(prefix=PATH, tags=[RESOURCE])


@router.post("", summary="May this be done, and why?")
@guarded(*NEEDS)
async def decide(request: Request) -> Response:
    """Answers a request, and records the answer unless `record` is false."""
    access = access_of(request, await current_caller(request), *NEEDS)
    return await decided(service_of(request), request.scope, access, await json_body(request))


@router.post(
    "/batch",
    summary="Many requests at once",
    responses={201: {"description": "The answers, which were recorded."}},
)
@guarded(*NEEDS)
async def decide_many(request: Request) -> Response:
    """Answers up to 1,000 requests in their order. A faulty one has a `problem` in its place."""
    service = service_of(request)
    access = access_of(request, await current_caller(request), *NEEDS)
    body, desk = await json_body(request), service.desk
    asked = batch.batch_of(body)
    if not asked.record:
        found = await run_in_threadpool(batch.answered, body, asked, access, desk, service.store)
        return reply(found)
    key = key_of(request, access.caller.label, body)
    asks = await run_in_threadpool(batch.asks_of, asked, access, desk, key)
    outcomes = await record(service.recorder, [ask for ask in asks if isinstance(ask, Stated)])
    return reply(batch.told(asks, outcomes), 201)
