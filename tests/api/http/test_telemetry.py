"""What OpenTelemetry is told of a request, and what it is not."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from starlette.testclient import TestClient

from api.http.test_questions import ORDER
from remit_api.cli.exit_codes import ExitCode
from remit_api.http.app import create_app
from remit_api.http.server import handed, received
from remit_api.http.telemetry import Tracing, traced, traced_app

from .conftest import Served, SetClock

ASKED = {"action": "discount", "requester": "ni.hong", "facts": {"rate": "2%", "order": ORDER}}
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@dataclass
class Watched:
    """A service, and what its collector was told."""

    served: Served
    kept: InMemorySpanExporter

    def told(self) -> ReadableSpan:
        """The last span."""
        return self.kept.get_finished_spans()[-1]


@pytest.fixture
def watched(settings: Any, desk: Any) -> Iterator[Watched]:
    provider, kept = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    clock = SetClock()
    app = create_app(settings, clock, desk, outermost=traced(provider))
    with TestClient(app, raise_server_exceptions=False) as http:
        yield Watched(Served(app, clock, http), kept)


def test_a_span_tells_decision_policy_and_outcome(watched: Watched) -> None:
    desk = watched.served.service.desk
    answer = watched.served.client("wang.fang").post(
        "/v1/decisions", json=ASKED, headers={"traceparent": PARENT, "X-Request-ID": "r.1"}
    )
    span = watched.told()
    assert span.name == "POST /v1/decisions"
    assert span.kind is SpanKind.SERVER
    assert dict(span.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/v1/decisions",
        "http.response.status_code": 201,
        "remit.request_id": "r.1",
        "remit.decision": answer.json()["id"],
        "remit.outcome": "permit",
        "remit.policy": desk.digest,
        "remit.revision": 0,
    }
    assert span.context is not None
    assert span.parent is not None
    assert f"{span.context.trace_id:032x}" == PARENT[3:35]
    assert f"{span.parent.span_id:016x}" == PARENT[36:52]
    assert not span.status.description


@pytest.mark.parametrize("more", [{}, {"totals": {}}], ids=["quick", "whole"])
def test_an_answer_that_nobody_keeps_has_its_outcome(
    watched: Watched, more: dict[str, Any]
) -> None:
    body = {**ASKED, "facts": {**ASKED["facts"], "rate": "12%"}, "record": False, **more}  # type: ignore[dict-item]
    assert watched.served.client("wang.fang").post("/v1/decisions", json=body).status_code == 200
    found = watched.told().attributes or {}
    assert found["remit.outcome"] == "escalate"
    assert "remit.decision" not in found


def test_a_span_holds_no_facts_and_no_secrets(watched: Watched) -> None:
    client = watched.served.client("wang.fang")
    for path, body in (
        ("/v1/decisions", ASKED),
        ("/v1/decisions", {"action": "discount", "facts": {"rate": "secret-rate"}}),
        ("/v1/approval-requests", {"request": ASKED}),
    ):
        client.post(path, json=body, headers={"Authorization": "Bearer rk_secret_key"})
    client.get("/v1/decisions?actor=secret-person&requester=secret-customer")
    client.get("/v1/decisions/dec_secret")
    client.get("/secret/path?token=secret")
    client.request("SECRET", "/v1/decisions")
    spans = watched.kept.get_finished_spans()
    assert len(spans) == 7
    told = "".join(span.to_json() for span in spans)
    for hidden in ("secret", "rk_", "wang.fang", "ni.hong", "180000", "electronics", "2%"):
        assert hidden.lower() not in told.lower(), hidden
    assert {span.name for span in spans} >= {"GET none", "GET /v1/decisions/{id}"}


def test_a_fault_of_ours_is_an_error_without_its_words(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(watched.served.service.desk.engine, "decide", broken, raising=True)
    body = {**ASKED, "record": False, "totals": {}}
    assert watched.served.client("wang.fang").post("/v1/decisions", json=body).status_code == 500
    span = watched.told()
    assert span.status.status_code is StatusCode.ERROR
    assert "secret" not in span.to_json()
    assert not span.events


def test_the_collector_is_told(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("no_proxy", "*")
        app = traced_app(replace(settings, traces=f"http://127.0.0.1:{server.server_port}"))
        with TestClient(app) as http:
            http.get("/healthz")
        assert app.entry._tracer.span_processor.force_flush(20_000)
        server.shutdown()
    ((path, told),) = sent
    assert path == "/v1/traces"
    for said in (b"GET /healthz", b"service.name", b"remit"):
        assert said in told


def test_nothing_stands_before_a_request_without_it(service: Any, watched: Watched) -> None:
    assert isinstance(watched.served.app.entry, Tracing)  # type: ignore[attr-defined]
    assert not isinstance(service.app.entry, Tracing)


def test_workers_are_told_the_collector(settings: Any) -> None:
    given = replace(settings, traces="http://127.0.0.1:4318")
    assert received(handed(given)).traces == "http://127.0.0.1:4318"


@pytest.mark.parametrize("url", ["127.0.0.1:4318", "grpc://collector", "http://", "http://a/?b=c"])
def test_an_address_that_is_no_collector(house: Any, url: str) -> None:
    ran = house("serve", "--traces", url)
    assert ran.code == ExitCode.USAGE
    assert f"`{url}` is not the address of a collector" in ran.err


def test_without_the_extra_it_is_said(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "remit_api.http.telemetry", None)
    ran = house("serve", "--traces", "http://127.0.0.1:4318")
    assert ran.code == ExitCode.USAGE
    assert "`--traces` needs OpenTelemetry" in ran.err
    assert "remit[telemetry]" in ran.err
