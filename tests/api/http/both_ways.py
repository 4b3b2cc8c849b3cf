"""Two services alike, of which one has no fast path: the same requests are sent to both."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.http.conftest import SetClock, settings_at
from remit_api.http.app import Application, create_app
from remit_api.http.desk import Desk
from remit_api.http.identity.key_text import KeyText, new_key
from remit_api.http.logs import MEMBERS
from remit_api.http.service import Service
from remit_engine.storage import audit, history
from remit_engine.storage.api_keys import ApiKey
from remit_engine.storage.opening import reading

CALLERS = {
    "wang": ("wang.fang", "representative", ()),
    "chen": ("chen.jing", "finance", ()),
    "shop": (None, "machine", ()),
    "auditor": (None, "auditor", ()),
    "reader": ("wang.fang", "representative", ("decisions.read",)),
    "asker": ("wang.fang", "representative", ("decisions.ask",)),
    "nobody": ("wang.fang", "no role of the service", ()),
    "stranger": ("who.ever", "representative", ()),
}
"""Name -> person, role, scopes of a key."""
KEYS = {name: new_key() for name in CALLERS}
_MADE = re.compile(rb"(req|dec)_[0-9a-f]{24}")
_HASH = re.compile(rb'"hash":"[0-9a-f]{64}"')


def api_key(name: str) -> ApiKey:
    text: KeyText = KEYS[name]
    person, role, scopes = CALLERS[name]
    made = datetime(2026, 1, 1, tzinfo=UTC)
    return ApiKey(
        text.id, text.digest, name, person, frozenset({role}), frozenset(scopes), made, "test"
    )


@dataclass(frozen=True)
class Sent:
    """A request as a server hands it on. parts: of the body, each in a message of its own. waits:
    the first comes a moment later. leaves: the caller hangs up where the body should end."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    parts: int = 1
    waits: bool = False
    leaves: bool = False
    method: str = "POST"
    path: str = "/v1/decisions"

    def messages(self) -> Iterator[dict[str, Any]]:
        size = -(-len(self.body) // self.parts) or 1
        cut = [self.body[n : n + size] for n in range(0, len(self.body), size)] or [b""]
        for n, part in enumerate(cut):
            last = n == len(cut) - 1
            if last and self.leaves:
                yield {"type": "http.disconnect"}
                return
            yield {"type": "http.request", "body": part, "more_body": not last}


@dataclass
class Said:
    """What a service answered, and told in the log."""

    status: int | None = None
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    log: list[dict[str, Any]] = field(default_factory=list)

    @property
    def comparable(self) -> Any:
        """Without what is made anew for each request."""
        headers = sorted((n, _plain(v)) for n, v in self.headers)
        return self.status, headers, _plain(self.body), [_said(line) for line in self.log]


def _plain(text: bytes) -> bytes:
    return _HASH.sub(b'"hash":"..."', _MADE.sub(rb"\1_...", text))


def _said(line: dict[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in line.items() if k != "milliseconds"}
    return {k: _plain(v.encode()) if isinstance(v, str) else v for k, v in kept.items()}


@dataclass
class Way:
    """One of the two services. long: how many requests went the long way."""

    app: Application
    http: TestClient
    clock: SetClock
    long: int = 0

    @property
    def service(self) -> Service:
        found: Service = self.app.state.service
        return found

    def ask(self, sent: Sent) -> Said:
        assert self.http.portal is not None
        return self.http.portal.call(self._asked, sent)

    async def _asked(self, sent: Sent) -> Said:
        said, left = Said(), list(sent.messages())

        async def receive() -> Any:
            if sent.waits:
                await asyncio.sleep(0)
            return left.pop(0) if left else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                said.status, said.headers = message["status"], list(message["headers"])
            else:
                said.body += message.get("body", b"")

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
            "method": sent.method, "path": sent.path, "raw_path": sent.path.encode(),
            "query_string": b"", "root_path": "", "client": ("192.0.2.7", 4711),
            "server": ("testserver", 80), "state": {},
            "headers": [(n.encode(), v.encode("latin-1")) for n, v in sent.headers],
        }  # fmt: skip
        with logged(said.log):
            await self.app(scope, receive, send)
        return said


@contextmanager
def logged(into: list[dict[str, Any]]) -> Iterator[None]:
    """Keeps what the log of requests is told."""

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            into.append({"said": record.getMessage(), **getattr(record, MEMBERS, {})})

    logger, handler = logging.getLogger("remit.requests"), Keeping()
    before = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


@contextmanager
def two_ways(folder: Path, desk: Desk, **more: Any) -> Iterator[tuple[Way, Way]]:
    """The service with its fast path, and one without."""
    ways = []
    for name in ("fast", "long"):
        (folder / name).mkdir()
        settings = replace(settings_at(folder / name), trusted_caller=None, **more)
        clock = SetClock()
        app = create_app(settings, clock, desk)
        for key in CALLERS:
            app.state.service.keys.hold(api_key(key))
        ways.append(Way(app, TestClient(app, raise_server_exceptions=False), clock))
    fast, slow = ways
    slow.app.entry = None
    counting(fast)
    with fast.http, slow.http:
        yield fast, slow


def counting(way: Way) -> None:
    """Counts in `long` what the fast path passes on."""
    entry: Any = way.app.entry
    passed_on = entry.app

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            way.long += 1
        await passed_on(scope, receive, send)

    entry.app = counted


def plain(document: Any, who: str = "wang", **headers: str) -> Sent:
    """A request as most clients send it."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    given = {
        "host": "testserver",
        "authorization": f"Bearer {KEYS[who].text}",
        "content-type": "application/json",
        "content-length": str(len(body)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return Sent(body, tuple(given.items()))


def agree(ways: tuple[Way, Way], sent: Sent) -> Said:
    """The answer of the fast one, which is that of the other."""
    fast, slow = (way.ask(sent) for way in ways)
    assert fast.comparable == slow.comparable, (fast, slow, sent)
    return fast


def figures(way: Way) -> list[str]:
    """What a service has counted of requests and records."""
    lines = way.service.measures.text().decode().splitlines()
    named = ("remit_http_requests_total", "remit_http_request_seconds_count", "remit_decisions")
    return sorted(line for line in lines if line.startswith(named) and "_created" not in line)


def ledger(way: Way) -> list[dict[str, Any]]:
    """The rows of a ledger that verifies, without what chance made of them."""
    with reading(way.service.store) as connection:
        assert not audit.verified(connection).broken
        rows = [dict(row) for row in history.rows(connection)]
    chance = {"id", "hash", "previous"}
    return [{k: v for k, v in row.items() if k not in chance} for row in rows]


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory, desk: Desk) -> Iterator[tuple[Way, Way]]:
    """Both, for all tests of a module."""
    with two_ways(tmp_path_factory.mktemp("ways"), desk) as made:
        yield made
