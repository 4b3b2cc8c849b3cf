"""The keys an issuer publishes (RFC 7517): the ones that signatures are checked with."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

log = logging.getLogger("remit.identity")

PublicKey = RSAKey | ECKey | OKPKey
MOST_KEYS = 100
SMALLEST_RSA = 2048
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_KINDS: Mapping[str, type[PublicKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
ALGORITHMS: Mapping[str, tuple[str, str | None]] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), ("RSA", None)),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
}
"""Asymmetric algorithms alone, each with the one kind of key and curve it works with."""


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """A public key. algorithm: the one it is for, where the issuer says so."""

    id: str | None
    kind: str
    curve: str | None
    algorithm: str | None
    key: PublicKey

    def fits(self, algorithm: str) -> bool:
        """Whether it can check signatures of an algorithm of `ALGORITHMS`."""
        stated = self.algorithm in (None, algorithm) or _same_curve(self.algorithm, algorithm)
        return stated and ALGORITHMS[algorithm] in ((self.kind, None), (self.kind, self.curve))


def _same_curve(a: str | None, b: str) -> bool:
    """The two names of Ed25519 (RFC 8037, RFC 9864)."""
    return {a, b} == {"EdDSA", "Ed25519"}


def keys_of(document: Any) -> tuple[IssuerKey, ...]:
    """The usable keys of a JWKS; raises ValueError where it is none, or has none.

    Keys for encryption, of unknown kinds, too short, or with their private half are left out.
    """
    listed = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise ValueError("it has no list `keys`")
    if len(listed) > MOST_KEYS:
        raise ValueError(f"it has more than {MOST_KEYS} keys")
    found = tuple(_usable(listed))
    if not found:
        raise ValueError("it has no key that signatures can be checked with")
    return found


def _usable(listed: Sequence[Any]) -> Iterator[IssuerKey]:
    for entry in listed:
        if not isinstance(entry, Mapping) or entry.get("kty") not in _KINDS:
            continue
        if _PRIVATE & entry.keys():
            # whoever reads the document can sign with it
            log.error("the issuer publishes the private half of a key, which is not used")
            continue
        if entry.get("use", "sig") != "sig" or "verify" not in entry.get("key_ops", ["verify"]):
            continue
        made = _made(entry)
        if made is not None:
            yield made


def _made(entry: Mapping[str, Any]) -> IssuerKey | None:
    id, algorithm, curve = entry.get("kid"), entry.get("alg"), entry.get("crv")
    if not all(x is None or isinstance(x, str) for x in (id, algorithm, curve)):
        return None
    if entry["kty"] == "RSA" and 6 * len(str(entry.get("n"))) < SMALLEST_RSA:
        log.warning("a key of the issuer has less than %s bits and is not used", SMALLEST_RSA)
        return None
    plain = {name: entry[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in entry}
    try:
        key = _KINDS[entry["kty"]].import_key(plain)
        key.public_key  # noqa: B018 -- made when it is first asked for, and may turn out wrong
    except (JoseError, ValueError, TypeError, KeyError):
        log.warning("a key of the issuer cannot be read and is not used")
        return None
    return IssuerKey(id, entry["kty"], curve, algorithm, key)
