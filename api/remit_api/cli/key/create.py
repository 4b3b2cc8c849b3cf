"""`remit key create`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.key.options import BY, DATABASE, Database, now
from remit_api.cli.options import DirectoryFile, Json, Paths, ServicePolicy
from remit_api.cli.output import screen
from remit_api.cli.session import read_day
from remit_api.failures import WrongUse
from remit_api.files import policy_paths
from remit_api.http.desk import desk_of_files
from remit_api.http.identity.making import Wanted, make_key
from remit_api.http.roles import open_roles
from remit_api.pay import keeping
from remit_engine.people.directory import Directory
from remit_engine.storage import api_keys

Name = Annotated[str, typer.Option("--name", metavar="NAME", help="What it is called in lists.")]
Roles = Annotated[
    list[str], typer.Option("--role", metavar="ROLE", help="A role it has; any number of times.")
]
Person = Annotated[
    str | None,
    typer.Option(
        "--person", metavar="PERSON", help="For whom it speaks; without it, for a program."
    ),
]
Scopes = Annotated[
    list[str] | None,
    typer.Option(
        "--scope",
        metavar="RESOURCE[.OPERATION]",
        help="What it is narrowed to: `decisions`, `limits.ask`; any number of times.",
    ),
]
Days = Annotated[
    int | None,
    typer.Option("--days", metavar="NUMBER", min=1, max=36_500, help="How long it holds."),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="The first day (in UTC) without it."),
]


def create(
    name: Name,
    roles: Roles,
    person: Person = None,
    scopes: Scopes = None,
    days: Days = None,
    until: Until = None,
    database: Database = DATABASE,
    paths: Paths = None,
    directory: DirectoryFile = None,
    service_policy: ServicePolicy = None,
    as_json: Json = False,
) -> ExitCode:
    """Make a key to the service, and show it this once."""
    view = screen(as_json=as_json)
    moment = now()
    wanted = Wanted(
        name, frozenset(roles), person, frozenset(scopes or ()), _end(days, until, moment)
    )
    people = Directory.empty()
    if person is not None:
        people = desk_of_files(policy_paths(paths or ()), directory).directory
    text, made = make_key(wanted, open_roles(service_policy), people, BY, moment)
    with keeping.opened(database, new=True) as store, store.writing() as connection:
        api_keys.made(connection, made)
    if as_json:
        view.data({"id": made.id, "key": text.text})
        return ExitCode.OK
    view.line(text.text)
    view.note("keep it: it is shown this once, and only its hash is stored")
    return ExitCode.OK


def _end(days: int | None, until: str | None, moment: datetime) -> datetime | None:
    if days is not None and until is not None:
        raise WrongUse("`--days` and `--until` say the same thing", "leave one of them out")
    if days is not None:
        return moment + timedelta(days=days)
    if until is None:
        return None
    day = read_day(until, "--until")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
