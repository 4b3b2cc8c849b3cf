"""Stores for tests: SQLite files, and PostgreSQL where the machine has one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import sqlalchemy as sql
from sqlalchemy.engine import Connection, Engine

from engine.commission.runs import PLANS
from engine.warehouses import postgres_folder
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.closed.closing import compared
from remit_engine.commission.statement import Run
from remit_engine.storage import closings, runs
from remit_engine.storage.opening import open_store, writing
from remit_engine.storage.runs import RunHead

DAY = date(2026, 4, 2)


@contextmanager
def store(kind: str, folder: Path) -> Iterator[Engine]:
    """An empty store."""
    opened = open_store(address(kind, folder))
    yield opened
    opened.dispose()


def address(kind: str, folder: Path) -> str:
    """Where an empty store can be."""
    if kind == "memory":
        return "sqlite://"
    if kind == "sqlite":
        return f"sqlite:///{folder / 'pay.db'}"
    name = f"s{uuid.uuid4().hex}"
    base = f"postgresql+psycopg://remit@/postgres?host={postgres_folder()}"
    engine = sql.create_engine(base)
    with engine.begin() as connection:
        connection.execute(sql.text(f"CREATE SCHEMA {name}"))
    engine.dispose()
    return f"{base}&options=-csearch_path%3D{name}"


def keep(connection: Connection, run: Run, period: Period) -> int:
    """Keep a run with its differences, as the doors do."""
    number = runs.next_number(connection)
    head = RunHead(number, period, "digest", DAY, "data", "python", dict.fromkeys(PLANS, "CNY"))
    kept = closings.read(connection, PLANS)
    found = closings.explained(connection, compared(kept, run, head.version, PLANS, period.last))
    runs.keep(connection, head, run, found)
    return number


def closed(engine: Engine, run: Run, period: Period, plan: str = "field") -> int:
    """Keep a run and close a period with it; returns its number."""
    with writing(engine) as connection:
        number = keep(connection, run, period)
        closings.close(connection, number, plan, period, "fay")
    return number
