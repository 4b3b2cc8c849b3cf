"""`remit serve`: the service over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from socket import socket
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from fastapi import FastAPI

from remit_api.cli.database import DATABASE, Database
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.first_questions import first_questions
from remit_api.cli.options import DirectoryFile, Paths, ServicePolicy
from remit_api.cli.output import Screen, screen
from remit_api.cli.serve_options import (
    ADDRESS_RATE,
    RATE,
    AddressRate,
    Authzen,
    Channels,
    Cors,
    MatcherOption,
    OidcAudience,
    OidcIssuer,
    OidcPersonClaim,
    OidcRolesClaim,
    PayData,
    PositionRoles,
    PublicUrl,
    Rate,
    Traces,
)
from remit_api.failures import FileTrouble, WrongUse
from remit_api.files import policy_paths
from remit_api.http.app import create_app
from remit_api.http.identity.demo import DemoIdentity
from remit_api.http.oidc import Oidc, position_roles
from remit_api.http.pay_places import pay_places
from remit_api.http.server import listening, run
from remit_api.http.settings import Settings
from remit_api.pay.keeping import address, telling
from remit_engine.watch.choosing import DURABLE, NAMES, missing

Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="The address to listen on.")]
Port = Annotated[
    int, typer.Option("--port", metavar="NUMBER", min=0, max=65_535, help="The port to listen on.")
]
Workers = Annotated[
    int, typer.Option("--workers", metavar="NUMBER", min=1, max=64, help="How many processes.")
]
Demo = Annotated[
    bool, typer.Option("--demo", help="Make three keys to try it with. On this machine only.")
]
Zone = Annotated[
    str, typer.Option("--zone", metavar="ZONE", help="The company's time zone: Asia/Shanghai.")
]
Reload = Annotated[
    bool, typer.Option("--reload", help="Answer from the policy files anew when they change.")
]


def serve(
    paths: Paths = None,
    directory: DirectoryFile = None,
    database: Database = DATABASE,
    host: Host = "127.0.0.1",
    port: Port = 8080,
    workers: Workers = 1,
    demo: Demo = False,
    zone: Zone = "UTC",
    reload: Reload = False,
    service_policy: ServicePolicy = None,
    oidc_issuer: OidcIssuer = None,
    oidc_audience: OidcAudience = "",
    oidc_person_claim: OidcPersonClaim = "sub",
    oidc_roles_claim: OidcRolesClaim = None,
    position_role: PositionRoles = None,
    rate: Rate = RATE,
    address_rate: AddressRate = ADDRESS_RATE,
    cors: Cors = None,
    authzen: Authzen = None,
    public_url: PublicUrl = None,
    traces: Traces = None,
    pay_data: PayData = None,
    channels: Channels = None,
    matcher: MatcherOption = None,
) -> ExitCode:
    """Answer over HTTP, and keep what was decided. Runs until it is stopped with Ctrl-C."""
    view = screen()
    settings = Settings(
        policies=tuple(policy_paths(paths or ())),
        directory=directory,
        database=address(database, new=True),
        host=host,
        port=port,
        workers=workers,
        demo=demo,
        zone=_zone(zone),
        reload=reload,
        service_policy=service_policy,
        oidc=_issuer(
            oidc_issuer, oidc_audience, oidc_person_claim, oidc_roles_claim, position_role
        ),
        caller_rate=rate,
        address_rate=address_rate,
        cors=tuple(cors or ()),
        authzen=authzen,
        public_url=_public(public_url),
        traces=_collector(traces),
        pay_data=pay_places(pay_data or ()),
        channels=channels,
        matcher=_matcher(matcher),
    )
    _allowed(settings)
    taken = _taken(settings)
    settings = replace(settings, port=taken.getsockname()[1])
    try:
        with telling(database):
            app = _app(settings)
        _greet(settings, view)
        _introduce(app.state.demo, view)
        for what, line in first_questions(settings, app.state.demo, app.state.service):
            view.note((what, "bold"))
            view.note(f"  {line}")
        _run(settings, app, taken)
    finally:
        taken.close()
    return ExitCode.OK


def _taken(settings: Settings) -> socket:
    """The address, before anybody is told of it; raises FileTrouble where another has it."""
    try:
        return listening(settings)
    except OSError as fault:
        why = (fault.strerror or str(fault)).lower()
        message = f"the service cannot listen on `{settings.listens}`: {why}"
        help = "choose another with `--port`, or `--host`"
        raise FileTrouble("", message, help) from None


def _run(settings: Settings, app: FastAPI, taken: socket) -> None:
    try:
        run(settings, app, taken)
    except SystemExit as end:
        if end.code:
            help = "what is wrong stands above, in the log"
            raise FileTrouble("", "the service could not begin", help) from None


def _app(settings: Settings) -> FastAPI:
    """What this process serves; where several do, it is made to see that it can be."""
    if settings.traces is None:
        return create_app(settings)
    try:
        from remit_api.http.telemetry import traced_app  # noqa: PLC0415 -- an extra
    except ModuleNotFoundError as fault:
        message = f"`--traces` needs OpenTelemetry, and there is no `{fault.name}` here"
        raise WrongUse(message, "install it: python -m pip install 'remit[telemetry]'") from None
    return traced_app(settings) if settings.workers == 1 else create_app(settings)


def _collector(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        message = f"`{url}` is not the address of a collector"
        raise WrongUse(message, "write it as `http://127.0.0.1:4318`")
    return url.rstrip("/")


def _matcher(name: str | None) -> str | None:
    if name is not None and name not in NAMES:
        raise WrongUse(f"there is no matcher `{name}`", f"write {' or '.join(NAMES)}")
    if name == DURABLE and (why := missing()) is not None:
        raise WrongUse(why, "write `--matcher plain`")
    return name


def _issuer(
    url: str | None, audience: str, person: str, roles: str | None, positions: list[str] | None
) -> Oidc | None:
    if url is None:
        return None
    return Oidc(url, audience, person, roles, position_roles(positions or ()))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"there is no time zone `{name}`"
        raise WrongUse(message, "write it as `Europe/Berlin` or `UTC`") from None


def _public(url: str | None) -> str | None:
    """An address that is handed out: nobody is sent where a key could be read on the way."""
    if url is None:
        return None
    parts = urlsplit(url)
    near = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    whole = parts.hostname and not (parts.query or parts.fragment or parts.username)
    if not whole or not (parts.scheme == "https" or near):
        message = f"`{url}` is not an address to hand out"
        raise WrongUse(message, "write it as `https://remit.example.com`")
    return url.rstrip("/")


def _allowed(settings: Settings) -> None:
    """The demo's keys are known to whoever reads the screen: they stay on this machine."""
    if settings.demo and not settings.loopback:
        message = f"`--demo` does not listen on `{settings.host}`, which others can reach"
        raise WrongUse(message, "leave `--demo` out, or listen on 127.0.0.1")
    if settings.demo and settings.workers > 1:
        message = "`--demo` is one process, which alone knows its keys"
        raise WrongUse(message, "leave `--workers` out")


def _greet(settings: Settings, view: Screen) -> None:
    view.note(("remit", "bold"), f" answers on http://{settings.listens}")


def _introduce(identities: Sequence[DemoIdentity], view: Screen) -> None:
    """Who may be tried, each with the key that he sends."""
    for who in identities:
        person = f"{who.name} ({who.person})" if who.person else "nobody of the directory"
        view.note(f"  {who.role}: {person}")
        view.note(f"    Authorization: Bearer {who.key.text}")
