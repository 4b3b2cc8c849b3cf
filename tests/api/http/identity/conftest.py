"""An issuer on this machine over real HTTP, whose keys a test turns, hides and breaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sql
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from remit_api.http.desk import Desk
from remit_api.http.gate import Admission, Gate
from remit_api.http.identity.caller import caller_of
from remit_api.http.identity.identification import Identification
from remit_api.http.identity.issuer import Issuer
from remit_api.http.identity.key_ring import KeyRing
from remit_api.http.identity.tokens import Tokens
from remit_api.http.oidc import Oidc
from remit_api.http.roles import open_roles

AUDIENCE = "remit"
SIGNERS = {
    "rsa": ("RS256", RSAKey.generate_key(2048, {"kid": "rsa"})),
    "pss": ("PS384", RSAKey.generate_key(2048, {"kid": "pss"})),
    "ec": ("ES256", ECKey.generate_key("P-256", {"kid": "ec"})),
    "ec384": ("ES384", ECKey.generate_key("P-384", {"kid": "ec384"})),
    "ed": ("Ed25519", OKPKey.generate_key("Ed25519", {"kid": "ed"})),
}
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa"})
Signer = RSAKey | ECKey | OKPKey


def public(*names: str) -> list[dict[str, Any]]:
    """The entries of a key set."""
    return [dict(SIGNERS[name][1].as_dict(private=False)) for name in names]


@dataclass
class FakeIssuer:
    """What the issuer answers, by path; a status instead of a document is that status."""

    server: ThreadingHTTPServer
    documents: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def publish(self, *names: str) -> None:
        """Publishes these keys and no others."""
        self.documents["/jwks"] = {"keys": public(*names)}

    def discovered(self, **other: Any) -> None:
        document = {"issuer": self.address, "jwks_uri": f"{self.address}/jwks", **other}
        self.documents["/.well-known/openid-configuration"] = document

    def fetches(self) -> int:
        return self.asked.count("/jwks")

    def token(
        self, signer: str = "rsa", header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """A token for Wang Fang as a representative, but for what a test says; None leaves out."""
        algorithm, key = SIGNERS[signer]
        given = {"alg": algorithm, "kid": key.kid, **(header or {})}
        given = {name: value for name, value in given.items() if value is not None}
        return jwt.encode(
            given, self.claims(**claims), key, registry=JWSRegistry(algorithms=[given["alg"]])
        )

    def claims(self, **claims: Any) -> dict[str, Any]:
        full = {
            "iss": self.address,
            "aud": AUDIENCE,
            "sub": "wang.fang",
            "roles": ["representative"],
            "iat": NOW - 10,
            "exp": NOW + 600,
            **claims,
        }
        return {name: value for name, value in full.items() if value is not None}


NOW = 1_770_714_000
"""The moment of the clock that tests set, 2026-02-10 09:00 UTC, in seconds."""


@pytest.fixture
def issuer() -> Iterator[FakeIssuer]:
    """An issuer that publishes an RSA and an EC key."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.asked.append(self.path)
            found = fake.documents.get(self.path, 404)
            self.send_response(found if isinstance(found, int) else 200)
            if found == 302:
                self.send_header("Location", f"{fake.address}/elsewhere")
            self.end_headers()
            if not isinstance(found, int):
                self.wfile.write(found if isinstance(found, bytes) else json.dumps(found).encode())

        def log_message(self, *_: Any) -> None:
            pass

    fake = FakeIssuer(ThreadingHTTPServer(("127.0.0.1", 0), Answering))
    fake.discovered()
    fake.publish("rsa", "ec")
    thread = Thread(target=fake.server.serve_forever, args=(0.01,))
    thread.start()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()
    thread.join()


@dataclass
class Door:
    """A gate to come to with a token, without the service behind it."""

    http: TestClient
    clock: StandingClock

    def come(self, token: str) -> Any:
        """The answer to somebody who asks who he is."""
        return self.http.get("/me", headers={"Authorization": f"Bearer {token}"})


async def me(request: Request) -> JSONResponse:
    """Who calls."""
    caller = caller_of(request)
    return JSONResponse({"person": caller.person, "roles": sorted(caller.roles), "how": caller.how})


def door_to(oidc: Oidc, clock: StandingClock, desk: Desk) -> Door:
    """The gate as the service makes it."""
    identification = Identification(
        KeyRing(sql.create_engine("sqlite://"), clock.now),
        Tokens(Issuer(oidc.issuer), oidc.audience, clock.now),
        oidc,
        open_roles().names,
        lambda: desk.directory,
        clock.today,
    )
    app = Starlette(routes=[Route("/me", me)])
    return Door(
        TestClient(Gate(app, Admission(identification)), raise_server_exceptions=False), clock
    )


@pytest.fixture
def oidc(issuer: FakeIssuer) -> Oidc:
    """How a service believes the issuer."""
    return Oidc(issuer.address, AUDIENCE, roles_claim="roles")


@dataclass
class StandingClock:
    """Nine in the morning of 2026-02-10."""

    day: date = date(2026, 2, 10)
    moment: datetime = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)

    def today(self) -> date:
        return self.day

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> StandingClock:
    """A clock that a test turns."""
    return StandingClock()


@pytest.fixture
def door(oidc: Oidc, clock: StandingClock, desk: Desk) -> Door:
    """The door of a service that believes the issuer."""
    return door_to(oidc, clock, desk)
