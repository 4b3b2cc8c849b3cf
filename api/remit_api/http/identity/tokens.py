"""Bearer tokens: JSON Web Tokens of the issuer, checked in every part that counts."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from remit_api.http.identity.issuer import Issuer
from remit_api.http.identity.jwks import ALGORITHMS, IssuerKey
from remit_api.http.refusals import Unauthenticated

LEEWAY = 30
"""Seconds by which the clocks of issuer and service may differ."""
_TYPES = (None, "jwt", "at+jwt", "application/jwt", "application/at+jwt")
_CARRIED = ("jwk", "jku", "x5u", "x5c", "crit", "b64", "zip")
"""Members by which a token would say itself what it is checked with, or how it is to be read."""
_PARTS = 3
_LONGEST_ID = 256


class Tokens:
    """Checks the tokens of one issuer for one audience. now: the moment, in UTC."""

    def __init__(self, issuer: Issuer, audience: str, now: Callable[[], datetime]) -> None:
        self._issuer = issuer
        self._audience = audience
        self._now = now

    async def claims(self, token: str) -> Mapping[str, Any]:
        """What a token says; raises Unauthenticated, and NotReady where the issuer is away."""
        algorithm, id = _header(token)
        keys = await self._issuer.keys(id, algorithm)
        if not keys:
            raise refused("it is signed with a key that the issuer does not publish")
        if id is None and len(keys) > 1:
            raise refused("it does not name the key it is signed with")
        claims = _verified(token, algorithm, keys)
        self._check(claims)
        return claims

    def _check(self, claims: dict[str, Any]) -> None:
        registry = JWTClaimsRegistry(
            int(self._now().timestamp()),
            LEEWAY,
            iss={"essential": True, "value": self._issuer.address},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
        )
        try:
            registry.validate(claims)
        except ExpiredTokenError:
            raise refused("it has expired") from None
        except MissingClaimError:
            raise refused("it lacks one of `iss`, `aud` and `exp`") from None
        except InvalidClaimError as fault:
            raise refused(_WRONG.get(fault.claim or "", "a claim of it is wrong")) from None
        except (JoseError, OverflowError):
            raise refused("a claim of it is wrong") from None


_WRONG = {
    "iss": "it is of another issuer",
    "aud": "it is for another audience",
    "nbf": "it does not hold yet",
    "iat": "it is from the future",
}


def refused(why: str) -> Unauthenticated:
    """The refusal of a token; `why` says nothing that the token holds."""
    return Unauthenticated(f"the token is refused: {why}", error="invalid_token")


def _header(token: str) -> tuple[str, str | None]:
    """Algorithm and key id of a token, where both may be used."""
    if token.count(".") != _PARTS - 1:
        raise refused("it is no signed JSON Web Token")
    try:
        start = token.split(".", 1)[0]
        header = json.loads(base64.urlsafe_b64decode(start + "=" * (-len(start) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        raise refused("its header cannot be read") from None
    if not isinstance(header, dict):
        raise refused("its header cannot be read")
    algorithm, id, kind = header.get("alg"), header.get("kid"), header.get("typ")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise refused("its algorithm is none of those that are accepted")
    if id is not None and not (isinstance(id, str) and 0 < len(id) <= _LONGEST_ID):
        raise refused("its key id is none")
    if any(name in header for name in _CARRIED):
        raise refused("its header has a member that is not accepted")
    if kind is not None and not (isinstance(kind, str) and kind.lower() in _TYPES):
        raise refused("it is a token of another kind")
    return algorithm, id


def _verified(token: str, algorithm: str, keys: tuple[IssuerKey, ...]) -> dict[str, Any]:
    registry = JWSRegistry(algorithms=[algorithm])
    for key in keys:
        try:
            return jwt.decode(token, key.key, [algorithm], registry).claims
        except (JoseError, ValueError, RecursionError):
            continue
    raise refused("its signature does not fit")
