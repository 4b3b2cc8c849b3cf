"""`/v1/approval-requests`: asked for, waited for, done step by step, decided into the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from remit_api.http import approval_views as views
from remit_api.http.access import NOT_THERE, Access, Guard
from remit_api.http.bodies import BodyOf, only
from remit_api.http.dockets import Answered, caught_up, done
from remit_api.http.enquiry import addressed, concerns
from remit_api.http.etags import check_match
from remit_api.http.paging import Page, PageOf, cursor_of, paged, whole_after
from remit_api.http.records import is_own
from remit_api.http.refusals import Conflict, Forbidden, NotFound, NotUnderstood
from remit_api.http.replies import reply
from remit_api.http.service import Service, ServiceOf
from remit_api.http.spelling import refuse_misspelt
from remit_engine.approvals import doing, moving
from remit_engine.approvals.bench import Bench
from remit_engine.approvals.doing import Way
from remit_engine.approvals.faults import ApprovalFault, NotForHim
from remit_engine.reading.json_reader import read_json
from remit_engine.reading.request_reader import read_request
from remit_engine.request import Problem
from remit_engine.storage import approvals, history
from remit_engine.storage.approvals import Kept
from remit_engine.storage.docket import Docket, What
from remit_engine.storage.faults import NotKept
from remit_engine.storage.opening import reading

RESOURCE = "approvals"
LONGEST_TEXT = 4_000
FROM_RECORD = ("actor", "verb", "action", "facts", "requester", "evidence", "language", "approvals")
States = Literal["open", "approved", "rejected", "withdrawn", "expired", "void"]
router = APIRouter(prefix="/v1/approval-requests", tags=["approval requests"])
Making = Annotated[Access, Depends(Guard(RESOURCE, "make"))]
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Stepping = Annotated[Access, Depends(Guard(RESOURCE, "step"))]
Commenting = Annotated[Access, Depends(Guard(RESOURCE, "comment"))]
Changing = Annotated[Access, Depends(Guard(RESOURCE, "change"))]
Withdrawing = Annotated[Access, Depends(Guard(RESOURCE, "withdraw"))]
Reassigning = Annotated[Access, Depends(Guard(RESOURCE, "reassign", "step"))]


@router.post("", status_code=201, summary="Ask for approval")
def make(request: Request, access: Making, body: BodyOf, service: ServiceOf) -> Response:
    """From a recorded answer (`{"decision": "dec_…"}`) or from the request itself (`{"request":
    {…}}`), where its answer is `needs` or `escalate`."""
    only(body.document, "decision", "request")

    def made(docket: Docket) -> Answered:
        document, origin = _asked(body.document, access, docket)
        members = addressed(document, access, service.desk)
        access.require(own=concerns(members.get("actor"), access, service.desk))
        if origin is None:
            _well_spelt(members, access, service)
        try:
            kept = docket.make(members, _who(access), origin)
        except ApprovalFault as fault:
            raise _refused(fault, None) from fault
        return _answered(kept, access, docket, 201)

    return done(request, body.raw, access, service, made)


@router.get("", summary="Requests for approval, or what waits for somebody")
def listed(
    access: Reading,
    service: ServiceOf,
    page: PageOf,
    waiting_for: Annotated[
        str | None, Query(description="`me`, or a person: whose inbox.", max_length=200)
    ] = None,
    state: States | None = None,
    action: Annotated[str | None, Query(description="The qualified name.")] = None,
) -> Response:
    """The latest first; an inbox has the oldest first, with what one can do."""
    caught_up(access, service)
    if waiting_for is not None:
        return reply(_inbox(waiting_for, access, service, page))
    own = None if access.everything else [_who(access)]
    with reading(service.store) as connection:
        rows = approvals.listed(
            connection, page.fetch, whole_after(page), of=own, state=state, action=action
        )
    return reply(paged(rows, page, lambda k: k.number, views.headline))


@router.get("/{id}", summary="A request with all that was done on it")
def read(id: str, access: Reading, service: ServiceOf) -> Response:
    """Its steps, its history, and what the caller can do on it now."""
    caught_up(access, service)
    try:
        with reading(service.store) as connection:
            kept = approvals.found(connection, id)
            told = approvals.history(connection, id)
    except NotKept as fault:
        raise NotFound(NOT_THERE) from fault
    bench = _bench(service)
    access.see(own=_is_his(kept, access, bench))
    document = views.whole(kept, told, _ways(kept, access, bench))
    return reply(document, headers={"ETag": views.tag(kept)})


@router.post("/{id}/steps", summary="Do a step")
def step(id: str, request: Request, access: Stepping, body: BodyOf, service: ServiceOf) -> Response:
    """`{"verb": "review"}` (or `endorse`, `approve`, …), with `step` where several wait and `note`;
    `{"do": "reject", "because": …}`; `{"do": "hand_in", "evidence": NAME, "note": …}`.

    Doing again what one has done changes nothing. With `If-Match` it is done only on the edition
    one has read.
    """
    what = _step_of(body.document, access)
    return _changed(id, request, body.raw, access, service, what, match=False)


@router.post("/{id}/comments", status_code=201, summary="Say something about it")
def comment(
    id: str, request: Request, access: Commenting, body: BodyOf, service: ServiceOf
) -> Response:
    """`{"text": …}`; it stands in the history."""
    only(body.document, "text")
    text = _text(body.document, "text")

    def said(docket: Docket) -> Answered:
        kept = _found(docket, id, access)
        return _answered(docket.comment(kept, _who(access), text), access, docket, 201)

    return done(request, body.raw, access, service, said)


@router.put("/{id}/facts", summary="Edit the facts")
def edit(id: str, request: Request, access: Changing, body: BodyOf, service: ServiceOf) -> Response:
    """`{"facts": {…}}` with `If-Match`. All that was given for the facts before is void, and kept;
    every step begins anew."""
    only(body.document, "facts")
    facts = body.document.get("facts")
    if not isinstance(facts, dict):
        raise _wrong("facts", "write the facts as an object")

    def what(docket: Docket, by: str) -> What:
        return lambda r, bench: moving.edited(r, facts, by, access.day, bench, docket.terms)

    return _changed(id, request, body.raw, access, service, what, match=True)


@router.post("/{id}/reassignment", summary="Give a step to somebody")
def reassign(
    id: str, request: Request, access: Reassigning, body: BodyOf, service: ServiceOf
) -> Response:
    """`{"step": "s2", "to": PERSON, "because": …}`: to who acts in the position, holds it or has it
    by delegation. By one for whom it waits, or by whose role it is."""
    only(body.document, "step", "to", "because")
    step, to, because = (_text(body.document, name) for name in ("step", "to", "because"))
    manages = access.may(own=False, operation="reassign")

    def what(docket: Docket, by: str) -> What:
        return lambda r, bench: moving.reassigned(
            r, step, to, because, by, access.day, bench, manages=manages
        )

    return _changed(id, request, body.raw, access, service, what, match=False)


@router.post("/{id}/withdrawal", summary="Take it back")
def withdraw(
    id: str, request: Request, access: Withdrawing, body: BodyOf, service: ServiceOf
) -> Response:
    """`{}` or `{"because": …}`, by who made it or asked for it."""
    only(body.document, "because")
    because = _text(body.document, "because") if "because" in body.document else None

    def what(docket: Docket, by: str) -> What:
        return lambda r, _: doing.withdrawn(
            r, by, because, access.day, manages=access.may(own=False, operation="withdraw")
        )

    return _changed(id, request, body.raw, access, service, what, match=False)


# --- parts --------------------------------------------------------------------------------------

Doing = Callable[[Docket, str], What]


def _changed(
    id: str,
    request: Request,
    raw: bytes,
    access: Access,
    service: Service,
    what: Doing,
    *,
    match: bool,
) -> Response:
    """Do something on a request; a refusal shows how it stands."""

    def changed(docket: Docket) -> Answered:
        kept = _found(docket, id, access)
        if match or "if-match" in request.headers:
            check_match(request, views.tag(kept))
        try:
            after = docket.change(kept, what(docket, _who(access)))
        except ApprovalFault as fault:
            raise _refused(fault, kept) from fault
        return _answered(after, access, docket)

    return done(request, raw, access, service, changed)


def _found(docket: Docket, id: str, access: Access) -> Kept:
    """The request, if it is the caller's to know, and for this operation. Raises NotKept,
    NotFound, Forbidden."""
    try:
        kept = docket.read(id)
    except NotKept as fault:
        raise NotFound(NOT_THERE) from fault
    own = _is_his(kept, access, docket.bench)
    if not access.may(own, "read"):
        raise NotFound(NOT_THERE)
    if not any(access.may(own, op) for op in (access.operation, *_ALSO.get(access.operation, ()))):
        access.require(own)
    return kept


_ALSO = {"reassign": ("step",)}


def _is_his(kept: Kept, access: Access, bench: Bench) -> bool:
    request, person = kept.request, access.caller.person
    if views.concerns(request, _who(access)):
        return True
    if person is None:
        return False
    named = any(person in s.people or person in s.assigned for s in request.waiting)
    return named or bool(_ways(kept, access, bench))


def _ways(kept: Kept, access: Access, bench: Bench, person: str | None = None) -> list[Way]:
    who = person or access.caller.person
    return [] if who is None else list(doing.ways(kept.request, who, access.day, bench))


def _bench(service: Service) -> Bench:
    """For looking alone: nothing is decided with it."""
    desk = service.desk
    return Bench(desk.model, desk.directory, desk.engine.decide, lambda _: "")


def _who(access: Access) -> str:
    return access.caller.person or access.caller.label


def _answered(kept: Kept, access: Access, docket: Docket, status: int = 200) -> Answered:
    told = approvals.history(docket.connection, kept.request.id)
    document = views.whole(kept, told, _ways(kept, access, docket.bench))
    place = views.location(kept.request.id) if status == 201 else None
    return Answered(document, status, place, views.tag(kept))


def _asked(
    document: dict[str, Any], access: Access, docket: Docket
) -> tuple[dict[str, Any], str | None]:
    """The request document, and the record it is from."""
    stated, decision = document.get("request"), document.get("decision")
    if (stated is None) == (decision is None):
        raise _wrong("decision", "say `decision`, the id of a recorded answer, or `request`")
    if stated is not None:
        if not isinstance(stated, dict):
            raise _wrong("request", "write the request as an object")
        members = {k: v for k, v in stated.items() if k != "as_of"}
        _today(stated, access)
        return members, None
    if not isinstance(decision, str):
        raise _wrong("decision", "write the id of a recorded answer, such as `dec_…`")
    entry = history.entry(docket.connection, decision)
    if not access.may(is_own(entry, access), "make"):
        raise NotFound(NOT_THERE)
    recorded = read_json(entry.request)
    return {k: recorded[k] for k in FROM_RECORD if k in recorded}, decision


def _well_spelt(members: dict[str, Any], access: Access, service: Service) -> None:
    desk = service.desk
    read = read_request(members, desk.model, desk.directory, default_as_of=access.day)
    refuse_misspelt(read, desk.model, members, under="request.")


def _today(stated: dict[str, Any], access: Access) -> None:
    if stated.get("as_of") not in (None, access.day.isoformat()):
        raise _wrong("request.as_of", f"what is asked for is of today, {access.day}: leave it out")


def _step_of(document: dict[str, Any], access: Access) -> Doing:
    """What a body of `/steps` asks to be done; raises NotUnderstood."""
    note = _text(document, "note") if "note" in document else None
    match document.get("do"), document.get("verb"):
        case None, str():
            only(document, "do", "verb", "step", "note")
            verb = _text(document, "verb")
            step = _text(document, "step") if "step" in document else None

            def does(docket: Docket, by: str) -> What:
                return lambda r, bench: doing.done(
                    r, by, verb, access.day, bench, docket.terms, step=step, note=note
                )

            return does
        case "reject", None:
            only(document, "do", "verb", "because")
            because = _text(document, "because")
            return lambda _, by: lambda r, bench: doing.rejected(r, by, because, access.day, bench)
        case "hand_in", None:
            only(document, "do", "verb", "evidence", "note")
            name = _text(document, "evidence")
            return lambda docket, by: (
                lambda r, bench: doing.handed_in(
                    r, by, name, access.day, bench, docket.terms, note=note
                )
            )
    raise _wrong("verb", 'say what you do: `verb`, or `"do": "reject"` or `"do": "hand_in"`')


def _inbox(whose: str, access: Access, service: Service, page: Page) -> dict[str, Any]:
    """What waits for a person: by name, by what he holds or acts in, or by delegation."""
    me = access.caller.person
    person = me if whose == "me" else whose
    if person is None:
        raise Forbidden("a program has no inbox", "ask for a person's: `waiting_for=PERSON`")
    access.require(own=person == me)
    bench = _bench(service)
    positions = _stands_for(person, bench, access)
    found: list[tuple[Kept, list[Way]]] = []
    after = whole_after(page)
    with reading(service.store) as connection:
        while len(found) <= page.limit:
            rows = approvals.waiting(connection, person, positions, page.fetch, after)
            for kept, steps in rows:
                ways = [w for w in _ways(kept, access, bench, person) if w.step.id in steps]
                found += [(kept, ways)] if ways else []
            if len(rows) < page.fetch:
                break
            after = rows[-1][0].number
    kept_back = found[: page.limit]
    more = len(found) > page.limit
    return {
        "items": [views.waiting_for(kept, ways) for kept, ways in kept_back],
        "next": cursor_of(kept_back[-1][0].number) if more else None,
    }


def _stands_for(person: str, bench: Bench, access: Access) -> frozenset[str]:
    """The positions that a person may stand for on the day, for whatever action."""
    people = {person}
    for entry in bench.directory.delegations:
        if entry.taker == person and entry.starts <= access.day < entry.ends:
            people.add(entry.giver)
    held = (bench.party(p, access.day) for p in people)
    return frozenset().union(*(p.positions for p in held if p is not None))


def _refused(fault: ApprovalFault, kept: Kept | None) -> Forbidden | Conflict:
    """403 for who may not, 409 for the rest, with the request as it stands."""
    members = {} if kept is None else {"request": views.headline(kept)}
    kind = Forbidden if isinstance(fault, NotForHim) else Conflict
    return kind(fault.message, fault.help, members=members)


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise _wrong(name, f"write a text of up to {LONGEST_TEXT:,} characters")
    return value.strip()


def _wrong(path: str, message: str) -> NotUnderstood:
    return NotUnderstood("the request cannot be understood", problems=[Problem(path, message)])
