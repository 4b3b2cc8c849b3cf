"""What the commands about keys share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from remit_engine.storage.api_keys import ApiKey

DATABASE = "remit.db"
Database = Annotated[
    str,
    typer.Option(
        "--database",
        metavar="FILE|URL",
        envvar="REMIT_DATABASE",
        help="The database of the service: an SQLite file, or an address.",
    ),
]
BY = "command line"
"""Who makes and revokes keys where the service runs, as the store has it."""


def now() -> datetime:
    """The moment, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def state(key: ApiKey, moment: datetime) -> str:
    """How a key stands, in words."""
    if key.revoked is not None:
        return f"revoked {key.revoked:%Y-%m-%d} by {key.revoked_by}"
    if not key.holds(moment):
        return f"expired {key.expires:%Y-%m-%d}"
    return f"until {key.expires:%Y-%m-%d}" if key.expires else "holds"


def row(key: ApiKey, moment: datetime) -> Sequence[str]:
    """A key as a line of the table."""
    scopes = ", ".join(sorted(key.scopes)) or "all"
    roles = ", ".join(sorted(key.roles))
    return key.id, key.name, key.person or "a program", roles, scopes, state(key, moment)


HEADER = ("id", "name", "speaks for", "roles", "for", "state")
