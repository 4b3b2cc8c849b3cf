"""`/v1/commission/runs` and `/jobs`: pay is computed beside the service, and kept whole or not."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool

from remit_api.http import pay_views as views
from remit_api.http.access import NOT_THERE, Access, Guard, unsaid
from remit_api.http.bodies import Body, BodyOf
from remit_api.http.dockets import Answered, once
from remit_api.http.paging import PageOf, paged, whole_after
from remit_api.http.pay_orders import ordered, patience, read_order
from remit_api.http.pay_parameters import InPeriod, Plan, Whose, number_of, period_of
from remit_api.http.problems import JSON, request_id
from remit_api.http.refusals import NotFound
from remit_api.http.replies import reply
from remit_api.http.service import Service, ServiceOf
from remit_api.pay import keeping
from remit_engine.commission.closed.document import uncounted_document
from remit_engine.storage import closings, jobs, runs, statement_rows
from remit_engine.storage.faults import NotKept
from remit_engine.storage.jobs import Job, State
from remit_engine.storage.opening import reading, writing
from remit_engine.storage.tables import statement as statement_table

RESOURCE = "commission"
LOOK = 0.02
"""Seconds between two looks whether a job has ended."""
router = APIRouter(prefix="/v1/commission", tags=[RESOURCE])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Running = Annotated[Access, Depends(Guard(RESOURCE, "run"))]
ANSWERS: dict[int | str, dict[str, Any]] = {
    201: {"description": "`Prefer: wait` was long enough: the run is kept."},
}


@router.post("/runs", status_code=202, summary="Compute what everybody is paid", responses=ANSWERS)
async def order(request: Request, access: Running, body: BodyOf, service: ServiceOf) -> Response:
    """`{"period": "2026-03", "plan": NAME, "data": NAME}`, in the background: 202 with a job.

    Without `plan` all are computed that are paid by such periods. `data` is `events`, what the
    service was told, or a name of the configuration. With `Prefer: wait=5` (at most 10) the answer
    waits so long: 201 with `Location` of the run, or the problem for which there is none.
    """
    access.require(own=False)
    answer = await run_in_threadpool(_ordered, request, access, body, service)
    job = await _ended(_id(answer), service, patience(request))
    headers = {**_kept_headers(answer), **_applied(request)}
    if job.state is State.FAILED and patience(request):
        return _problem(request, job, headers)
    if job.run is not None:
        headers["Location"] = f"/v1/commission/runs/{job.run}"
    return reply(views.job(job), 202 if job.state in jobs.OPEN else 201, headers)


@router.get("/jobs", summary="Runs that were asked for")
def jobs_listed(access: Reading, service: ServiceOf, page: PageOf) -> Response:
    """The latest first: all, or what the caller asked for."""
    by = None if access.everything else access.caller.label
    with reading(service.store) as connection:
        rows = jobs.listed(connection, page.fetch, before=whole_after(page), by=by)
    return reply(paged(rows, page, lambda row: row.number, views.job))


@router.get("/jobs/{id}", summary="How far is it?")
def job_read(id: str, access: Reading, service: ServiceOf) -> Response:
    """`queued`, `running`, `done` with its `run`, `failed` with its `problem`, `cancelling`,
    `cancelled`."""
    return reply(views.job(_job(id, access, service)))


@router.delete("/jobs/{id}", summary="Cancel it")
def cancel(id: str, access: Running, service: ServiceOf) -> Response:
    """Nothing is kept of it. One that is done is not undone: what is not closed is replaced by the
    next run."""
    access.require(own=False)
    moment = service.clock.now().isoformat(timespec="microseconds")
    with writing(service.store) as connection:
        found = jobs.cancelled(connection, id, moment)
    service.jobs.leave_off(found.id)
    return reply(views.job(found))


@router.get("/runs", summary="Runs of pay")
def listed(
    access: Reading, service: ServiceOf, page: PageOf, plan: Plan = None, period: InPeriod = None
) -> Response:
    """The latest first: all, or those with a statement of the caller."""
    of = None if access.everything else _person(access)
    asked = None if period is None else period_of(period)
    with reading(service.store) as connection:
        name = None if plan is None else keeping.plan_named(connection, plan)
        rows = runs.listed(
            connection, page.fetch, before=whole_after(page), person=of, plan=name, of=asked
        )
    return reply(paged(rows, page, lambda head: head.number, views.headline))


@router.get("/runs/{number}", summary="One run")
def read(number: str, access: Reading, service: ServiceOf) -> Response:
    """With its plans; who may see everybody's pay sees what each pays in all, why it cannot be
    closed, and how many rows were not counted. Its `ETag` is another when something of its plans
    is closed or run anew, and closing needs it."""
    with unsaid(access), reading(service.store) as connection:
        head = runs.head_of(connection, number_of(number, "run"))
        states = closings.states(connection, head)
        headers = {"ETag": views.run_tag(head, states)}
        if not access.everything:
            access.see(own=_has(connection, head.number, access.caller.person))
            return reply(views.headline(head), headers=headers)
        totals = runs.totals(connection, head)
        counts = runs.uncounted_counts(connection, head.number)
        made = jobs.maker_of(connection, head.number)
    return reply(views.whole(head, states, totals, counts, made), headers=headers)


@router.get("/runs/{number}/statements", summary="The statements of a run")
def statements(
    number: str,
    access: Reading,
    service: ServiceOf,
    page: PageOf,
    plan: Plan = None,
    period: InPeriod = None,
    person: Whose = None,
) -> Response:
    """With their amounts; stages and lines are told one by one: `/statements/{person}`."""
    c = statement_table.c
    with unsaid(access), reading(service.store) as connection:
        head = runs.head_of(connection, number_of(number, "run"))
        wanted = [c.run == head.number]
        wanted += [] if plan is None else [c.plan == keeping.plan_named(connection, plan)]
        wanted += [] if period is None else [c.period == period_of(period)]
        wanted += [] if person is None else [c.person == person]
        if not access.everything:
            access.see(own=_has(connection, head.number, access.caller.person))
            wanted.append(c.person == access.caller.person)
        rows = statement_rows.page(connection, whole_after(page), page.fetch, *wanted)
    return reply(paged(rows, page, lambda row: row[0], lambda row: views.amounts(row[1], head)))


@router.get("/runs/{number}/uncounted", summary="What a run did not count")
def uncounted(number: str, access: Reading, service: ServiceOf, page: PageOf) -> Response:
    """Rows of the data in no statement, each with its place and the reason; those at fault keep the
    period from being closed. For who may see everybody's pay."""
    access.see(own=False)
    with reading(service.store) as connection:
        head = runs.head_of(connection, number_of(number, "run"))
        after = whole_after(page)
        rows = runs.uncounted_page(connection, head.number, after, page.fetch)
    return reply(paged(rows, page, lambda row: row[0], lambda row: uncounted_document(row[1])))


# --- parts --------------------------------------------------------------------------------------


def _ordered(request: Request, access: Access, body: Body, service: Service) -> Response:
    order = read_order(body.document, access, service)

    def kept(connection: Connection) -> Answered:
        found = ordered(connection, order, service)
        return Answered(views.job(found), 202, f"/v1/commission/jobs/{found.id}")

    answer = once(request, body.raw, access, service, kept)
    service.jobs.wake()
    return answer


def _id(answer: Response) -> str:
    return answer.headers["Location"].rpartition("/")[2]


async def _ended(id: str, service: Service, seconds: int) -> Job:
    """The job as it is once it has ended, or so many seconds later."""
    until = time.monotonic() + seconds
    while not service.jobs.has_ended(id) and time.monotonic() < until:
        await asyncio.sleep(LOOK)

    def found() -> Job:
        with reading(service.store) as connection:
            return jobs.found(connection, id)

    return await run_in_threadpool(found)


def _kept_headers(answer: Response) -> dict[str, str]:
    """Where the job is, and whether the answer was given before."""
    place = answer.headers["Location"]
    replayed = answer.headers.get("Idempotency-Replayed")
    headers = {"Location": place, "Content-Location": place}
    return headers if replayed is None else {**headers, "Idempotency-Replayed": replayed}


def _applied(request: Request) -> dict[str, str]:
    seconds = patience(request)
    return {"Preference-Applied": f"wait={seconds}"} if seconds else {}


def _problem(request: Request, job: Job, headers: dict[str, str]) -> Response:
    """Why there is no run, as the answer of who waited for it."""
    problem = dict(job.problem or {})
    document = {**problem, "instance": request_id(request)}
    response = reply(document, int(problem.get("status", 500)), headers)
    response.headers["Content-Type"] = JSON
    return response


def _job(id: str, access: Access, service: Service) -> Job:
    try:
        with reading(service.store) as connection:
            found = jobs.found(connection, id)
    except NotKept as fault:
        raise NotFound(NOT_THERE) from fault
    access.see(own=found.order.by == access.caller.label)
    return found


def _person(access: Access) -> str:
    if access.caller.person is None:
        raise NotFound(NOT_THERE)
    return access.caller.person


def _has(connection: Connection, number: int, person: str | None) -> bool:
    """Whether a run has a statement of somebody."""
    c = statement_table.c
    wanted = (c.run == number, c.person == person)
    return person is not None and bool(statement_rows.page(connection, None, 1, *wanted))
