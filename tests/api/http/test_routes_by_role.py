"""Every route against every role, generated from the application and from its policy.

A route without a guard makes no application; a new route is in these tests without being named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from remit_api.http.access import Guard
from remit_api.http.app import create_app
from remit_api.http.gate import PUBLIC
from remit_api.http.identity.making import Wanted, make_key
from remit_api.http.protection import ProtectedRoute, Unprotected, protected_routes
from remit_engine.storage import api_keys
from remit_engine.storage.opening import writing

EXAMPLE: dict[str, Any] = {
    "action": "discount",
    "facts": {"rate": "2%", "order": {"total": 18000, "margin": "20%", "clearance": False}},
}
NOW = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)
PEOPLE = {"representative": "feng.bo", "finance": "chen.jing", "administrator": "ma.lin"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: Any, module_desk: Any) -> Iterator[Any]:
    """A service that trusts nobody, with a key for each role."""
    from .conftest import Served, SetClock, settings_at

    settings = replace(settings_at(tmp_path_factory.mktemp("roles")), trusted_caller=None)
    clock = SetClock()
    app = create_app(settings, clock, module_desk)
    with TestClient(app, raise_server_exceptions=False) as http:
        yield Served(app, clock, http)


@pytest.fixture(scope="module")
def module_desk(desk: Any) -> Any:
    return desk


def key_for(served: Any, *roles: str, **more: Any) -> dict[str, str]:
    """The header of a new key."""
    service = served.service
    person = more.pop("person", PEOPLE.get(roles[0]))
    wanted = Wanted("test", frozenset(roles), person, **more)
    text, made = make_key(wanted, service.roles, service.desk.directory, "test", NOW)
    with writing(service.store) as connection:
        api_keys.made(connection, made)
    return {"Authorization": f"Bearer {text.text}"}


@pytest.fixture(scope="module")
def headers(served: Any) -> dict[str, dict[str, str]]:
    """Who asks, by role."""
    return {role: key_for(served, role) for role in sorted(served.service.roles.names)}


def cells(app: FastAPI) -> Iterator[tuple[ProtectedRoute, str]]:
    for route in protected_routes(app):
        for method in route.methods:
            yield route, method


def status_of(served: Any, route: ProtectedRoute, method: str, headers: dict[str, str]) -> int:
    """The status of an answer to an empty object, which says nothing wrong by itself."""
    body = {} if method in ("POST", "PUT", "PATCH") else None
    answer = served.http.request(method, place(route), headers=headers, json=body)
    return int(answer.status_code)


def place(route: ProtectedRoute) -> str:
    """An address of a route under which nothing is."""
    return re.sub(r"\{[^}]*\}", "nothing-there", route.path)


def allowed(served: Any, guards: tuple[Guard, ...], role: str) -> set[bool]:
    """What the policy says to a role of all that a route may turn out to do, with his own or with
    another's: of several operations it may be some of both."""
    roles, day = served.service.roles, served.clock.today()
    return {
        any(
            roles.ask(frozenset({role}), guard.resource, operation, own, day).allowed
            for own in (True, False)
        )
        for guard in guards
        for operation in guard.operations
    }


def test_there_are_routes(served: Any) -> None:
    assert len(list(cells(served.app))) >= 4


def test_nobody_passes_any_route(served: Any) -> None:
    passed = {}
    for route, method in cells(served.app):
        for name, given in NOBODY.items():
            answer = served.http.request(method, place(route), headers=given)
            if answer.status_code != 401 or "www-authenticate" not in answer.headers:
                passed[method, route.path, name] = answer.status_code
    assert not passed


NOBODY: dict[str, dict[str, str]] = {
    "no header": {},
    "no key": {"Authorization": "Bearer rk_aaaaaaaaaaaa_" + "a" * 43},
    "a token without an issuer": {"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."},
    "another scheme": {"Authorization": "Basic cm9vdDpyb290"},
    "the caller of the tests": {"X-Test-Caller": "ma.lin"},
}


def test_keys_that_have_ended_pass_no_route(served: Any) -> None:
    ended = {
        "expired": key_for(served, "administrator", expires=NOW + timedelta(hours=1)),
        "revoked": key_for(served, "administrator"),
    }
    id = ended["revoked"]["Authorization"].split("_")[1]
    with writing(served.service.store) as connection:
        api_keys.revoked(connection, id, "test", NOW)
    before = served.clock.moment
    served.clock.moment = NOW + timedelta(hours=1)
    try:
        answers = {
            (method, route.path, name): served.http.request(
                method, place(route), headers=given
            ).status_code
            for route, method in cells(served.app)
            for name, given in ended.items()
        }
    finally:
        served.clock.moment = before
    assert {cell: status for cell, status in answers.items() if status != 401} == {}


def test_the_table_of_routes_and_roles(served: Any, headers: Any) -> None:
    """403 where the policy lets a role do nothing of it; something else where it does."""
    wrong = {}
    seen = set()
    for route, method in cells(served.app):
        for role, given in headers.items():
            may = allowed(served, route.guards, role)
            status = status_of(served, route, method, given)
            seen |= may
            wanted = may if len(may) == 1 else {True, False}
            if (status != 403) not in wanted or status in (401, 405) or status >= 500:
                wrong[method, route.path, role] = status
    assert not wrong
    assert seen == {True, False}, "else the table shows nothing"


def test_a_key_for_something_else_passes_no_route(served: Any) -> None:
    """All roles at once, and a scope of another resource than the route's."""
    every = sorted(served.service.roles.names)
    by_scope = {
        scope: key_for(served, *every, person="ma.lin", scopes=frozenset({scope}))
        for scope in ("measurements", "audit.verify", "keys.read")
    }
    wrong = {}
    for route, method in cells(served.app):
        for scope, given in by_scope.items():
            fits = all(
                scope in (g.resource, *(f"{g.resource}.{op}" for op in g.operations))
                for g in route.guards
            )
            status = status_of(served, route, method, given)
            if not fits and status != 403:
                wrong[method, route.path, scope] = status
    assert not wrong


@pytest.mark.parametrize("path", ["/v1/decisions", "/v1/decisions/batch"])
@pytest.mark.parametrize("record", [True, False])
def test_a_plain_question_passes_no_narrowed_key(path: str, record: bool, served: Any) -> None:
    """The counter before the routes asks as they do."""
    body: dict[str, Any] = {**EXAMPLE, "record": record}
    if path.endswith("batch"):
        body = {"requests": [EXAMPLE], "record": record}
    narrowed = key_for(served, "finance", scopes=frozenset({"limits", "decisions.read"}))
    assert served.http.post(path, json=body, headers=narrowed).status_code == 403
    whole = key_for(served, "finance")
    assert served.http.post(path, json=body, headers=whole).status_code in (200, 201)


def test_public_paths_say_nothing_about_anybody(served: Any) -> None:
    for path in PUBLIC - {"/openapi.json"}:  # its examples are of the sample company, everywhere
        text = served.http.get(path).text
        assert not any(person in text for person in served.service.desk.directory.people), path


def test_a_route_without_a_guard_makes_no_application(
    settings: Any, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    router = APIRouter()

    @router.get("/v1/open")
    def forgotten() -> None: ...

    monkeypatch.setattr("remit_api.http.app.ROUTERS", (router,))
    with pytest.raises(Unprotected, match="/v1/open"):
        create_app(settings, None, desk)


@pytest.mark.parametrize(
    "path",
    [
        "//v1/keys", "/v1//keys", "/v1/keys/", "/v1/keys/../keys", "/v1/%6beys", "/V1/keys",
        "/healthz/../v1/keys", "/healthz/", "/healthz%2f..%2fv1%2fkeys", "/readyz;/v1/keys",
        "/.well-known/../v1/keys", "/v1/keys?x=/healthz", "/v1/keys#/healthz", "/docs", "/redoc",
    ],
)  # fmt: skip
def test_no_spelling_passes_by_the_gate(path: str, served: Any) -> None:
    answer = served.http.get(path)
    assert answer.status_code == 401
    assert "items" not in answer.text
