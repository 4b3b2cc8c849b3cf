"""What a request passes before a route: the size of its body, other origins, headers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from remit_api.failures import WrongUse
from remit_api.http.app import create_app
from remit_api.http.body_limit import BodyLimit
from remit_api.http.oidc import Oidc


async def length(scope: Any, receive: Any, send: Any) -> None:
    """Says how long the body was."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


def client(most: int = 10, seconds: float = 5) -> TestClient:
    return TestClient(BodyLimit(length, most, seconds))


def chunks(*sizes: int) -> Iterator[bytes]:
    for size in sizes:
        yield b"x" * size


@pytest.mark.parametrize("size", [0, 1, 10])
def test_a_body_that_fits(size: int) -> None:
    assert client().post("/", content=b"x" * size).text == str(size)
    assert client().post("/", content=chunks(*[1] * size)).text == str(size)


@pytest.mark.parametrize("content", [b"x" * 11, b"x" * 100_000])
def test_a_body_that_is_too_large(content: bytes) -> None:
    assert client().post("/", content=content).status_code == 413
    parts = chunks(*[1] * len(content[:50]))
    answer = client().post("/", content=parts)
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:remit:problem:too_large"


@pytest.mark.parametrize(
    "headers",
    [
        [("content-length", "3"), ("transfer-encoding", "chunked")],
        [("content-length", "3"), ("content-length", "4")],
        [("content-length", "-1")],
        [("content-length", "+3")],
        [("content-length", "0x3")],
        [("content-length", "3, 3")],
    ],
)
def test_a_length_that_is_none(headers: list[tuple[str, str]]) -> None:
    status, _ = answered([b"abc"], headers)
    assert status == 400


def test_a_body_longer_than_it_says_is_counted() -> None:
    """A server that does not count itself, and a length that lies."""
    status, _ = answered([b"x" * 6, b"x" * 6], [("content-length", "3")])
    assert status == 413


def test_a_body_that_does_not_come() -> None:
    status, text = answered([], [("content-length", "3")], seconds=0.01)
    assert status == 408
    assert b"did not come" in text


def answered(
    parts: list[bytes], headers: list[tuple[str, str]], seconds: float = 5
) -> tuple[int, bytes]:
    """What the limit answers to a body that comes in these parts, and then to nothing."""
    left = list(parts)
    sent: list[Any] = []

    async def receive() -> Any:
        if not left:
            await asyncio.sleep(60)
        part = left.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(left)}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/", "query_string": b"",
        "headers": [(n.encode(), v.encode()) for n, v in headers],
    }  # fmt: skip
    asyncio.run(BodyLimit(length, 10, seconds)(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


def test_the_limit_of_the_service(settings: Any, desk: Any) -> None:
    with TestClient(create_app(replace(settings, body=100), None, desk)) as http:
        admin = {"X-Test-Caller": "ma.lin"}
        long = b'{"name": "' + b"x" * 100 + b'"}'
        assert http.post("/v1/keys", content=long, headers=admin).status_code == 413
        assert http.post("/v1/keys", content=chunks(60, 60), headers=admin).status_code == 413
        assert http.post("/v1/keys", content=long).status_code == 401, "nobody's body is not read"


def test_every_answer_has_the_headers(service: Any) -> None:
    for answer in (
        service.http.get("/healthz"),
        service.http.get("/nowhere"),
        service.client("ma.lin").get("/v1/keys"),
        service.client("ma.lin").get("/v1/keys/none"),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-request-id"]
        assert "server" not in answer.headers


ORIGIN = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}


def test_other_origins_may_not_ask(service: Any) -> None:
    answer = service.http.options("/v1/keys", headers=ORIGIN)
    assert answer.status_code == 401
    assert "access-control-allow-origin" not in answer.headers
    answer = service.client("ma.lin").get("/v1/keys", headers={"Origin": "https://app.example"})
    assert "access-control-allow-origin" not in answer.headers


def test_named_origins_may(settings: Any, desk: Any) -> None:
    app = create_app(replace(settings, cors=("https://app.example",)), None, desk)
    with TestClient(app) as http:
        assert http.options("/v1/keys", headers=ORIGIN).status_code == 200
        refused = http.get("/v1/keys", headers={"Origin": "https://app.example"})
        assert refused.status_code == 401
        assert refused.headers["access-control-allow-origin"] == "https://app.example"
        assert "access-control-allow-credentials" not in refused.headers
        other = http.get("/v1/keys", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers


# ---- what refuses to start

OIDC = Oidc("https://issuer.example", "remit", roles_claim="roles")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "example.org"])
def test_an_open_address_without_identity(host: str, settings: Any, desk: Any) -> None:
    there = replace(settings, host=host, trusted_caller=None)
    with pytest.raises(WrongUse, match="nobody can say who he is"):
        create_app(there, None, desk)
    create_app(replace(there, oidc=OIDC), None, desk)
    with pytest.raises(WrongUse, match="others can reach"):
        create_app(replace(there, oidc=OIDC, demo=True), None, desk)
    with pytest.raises(WrongUse, match="others can reach"):
        create_app(replace(settings, host=host, oidc=OIDC), None, desk)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"issuer": "http://issuer.example"}, "begins with https"),
        ({"issuer": "https://user@issuer.example"}, "begins with https"),
        ({"issuer": "ftp://issuer.example"}, "begins with https"),
        ({"issuer": "issuer"}, "begins with https"),
        ({"issuer": "https://["}, "begins with https"),
        ({"audience": ""}, "every audience"),
        ({"roles_claim": None}, "nobody who comes with a token has a role"),
    ],
)
def test_an_issuer_that_cannot_be_believed(values: dict[str, Any], said: str) -> None:
    with pytest.raises(WrongUse, match=said):
        replace(OIDC, **values)


def test_positions_bring_roles_that_are_there(settings: Any, desk: Any) -> None:
    oidc = replace(OIDC, position_roles={"finance_controller": frozenset({"finanze"})})
    with pytest.raises(WrongUse, match="no role `finanze`"):
        create_app(replace(settings, oidc=oidc), None, desk)


def test_every_page_of_the_web(settings: Any, desk: Any) -> None:
    with pytest.raises(WrongUse, match="every page"):
        create_app(replace(settings, cors=("*",)), None, desk)


def test_the_demo_has_three_people(settings: Any, desk: Any) -> None:
    app = create_app(replace(settings, demo=True, trusted_caller=None), None, desk)
    demo = app.state.demo
    assert [d.role for d in demo] == ["representative", "finance", "administrator"]
    assert len({d.person for d in demo} - {None}) == 3
    with TestClient(app) as http:
        statuses = [
            http.get("/v1/keys", headers={"Authorization": f"Bearer {d.key.text}"}).status_code
            for d in demo
        ]
        assert statuses == [403, 403, 200]
    again = create_app(replace(settings, trusted_caller=None), None, desk)
    with TestClient(again) as http:
        given = {"Authorization": f"Bearer {demo[2].key.text}"}
        assert http.get("/v1/keys", headers=given).status_code == 401, "it ends with the process"
