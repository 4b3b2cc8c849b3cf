"""How tokens of an issuer are read, as a deployment configures it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from remit_api.failures import WrongUse


@dataclass(frozen=True, slots=True)
class Oidc:
    """An issuer whose tokens are believed.

    audience: what tokens must be for. person_claim: names the person of the directory.
    roles_claim: names the roles, where the issuer knows them. position_roles: the roles that a
    position brings, by its name, where it does not.
    """

    issuer: str
    audience: str
    person_claim: str = "sub"
    roles_claim: str | None = None
    position_roles: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not trustworthy(self.issuer):
            message = f"`{self.issuer}` is no address of an issuer: it begins with https"
            raise WrongUse(message, "give `--oidc-issuer https://…` as its tokens have it in `iss`")
        if not self.audience:
            help = "give `--oidc-audience` as tokens for this service have it in `aud`"
            raise WrongUse("tokens of every audience would be believed", help)
        if self.roles_claim is None and not self.position_roles:
            help = "give `--oidc-roles-claim CLAIM`, or `--role POSITION=ROLE` for positions"
            raise WrongUse("nobody who comes with a token has a role", help)

    def as_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        positions = {name: sorted(roles) for name, roles in self.position_roles.items()}
        return {
            **{f.name: getattr(self, f.name) for f in fields(self)},
            "position_roles": positions,
        }

    @classmethod
    def of_dict(cls, values: Mapping[str, Any]) -> Oidc:
        """What `as_dict` made."""
        positions = {name: frozenset(roles) for name, roles in values["position_roles"].items()}
        return cls(**{**values, "position_roles": positions})


def position_roles(words: Iterable[str]) -> dict[str, frozenset[str]]:
    """`POSITION=ROLE`, each any number of times; raises WrongUse for other words."""
    found: dict[str, frozenset[str]] = {}
    for word in words:
        position, equals, role = word.partition("=")
        if not (position and equals and role):
            raise WrongUse(f"`{word}` gives no role", "write `POSITION=ROLE`")
        found[position] = found.get(position, frozenset()) | {role}
    return found


def trustworthy(address: str) -> bool:
    """Whether nobody on the way can change what an address answers: https, or this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _loopback(host))


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
