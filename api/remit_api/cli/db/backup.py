"""`remit db backup`: a copy of the store while it is in use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from remit_api.cli.database import DATABASE, Database
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.output import screen
from remit_api.failures import FileTrouble
from remit_api.pay.keeping import address, telling
from remit_engine.storage.backup import backed_up

Target = Annotated[Path, typer.Argument(metavar="FILE", help="The copy: a file not there yet.")]


def backup(target: Target, database: Database = DATABASE) -> ExitCode:
    """Copy the store into a file, also while the service runs.

    SQLite: a store again, to be opened as it is. PostgreSQL: an archive of `pg_dump`, which
    `pg_restore` reads.
    """
    view = screen()
    url = address(database, maker="`remit serve --database`")
    with telling(database):
        try:
            backed_up(url, target)
        except OSError as fault:
            raise FileTrouble(target, f"`{target}` cannot be written: {fault.strerror}") from None
    view.line(f"copied to {target}")
    return ExitCode.OK
