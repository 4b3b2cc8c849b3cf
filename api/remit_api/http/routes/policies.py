"""`/v1/policies`: drafts of policies, looked at from every side, published by a second person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.engine import Connection

from remit_api.http import drafts, publishing
from remit_api.http.access import Access, Guard
from remit_api.http.bodies import BodyOf, only, optional_text
from remit_api.http.desk import Desk
from remit_api.http.dockets import Answered, once
from remit_api.http.drafts import ENDINGS, MOST, Examined, Past
from remit_api.http.etags import check_match, etag
from remit_api.http.paging import PageOf, paged, text_after, whole_after
from remit_api.http.publishing import Choice, person_of
from remit_api.http.refusals import NotFound, NotUnderstood
from remit_api.http.replies import reply
from remit_api.http.service import Service, ServiceOf
from remit_engine.request import Problem
from remit_engine.storage import versions
from remit_engine.storage.opening import reading
from remit_engine.storage.versions import PolicyVersion

RESOURCE = "versions"
MOST_FILES = 1_000
LONGEST_NAME, LONGEST_NOTE = 200, 4_000
router = APIRouter(prefix="/v1/policies", tags=["policies"])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Examining = Annotated[Access, Depends(Guard(RESOURCE, "examine"))]
Preparing = Annotated[Access, Depends(Guard(RESOURCE, "prepare"))]
Publishing = Annotated[Access, Depends(Guard(RESOURCE, "put_in_force"))]
Directory = Annotated[
    str | None, Query(max_length=40, description="With this directory; else with what counts.")
]
Since = Annotated[date | None, Query(description="Only decisions from this day on.")]
Most = Annotated[int, Query(ge=1, le=100_000, description="The latest so many decisions.")]


@router.post("", status_code=201, summary="Keep a draft")
def prepare(request: Request, access: Preparing, body: BodyOf, service: ServiceOf) -> Response:
    """`{"files": {PATH: TEXT}, "based_on": VERSION, "note": …}`: all files of the policy, tests
    too. Its id says its content: the same files are the same version. It may have errors."""
    only(body.document, "files", "based_on", "note")
    files = _files(body.document.get("files"))
    based_on = optional_text(body.document, "based_on", LONGEST_NOTE)
    note = optional_text(body.document, "note", LONGEST_NOTE)
    author = person_of(access)
    access.require(own=True)

    def kept(connection: Connection) -> Answered:
        made = versions.draft(connection, files, author, based_on=based_on, note=note)
        return Answered(headline(made), 201, f"/v1/policies/{made.id}", tag(made))

    return once(request, body.raw, access, service, kept)


@router.get("", summary="Policy versions")
def listed(
    access: Reading,
    service: ServiceOf,
    page: PageOf,
    state: Literal["draft", "published", "superseded"] | None = None,
) -> Response:
    """The latest first: drafts, what counts, and what counted."""
    with reading(service.store) as connection:
        rows = versions.versions(connection, state=state, before=text_after(page), limit=page.fetch)
    return reply(paged(rows, page, lambda v: v.id, headline))


@router.get("/current", summary="What counts now")
def current(access: Reading, service: ServiceOf) -> Response:
    """The version that decisions are made by, with its files; `version` is null while the service
    answers from files on its disk."""
    desk = service.desk
    document: dict[str, Any] = {
        "revision": desk.revision,
        "version": desk.version,
        "directory": desk.people,
        "digest": desk.digest,
    }
    if desk.version is None:
        return reply({**document, "texts": drafts.policy_files(service.settings)})
    with reading(service.store) as connection:
        found = versions.version(connection, desk.version)
    return reply({**document, "texts": dict(found.files)}, headers={"ETag": tag(found)})


@router.get("/publications", summary="What was published")
def publications(access: Reading, service: ServiceOf, page: PageOf) -> Response:
    """The latest first: who made which version count, with which directory."""
    with reading(service.store) as connection:
        rows = versions.publications(connection, before=whole_after(page), limit=page.fetch)
    return reply(paged(rows, page, lambda p: p.revision, publishing.headline))


@router.get("/publications/{revision}", summary="One publication")
def publication(revision: str, access: Reading, service: ServiceOf) -> Response:
    """With what was found before it: diagnostics, tests, impact on the ledger."""
    with reading(service.store) as connection:
        found = versions.at(connection, int(revision)) if _is_number(revision) else None
    if found is None or str(found.revision) != revision:
        raise NotFound(f"there is no publication `{revision}`")
    return reply(publishing.whole(found))


@router.get("/{id}", summary="One version")
def read(id: str, access: Reading, service: ServiceOf) -> Response:
    """With all its files."""
    found = _found(id, service)
    document = {**headline(found), "texts": dict(found.files)}
    return reply(document, headers={"ETag": tag(found)})


@router.get("/{id}/check", summary="Has it errors?")
def check(id: str, access: Examining, service: ServiceOf, directory: Directory = None) -> Response:
    """Every fault of the text and of the directory under it, as `remit check --no-proofs --json`
    says them."""
    return reply(_made(id, service, directory).document())


@router.get("/{id}/tests", summary="Are its tests green?")
def suites(id: str, access: Examining, service: ServiceOf, directory: Directory = None) -> Response:
    """Its suites, asked of the whole version with the directory, as `remit test --json`."""
    return reply(drafts.tests_of(_made(id, service, directory)))


@router.get("/{id}/diff", summary="What does it say otherwise?")
def diff(
    id: str,
    access: Examining,
    service: ServiceOf,
    answers: Annotated[bool, Query(description="Find requests that show it; slower.")] = False,
    directory: Directory = None,
) -> Response:
    """Against what counts now, as `remit diff --json`."""
    made = _made(id, service, directory)
    text = drafts.difference_of(id, made, service.desk, access.day, answers=answers)
    return reply(text.encode())


@router.get("/{id}/impact", summary="What would it have answered?")
def impact(
    id: str,
    access: Examining,
    service: ServiceOf,
    since: Since = None,
    most: Most = MOST,
    show: Annotated[int, Query(ge=0, le=200, description="So many changed rows.")] = 10,
    directory: Directory = None,
) -> Response:
    """The recorded decisions, asked again under what counts now and under this, counted by the
    change of their outcome, as `remit impact --json`."""
    made = _made(id, service, directory)
    with reading(service.store) as connection:
        past = Past(since, most, show)
        return reply(drafts.impact_of(id, made, service.desk, connection, past))


@router.post("/{id}/publication", status_code=201, summary="Make it count")
def publish(
    id: str, request: Request, access: Publishing, body: BodyOf, service: ServiceOf
) -> Response:
    """`{"note": …, "directory": DIRECTORY}`, by somebody who did not write it: checked, tested and
    its impact counted anew, which is kept with it. A version that counted before is rolled back
    to. From then on every process decides by it, within a second."""
    only(body.document, "directory", "note")
    note = optional_text(body.document, "note", LONGEST_NOTE)
    people = optional_text(body.document, "directory", LONGEST_NOTE)

    def chosen(connection: Connection, _: Desk) -> Choice:
        found = versions.version(connection, id)
        access.require(own=access.caller.person in found.authors)
        if "if-match" in request.headers:
            check_match(request, tag(found))
        return _choice(found, people, connection, service)

    return publishing.published(request, body.raw, access, service, chosen, Past(), note)


def headline(found: PolicyVersion) -> dict[str, Any]:
    """A version as lists show it."""
    return {
        "id": found.id,
        "state": found.state,
        "digest": found.digest,
        "files": sorted(found.files),
        "authors": list(found.authors),
        "note": found.note,
        "based_on": found.based_on,
        "made": found.made,
        "edition": found.edition,
    }


def tag(found: PolicyVersion) -> str:
    """The `ETag` of a version: its content is its id, its edition says the rest."""
    return etag(found.id, found.edition)


def _found(id: str, service: Service) -> PolicyVersion:
    with reading(service.store) as connection:
        return versions.version(connection, id)


def _made(id: str, service: Service, directory: str | None) -> Examined:
    with reading(service.store) as connection:
        found = versions.version(connection, id)
        choice = _choice(found, directory, connection, service)
    return drafts.examined(choice.files, choice.people)


def _choice(
    found: PolicyVersion, directory: str | None, connection: Connection, service: Service
) -> Choice:
    stands = versions.current(connection)
    id = directory or (stands.directory if stands is not None else None)
    if id is None:
        people = drafts.people_text(connection, service.settings)
    else:
        people = versions.directory(connection, id).file
    return Choice(found.id, found.files, id, people)


def _files(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping) or not given or len(given) > MOST_FILES:
        raise _wrong([Problem("files", f"write up to {MOST_FILES:,} files, each path with a text")])
    wrong = [p for name, text in given.items() for p in _faults(name, text)]
    if wrong:
        raise _wrong(wrong)
    return dict(given)


def _faults(name: str, text: Any) -> list[Problem]:
    path = f"files.{name[:LONGEST_NAME]}"
    if not isinstance(text, str):
        return [Problem(path, "a file is a text")]
    if not name.endswith(ENDINGS) or len(name) > LONGEST_NAME:
        known = ", ".join(f"`{ending}`" for ending in ENDINGS)
        return [Problem(path, f"the files of a version end in {known}; people are `/v1/directory`")]
    parts = PurePosixPath(name).parts
    if name.startswith("/") or "\\" in name or ".." in parts or "/".join(parts) != name:
        return [Problem(path, "a path is relative and plain: `sales/discount.remit`")]
    return []


def _wrong(problems: list[Problem]) -> NotUnderstood:
    return NotUnderstood("the request cannot be understood", problems=problems)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16
