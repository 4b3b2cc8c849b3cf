"""Over a real server and raw bytes: what two parsers on the way could disagree on."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
import uvicorn

from remit_api.http.app import create_app
from remit_api.http.redaction import LOGGING


@pytest.fixture(scope="module")
def wire(tmp_path_factory: Any, desk: Any) -> Iterator[Any]:
    """A server with the demo: its port, and the key of its administrator."""
    from .test_keys import settings_for

    settings = replace(settings_for(tmp_path_factory.mktemp("wire")), demo=True)
    app = create_app(settings, None, desk)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(
            uvicorn.Config(app, access_log=False, log_config=LOGGING, lifespan="off")
        )
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        ends = monotonic() + 60
        while not server.started and monotonic() < ends:
            sleep(0.01)
        yield listening.getsockname()[1], app.state.demo[2].key.text
        server.should_exit = True
        thread.join()


def said(wire: Any, *lines: str, body: str = "", patience: float = 20) -> list[int]:
    """The statuses of all answers to these bytes, until the server closes or says no more."""
    port, _ = wire
    data = "\r\n".join([*lines, "", body]).encode("latin-1")
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as line, suppress(OSError):
        line.sendall(data)
        while part := line.recv(65536):
            received += part
    return [int(head[:3]) for head in received.decode().split("HTTP/1.1 ")[1:]]


ASK = ("GET /v1/keys HTTP/1.1", "Host: remit", "Connection: close")


def test_a_key_is_known(wire: Any) -> None:
    assert said(wire, *ASK, f"Authorization: Bearer {wire[1]}") == [200]
    assert said(wire, *ASK, f"authorization: bearer {wire[1]}") == [200]


HEADERS: dict[str, tuple[str, ...]] = {
    "two keys": ("Authorization: Bearer KEY", "Authorization: Bearer KEY"),
    "a key and nothing": ("Authorization: Bearer KEY", "Authorization:"),
    "a key and another scheme": ("Authorization: Basic eA==", "Authorization: Bearer KEY"),
    "two in one": ("Authorization: Bearer KEY, Bearer KEY",),
    "two blanks": ("Authorization: Bearer  KEY",),
    "a tab": ("Authorization: Bearer\tKEY",),
    "no blank": ("Authorization: BearerKEY",),
    "no scheme": ("Authorization: KEY",),
    "a blank in the key": ("Authorization: Bearer K EY",),
    "something after the key": ("Authorization: Bearer KEY x",),
    "a comma after the key": ("Authorization: Bearer KEY,",),
    "in quotes": ('Authorization: Bearer "KEY"',),
    "another header": ("X-Authorization: Bearer KEY",),
    "a header of proxies": ("Proxy-Authorization: Bearer KEY", "X-Forwarded-User: ma.lin"),
    "a cookie": ("Cookie: Authorization=Bearer KEY",),
    "an underscore for a hyphen": ("X_Test_Caller: ma.lin",),
    "bytes beyond ASCII": ("Authorization: Bearer KEY\xe9",),
    "digits of another script": ("Authorization: Bearer KEY\xb2",),
    "nine thousand bytes": ("Authorization: Bearer " + "x" * 9000,),
    "an empty header": ("Authorization:",),
    "padding alone": ("Authorization: Bearer ====",),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_is_not_the_one_is_refused(name: str, wire: Any) -> None:
    lines = [line.replace("KEY", wire[1]).replace("K EY", wire[1][:9] + " " + wire[1][9:])
             for line in HEADERS[name]]  # fmt: skip
    assert said(wire, *ASK, *lines) == [401]


BROKEN: dict[str, tuple[str, ...]] = {
    "NUL in the key": ("Authorization: Bearer KE\0Y",),
    "a blank before the colon": ("Authorization : Bearer KEY",),
    "a folded header": ("Authorization: Bearer", " KEY"),
    "a carriage return alone": ("X: y\rAuthorization: Bearer KEY",),
    "a hundred thousand bytes": ("Authorization: Bearer " + "x" * 100_000,),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_http_does_not_get_in(name: str, wire: Any) -> None:
    lines = [line.replace("KEY", wire[1]).replace("KE\0Y", wire[1] + "\0") for line in BROKEN[name]]
    statuses = said(wire, *ASK, *lines)
    assert all(status in (400, 401, 431) for status in statuses)


HIDDEN_REQUEST = "GET /v1/keys HTTP/1.1\r\nHost: remit\r\n\r\n"


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (("Content-Length: 4", "Transfer-Encoding: chunked"), "0\r\n\r\n" + HIDDEN_REQUEST),
        (("Transfer-Encoding: chunked", "Content-Length: 4"), "0\r\n\r\n" + HIDDEN_REQUEST),
        (("Content-Length: 0", "Content-Length: 44"), HIDDEN_REQUEST),
        (("Transfer-Encoding: xchunked",), "0\r\n\r\n" + HIDDEN_REQUEST),
        (("Transfer-Encoding: chunked, identity",), "0\r\n\r\n" + HIDDEN_REQUEST),
        (("Transfer-Encoding : chunked",), "0\r\n\r\n" + HIDDEN_REQUEST),
        (("Content-Length: 4 4",), HIDDEN_REQUEST),
        (("Content-Length: 5", ), "0\r\n\r\n" + HIDDEN_REQUEST),
    ],
)  # fmt: skip
def test_a_request_inside_a_request_brings_no_identity(
    lines: tuple[str, ...], body: str, wire: Any
) -> None:
    """Whatever is made of the second request, it is nobody's: the key was the first one's."""
    first = ("POST /v1/keys HTTP/1.1", "Host: remit", f"Authorization: Bearer {wire[1]}", *lines)
    statuses = said(wire, *first, body=body, patience=1)
    assert len(statuses) <= 2
    assert all(status in (400, 401, 413) for status in statuses)


def test_many_on_one_connection_are_each_asked(wire: Any) -> None:
    one = f"GET /v1/keys HTTP/1.1\r\nHost: remit\r\nAuthorization: Bearer {wire[1]}\r\n\r\n"
    assert said(wire, one + ASK[0], *ASK[1:]) == [200, 401]
