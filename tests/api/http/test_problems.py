"""Every fault is a problem+json, and none shows a traceback."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import sqlalchemy as sql
from fastapi import FastAPI
from starlette.testclient import TestClient

from remit_api.failures import BadFacts, FileTrouble, InvalidPolicy, Refused, WrongUse
from remit_api.http import refusals
from remit_api.http.identity.caller import CallerOf
from remit_dsl.diagnostics import Diagnostic
from remit_dsl.source import Span
from remit_engine.request import InvalidRequest, Problem
from remit_engine.storage.faults import NotKept, Stale

WRONG = Problem("facts.rate", "`x` is not a percent")
FAULTS: dict[str, tuple[Exception, int, str]] = {
    "not-understood": (refusals.NotUnderstood("no"), 400, "invalid_request"),
    "unauthenticated": (refusals.Unauthenticated("who"), 401, "unauthenticated"),
    "forbidden": (refusals.Forbidden("no"), 403, "forbidden"),
    "not-found": (refusals.NotFound("no"), 404, "not_found"),
    "conflict": (refusals.Conflict("no"), 409, "conflict"),
    "outdated": (refusals.Outdated("no"), 412, "outdated"),
    "too-large": (refusals.TooLarge("no"), 413, "too_large"),
    "not-json": (refusals.NotJson("no"), 415, "not_json"),
    "key-reused": (refusals.KeyReused("no"), 422, "key_reused"),
    "match-missing": (refusals.MatchMissing("no"), 428, "match_missing"),
    "too-many": (refusals.TooMany("no", 7), 429, "too_many"),
    "not-ready": (refusals.NotReady("no"), 503, "not_ready"),
    "use": (WrongUse("no", "do this"), 400, "usage"),
    "facts": (BadFacts([WRONG]), 400, "invalid_request"),
    "request": (InvalidRequest([WRONG]), 400, "invalid_request"),
    "refused": (Refused("no", None, ["because"]), 409, "refused"),
    "file": (FileTrouble("/secret/place", "`/secret/place`: no space"), 500, "internal"),
    "kept": (NotKept("no"), 404, "not_found"),
    "stale": (Stale("no"), 409, "conflict"),
    "store": (sql.exc.OperationalError("SELECT secret", {}, Exception("locked")), 503, "not_ready"),
    "bug": (ZeroDivisionError("secret"), 500, "internal"),
    "policy": (
        InvalidPolicy([Diagnostic(Span("a.remit", 1, 1, 0, 2), "E0107", "unknown")], {}),
        422,
        "invalid_policy",
    ),
}


def ask(app: FastAPI, http: TestClient, fault: Exception) -> Any:
    """The answer of a route that raises."""

    @app.get("/raises")
    async def raises() -> None:
        raise fault

    return http.get("/raises", headers={"X-Request-ID": "given.1", "X-Test-Caller": "wang.fang"})


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_becomes_its_problem(name: str, service: Any) -> None:
    fault, status, kind = FAULTS[name]
    answer = ask(service.app, service.http, fault)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["type"] == f"urn:remit:problem:{kind}"
    assert document["status"] == status
    assert document["instance"] == answer.headers["x-request-id"] == "given.1"
    assert document["title"]
    assert document["detail"]
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_what_is_wrong_is_listed(service: Any) -> None:
    document = ask(service.app, service.http, InvalidRequest([WRONG])).json()
    assert document["problems"] == [{"path": "facts.rate", "message": "`x` is not a percent"}]


def test_a_policy_shows_its_diagnostics(service: Any) -> None:
    document = ask(service.app, service.http, FAULTS["policy"][0]).json()
    assert document["diagnostics"][0]["code"] == "E0107"


def test_headers_of_a_refusal_are_sent(service: Any) -> None:
    answer = ask(service.app, service.http, FAULTS["too-many"][0])
    assert answer.headers["retry-after"] == "7"


def test_the_log_has_the_incident(service: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="remit.http"):
        ask(service.app, service.http, ZeroDivisionError("secret"))
    (record,) = [r for r in caplog.records if r.name == "remit.http"]
    assert "given.1" in record.getMessage()
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ZeroDivisionError)


def test_no_such_place(service: Any) -> None:
    assert service.http.get("/nowhere").status_code == 401, "nobody learns what is there"
    answer = service.client("wang.fang").get("/nowhere")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "there is no `/nowhere`"


def test_another_method(service: Any) -> None:
    answer = service.http.post("/healthz")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"


def test_an_id_that_is_no_id_is_replaced(service: Any) -> None:
    for given in ("a b", "x" * 200, "<script>"):
        made = service.http.get("/healthz", headers={"X-Request-ID": given}).headers["x-request-id"]
        assert made.startswith("req_")
        assert len(made) == 28


def test_nobody_is_refused_with_a_challenge(stranger: TestClient) -> None:
    app = stranger.app
    assert isinstance(app, FastAPI)

    @app.get("/mine")
    async def mine(caller: CallerOf) -> str:
        return caller.label

    answer = stranger.get("/mine", headers={"x-test-caller": "wang.fang"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_trusted_caller_is_who_he_says(service: Any) -> None:
    @service.app.get("/mine")
    async def mine(caller: CallerOf) -> str:
        return caller.label

    assert service.client("wang.fang").get("/mine").json() == "wang.fang"
    assert service.http.get("/mine").status_code == 401
