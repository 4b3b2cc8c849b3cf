"""`/v1/duties`: who has to report what, by when, and who did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response

from remit_api.http.access import Access, Guard
from remit_api.http.paging import Page, PageOf, paged
from remit_api.http.refusals import NotUnderstood
from remit_api.http.replies import reply
from remit_api.http.service import ServiceOf
from remit_api.http.watch_views import InLanguage, positions_of
from remit_dsl.program import Program
from remit_engine.request import Problem
from remit_engine.watch.reports import Report

RESOURCE = "duties"
router = APIRouter(prefix="/v1/duties", tags=[RESOURCE])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Key = tuple[str, str, str, str]


@router.get("", summary="Reports that are due, missing, or handed in")
def listed(
    access: Reading,
    service: ServiceOf,
    page: PageOf,
    person: Annotated[str | None, Query(description="Who has to report.")] = None,
    duty: Annotated[str | None, Query(description="Its name, qualified or not.")] = None,
    state: Annotated[
        list[Literal["due", "overdue", "reported"]] | None,
        Query(description="One of these; without it, `due` and `overdue`."),
    ] = None,
    since: Annotated[date | None, Query(description="By which day at the earliest.")] = None,
    language: InLanguage = "en",
) -> Response:
    """One for each period that has begun, by the last day of its report: everybody's, or those of
    the caller and those that a position of his is owed. `unsure`: there is a report of which it is
    not known whether it counts."""
    wanted = set(state or ("due", "overdue"))
    after = _after(page)
    with service.follower.seeing() as (_, desk, followed):
        named = None if duty is None else _named(duty, desk.model.program)
        mine, everything = positions_of(access, desk), access.everything
        people = desk.directory.people
        rows = [
            report
            for report in followed.watcher.reports(person, named)
            if report.state in wanted
            and (since is None or report.last >= since)
            and (after is None or _key(report) > after)
            and (everything or report.person == access.caller.person or report.duty.to in mine)
        ]
    rows.sort(key=_key)
    names = {id: found.name for id, found in people.items()}
    seen = rows[: page.fetch]
    return reply(paged(seen, page, _key, lambda report: _shown(report, names, language)))


def _shown(report: Report, names: dict[str, str | None], language: str) -> dict[str, Any]:
    duty = report.duty
    return {
        "duty": duty.name,
        "label": None if duty.label is None else duty.label.localized(language),
        "person": report.person,
        "name": names.get(report.person),
        "position": duty.position,
        "to": duty.to,
        "frequency": duty.frequency,
        "row": report.row,
        "first": report.first.isoformat(),
        "end": report.end.isoformat(),
        "last": report.last.isoformat(),
        "state": report.state.value,
        "unsure": report.unsure,
        "report": report.entry,
        "reported": None if report.on is None else report.on.isoformat(),
    }


def _key(report: Report) -> Key:
    """By what the list is ordered."""
    return report.last.isoformat(), report.duty.name, report.person, report.row


def _after(page: Page) -> Key | None:
    given: Any = page.after
    if given is None:
        return None
    if isinstance(given, list) and len(given) == 4 and all(isinstance(x, str) for x in given):
        return (given[0], given[1], given[2], given[3])
    wrong = Problem("cursor", "this cursor belongs to another list")
    raise NotUnderstood("the cursor cannot be read", problems=[wrong])


def _named(name: str, program: Program) -> str:
    """The duty of a name; raises NotUnderstood."""
    known: Sequence[str] = [duty.name for duty in program.duties]
    fits = [one for one in known if name in (one, one.rsplit(".", 1)[-1])]
    if len(fits) == 1:
        return fits[0]
    said = "may mean " + " or ".join(f"`{one}`" for one in fits) if fits else "is no duty"
    raise NotUnderstood(
        "the request cannot be understood", problems=[Problem("duty", f"`{name[:80]}` {said}")]
    )
