"""`/v1/directory`: who holds which position; a new one is kept, looked at, published by another."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.engine import Connection

from remit_api.http import drafts, people_views, publishing
from remit_api.http.access import NOT_THERE, Access, Guard
from remit_api.http.bodies import BodyOf, only, optional_text, wrong
from remit_api.http.desk import Desk
from remit_api.http.dockets import Answered, once
from remit_api.http.drafts import Past
from remit_api.http.etags import check_match, etag
from remit_api.http.paging import PageOf, paged, text_after
from remit_api.http.publishing import Choice, person_of
from remit_api.http.refusals import Conflict, NotFound
from remit_api.http.replies import reply
from remit_api.http.service import Service, ServiceOf
from remit_engine.storage import versions
from remit_engine.storage.opening import reading
from remit_engine.storage.versions import DirectoryVersion, PolicyVersion

RESOURCE = "directory"
LONGEST_NOTE = 4_000
router = APIRouter(prefix="/v1/directory", tags=[RESOURCE])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Changing = Annotated[Access, Depends(Guard(RESOURCE, "change"))]


@router.get("", summary="Who holds which position")
def current(access: Reading, service: ServiceOf) -> Response:
    """The people that decisions are made with; who may not see all of them sees himself. `file` is
    the text of the directory, without the delegations that were made in the service."""
    desk = service.desk
    document: dict[str, Any] = {"revision": desk.revision, "version": desk.people}
    people = desk.directory.people
    if access.everything:
        with reading(service.store) as connection:
            document["file"] = drafts.people_text(connection, service.settings)
        document["units"] = dict(desk.directory.units)
    else:
        people = {id: p for id, p in people.items() if id == access.caller.person}
    document["people"] = [people_views.person(p) for _, p in sorted(people.items())]
    return reply(document, headers={"ETag": tag(desk)})


@router.post("/versions", status_code=201, summary="Keep a new directory")
def prepare(request: Request, access: Changing, body: BodyOf, service: ServiceOf) -> Response:
    """`{"file": TEXT, "based_on": DIRECTORY, "note": …}` with `If-Match`: the `ETag` of the
    directory that it is an edition of. It may have errors, and counts when it is published."""
    only(body.document, "file", "based_on", "note")
    file = body.document.get("file")
    if not isinstance(file, str) or not file.strip():
        raise wrong("file", "write the directory as a text in YAML")
    based_on = optional_text(body.document, "based_on", LONGEST_NOTE)
    note = optional_text(body.document, "note", LONGEST_NOTE)
    author = person_of(access)
    access.require(own=False)

    def kept(connection: Connection) -> Answered:
        check_match(request, tag(service.desk))
        made = versions.keep_directory(connection, file, author, based_on=based_on, note=note)
        return Answered(headline(made), 201, f"/v1/directory/versions/{made.id}", etag(made.id))

    return once(request, body.raw, access, service, kept)


@router.get("/versions", summary="Directory versions")
def listed(access: Reading, service: ServiceOf, page: PageOf) -> Response:
    """The latest first, for those who may see everybody; nobody else's are his own."""
    if not access.everything:
        return reply({"items": [], "next": None})
    with reading(service.store) as connection:
        rows = versions.directories(connection, before=text_after(page), limit=page.fetch)
    return reply(paged(rows, page, lambda v: v.id, headline))


@router.get("/versions/{id}", summary="One directory version")
def read(id: str, access: Reading, service: ServiceOf) -> Response:
    """With its text."""
    found = _found(id, access, service)
    return reply({**headline(found), "file": found.file}, headers={"ETag": etag(found.id)})


@router.get("/versions/{id}/check", summary="Has it errors?")
def check(id: str, access: Reading, service: ServiceOf) -> Response:
    """Every fault of it under the policy that counts, as `remit check --json` says them."""
    found = _found(id, access, service)
    with reading(service.store) as connection:
        stands = _policy(connection)
    return reply(drafts.examined(stands.files, found.file).document())


@router.post(
    "/versions/{id}/publication",
    status_code=201,
    summary="Make it count",
)
def publish(
    id: str, request: Request, access: Changing, body: BodyOf, service: ServiceOf
) -> Response:
    """`{"note": …}`, by somebody who did not write it, with the policy that counts: checked, tested
    and its impact counted, as for a policy. With `If-Match` only in place of that directory."""
    only(body.document, "note")
    note = optional_text(body.document, "note", LONGEST_NOTE)
    access.require(own=False)
    found = _found(id, access, service)

    def chosen(connection: Connection, desk: Desk) -> Choice:
        if "if-match" in request.headers:
            check_match(request, tag(desk))
        stands = _policy(connection)
        return Choice(stands.id, stands.files, found.id, found.file)

    return publishing.published(request, body.raw, access, service, chosen, Past(), note)


def headline(found: DirectoryVersion) -> dict[str, Any]:
    """A version as lists show it."""
    return {
        "id": found.id,
        "digest": found.digest,
        "authors": list(found.authors),
        "note": found.note,
        "based_on": found.based_on,
        "made": found.made,
    }


def tag(desk: Desk) -> str:
    """The `ETag` of the directory that counts."""
    return etag("directory", desk.people)


def _found(id: str, access: Access, service: Service) -> DirectoryVersion:
    if not access.may(own=False, operation="read"):
        raise NotFound(NOT_THERE)
    with reading(service.store) as connection:
        return versions.directory(connection, id)


def _policy(connection: Connection) -> PolicyVersion:
    """The version that counts; raises Conflict while the service answers from files."""
    stands = versions.current(connection)
    if stands is None:
        help = "publish a policy version first, with the directory: `/v1/policies`"
        raise Conflict("nothing was published: the service answers from files", help)
    return versions.version(connection, stands.version)
