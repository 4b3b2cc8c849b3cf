"""`/v1/commission/disputes`: somebody says that his pay is not right, and is answered by a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.engine import Connection

from remit_api.http.access import NOT_THERE, Access, Guard
from remit_api.http.bodies import Body, BodyOf, only, optional_text, wrong
from remit_api.http.dockets import Answered, once
from remit_api.http.etags import check_match, etag
from remit_api.http.paging import PageOf, paged, whole_after
from remit_api.http.pay_parameters import (
    InPeriod,
    Plan,
    Whose,
    about,
    number_of,
    period_of,
    required_text,
    texts_of,
    whole_number,
)
from remit_api.http.refusals import Conflict, Forbidden, NotFound
from remit_api.http.replies import reply
from remit_api.http.service import Service, ServiceOf
from remit_api.pay import keeping
from remit_api.pay.disputing import (
    PARAMETER,
    amount_of,
    last_day,
    refuse_strange,
    refuse_twice,
)
from remit_api.pay.running import answer_days
from remit_engine.commission.closed.dispute import Answer, Dispute, NotHis, Settled, Status
from remit_engine.commission.closed.document import dispute_document
from remit_engine.reading.exact import shown
from remit_engine.storage import disputes
from remit_engine.storage.faults import NotKept
from remit_engine.storage.opening import reading

RESOURCE = "commission"
LONGEST_REASON = 4_000
DAYS = 30
"""In which a dispute is answered where the policy does not say it."""
FARTHEST = 3_650
MEMBERS = ("plan", "period", "line", "expected", "reason", "person", "days")
router = APIRouter(prefix="/v1/commission/disputes", tags=[RESOURCE])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Disputing = Annotated[Access, Depends(Guard(RESOURCE, "dispute"))]
Answering = Annotated[Access, Depends(Guard(RESOURCE, "answer"))]
Withdrawing = Annotated[Access, Depends(Guard(RESOURCE, "withdraw"))]


@router.post("", status_code=201, summary="Say that pay is not right")
def open_one(request: Request, access: Disputing, body: BodyOf, service: ServiceOf) -> Response:
    """`{"plan": "field", "period": "2026-03", "line": "S-17", "expected": "1200.50", "reason": …}`,
    about one's own statement, or one line of it: `expected` is the credit of the line, or what is
    due. The answer is due after the days that the parameter `dispute_days` of the policy gives,
    else after 30. Who may for others names the `person`, and may say `days`.

    A closed statement never changes by it: where it is right, data or policy are mended, and the
    next run pays the difference.
    """
    only(body.document, *MEMBERS)
    document = body.document
    person = optional_text(document, "person", 200) or access.caller.person
    if person is None:
        raise wrong("person", "say whose pay it is")
    own = person == access.caller.person
    access.require(own=own)
    period = period_of(required_text(document, "period"))
    line = optional_text(document, "line", 200)
    reason = required_text(document, "reason", LONGEST_REASON).strip()
    with about("expected"):
        written = _written(document)
        expected = None if written is None else amount_of(written)
    deadline = _deadline(document, access, service)

    def opened(connection: Connection) -> Answered:
        plan = keeping.plan_named(connection, required_text(document, "plan"))
        told = (plan, person, period, line)
        refuse_strange(connection, *told, name_others=access.everything)
        refuse_twice(connection, *told)
        by = access.caller.label
        made = Dispute(None, *told, expected, reason, by, access.day, deadline)
        return _answered(disputes.opened(connection, made), access.day, 201)

    return once(request, body.raw, access, service, opened)


@router.get("", summary="Disputes")
def listed(
    access: Reading,
    service: ServiceOf,
    page: PageOf,
    plan: Plan = None,
    period: InPeriod = None,
    person: Whose = None,
    status: Annotated[Status | None, Query(description="How they stand.")] = None,
    overdue: Annotated[bool, Query(description="Only those that should have an answer.")] = False,
) -> Response:
    """The oldest first: all, or those about the caller's own pay."""
    asked = None if period is None else period_of(period)
    after = whole_after(page) or 0
    if not access.everything:
        if person not in (None, access.caller.person) or access.caller.person is None:
            return reply({"items": [], "next": None})
        person = access.caller.person
    with reading(service.store) as connection:
        name = None if plan is None else keeping.plan_named(connection, plan)
        every = disputes.listed(connection, plan=name, person=person, of=asked)
    rows = [
        d
        for d in every
        if (d.number or 0) > after
        and status in (None, d.status)
        and (d.overdue(access.day) or not overdue)
    ]
    shown_rows = paged(
        rows[: page.fetch], page, lambda d: d.number, lambda d: _document(d, access.day)
    )
    return reply(shown_rows)


@router.get("/{number}", summary="One dispute")
def read(number: str, access: Reading, service: ServiceOf) -> Response:
    """With its answer, where it has one."""
    with reading(service.store) as connection:
        found = _found(connection, number, access)
    return reply(_document(found, access.day), headers={"ETag": _tag(found)})


@router.post("/{number}/answer", summary="Decide it")
def answer(
    number: str, request: Request, access: Answering, body: BodyOf, service: ServiceOf
) -> Response:
    """`{"decision": "accepted", "outcome": …}` or `"rejected"`, with the reason, once. Nobody
    decides about his own pay. An accepted one changes nothing by itself."""
    only(body.document, "decision", "outcome")
    decided = body.document.get("decision")
    if decided not in (Status.ACCEPTED, Status.REJECTED):
        raise wrong("decision", f"`{shown(decided)}` is neither `accepted` nor `rejected`")
    outcome = required_text(body.document, "outcome", LONGEST_REASON).strip()
    if access.caller.person is None:
        raise Forbidden("a program decides no dispute")
    said = Answer(Status(decided), outcome, access.caller.person, access.day)
    return _ended(number, request, access, body, service, lambda _: said)


@router.post("/{number}/withdrawal", summary="Take it back")
def withdraw(
    number: str, request: Request, access: Withdrawing, body: BodyOf, service: ServiceOf
) -> Response:
    """`{}` or `{"outcome": …}` by whose pay it is; by finance with its reason."""
    only(body.document, "outcome")
    outcome = (optional_text(body.document, "outcome", LONGEST_REASON) or "").strip()

    def said(dispute: Dispute) -> Answer:
        for_finance = dispute.person != access.caller.person
        if for_finance and not outcome:
            raise wrong("outcome", "whoever withdraws for another says why")
        by = access.caller.label
        return Answer(Status.WITHDRAWN, outcome, by, access.day, for_finance)

    return _ended(number, request, access, body, service, said)


# --- parts --------------------------------------------------------------------------------------


def _ended(
    number: str,
    request: Request,
    access: Access,
    body: Body,
    service: Service,
    said: Any,
) -> Response:
    """End a dispute; with `If-Match` only as one has read it."""

    def ended(connection: Connection) -> Answered:
        found = _found(connection, number, access)
        access.require(own=found.person == access.caller.person)
        if "if-match" in request.headers:
            check_match(request, _tag(found))
        try:
            after = disputes.ended(connection, found.number or 0, said(found))
        except Settled as fault:
            raise Conflict(str(fault), members={"dispute": _document(found, access.day)}) from fault
        except NotHis as fault:
            raise Forbidden(str(fault)) from fault
        return _answered(after, access.day)

    return once(request, body.raw, access, service, ended)


def _found(connection: Connection, number: str, access: Access) -> Dispute:
    """A dispute, if it is the caller's to know; raises NotFound."""
    try:
        found = disputes.of_number(connection, number_of(number, "dispute"))
    except NotKept as fault:
        raise NotFound(NOT_THERE) from fault
    if not access.may(own=found.person == access.caller.person, operation="read"):
        raise NotFound(NOT_THERE)
    return found


def _deadline(document: dict[str, Any], access: Access, service: Service) -> date:
    """The last day for an answer: who is to be answered does not say it."""
    days = whole_number(document, "days")
    if days is not None:
        if not access.may(own=False):
            raise Forbidden("by when it is answered is said by the policy", "leave `days` out")
        if days > FARTHEST:
            raise wrong("days", f"write up to {FARTHEST:,} days")
    else:
        found = answer_days(texts_of(service.desk), PARAMETER, access.day)
        days = DAYS if found is None else max(found, 0)
    return last_day(access.day, days, "mend the parameter of the policy")


def _written(document: dict[str, Any]) -> str | None:
    """The amount that was expected, as it is written; as a number or as a text it is as exact."""
    given = document.get("expected")
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, int | Decimal) and not isinstance(given, bool):
        return str(given)
    raise wrong("expected", "write the amount in digits, such as 1200.50")


def _document(found: Dispute, day: date) -> dict[str, Any]:
    return {**dispute_document(found), "overdue": found.overdue(day)}


def _tag(found: Dispute) -> str:
    return etag("dispute", found.number, found.status)


def _answered(found: Dispute, day: date, status: int = 200) -> Answered:
    place = f"{router.prefix}/{found.number}" if status == 201 else None
    return Answered(_document(found, day), status, place, _tag(found))
