"""Every refusal as problem+json (RFC 9457). The only such place."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError, TimeoutError
from starlette.exceptions import HTTPException

from remit_api.failures import (
    BadFacts,
    Failure,
    FileTrouble,
    InvalidPolicy,
    NotComputed,
    Refused,
    WrongUse,
)
from remit_api.http.refusals import NotReady, Refusal
from remit_api.pay_data.failures import BadData
from remit_dsl.render import as_dict
from remit_engine.request import InvalidRequest, Problem
from remit_engine.storage.faults import AlreadyClosed, AtFault, NotKept, OutOfOrder, Stale
from remit_engine.storage.faults import StoreFault as StoreTrouble

JSON = "application/problem+json"
REQUEST_ID = "remit.request_id"
"""Where the scope of a request has its id."""
log = logging.getLogger("remit.http")

STATUSES: Mapping[type[Failure], tuple[int, str]] = {
    WrongUse: (400, "Not understood"),
    BadFacts: (400, "Not understood"),
    BadData: (422, "Data with errors"),
    InvalidPolicy: (422, "A policy with errors"),
    NotComputed: (422, "Not computed"),
    Refused: (409, "Another state"),
    FileTrouble: (500, "A file of the service"),
}
"""Failures of every door; the nearest class counts."""

STORE: Mapping[type[StoreTrouble], tuple[int, str]] = {
    NotKept: (404, "Not there"),
    AlreadyClosed: (409, "Another state"),
    OutOfOrder: (409, "Another state"),
    Stale: (409, "Another state"),
    AtFault: (409, "Another state"),
}


def install(app: FastAPI) -> None:
    """Hands every kind of exception to its writer."""
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(Failure, _failure)
    app.add_exception_handler(InvalidRequest, _invalid)
    app.add_exception_handler(RequestValidationError, _unread)
    app.add_exception_handler(StoreTrouble, _store)
    app.add_exception_handler(OperationalError, _away)
    app.add_exception_handler(TimeoutError, _away)
    app.add_exception_handler(HTTPException, _framework)


def problem(
    request: Request | None,
    status: int,
    kind: str,
    title: str,
    detail: str,
    *,
    help: str | None = None,
    problems: Iterable[Problem] = (),
    diagnostics: Iterable[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer of a refusal. Members that say nothing are left out."""
    document: dict[str, Any] = {
        "type": f"urn:remit:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request_id(request),
    }
    if help:
        document["help"] = help
    if listed := [{"path": p.path, "message": p.message} for p in problems]:
        document["problems"] = listed
    if found := list(diagnostics):
        document["diagnostics"] = found
    return Response(msgspec.json.encode(document), status, headers, media_type=JSON)


def refusal_response(request: Request | None, fault: Refusal) -> Response:
    """The answer of a refusal, for middlewares, which stand outside the handlers."""
    return problem(
        request, fault.status, fault.kind, fault.title, fault.message,
        help=fault.help, problems=fault.problems, headers=fault.headers,
    )  # fmt: skip


def item_problem(fault: Exception) -> dict[str, Any]:
    """The problem of one item of a batch, as the item's answer; raises what is not the caller's."""
    if isinstance(fault, InvalidRequest):
        fault = BadFacts(fault.problems)
    if isinstance(fault, Refusal):
        status, title = fault.status, fault.title
    elif isinstance(fault, Failure):
        status, title = _of_class(fault)
    else:
        raise fault
    found: dict[str, Any] = {
        "type": f"urn:remit:problem:{fault.kind}",
        "title": title,
        "status": status,
        "detail": fault.message,
    }
    if listed := getattr(fault, "problems", ()):
        found["problems"] = [{"path": p.path, "message": p.message} for p in listed]
    return found


def request_id(request: Request | None) -> str | None:
    """The id that names a request in the log and in its answer."""
    return None if request is None else request.scope.get(REQUEST_ID)


async def _refusal(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Refusal)
    return refusal_response(request, fault)


async def _failure(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Failure)
    status, title = _of_class(fault)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return internal(request, fault)
    problems: list[Problem] = list(getattr(fault, "problems", ()))
    if isinstance(fault, BadData):
        problems = [Problem(f.place, f.message) for f in fault.faults]
    if isinstance(fault, Refused):
        problems = [Problem("", reason) for reason in fault.reasons]
    diagnostics = (
        [as_dict(d) for d in fault.diagnostics] if isinstance(fault, InvalidPolicy) else ()
    )
    return problem(
        request, status, fault.kind, title, fault.message,
        help=fault.help, problems=problems, diagnostics=diagnostics,
    )  # fmt: skip


def _of_class(fault: Failure) -> tuple[int, str]:
    for kind in type(fault).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return 500, "A fault of the service"


async def _invalid(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, InvalidRequest)
    return await _failure(request, BadFacts(fault.problems))


async def _unread(request: Request, fault: Exception) -> Response:
    """What FastAPI could not read: parameters of the path, the query, a header."""
    assert isinstance(fault, RequestValidationError)
    problems = [
        Problem(".".join(str(x) for x in error["loc"][1:]), _plain(error["msg"]))
        for error in fault.errors()
    ]
    detail = "the request cannot be understood"
    return problem(
        request, 400, "invalid_request", "Not understood", detail, problems=problems
    )  # fmt: skip


def _plain(message: str) -> str:
    """Pydantic's sentence in our manner."""
    sentence = message.strip().rstrip(".").replace("'", "`")
    return sentence[:1].lower() + sentence[1:]


async def _store(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, StoreTrouble)
    for kind in type(fault).__mro__:
        if kind in STORE:
            status, title = STORE[kind]
            named = {404: "not_found"}.get(status, "conflict")
            reasons = [Problem("", x) for x in getattr(fault, "obstacles", ())]
            return problem(
                request, status, named, title, fault.message, help=fault.help, problems=reasons
            )  # fmt: skip
    return internal(request, fault)


async def _away(request: Request, fault: Exception) -> Response:
    """The store does not answer: locked too long, or gone."""
    log.error("the store does not answer", exc_info=fault)
    return refusal_response(request, NotReady("the store does not answer now"))


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
    return problem(request, fault.status_code, kind, title, detail, headers=fault.headers)


def internal(request: Request, fault: Exception) -> Response:
    """A fault of ours: the log has the traceback under the id, the caller has the id."""
    log.error("internal fault, incident %s", request_id(request), exc_info=fault)
    detail = "the service itself failed; its log says more under this `instance`"
    return problem(request, 500, "internal", "A fault of the service", detail)
