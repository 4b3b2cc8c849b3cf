"""Tokens of the issuer: what is believed, and everything that is not."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws, jwt
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from .conftest import NOW, SIGNERS, STRANGER, door_to, public

Issued = Callable[[Any], str]


def part(value: Any) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def unsigned(header: Any, claims: Any, signature: bytes = b"") -> str:
    return f"{part(header)}.{part(claims)}.{part(signature)}"


def signed(key: Any, algorithm: str, header: dict[str, Any], claims: dict[str, Any]) -> str:
    registry = JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    return jwt.encode({"alg": algorithm, **header}, claims, key, [algorithm], registry)


def confused(issuer: Any) -> str:
    """HS256 with the public key as its secret; libraries of today do not make such tokens."""
    start = unsigned({"alg": "HS256", "kid": "rsa"}, issuer.claims()).rstrip(".")
    secret = SIGNERS["rsa"][1].as_pem(private=False)
    return f"{start}.{part(hmac.digest(secret, start.encode(), 'sha256'))}"


def by_hand(issuer: Any, **header: Any) -> str:
    """Truly signed by the issuer, with a header that no library would sign."""
    full = {"alg": "RS256", "kid": "rsa", **header}
    start = unsigned(full, issuer.claims()).rstrip(".")
    key = SIGNERS["rsa"][1].private_key
    assert isinstance(key, RSAPrivateKey)
    return f"{start}.{part(key.sign(start.encode(), PKCS1v15(), SHA256()))}"


def test_a_token_by_hand_is_believed(issuer: Any, door: Any) -> None:
    assert door.come(by_hand(issuer)).status_code == 200, "else the tests with it show nothing"


@pytest.mark.parametrize("signer", SIGNERS)
def test_a_token_of_the_issuer_is_believed(signer: str, issuer: Any, door: Any) -> None:
    issuer.publish(*SIGNERS)
    answer = door.come(issuer.token(signer))
    assert answer.status_code == 200
    assert answer.json() == {"person": "wang.fang", "roles": ["representative"], "how": "token"}


ACCEPTED: dict[str, dict[str, Any]] = {
    "one of several audiences": {"aud": ["other", "remit"]},
    "just not expired, with the leeway": {"exp": NOW - 29},
    "holds in a moment, with the leeway": {"nbf": NOW + 30},
    "issued in a moment, with the leeway": {"iat": NOW + 30},
    "no moment of issue": {"iat": None},
    "a fraction of a second": {"exp": NOW + 0.5},
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_claims_that_are_right(name: str, issuer: Any, door: Any) -> None:
    assert door.come(issuer.token(**ACCEPTED[name])).status_code == 200


WRONG_CLAIMS: dict[str, tuple[dict[str, Any], str]] = {
    "another audience": ({"aud": "other"}, "another audience"),
    "an audience that only begins like ours": ({"aud": "remit2"}, "another audience"),
    "no audience": ({"aud": None}, "lacks"),
    "an audience that is no text": ({"aud": {"remit": 1}}, "another audience"),
    "an empty audience": ({"aud": []}, "another audience"),
    "another issuer": ({"iss": "https://evil.example"}, "another issuer"),
    "no issuer": ({"iss": None}, "lacks"),
    "issuers": ({"iss": ["x"]}, "another issuer"),
    "expired": ({"exp": NOW - 30}, "expired"),
    "never expires": ({"exp": None}, "lacks"),
    "expires in words": ({"exp": "tomorrow"}, "wrong"),
    "expires truly": ({"exp": True}, "wrong"),
    "expires never, as not a number": ({"exp": float("nan")}, "wrong"),
    "expires in infinity": ({"exp": float("inf")}, "wrong"),
    "holds later": ({"nbf": NOW + 31}, "does not hold yet"),
    "from the future": ({"iat": NOW + 31}, "from the future"),
}


@pytest.mark.parametrize("name", WRONG_CLAIMS)
def test_claims_that_are_wrong(name: str, issuer: Any, door: Any) -> None:
    claims, why = WRONG_CLAIMS[name]
    answer = door.come(issuer.token(**claims))
    assert answer.status_code == 401
    assert why in answer.json()["detail"]
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


FORGED: dict[str, Issued] = {
    "no signature, alg none": lambda i: unsigned({"alg": "none"}, i.claims()),
    "alg NONE": lambda i: unsigned({"alg": "NONE", "kid": "rsa"}, i.claims()),
    "alg none with a signature": lambda i: unsigned({"alg": "none"}, i.claims(), b"x" * 256),
    "the public key as a secret": confused,
    "no algorithm": lambda i: unsigned({"kid": "rsa"}, i.claims(), b"x"),
    "an algorithm that is no text": lambda i: unsigned({"alg": ["RS256"]}, i.claims(), b"x"),
    "a curve nobody published": lambda i: signed(
        ECKey.generate_key("secp256k1", {"kid": "ec"}), "ES256K", {"kid": "ec"}, i.claims()
    ),
    "a stranger under a known id": lambda i: signed(STRANGER, "RS256", {"kid": "rsa"}, i.claims()),
    "a stranger under his own id": lambda i: signed(STRANGER, "RS256", {"kid": "x"}, i.claims()),
    "its own key in the header": lambda i: signed(
        STRANGER, "RS256", {"jwk": dict(STRANGER.as_dict(private=False))}, i.claims()
    ),
    "its own key set in the header": lambda i: signed(
        STRANGER, "RS256", {"kid": "rsa", "jku": "https://evil.example/jwks"}, i.claims()
    ),
    "its own certificate": lambda i: signed(
        STRANGER, "RS256", {"kid": "rsa", "x5u": "https://evil.example/x"}, i.claims()
    ),
    "an RSA algorithm with the id of an EC key": lambda i: i.token("rsa", {"kid": "ec"}),
    "an id that is a path": lambda i: i.token("rsa", {"kid": "../../dev/null"}),
    "an id that is a query": lambda i: i.token("rsa", {"kid": "' OR '1'='1"}),
    "an id with NUL": lambda i: i.token("rsa", {"kid": "rsa\0"}),
    "an empty id": lambda i: i.token("rsa", {"kid": ""}),
    "a very long id": lambda i: i.token("rsa", {"kid": "x" * 300}),
    "an id that is no text": lambda i: unsigned({"alg": "RS256", "kid": 1}, i.claims(), b"x"),
    "no id, and two keys": lambda i: signed(STRANGER, "RS256", {}, i.claims()),
    "something critical": lambda i: by_hand(i, crit=["exp"], exp=1),
    "critical nothing": lambda i: by_hand(i, crit=[]),
    "critical, and what it is": lambda i: by_hand(i, crit=["kid"]),
    "its own place of keys, truly signed": lambda i: by_hand(i, jku=f"{i.address}/jwks"),
    "its own key, truly signed": lambda i: by_hand(i, jwk=public("rsa")[0]),
    "a payload that is not encoded, truly signed": lambda i: by_hand(i, b64=True),
    "an unencoded payload": lambda i: unsigned(
        {"alg": "RS256", "kid": "rsa", "b64": False, "crit": ["b64"]}, i.claims(), b"x"
    ),
    "a token of another kind": lambda i: i.token("rsa", {"typ": "logout+jwt"}),
    "a signature of nothing": lambda i: i.token()[: -len(i.token().split(".")[2])],
    "a changed payload": lambda i: ".".join(
        [i.token().split(".")[0], part(i.claims(sub="gao.yuan")), i.token().split(".")[2]]
    ),
    "two parts": lambda i: ".".join(i.token().split(".")[:2]),
    "five parts, encrypted": lambda i: i.token() + ".x.y",
    "an empty text between dots": lambda i: "..",
    "no base64": lambda i: "~~~." + i.token().split(".", 1)[1],
    "a header that is a list": lambda i: unsigned(["RS256"], i.claims(), b"x"),
    "a header that is deep": lambda i: f"{part(b'[' * 4000)}.{part(i.claims())}.x",
    "a header with bytes that are no text": lambda i: f"{part(bytes([255, 254]))}.e30.x",
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_is_refused(name: str, issuer: Any, door: Any) -> None:
    assert door.come(issuer.token()).status_code == 200
    answer = door.come(FORGED[name](issuer))
    assert answer.status_code == 401, answer.text
    assert answer.json()["type"] == "urn:remit:problem:unauthenticated"


def test_a_payload_that_is_no_object(issuer: Any, door: Any) -> None:
    key = SIGNERS["rsa"][1]
    for payload in (b"[]", b"null", b"[" * 5000, b'"x"', b"\xff"):
        token = jws.serialize_compact({"alg": "RS256", "kid": "rsa"}, payload, key)
        assert door.come(token).status_code == 401


def test_an_hour_passes(issuer: Any, door: Any, clock: Any) -> None:
    token = issuer.token()
    assert door.come(token).status_code == 200
    clock.moment += timedelta(hours=1)
    assert door.come(token).status_code == 401


# ---- whom a token names


@pytest.mark.parametrize(
    "named", ["nobody", "", None, 7, ["wang.fang"], "wang.fang\0", "Wang.Fang"]
)
def test_a_person_the_directory_does_not_know(named: Any, issuer: Any, door: Any) -> None:
    answer = door.come(issuer.token(sub=named))
    # a subject that is no text makes no token
    assert answer.status_code == (401 if named is not None and not isinstance(named, str) else 403)
    if isinstance(named, str) and named:
        assert "the directory knows no person" in answer.json()["detail"]


def test_who_has_left_is_refused(issuer: Any, door: Any, clock: Any) -> None:
    """Li Wei is sales manager until 2027."""
    token = issuer.token(sub="li.wei", exp=NOW * 2)
    assert door.come(token).status_code == 200
    clock.day = clock.day.replace(year=2027)
    answer = door.come(token)
    assert answer.status_code == 403
    assert "holds no position on 2027-02-10" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("claim", "roles"),
    [
        (["finance", "offline_access"], ["finance"]),
        ("finance auditor", ["auditor", "finance"]),
        (["finance", 3, None], ["finance"]),
    ],
)
def test_roles_of_a_claim(claim: Any, roles: list[str], issuer: Any, door: Any) -> None:
    assert door.come(issuer.token(roles=claim)).json()["roles"] == roles


@pytest.mark.parametrize("claim", [None, [], "", ["root"], {"finance": True}, 5, ["Finance"]])
def test_without_a_role_nobody_comes_in(claim: Any, issuer: Any, door: Any) -> None:
    answer = door.come(issuer.token(roles=claim))
    assert answer.status_code == 403
    assert "no role" in answer.json()["detail"]


def test_roles_by_position(issuer: Any, oidc: Any, clock: Any, desk: Any) -> None:
    positions = {"finance_controller": frozenset({"finance"})}
    door = door_to(replace(oidc, roles_claim=None, position_roles=positions), clock, desk)
    assert door.come(issuer.token(sub="chen.jing", roles=["administrator"])).json()["roles"] == [
        "finance"
    ]
    assert door.come(issuer.token(sub="wang.fang", roles=["administrator"])).status_code == 403


def test_claims_with_a_path(issuer: Any, oidc: Any, clock: Any, desk: Any) -> None:
    found = replace(oidc, roles_claim="realm_access.roles", person_claim="https://x/person")
    door = door_to(found, clock, desk)
    claims = {"realm_access": {"roles": ["auditor"]}, "https://x/person": "ma.lin"}
    assert door.come(issuer.token(**claims)).json() == {
        "person": "ma.lin", "roles": ["auditor"], "how": "token",
    }  # fmt: skip


# ---- the issuer's keys


def test_keys_are_fetched_once(issuer: Any, door: Any) -> None:
    for _ in range(5):
        assert door.come(issuer.token()).status_code == 200
        assert door.come(issuer.token("ec")).status_code == 200
    assert issuer.fetches() == 1


PRIVATE = dict(SIGNERS["rsa"][1].as_dict(private=True))
BAD_KEYS: dict[str, list[dict[str, Any]]] = {
    "with its private half": [PRIVATE],
    "for encryption": [{**public("rsa")[0], "use": "enc"}],
    "for something else": [{**public("rsa")[0], "key_ops": ["encrypt"]}],
    "for another algorithm": [{**public("rsa")[0], "alg": "PS256"}],
    "a secret": [{"kty": "oct", "k": "c2VjcmV0", "kid": "rsa"}],
    "too short": [{**public("rsa")[0], "n": public("rsa")[0]["n"][:170]}],
    "without numbers": [{"kty": "RSA", "kid": "rsa"}],
    "with numbers that are none": [{"kty": "RSA", "kid": "rsa", "n": "!!", "e": 3}],
    "with an id that is no text": [{**public("rsa")[0], "kid": 5}],
    "of a point that is not on its curve": [{**public("ec")[0], "x": public("ec")[0]["y"]}],
    "of unknown kind": [{"kty": "AKP", "kid": "rsa"}],
    "that is no object": ["rsa"],  # type: ignore[list-item]
}


@pytest.mark.parametrize("name", BAD_KEYS)
def test_keys_that_are_not_used(name: str, issuer: Any, door: Any) -> None:
    issuer.documents["/jwks"] = {"keys": [*BAD_KEYS[name], *public("ed")]}
    assert door.come(issuer.token("ed")).status_code == 200
    signer = "ec" if "curve" in name else "rsa"
    assert door.come(issuer.token(signer)).status_code == 401


BAD_DOCUMENTS: dict[str, tuple[str, Any]] = {
    "no discovery": ("/.well-known/openid-configuration", 404),
    "a broken issuer": ("/.well-known/openid-configuration", 500),
    "discovery elsewhere": ("/.well-known/openid-configuration", 302),
    "discovery that is no JSON": ("/.well-known/openid-configuration", b"<html>"),
    "discovery that is a list": ("/.well-known/openid-configuration", []),
    "discovery of another": ("/.well-known/openid-configuration", {"issuer": "https://x"}),
    "keys elsewhere": ("/jwks", 302),
    "no keys": ("/jwks", {"keys": []}),
    "keys that are none": ("/jwks", {"keys": {"rsa": 1}}),
    "too many keys": ("/jwks", {"keys": public("rsa") * 101}),
    "keys that are too long": ("/jwks", b" " * 600_000),
    "keys that are deep": ("/jwks", b"[" * 100_000),
    "keys that are no list": ("/jwks", []),
}


@pytest.mark.parametrize("name", BAD_DOCUMENTS)
def test_an_issuer_that_is_broken_lets_nobody_in(name: str, issuer: Any, door: Any) -> None:
    path, document = BAD_DOCUMENTS[name]
    issuer.documents[path] = document
    answer = door.come(issuer.token())
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "elsewhere" not in "".join(issuer.asked)


@pytest.mark.parametrize(
    "place", ["http://evil.example/jwks", "file:///etc/passwd", "ftp://x/y", "//x", None, 3]
)
def test_keys_come_over_a_safe_way(place: Any, issuer: Any, door: Any) -> None:
    issuer.discovered(jwks_uri=place)
    assert door.come(issuer.token()).status_code == 503


def test_an_issuer_that_is_away_lets_nobody_in(issuer: Any, door: Any) -> None:
    issuer.server.shutdown()
    issuer.server.server_close()
    assert door.come(issuer.token()).status_code == 503
