"""`/v1/delegations`: who lends his authority to whom, for how long and why."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from remit_api.http import lendings
from remit_api.http.access import NOT_THERE, Access, Guard
from remit_api.http.bodies import BodyOf, only
from remit_api.http.etags import check_match
from remit_api.http.lendings import Office, shown
from remit_api.http.paging import Page, PageOf, paged
from remit_api.http.refusals import Forbidden, NotFound, NotUnderstood
from remit_api.http.replies import reply
from remit_api.http.service import Service, ServiceOf
from remit_engine.request import Problem
from remit_engine.storage import delegations
from remit_engine.storage.delegations import Lent
from remit_engine.storage.faults import NotKept
from remit_engine.storage.opening import reading

RESOURCE = "delegations"
MEMBERS = ("from", "to", "action", "verbs", "limit", "starts", "ends", "reason")
router = APIRouter(prefix="/v1/delegations", tags=[RESOURCE])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Making = Annotated[Access, Depends(Guard(RESOURCE, "make"))]
Approving = Annotated[Access, Depends(Guard(RESOURCE, "step"))]
Ending = Annotated[Access, Depends(Guard(RESOURCE, "end"))]


@router.post("", status_code=201, summary="Delegate something")
def make(request: Request, access: Making, body: BodyOf, service: ServiceOf) -> Response:
    """As in a directory: `from` (the caller, where it is not said), `to`, `action`, `verbs`,
    `limit`, `starts`, `ends`, `reason`. It is checked against the `delegation of` the action, and
    in force at once, or waits for the approval that the policy wants. What is another's is written
    down by administrators, for somebody else than themselves."""
    only(body.document, *MEMBERS)
    document = dict(body.document)
    if document.get("from") is None and access.caller.person is not None:
        document["from"] = access.caller.person
    own = document.get("from") in (None, access.caller.person)
    access.require(own=own)
    if not own and _me(access) == document.get("to"):
        raise Forbidden("nobody lends himself what is another's", "let him lend it, or a colleague")

    def made(office: Office) -> Lent:
        lent = lendings.read(document, office, access.caller.label)
        return delegations.add(office.connection, lent)

    return lendings.done(request, body.raw, access, service, made, 201)


@router.get("", summary="Delegations")
def listed(access: Reading, service: ServiceOf, page: PageOf) -> Response:
    """The newest first: all, or those the caller gives, takes or may have to approve."""
    of = None if access.everything else _mine(access, service)
    with reading(service.store) as connection:
        rows = delegations.listed(connection, page.fetch, _after(page), of=of)
    return reply(paged(rows, page, lambda d: [d.made, d.id], lambda d: shown(d, access)))


@router.get("/{id}", summary="One delegation")
def read(id: str, access: Reading, service: ServiceOf) -> Response:
    """With who wrote it down, who approved it and when it was ended."""
    try:
        with reading(service.store) as connection:
            found = delegations.found(connection, id)
    except NotKept as fault:
        raise NotFound(NOT_THERE) from fault
    access.see(_is_his(found, access, service))
    return reply(shown(found, access), headers={"ETag": lendings.tag(found)})


@router.post("/{id}/approval", summary="Approve a delegation that waits for it")
def approve(
    id: str, request: Request, access: Approving, body: BodyOf, service: ServiceOf
) -> Response:
    """`{}`, by who holds the position that the policy names and neither gives nor takes it. From
    then on it is in force."""
    only(body.document)

    def approved(office: Office) -> Lent:
        lent = _found(office, id, access, service)
        _matched(request, lent)
        if lent.waits_for is not None and lent.ended is None:
            access.require(own=lent.waits_for in _positions(access, service))
            lendings.check_approved(lent, _me(access), office, access)
        return delegations.approve(office.connection, lent, _me(access), access.day, office.moment)

    return lendings.done(request, body.raw, access, service, approved)


@router.post("/{id}/end", summary="End a delegation early")
def end(id: str, request: Request, access: Ending, body: BodyOf, service: ServiceOf) -> Response:
    """`{}`: from today on it no longer holds. What was done on it before stays done."""
    only(body.document)

    def ended(office: Office) -> Lent:
        lent = _found(office, id, access, service)
        access.require(own=lent.entry.giver == access.caller.person)
        _matched(request, lent)
        return delegations.end(
            office.connection, lent, access.caller.label, access.day, office.moment
        )

    return lendings.done(request, body.raw, access, service, ended)


def _me(access: Access) -> str:
    if access.caller.person is None:
        raise Forbidden("a program delegates nothing and approves nothing")
    return access.caller.person


def _found(office: Office, id: str, access: Access, service: Service) -> Lent:
    try:
        lent = delegations.found(office.connection, id)
    except NotKept as fault:
        raise NotFound(NOT_THERE) from fault
    if not access.may(_is_his(lent, access, service), "read"):
        raise NotFound(NOT_THERE)
    return lent


def _matched(request: Request, lent: Lent) -> None:
    if "if-match" in request.headers:
        check_match(request, lendings.tag(lent))


def _is_his(lent: Lent, access: Access, service: Service) -> bool:
    return not _mine(access, service).isdisjoint(
        (lent.entry.giver, lent.entry.taker, lent.waits_for)
    )


def _mine(access: Access, service: Service) -> frozenset[str]:
    """The caller's id and the positions he holds today."""
    person = access.caller.person
    return frozenset() if person is None else _positions(access, service) | {person}


def _positions(access: Access, service: Service) -> frozenset[str]:
    person = access.caller.person
    party = None if person is None else service.desk.directory.party(person, access.day)
    return frozenset() if party is None else party.positions


def _after(page: Page) -> tuple[str, str] | None:
    match page.after:
        case None:
            return None
        case [str(made), str(id)]:
            return made, id
    wrong = Problem("cursor", "this cursor belongs to another list")
    raise NotUnderstood("the cursor cannot be read", problems=[wrong])
