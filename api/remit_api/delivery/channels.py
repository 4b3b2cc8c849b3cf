"""The channels by which somebody outside is told: where they lead, and who is told by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from remit_dsl.watch import SEVERITIES


class Undelivered(Exception):
    """A message did not arrive. lasting: it never will, so it is not tried again. later: seconds
    that the receiver asks to be left alone for."""

    def __init__(self, message: str, *, lasting: bool = False, later: int = 0) -> None:
        super().__init__(message)
        self.lasting = lasting
        self.later = later


class Secret:
    """A secret that nobody prints."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "Secret(…)"

    def reveal(self) -> str:
        """The secret, for the one place that uses it."""
        return self._value


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """name: as the outbox calls it. least: the severity from which on it is told. language: of what
    people read."""

    name: str
    least: str = "info"
    language: str = "en"

    def wants(self, severity: str) -> bool:
        """Whether an alert of a severity is told."""
        return SEVERITIES.index(severity) >= SEVERITIES.index(self.least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Channel):
    """A program that is told by POST. secrets: what is signed with, the newest first; the one
    before stays until every receiver knows the new one. seconds: for one try."""

    url: str
    secrets: tuple[Secret, ...]
    seconds: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail(Channel):
    """E-mail to who holds the notified positions. security: `tls` from the start, `starttls`, or
    `none` (on this machine only). addresses: by person; domain: of everybody else, PERSON@DOMAIN.
    copies: who always gets it too. authorities: a file of certificates to believe beside the
    system's."""

    host: str
    port: int
    sender: str
    security: str = "starttls"
    user: str | None = None
    password: Secret | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)
    domain: str | None = None
    copies: tuple[str, ...] = ()
    authorities: str | None = None
    seconds: float = 15.0

    def address(self, person: str) -> str | None:
        """Where somebody is written to; None where nobody said it."""
        known = self.addresses.get(person)
        if known is None and self.domain is not None:
            return f"{person}@{self.domain}"
        return known


@dataclass(frozen=True, slots=True, kw_only=True)
class Log(Channel):
    """A line in the service's log."""
