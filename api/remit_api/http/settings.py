"""How the service is set up, as `remit serve` was told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.requests import Request

from remit_api.http.oidc import Oidc

LOOPBACK_NAMES = ("localhost", "localhost.localdomain")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the parts of the service are made from.

    database: an address as SQLAlchemy takes it. zone: where the company's day begins. body: the
    largest body that is read, in bytes. waiting: how many requests may wait for the recorder.
    service_policy: what each role may do; None for the one that remit brings along. oidc: the
    issuer whose tokens are believed. caller_rate, address_rate: requests a second; 0 counts none.
    cors: the origins of web pages that may ask; none may otherwise.
    traces: the collector that is told of every request, without a slash at its end (the extra
    `telemetry`).
    authzen: the mapping of its questions; None for names as in the policy. public_url: the address
    others know the service by, without a slash at its end.
    pay_data: where data of pay are, by the names that callers know. pay_at_once: how many runs of
    pay this process computes at a time. pay_waiting: how many may wait, for all processes.
    measures: the folder in which workers that share a port tell each other what they counted.
    channels: the file that says by which somebody outside is told of alerts.
    matcher: what matches the rules of watches, `plain` or `durable`; None for `durable` where it
    works.
    trusted_caller: who calls, believed as it is, for tests; no option of the command line sets it.
    """

    policies: tuple[Path, ...]
    directory: Path | None
    database: str
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    demo: bool = False
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    reload: bool = False
    body: int = 2_000_000
    waiting: int = 2_000
    service_policy: Path | None = None
    oidc: Oidc | None = None
    caller_rate: int = 0
    address_rate: int = 0
    cors: tuple[str, ...] = ()
    traces: str | None = None
    authzen: Path | None = None
    public_url: str | None = None
    pay_data: tuple[tuple[str, str], ...] = ()
    pay_at_once: int = 1
    pay_waiting: int = 20
    measures: Path | None = None
    channels: Path | None = None
    matcher: str | None = "plain"
    trusted_caller: Callable[[Request], object] | None = None

    @property
    def loopback(self) -> bool:
        """True when only this machine can reach the service."""
        if self.host in LOOPBACK_NAMES:
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def address(self) -> str | None:
        """Under which address the service is known; None where nobody said it."""
        if self.public_url is not None or not self.loopback:
            return self.public_url
        return f"http://{self.listens}"

    @property
    def listens(self) -> str:
        """Host and port, as an address has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"
