"""Requests told to OpenTelemetry: the extra `telemetry`, and nothing of it where it is not asked
for. A span says which route, which decision, by which policy, with which outcome; it holds no facts
and nothing else that somebody sent.
"""

from __future__ import annotations

import os
from importlib.metadata import version

import msgspec
from fastapi import FastAPI
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, use_span
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from remit_api.http import logs
from remit_api.http.app import create_app
from remit_api.http.memory import settle
from remit_api.http.observing import ANSWER, DECISION, method_of, route_of
from remit_api.http.problems import REQUEST_ID
from remit_api.http.server import HANDED, received
from remit_api.http.service import Service
from remit_api.http.settings import Settings

NAME = "remit"
PATH = "/v1/traces"


def traced_app(settings: Settings) -> FastAPI:
    """The service that tells the collector of its settings of every request; what is set with
    `OTEL_…` in the environment (names, headers, sampling) counts. For what it raises see
    `create_app`."""
    about = {"service.name": NAME, "service.version": version(NAME)}
    provider = TracerProvider(resource=Resource.create(about))
    exporter = OTLPSpanExporter(endpoint=f"{settings.traces}{PATH}")
    provider.add_span_processor(BatchSpanProcessor(exporter))  # which is emptied when we end
    return create_app(settings, outermost=traced(provider))


def worker() -> FastAPI:
    """The application of a worker process."""
    logs.begin()
    app = traced_app(received(os.environ[HANDED]))
    settle()
    return app


def traced(provider: TracerProvider) -> Middleware:
    """What a request passes first, where its span begins and ends."""
    return Middleware(Tracing, tracer=provider.get_tracer(NAME, version(NAME)))


class _Policy(msgspec.Struct):
    digest: str


class _Answer(msgspec.Struct):
    """What a span tells of an answer."""

    outcome: str
    policy: _Policy


_ANSWERS = msgspec.json.Decoder(_Answer)


class Tracing:
    """A span for each request, in the trace of who sent it."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self.app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on inside its span."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        span = self._begun(scope)
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            # a fault's message may hold what somebody sent: only its kind is told
            with use_span(span, record_exception=False, set_status_on_exception=False):
                await self.app(scope, receive, answer)
        except BaseException as fault:
            span.set_attribute("error.type", type(fault).__qualname__)
            raise
        finally:
            _told(span, scope, status)
            span.end()

    def _begun(self, scope: Scope) -> Span:
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        desk = _service(scope).desk
        attributes = {
            "http.request.method": method_of(scope),
            "remit.policy": desk.digest,
            "remit.revision": desk.revision,
        }
        if desk.version is not None:
            attributes["remit.version"] = desk.version
        return self._tracer.start_span(
            method_of(scope),
            context=extract(headers),
            kind=SpanKind.SERVER,
            attributes=attributes,
        )


def _service(scope: Scope) -> Service:
    found: Service = scope["app"].state.service
    return found


def _told(span: Span, scope: Scope, status: int) -> None:
    """What is known at the end."""
    if not span.is_recording():
        return
    route = route_of(scope)
    span.update_name(f"{method_of(scope)} {route}")
    span.set_attributes({"http.route": route, "http.response.status_code": status})
    for name in (REQUEST_ID, DECISION):
        if name in scope:
            span.set_attribute(name, scope[name])
    if ANSWER in scope:
        answer = _ANSWERS.decode(scope[ANSWER])
        span.set_attributes({"remit.outcome": answer.outcome, "remit.policy": answer.policy.digest})
    if status >= 500:
        span.set_status(StatusCode.ERROR)
