"""A copy of a store while it is in use: SQLite by its online backup, PostgreSQL by `pg_dump`."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import sqlalchemy as sql

from remit_engine.storage.faults import Conflict, StoreFault, Unavailable

PAGES = 1_000
"""How many pages are copied before writers get a turn."""


def backed_up(address: str | sql.URL, target: Path) -> None:
    """Copy the store at an address into a new file, whole or not at all. Raises Conflict where the
    file is there; Unavailable for a store that lives in memory, for a database without `pg_dump`;
    StoreFault where the copy does not succeed; OSError for a file that cannot be written."""
    url = sql.make_url(address)
    if target.exists():
        raise Conflict(f"`{target}` is there already", "name a file that is not there yet")
    part = target.with_name(f".{target.name}.part")
    try:
        if url.get_backend_name() == "sqlite":
            _sqlite(url, part)
        else:
            _postgres(url, part)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _sqlite(url: sql.URL, part: Path) -> None:
    if url.database in (None, "", ":memory:"):
        raise Unavailable("a store in memory cannot be copied")
    part.touch()
    with closing(sqlite3.connect(str(url.database))) as store, closing(sqlite3.connect(part)) as to:
        store.backup(to, pages=PAGES)
        found = to.execute("PRAGMA integrity_check").fetchone()
    if found != ("ok",):
        raise StoreFault(f"the copy is broken: {found[0]}", "`remit db verify` says more")


def _postgres(url: sql.URL, part: Path) -> None:
    tool = shutil.which("pg_dump")
    if tool is None:
        raise Unavailable(
            "there is no `pg_dump` to copy a PostgreSQL database with",
            "install the client programs of PostgreSQL, or copy it from the server",
        )
    bare = url.set(drivername="postgresql", password=None)
    secret = {} if url.password is None else {"PGPASSWORD": str(url.password)}
    done = subprocess.run(
        [tool, "--format=custom", f"--file={part}", f"--dbname={bare.render_as_string()}"],
        env={**os.environ, **secret},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["it did not say why"])[-1]
        raise StoreFault(f"`pg_dump` failed: {said}")
