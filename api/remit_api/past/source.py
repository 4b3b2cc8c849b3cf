"""Where past requests come from: a file of rows, or a table of a database."""

from __future__ import annotations

from pathlib import Path

from remit_api.batch.row import Rows
from remit_api.batch.run import open_batch
from remit_api.failures import WrongUse
from remit_api.past import database


def is_url(against: str) -> bool:
    """True for `sqlite:///decisions.db`, false for a path."""
    return "://" in against


def shown_source(against: str) -> str:
    """A source as it may be printed: an address without its password."""
    return database.safe(against) if is_url(against) else against


def open_past(against: str, table: str | None) -> Rows:
    """The rows of a file, by its ending, or of a table of a database."""
    if is_url(against):
        return database.read(against, table)
    if table is not None:
        message = f"`{against}` is a file, and a file has no table `{table}`"
        raise WrongUse(message, "leave `--table` out, or name a database: `sqlite:///decisions.db`")
    return open_batch(Path(against))
