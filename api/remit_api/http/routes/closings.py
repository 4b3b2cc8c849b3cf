"""`/v1/commission/closings`: a period is closed once and for good, by another than who ran it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.engine import Connection

from remit_api.http import pay_views as views
from remit_api.http.access import NOT_THERE, Access, Guard, unsaid
from remit_api.http.bodies import BodyOf, flag, only, wrong
from remit_api.http.dockets import Answered, once
from remit_api.http.etags import check_match, conditional
from remit_api.http.paging import PageOf, paged, whole_after
from remit_api.http.pay_parameters import (
    InPeriod,
    Plan,
    number_of,
    period_of,
    whole_number,
)
from remit_api.http.refusals import Forbidden, NotFound
from remit_api.http.replies import reply
from remit_api.http.service import ServiceOf
from remit_api.pay import keeping
from remit_api.pay.closing_document import closing_document
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.closed.document import difference_document
from remit_engine.storage import api_keys, closings, jobs, runs
from remit_engine.storage.opening import reading
from remit_engine.storage.runs import RunHead

RESOURCE = "commission"
MEMBERS = ("run", "plans", "period", "with_earlier")
router = APIRouter(prefix="/v1/commission/closings", tags=[RESOURCE])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Closing = Annotated[Access, Depends(Guard(RESOURCE, "close"))]
UNKNOWN = "nobody knows who made run {}: it was not asked for through the service"


@router.post("", status_code=201, summary="Close a period")
def close(request: Request, access: Closing, body: BodyOf, service: ServiceOf) -> Response:
    """`{"run": 7, "plans": ["field"], "period": "2026-03", "with_earlier": true}` with the `ETag`
    of the run as `If-Match`: what it pays by these plans (all that are open, without `plans`) for
    its period is closed, all of it or nothing. `with_earlier` closes the open periods before too.
    A period that has not ended is refused.

    Nothing that is closed ever changes: what later runs say otherwise is a difference line. Who
    asked for the run does not close it, where the policy of the service says so.
    """
    only(body.document, *MEMBERS)
    number = whole_number(body.document, "run")
    if number is None:
        raise wrong("run", "say which run: its number")
    earlier = flag(body.document, "with_earlier", False)
    act = keeping.Act(_person(access), access.day)

    def closed(connection: Connection) -> Answered:
        head = runs.head_of(connection, number)
        _allow(connection, head, access)
        check_match(request, views.run_tag(head, closings.states(connection, head)))
        period = _period(body.document, head)
        done = [
            one
            for plan in _plans(connection, body.document, head, period)
            for one in keeping.close(connection, plan, period, number, act, earlier)
        ]
        place = f"{router.prefix}/{done[-1].number}"
        return Answered({"closed": [closing_document(one) for one in done]}, 201, place)

    return once(request, body.raw, access, service, closed)


@router.get("", summary="What is closed")
def listed(
    access: Reading, service: ServiceOf, page: PageOf, plan: Plan = None, period: InPeriod = None
) -> Response:
    """The latest first: all, or those that closed something of the caller."""
    asked = None if period is None else period_of(period)
    of = None if access.everything else _caller(access)
    with reading(service.store) as connection:
        name = None if plan is None else keeping.plan_named(connection, plan)
        rows = closings.page(
            connection, page.fetch, before=whole_after(page), plan=name, of=asked, person=of
        )
    return reply(paged(rows, page, lambda head: head.number, closing_document))


@router.get("/{number}", summary="One closing")
def read(number: str, request: Request, access: Reading, service: ServiceOf) -> Response:
    """With what it paid in all, the differences it paid, and its hash, which covers all of it and
    the hash of the closing before; `/v1/audit/verification` computes it anew."""
    wanted = number_of(number, "closing")
    with unsaid(access), reading(service.store) as connection:
        head = closings.of_number(connection, wanted)
        only = None if access.everything else _caller(access)
        mine = closings.page(connection, 1, before=wanted + 1, person=only) if only else [head]
        access.see(own=bool(mine) and mine[0].number == wanted)
        posted = runs.differences(connection, *closings.posted(head))
    told = [difference_document(d) for d in posted if only in (None, d.person)]
    document: dict[str, Any] = {**closing_document(head), "posted": told}
    return conditional(request, reply(document))


# --- parts --------------------------------------------------------------------------------------


def _allow(connection: Connection, head: RunHead, access: Access) -> None:
    """Whether the caller may close it. `own` is that he asked for the run, or had a program of his
    ask; of a run that was made elsewhere it cannot be said that he did not."""
    made = jobs.maker_of(connection, head.number)
    if made is None:
        if not access.may(own=True):
            help = "make it anew with `POST /v1/commission/runs`, or close it where it was made"
            raise Forbidden(UNKNOWN.format(head.number), help)
        return
    caller = access.caller
    by = api_keys.behind(connection, made.by)
    access.require(own=caller.label in (made.by, by) or made.person == caller.person)


def _person(access: Access) -> str:
    """Who closes; raises Forbidden for a program."""
    if access.caller.person is None:
        raise Forbidden("a program closes nothing", "it can run pay, and a person closes it")
    return access.caller.person


def _caller(access: Access) -> str:
    if access.caller.person is None:
        raise NotFound(NOT_THERE)
    return access.caller.person


def _period(document: dict[str, Any], head: RunHead) -> Period:
    given = document.get("period")
    if given is None:
        return head.period
    if not isinstance(given, str):
        raise wrong("period", "write a period, such as `2026-03`")
    return period_of(given)


def _plans(
    connection: Connection, document: dict[str, Any], head: RunHead, period: Period
) -> list[str]:
    given = document.get("plans")
    if given is None:
        return keeping.open_plans(connection, period, head.number)
    if not isinstance(given, list) or not given or not all(isinstance(n, str) for n in given):
        raise wrong("plans", "write the names of plans as a list, or leave it out for all")
    return [keeping.plan_named(connection, name) for name in dict.fromkeys(given)]
