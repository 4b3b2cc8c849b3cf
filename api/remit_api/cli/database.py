"""Which store the service and `remit db` use."""

from __future__ import annotations

from typing import Annotated

import typer

DATABASE = "remit.db"
Database = Annotated[
    str,
    typer.Option(
        "--database",
        metavar="FILE|URL",
        envvar="REMIT_DATABASE",
        help="Where decisions are kept: an SQLite file, or the address of a database.",
    ),
]
