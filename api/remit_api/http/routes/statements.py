"""`/v1/commission/statements` and `/differences`: what somebody is paid, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from remit_api.http import pay_views as views
from remit_api.http.access import Access, Guard
from remit_api.http.etags import conditional
from remit_api.http.negotiation import form_of, language_of
from remit_api.http.paging import PageOf, paged, whole_after
from remit_api.http.pay_files import CSV, FORMS, HTML, JSON, XLSX, statement_file
from remit_api.http.pay_parameters import (
    InPeriod,
    OfRun,
    PeriodGiven,
    Plan,
    PlanGiven,
    Whose,
    period_of,
    texts_of,
)
from remit_api.http.refusals import NotFound
from remit_api.http.replies import reply
from remit_api.http.service import Service, ServiceOf
from remit_api.pay import keeping
from remit_api.pay.report import Report
from remit_engine.commission.closed.document import difference_document
from remit_engine.storage.opening import reading

RESOURCE = "commission"
router = APIRouter(prefix="/v1/commission", tags=[RESOURCE])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Line = Annotated[
    str | None, Query(max_length=200, description="Of the lines, that of this event alone.")
]
Table = Annotated[
    Literal["statements", "stages", "lines", "movements", "differences"],
    Query(description="Which table, as CSV."),
]
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            CSV: {"schema": {"type": "string"}},
            HTML: {"schema": {"type": "string"}},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
        }
    },
    304: {"description": "It is what the caller has, by his `If-None-Match`."},
}


@router.get("/statements/{person}", summary="Why somebody is paid what he is paid", responses=FILES)
def explain(
    person: str,
    request: Request,
    access: Reading,
    service: ServiceOf,
    plan: PlanGiven,
    period: PeriodGiven,
    run: OfRun = None,
    line: Line = None,
    table: Table = "statements",
) -> Response:
    """His statement with every stage, its rule and place, what it read and what it gave; every line
    with its tiers; what is held and reversed; and the differences paid with it. As it was closed,
    else as the latest run gives it.

    By `Accept` it is JSON, a table (`text/csv`), a workbook, or a page to print (`text/html`) with
    headings in the language of `Accept-Language` (`en`, `zh`).
    """
    access.see(own=person == access.caller.person)
    form = form_of(request, FORMS)
    report = _report(person, plan, period, run, service)
    report = replace(_labelled(report, service, language_of(request)), uncounted=())
    if line is not None and not _has_line(report, line):
        raise NotFound(f"no line `{line}` is in this statement")
    if form == JSON:
        answer = reply(views.explained(report, line))
    else:
        answer = statement_file(report, person, form, table)
    answer.headers["Vary"] = "Accept, Accept-Language"
    return conditional(request, answer)


@router.get("/differences", summary="What later runs changed about closed periods")
def differences(
    access: Reading,
    service: ServiceOf,
    page: PageOf,
    plan: Plan = None,
    period: InPeriod = None,
    person: Whose = None,
) -> Response:
    """Each with its reasons and both versions: those that were paid with a later period, and those
    of the latest run that are still to be paid. Everybody his own; finance and the auditor all."""
    asked = None if period is None else period_of(period)
    only = person if access.everything else access.caller.person
    after = whole_after(page) or 0
    with reading(service.store) as connection:
        name = None if plan is None else keeping.plan_named(connection, plan)
        every = keeping.all_differences(connection, name)
    rows = [
        (number, x)
        for number, x in enumerate(every, 1)
        if asked in (None, x.difference.period)
        and (access.everything or only is not None)
        and only in (None, x.difference.person)
        and person in (None, x.difference.person)
        and number > after
    ]
    return reply(paged(rows[: page.fetch], page, lambda row: row[0], lambda row: _shown(row[1])))


def _shown(found: keeping.KeptDifference) -> dict[str, Any]:
    document = difference_document(found.difference)
    return {**document, "currency": found.currency, "paid": found.paid}


def _report(person: str, plan: str, period: str, run: int | None, service: Service) -> Report:
    of = period_of(period)
    with reading(service.store) as connection:
        name = keeping.plan_named(connection, plan)
        number = run if run is not None else keeping.shown_run(connection, name, of)
        report = keeping.report_of(connection, number, of, name, person)
    if not report.statements and not report.differences:
        raise NotFound(f"`{person}` has no statement of `{plan}` in {of}")
    return report


def _labelled(report: Report, service: Service, language: str) -> Report:
    """The report with plans as the policy calls them now, in a language."""
    texts = texts_of(service.desk, language)
    notes = {n: replace(note, label=texts.note(n).label) for n, note in report.plans.items()}
    return replace(report, plans=notes, language=language)


def _has_line(report: Report, line: str) -> bool:
    of_lines = (each.event for s in report.statements for each in s.lines)
    of_movements = (each.event for s in report.statements for each in s.movements)
    return line in {*of_lines, *of_movements}
