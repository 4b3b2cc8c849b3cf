"""Whether the tables of a store are those of this remit, and how they become so."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cache
from pathlib import Path

import sqlalchemy as sql
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

MIGRATIONS = Path(__file__).parent / "migrations"
FIRST = "0001"


class State(Enum):
    """NEW: no tables of remit. OLD: an earlier remit made them, or one before migrations. CURRENT:
    this one. UNKNOWN: a later remit, or somebody else."""

    NEW = "new"
    OLD = "old"
    CURRENT = "current"
    UNKNOWN = "unknown"


@cache
def head() -> str:
    """The step that this remit needs."""
    found = _scripts().get_current_head()
    if found is None:
        raise RuntimeError(f"no migrations in {MIGRATIONS}")
    return found


def step_of(connection: Connection) -> str | None:
    """The step a store stands at; None where no migration ever ran."""
    return MigrationContext.configure(connection).get_current_revision()


def state(connection: Connection) -> State:
    """How the tables of a store stand to this remit."""
    step = step_of(connection)
    if step is None:
        return State.OLD if sql.inspect(connection).has_table("run") else State.NEW
    if step == head():
        return State.CURRENT
    known = {script.revision for script in _scripts().walk_revisions()}
    return State.OLD if step in known else State.UNKNOWN


def upgrade(connection: Connection) -> None:
    """Run the steps that are missing, in the transaction of the connection. Tables that stood
    before there were migrations stay as they are, with all that is in them."""
    command.upgrade(_config({"connection": connection}), "head")


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config({}))


def _config(attributes: Mapping[str, object]) -> Config:
    config = Config(attributes=dict(attributes))
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
