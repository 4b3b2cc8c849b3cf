"""No key and no token in a log line, whatever happens to the request that brought it."""

from __future__ import annotations

import io
import logging
import logging.config
from typing import Any

import pytest
from starlette.testclient import TestClient

from remit_api.http.app import create_app
from remit_api.http.identity.key_text import new_key
from remit_api.http.redaction import HIDDEN, LOGGING, redacted

from .conftest import FakeIssuer

KEY = new_key()


@pytest.fixture
def everything() -> Any:
    """All that any logger says, as the service writes it and as it would be without hiding."""
    root = logging.getLogger()
    raw, written = io.StringIO(), io.StringIO()
    logging.config.dictConfig({**LOGGING, "root": {"level": "DEBUG", "handlers": []}})
    plain = LOGGING["formatters"]["plain"]["format"]
    from remit_api.http.redaction import Redacting

    handlers = []
    for stream, formatter in ((raw, logging.Formatter(plain)), (written, Redacting(plain))):
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter)
        root.addHandler(handler)
        handlers.append(handler)
    before = root.level
    root.setLevel(logging.DEBUG)
    yield raw, written
    root.setLevel(before)
    for handler in handlers:
        root.removeHandler(handler)


def test_nothing_of_a_request_is_logged(
    everything: Any, issuer: FakeIssuer, door: Any, settings: Any, desk: Any
) -> None:
    """Known, unknown, expired, forged, while the issuer breaks, while the service itself fails."""
    raw, _ = everything
    expired = issuer.token(exp=1)
    tokens = [issuer.token(), expired, issuer.token("ec", {"kid": "ed"}), "x.y.z", KEY.text]
    for token in tokens:
        door.come(token)
    issuer.documents["/jwks"] = {"keys": "none"}
    tokens.append(issuer.token("ec"))
    door.come(tokens[-1])
    app = create_app(settings, None, desk)

    @app.get("/fails")
    async def fails() -> None:
        raise RuntimeError(f"with {KEY.text}")

    with TestClient(app, raise_server_exceptions=False) as http:
        for path in ("/fails", "/v1/keys", "/nowhere"):
            given = {"Authorization": f"Bearer {KEY.text}", "X-Test-Caller": "ma.lin"}
            answer = http.get(path, headers=given)
            assert KEY.text not in answer.text
    said = raw.getvalue()
    assert "internal fault" in said, "else nothing was listened to"
    own = said.replace(f"RuntimeError: with {KEY.text}", "")  # the fault's own words
    for token in tokens:
        assert token not in own


def test_what_is_written_hides_even_what_a_fault_says(everything: Any) -> None:
    _, written = everything
    token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"
    try:
        raise RuntimeError(f"{KEY.text} and {token}")
    except RuntimeError:
        logging.getLogger("remit.http").exception("with %s", KEY.text)
    logging.getLogger("uvicorn.error").warning("Authorization: Bearer %s", "opaque-token-of-it")
    said = written.getvalue()
    assert "RuntimeError" in said
    assert KEY.text.split("_", 2)[2] not in said
    assert "c2lnbmF0dXJl" not in said
    assert "opaque" not in said
    assert KEY.id in said, "whose key it was may be known"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"key {KEY.text}.", f"key rk_{KEY.id}_{HIDDEN}."),
        ("Bearer abcdefghijkl", f"Bearer {HIDDEN}"),
        ("authorization=bearer:abcdefghijkl", f"authorization=bearer:{HIDDEN}"),
        ("a eyJh.eyJi.c b", f"a {HIDDEN} b"),
        ("the bearer of news", "the bearer of news"),
        ("a decision dec_0123456789ab", "a decision dec_0123456789ab"),
    ],
    ids=range(6),  # no two runs have one key
)
def test_what_is_hidden(text: str, left: str) -> None:
    assert redacted(text) == left
