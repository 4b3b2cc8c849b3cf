"""Every refusal as problem+json (RFC 9457). The only such place."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError, StatementError, TimeoutError
from starlette.exceptions import HTTPException

from remit_api.failures import (
    BadFacts,
    Failure,
    InvalidPolicy,
    NotComputed,
    Refused,
    WrongUse,
    shown,
)
from remit_api.http.parameters import unread
from remit_api.http.refusals import NotReady, NotUnderstood, Refusal
from remit_api.pay_data.failures import BadData
from remit_dsl.diagnostics import Diagnostic
from remit_dsl.render import as_dict
from remit_engine.request import InvalidRequest, Problem
from remit_engine.storage.faults import (
    AlreadyClosed,
    AtFault,
    Conflict,
    KeyReused,
    NotKept,
    OutOfOrder,
    SecondPerson,
    Stale,
    Superseded,
    Unmeasured,
    Unstorable,
)
from remit_engine.storage.faults import StoreFault as StoreTrouble

JSON = "application/problem+json"
REQUEST_ID = "remit.request_id"
"""Where the scope of a request has its id."""
MOST_SAID = 3
"""So many members are named in the detail of a problem; all of them are in its `problems`."""
log = logging.getLogger("remit.http")

STATUSES: Mapping[type[Failure], tuple[int, str]] = {
    WrongUse: (400, "Not understood"),
    BadFacts: (400, "Not understood"),
    BadData: (422, "Data with errors"),
    InvalidPolicy: (422, "A policy with errors"),
    NotComputed: (422, "Not computed"),
    Refused: (409, "Another state"),
}
"""Failures of every door, the nearest class counts; one that is not here is a fault of ours."""

STORE: Mapping[type[StoreTrouble], tuple[int, str, str]] = {
    NotKept: (404, "not_found", "Not there"),
    SecondPerson: (403, "second_person", "Not allowed"),
    KeyReused: (422, "key_reused", "Key used for another body"),
    Unmeasured: (422, "not_measured", "Not measured"),
    Unstorable: (400, "invalid_request", "Not understood"),
    Conflict: (409, "conflict", "Another state"),
    Superseded: (409, "conflict", "Another state"),
    AlreadyClosed: (409, "conflict", "Another state"),
    OutOfOrder: (409, "conflict", "Another state"),
    Stale: (409, "conflict", "Another state"),
    AtFault: (409, "conflict", "Another state"),
}
"""Faults of the store: status, kind, title; one that is not here is a fault of ours."""


@dataclass(frozen=True, slots=True)
class Described:
    """What a fault of the caller is to him."""

    status: int
    kind: str
    title: str
    detail: str
    help: str | None = None
    problems: tuple[Problem, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, object] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The members of the problem; those that say nothing are left out."""
        found: dict[str, Any] = {
            "type": f"urn:remit:problem:{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }
        if self.help:
            found["help"] = self.help
        if self.problems:
            found["problems"] = [{"path": p.path, "message": p.message} for p in self.problems]
        if self.diagnostics:
            found["diagnostics"] = [as_dict(d) for d in self.diagnostics]
        return found


def described(fault: Exception) -> Described | None:
    """A fault of the caller in words; None for a fault of ours."""
    if isinstance(fault, InvalidRequest):
        fault = BadFacts(fault.problems)
    if isinstance(fault, Refusal):
        return Described(
            fault.status, fault.kind, fault.title, _detail(fault),
            fault.help, fault.problems, headers=fault.headers, members=fault.members,
        )  # fmt: skip
    if isinstance(fault, Failure):
        return _of_failure(fault)
    if isinstance(fault, StoreTrouble):
        return _of_store(fault)
    if isinstance(fault, OperationalError | TimeoutError):
        log.error("the store does not answer", exc_info=fault)
        return described(NotReady("the store does not answer now"))
    if isinstance(fault, StatementError) and isinstance(fault.orig, StoreTrouble):
        return _of_store(fault.orig)  # what a column refused to keep, or to look for
    return None


def _detail(fault: Refusal) -> str:
    """One line that says what is wrong: of a request that makes no sense, the members that are."""
    if not isinstance(fault, NotUnderstood) or not fault.problems:
        return fault.message
    left = len(fault.problems) - MOST_SAID
    more = [f"and {left} more"] if left > 0 else []
    return "; ".join([*map(shown, fault.problems[:MOST_SAID]), *more])


def _of_failure(fault: Failure) -> Described | None:
    known = next((STATUSES[k] for k in type(fault).__mro__ if k in STATUSES), None)
    if known is None:
        return None
    problems: Iterable[Problem] = getattr(fault, "problems", ())
    if isinstance(fault, BadData):
        problems = (Problem(f.where, f.message) for f in fault.faults)
    if isinstance(fault, Refused):
        problems = (Problem("", reason) for reason in fault.reasons)
    diagnostics = fault.diagnostics if isinstance(fault, InvalidPolicy) else ()
    return Described(
        known[0], fault.kind, known[1], fault.message,
        fault.help, tuple(problems), tuple(diagnostics),
    )  # fmt: skip


def _of_store(fault: StoreTrouble) -> Described | None:
    known = next((STORE[k] for k in type(fault).__mro__ if k in STORE), None)
    if known is None:
        return None
    reasons = tuple(Problem("", reason) for reason in getattr(fault, "obstacles", ()))
    return Described(*known, fault.message, fault.help, reasons)


def install(app: FastAPI) -> None:
    """Hands every kind of exception to its writer."""
    app.add_exception_handler(Refusal, _known)
    app.add_exception_handler(Failure, _known)
    app.add_exception_handler(InvalidRequest, _known)
    app.add_exception_handler(RequestValidationError, _unread)
    app.add_exception_handler(StoreTrouble, _known)
    app.add_exception_handler(StatementError, _known)
    app.add_exception_handler(TimeoutError, _known)
    app.add_exception_handler(HTTPException, _framework)


def response(request: Request | None, found: Described) -> Response:
    """The answer of a fault."""
    document = {**found.document(), "instance": request_id(request)}
    content = msgspec.json.encode(document)
    return Response(content, found.status, found.headers, media_type=JSON)


def refusal_response(request: Request | None, fault: Refusal) -> Response:
    """The answer of a refusal, for middlewares, which stand outside the handlers."""
    found = described(fault)
    assert found is not None
    return response(request, found)


def item_problem(fault: Exception) -> dict[str, Any]:
    """The problem of one item of a batch, as the item's answer; raises what is not the caller's."""
    found = described(fault)
    if found is None:
        raise fault
    return found.document()


def request_id(request: Request | None) -> str | None:
    """The id that names a request in the log and in its answer."""
    return None if request is None else request.scope.get(REQUEST_ID)


async def _known(request: Request, fault: Exception) -> Response:
    """Every class that may be the caller's fault."""
    found = described(fault)
    return internal(request, fault) if found is None else response(request, found)


async def _unread(request: Request, fault: Exception) -> Response:
    """What FastAPI could not read: parameters of the path, the query, a header."""
    assert isinstance(fault, RequestValidationError)
    problems = [
        Problem(".".join(str(x) for x in error["loc"][1:]), unread(error))
        for error in fault.errors()
    ]
    return refusal_response(
        request, NotUnderstood("the request cannot be understood", problems=problems)
    )


async def _framework(request: Request, fault: Exception) -> Response:
    """What Starlette raises: no such route, another method, a body it cannot take."""
    assert isinstance(fault, HTTPException)
    known = {
        404: ("not_found", "Not there", f"there is no `{request.url.path}`"),
        405: ("method", "Wrong method", f"`{request.url.path}` does not take {request.method}"),
    }
    try:
        plain = HTTPStatus(fault.status_code).phrase
    except ValueError:
        plain = "Refused"
    kind, title, detail = known.get(
        fault.status_code, ("refused", plain, str(fault.detail)[:1].lower() + str(fault.detail)[1:])
    )
    headers = dict(fault.headers or {})
    return response(request, Described(fault.status_code, kind, title, detail, headers=headers))


def internal(request: Request, fault: Exception) -> Response:
    """A fault of ours: the log has the traceback under the id, the caller has the id."""
    log.error("internal fault, incident %s", request_id(request), exc_info=fault)
    detail = "the service itself failed; its log says more under this `instance`"
    return response(request, Described(500, "internal", "A fault of the service", detail))
