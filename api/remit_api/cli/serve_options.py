"""The options of `remit serve` about who calls, and how often."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RATE = 500
ADDRESS_RATE = 2_000

OidcIssuer = Annotated[
    str | None,
    typer.Option(
        "--oidc-issuer",
        metavar="URL",
        envvar="REMIT_OIDC_ISSUER",
        help="Believe the tokens of this issuer, as they have it in `iss`.",
    ),
]
OidcAudience = Annotated[
    str,
    typer.Option(
        "--oidc-audience",
        metavar="NAME",
        envvar="REMIT_OIDC_AUDIENCE",
        help="Whom tokens must be for, as they have it in `aud`.",
    ),
]
OidcPersonClaim = Annotated[
    str,
    typer.Option(
        "--oidc-person-claim", metavar="CLAIM", help="What names the person of the directory."
    ),
]
OidcRolesClaim = Annotated[
    str | None,
    typer.Option(
        "--oidc-roles-claim",
        metavar="CLAIM",
        help="What names the roles: `roles`, `realm_access.roles`.",
    ),
]
PositionRoles = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        metavar="POSITION=ROLE",
        help="A role that a position of the directory brings; any number of times.",
    ),
]
PayData = Annotated[
    list[str] | None,
    typer.Option(
        "--pay-data",
        metavar="NAME=DIR|URL",
        help="Where data of pay are, by a name that callers use; `events=…` for what stands beside "
        "the events; any number of times.",
    ),
]
Rate = Annotated[
    int,
    typer.Option(
        "--rate", metavar="NUMBER", min=0, help="Requests a second of one caller; 0: uncounted."
    ),
]
AddressRate = Annotated[
    int,
    typer.Option(
        "--address-rate",
        metavar="NUMBER",
        min=0,
        help="Requests a second from one address; 0: uncounted.",
    ),
]
Cors = Annotated[
    list[str] | None,
    typer.Option(
        "--cors",
        metavar="ORIGIN",
        help="Pages of another origin that may ask; any number of times.",
    ),
]
Authzen = Annotated[
    Path | None,
    typer.Option(
        "--authzen",
        metavar="FILE",
        help="How the questions of AuthZEN are put to the policy (docs/authzen.md).",
    ),
]
PublicUrl = Annotated[
    str | None,
    typer.Option(
        "--public-url",
        metavar="URL",
        envvar="REMIT_PUBLIC_URL",
        help="The address others know the service by: https://remit.example.com.",
    ),
]
Traces = Annotated[
    str | None,
    typer.Option(
        "--traces",
        metavar="URL",
        envvar="REMIT_TRACES",
        help="Tell this OpenTelemetry collector (OTLP over HTTP) of requests: http://127.0.0.1:4318.",
    ),
]
Channels = Annotated[
    Path | None,
    typer.Option(
        "--channels",
        metavar="FILE",
        help="By which channels somebody outside is told of alerts (docs/watch.md).",
    ),
]
MatcherOption = Annotated[
    str | None,
    typer.Option(
        "--matcher",
        metavar="plain|durable",
        help="What matches the rules of watches. [durable if it works]",
    ),
]
