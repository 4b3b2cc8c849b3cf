"""From a draft to what counts: everything is looked at, a second person publishes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from sqlalchemy.engine import Connection

from remit_api.http import drafts
from remit_api.http.access import Access
from remit_api.http.desk import Desk
from remit_api.http.dockets import Answered, once
from remit_api.http.drafts import Examined, Past
from remit_api.http.follower import ATTEMPTS
from remit_api.http.refusals import Conflict, Forbidden, NotReady
from remit_api.http.service import Service
from remit_api.http.watching import renewed
from remit_engine.request import Problem
from remit_engine.storage import versions
from remit_engine.storage.faults import Superseded
from remit_engine.storage.opening import reading
from remit_engine.storage.revisions import revision
from remit_engine.storage.versions import Findings, Publication

FILES = "(files)"
"""Who wrote of the directory that answered before anything was published."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to count: a policy version by its id with its files, and a directory: a version by
    its id, or the text of one that is not kept yet."""

    version: str
    files: Mapping[str, str]
    directory: str | None
    people: str


def person_of(access: Access) -> str:
    """Who prepares or publishes; raises Forbidden for a program."""
    if access.caller.person is None:
        raise Forbidden("a program prepares nothing and publishes nothing")
    return access.caller.person


def findings_of(choice: Choice, desk: Desk, connection: Connection, past: Past) -> Findings:
    """Everything that has to be known before a publication. Raises InvalidPolicy for a text with
    errors, Conflict where its tests are not all there and green."""
    made = drafts.examined(choice.files, choice.people)
    made.sound()
    tests = _green(made)
    impact = drafts.impact_of(choice.version, made, desk, connection, past)
    return Findings(made.document(), tests, impact)


def _green(made: Examined) -> dict[str, Any]:
    tests = drafts.tests_of(made)
    if not tests["ok"]:
        reasons = list(_failures(tests))
        raise Conflict(f"its tests are not green: {reasons[0].message}", None, reasons)
    if not tests["cases"]:
        help = "keep a suite (`NAME.test.yaml`) among its files"
        raise Conflict("nothing tests it, and what is not tested is not published", help)
    return tests


def _failures(tests: Mapping[str, Any]) -> Iterator[Problem]:
    for one in tests["broken"]:
        for found in one["diagnostics"]:
            yield Problem(one["file"], found["message"])
    for suite in tests["suites"]:
        for case in suite["cases"]:
            for failure in case["failures"]:
                yield Problem(case["place"], f"`{case['name']}`: {failure}")


def published(
    request: Request,
    raw: bytes,
    access: Access,
    service: Service,
    choose: Callable[[Connection, Desk], Choice],
    past: Past,
    note: str | None,
) -> Response:
    """Publish in one transaction, under the policy that the findings compare with; afterwards the
    service answers from it. choose: what is to count, from what stands beside it, asked anew where
    something was published meanwhile. Raises what it, `findings_of` and `versions.publish` do,
    NotReady."""
    by = person_of(access)
    for _ in range(ATTEMPTS):
        desk = service.desk
        try:
            with reading(service.store) as connection:
                _refuse_superseded(connection, desk)
                choice = choose(connection, desk)
                findings = findings_of(choice, desk, connection, past)
            response = once(request, raw, access, service, _do(choice, desk, by, findings, note))
        except Superseded:
            renewed(service)
            continue
        renewed(service)
        return response
    raise NotReady("policies are published faster than this is done")


def _refuse_superseded(connection: Connection, desk: Desk) -> None:
    stands = revision(connection)
    if stands != desk.revision:
        raise Superseded(stands)


def _do(choice: Choice, desk: Desk, by: str, findings: Findings, note: str | None) -> Any:
    def do(connection: Connection) -> Answered:
        _refuse_superseded(connection, desk)
        people = choice.directory
        if people is None:
            people = versions.keep_directory(connection, choice.people, FILES).id
        made = versions.publish(connection, choice.version, people, by, findings, note=note)
        return Answered(whole(made), 201, f"/v1/policies/publications/{made.revision}")

    return do


def headline(made: Publication) -> dict[str, Any]:
    """A publication as lists show it."""
    impact = made.findings.impact
    return {
        "revision": made.revision,
        "kind": made.kind,
        "version": made.version,
        "directory": made.directory,
        "by": made.by,
        "made": made.made,
        "note": made.note,
        "decisions": impact["rows"] if isinstance(impact, dict) and "rows" in impact else None,
        "changed": impact["changed"]["rows"] if isinstance(impact, dict) and impact else None,
    }


def whole(made: Publication) -> dict[str, Any]:
    """A publication with what was found before it."""
    found = made.findings
    return {
        **headline(made),
        "checked": found.checked,
        "tests": found.tests,
        "impact": found.impact,
    }
