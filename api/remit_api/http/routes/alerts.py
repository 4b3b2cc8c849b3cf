"""`/v1/alerts`: what watches said, what became of it, and what people do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.engine import Connection

from remit_api.http import watch_views as views
from remit_api.http.access import NOT_THERE, Access, Guard
from remit_api.http.bodies import BodyOf, only, wrong
from remit_api.http.dockets import Answered, once
from remit_api.http.paging import PageOf, paged, whole_after
from remit_api.http.refusals import Forbidden, NotFound
from remit_api.http.replies import reply
from remit_api.http.service import Service, ServiceOf
from remit_api.http.watch_views import InLanguage
from remit_engine.reading.exact import shown
from remit_engine.rules.names import names_of
from remit_engine.storage import alerts, holds
from remit_engine.storage.alerts import KeptAlert, Saying
from remit_engine.storage.faults import NotKept
from remit_engine.storage.opening import reading

RESOURCE = "alerts"
LONGEST = 2_000
router = APIRouter(prefix="/v1/alerts", tags=[RESOURCE])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Stepping = Annotated[Access, Depends(Guard(RESOURCE, "step"))]
Standing = Literal["open", "acknowledged", "cleared", "closed", "withdrawn"]
PIECE = MOST = 200


@router.get("", summary="Alerts")
def listed(
    access: Reading,
    service: ServiceOf,
    page: PageOf,
    status: Annotated[list[Standing] | None, Query(description="One of these.")] = None,
    severity: Annotated[Literal["info", "warning", "critical"] | None, Query()] = None,
    rule: Annotated[str | None, Query(description="The qualified name.")] = None,
    subject: Annotated[str | None, Query(description="The key, such as a customer's id.")] = None,
    owner: Annotated[str | None, Query(description="A qualified position.")] = None,
    language: InLanguage = "en",
) -> Response:
    """The newest first: all, or those that concern the caller: a position of his owns it or was
    told of it, or the report that is missing was his."""
    desk = service.desk

    def pieces(connection: Connection) -> Iterator[KeptAlert]:
        before = whole_after(page)
        while True:
            rows = alerts.listed(
                connection,
                PIECE,
                before,
                status=status,
                severity=severity,
                rule=rule,
                subject=subject,
                owner=None if owner is None else [owner],
            )
            yield from rows
            if len(rows) < PIECE:
                return
            before = rows[-1].number

    with reading(service.store) as connection:
        everything = access.everything
        mine = (
            kept
            for kept in pieces(connection)
            if everything or views.concerns(kept.alert, kept.owner, access, desk)
        )
        seen = list(islice(mine, page.fetch))
    return reply(paged(seen, page, lambda k: k.number, lambda k: views.alert(k, language)))


@router.get("/{id}", summary="One alert")
def read(id: str, access: Reading, service: ServiceOf, language: InLanguage = "en") -> Response:
    """With what was compared, what it holds and held, and all that became of it."""
    with reading(service.store) as connection:
        kept = _seen(connection, id, access, service)
        held = holds.of_alert(connection, id)
        history = alerts.history(connection, id)
    document = {
        **views.alert(kept, language),
        "holds": [views.hold(one, language) for one in held],
        "history": [views.told(line) for line in history],
    }
    return reply(document)


@router.get("/{id}/evidence", summary="What an alert stands on")
def evidence(id: str, access: Reading, service: ServiceOf) -> Response:
    """The entries of the log that were known of its subject when it began, in order: of many the
    last 200, and `left_out` says how many were before them. A duty has none, for it says that
    something is not there; nor has what was withdrawn."""
    with service.follower.seeing() as (connection, _, followed):
        kept = _seen(connection, id, access, service)
        found = followed.watcher.evidence(kept.alert)
    document = {
        "items": [views.entry(one) for one in found[-MOST:]],
        "left_out": max(0, len(found) - MOST),
    }
    return reply(document)


@router.post("/{id}/acknowledgement", summary="It is seen")
def acknowledge(
    id: str, request: Request, access: Stepping, body: BodyOf, service: ServiceOf
) -> Response:
    """Says that somebody sees to it."""
    only(body.document)
    return _done(request, id, access, body.raw, service, alerts.acknowledge)


@router.post("/{id}/closure", summary="It is dealt with")
def close(
    id: str, request: Request, access: Stepping, body: BodyOf, service: ServiceOf
) -> Response:
    """Closes it with a note. What it holds stays held, until its rule is true no more or somebody
    lifts it."""
    only(body.document, "note")
    note = _text(body.document, "note")

    def closed(connection: Connection, id: str, who: Saying) -> KeptAlert:
        return alerts.close(connection, id, note, who)

    return _done(request, id, access, body.raw, service, closed)


@router.post("/{id}/owner", summary="Another position sees to it")
def give(id: str, request: Request, access: Stepping, body: BodyOf, service: ServiceOf) -> Response:
    """Gives it to another position, with the reason."""
    only(body.document, "to", "because")
    because, name = _text(body.document, "because"), body.document.get("to")
    positions = names_of(service.desk.model).positions
    if not isinstance(name, str) or not name:
        raise wrong("to", f"`{shown(name)}` is no position: write its name")
    if said := positions.wrong(name, "position"):
        raise wrong("to", said)
    owner = positions.find(name)[0]

    def given(connection: Connection, id: str, who: Saying) -> KeptAlert:
        return alerts.give(connection, id, owner, because, who)

    return _done(request, id, access, body.raw, service, given)


# --- parts --------------------------------------------------------------------------------------


def _done(
    request: Request,
    id: str,
    access: Access,
    raw: bytes,
    service: Service,
    what: Callable[[Connection, str, Saying], KeptAlert],
) -> Response:
    def do(connection: Connection) -> Answered:
        kept = _seen(connection, id, access, service, "read")
        if views.judges_himself(kept.alert, access):
            own = "his own report" if kept.alert.kind == "duty" else "himself"
            help = "its owner does" if kept.alert.kind == "duty" else "somebody else does"
            raise Forbidden(f"nobody sees to the alert about {own}", help)
        access.require(own=views.for_him(kept.alert, kept.owner, access, service.desk))
        return Answered(views.alert(what(connection, id, _who(access, service)), "en"))

    return once(request, raw, access, service, do)


def _seen(
    connection: Connection, id: str, access: Access, service: Service, operation: str | None = None
) -> KeptAlert:
    """The alert, if it is the caller's to know; raises NotFound."""
    try:
        kept = alerts.found(connection, id)
    except NotKept as fault:
        raise NotFound(NOT_THERE) from fault
    if not access.may(views.concerns(kept.alert, kept.owner, access, service.desk), operation):
        raise NotFound(NOT_THERE)
    return kept


def _who(access: Access, service: Service) -> Saying:
    """Who does it; raises Forbidden for a program."""
    if access.caller.person is None:
        raise Forbidden("a program sees to no alert", "a person does")
    moment = service.clock.now().isoformat(timespec="microseconds")
    return Saying(access.caller.person, access.day, moment)


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise wrong(name, f"write it in up to {LONGEST:,} characters")
    return value.strip()
