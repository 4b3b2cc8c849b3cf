"""`/v1/commission`: runs of pay that were kept, their statements, one person's pay explained."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sql
from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.engine import Connection

from remit_api.http import pay_views as views
from remit_api.http.access import NOT_THERE, Access, Guard
from remit_api.http.paging import PageOf, paged, whole_after
from remit_api.http.refusals import NotFound, NotUnderstood
from remit_api.http.replies import reply
from remit_api.http.service import ServiceOf
from remit_api.pay import keeping
from remit_engine.commission.periods import Period
from remit_engine.request import Problem
from remit_engine.storage import runs, statement_rows
from remit_engine.storage.opening import reading
from remit_engine.storage.tables import statement as statement_table

RESOURCE = "commission"
MOST_RUN = 2**31
router = APIRouter(prefix="/v1/commission", tags=[RESOURCE])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Plan = Annotated[str | None, Query(max_length=200, description="Its name, short or qualified.")]
InPeriod = Annotated[
    str | None, Query(max_length=10, description="`2026-03`, `2026-Q1` or `2026`.")
]
Whose = Annotated[str | None, Query(max_length=200, description="A person's id.")]


@router.get("/runs", summary="Runs of pay")
def listed(access: Reading, service: ServiceOf, page: PageOf) -> Response:
    """The latest first: all, or those with a statement of the caller."""
    of = _only(access)
    with reading(service.store) as connection:
        rows = runs.listed(connection, page.fetch, before=whole_after(page), person=of)
    return reply(paged(rows, page, lambda head: head.number, views.headline))


@router.get("/runs/{number}", summary="One run")
def read(number: str, access: Reading, service: ServiceOf) -> Response:
    """With its plans; who may see everybody's pay sees how many statements it has and what it did
    not count."""
    with reading(service.store) as connection:
        head = runs.head_of(connection, _number(number))
        if access.everything:
            uncounted = runs.uncounted(connection, head.number)
            return reply(views.whole(head, _count(connection, head.number, None), uncounted))
        access.see(own=_count(connection, head.number, access.caller.person) > 0)
    return reply(views.headline(head))


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
    with reading(service.store) as connection:
        head = runs.head_of(connection, _number(number))
        wanted = [c.run == head.number]
        wanted += [] if plan is None else [c.plan == keeping.plan_named(connection, plan)]
        wanted += [] if period is None else [c.period == _period(period)]
        wanted += [] if person is None else [c.person == person]
        if not access.everything:
            access.see(own=_count(connection, head.number, access.caller.person) > 0)
            wanted.append(c.person == access.caller.person)
        after = whole_after(page)
        rows = statement_rows.page(connection, after, page.fetch, *wanted)
    return reply(paged(rows, page, lambda row: row[0], lambda row: views.amounts(row[1], head)))


@router.get("/statements/{person}", summary="Why somebody is paid what he is paid")
def explain(
    person: str,
    access: Reading,
    service: ServiceOf,
    plan: Annotated[str, Query(max_length=200, description="Its name, short or qualified.")],
    period: Annotated[str, Query(max_length=10, description="`2026-03`, `2026-Q1` or `2026`.")],
    run: Annotated[int | None, Query(ge=1, lt=MOST_RUN, description="Of this run.")] = None,
) -> Response:
    """His statement with every stage, its rule and place, what it read and what it gave; every line
    with its tiers; what is held and reversed; and the differences paid with it. As it was closed,
    else as the latest run gives it."""
    access.see(own=person == access.caller.person)
    of = _period(period)
    with reading(service.store) as connection:
        name = keeping.plan_named(connection, plan)
        number = run if run is not None else keeping.shown_run(connection, name, of)
        report = keeping.report_of(connection, number, of, name, person)
    if not report.statements and not report.differences:
        raise NotFound(f"`{person}` has no statement of `{plan}` in {of}")
    return reply(views.explained(report))


def _only(access: Access) -> str | None:
    """Whose runs are shown; None: everybody's."""
    if access.everything:
        return None
    if access.caller.person is None:
        raise NotFound(NOT_THERE)
    return access.caller.person


def _count(connection: Connection, number: int, person: str | None) -> int:
    """How many statements a run has, of all or of one."""
    c = statement_table.c
    asked = sql.select(sql.func.count()).select_from(statement_table).where(c.run == number)
    if person is not None:
        asked = asked.where(c.person == person)
    return connection.scalar(asked) or 0


def _period(written: str) -> Period:
    found = Period.parse(written)
    if found is None:
        wrong: Any = Problem("period", f"`{written}` is no period: write `2026-03` or `2026-Q1`")
        raise NotUnderstood("the request cannot be understood", problems=[wrong])
    return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise NotFound(f"there is no run `{text}`")
    return int(text)
