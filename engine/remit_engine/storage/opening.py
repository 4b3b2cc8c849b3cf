"""Opening a store: an SQLite file (in WAL mode) or an address such as `postgresql+psycopg://…`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sql
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from remit_engine.storage.tables import metadata

WRITING = "remit_writing"
WAIT = 30_000
"""Milliseconds a writer waits for another on SQLite."""
TURN = 7_264_833
"""The number of the lock by which writers on PostgreSQL take turns."""


def open_store(url: str | sql.URL) -> Engine:
    """The store at an address, its tables made where they are missing. Raises what SQLAlchemy does
    for an address that is none, a driver that is not there, a database that cannot be opened."""
    engine = sql.create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    with writing(engine) as connection:
        metadata.create_all(connection)
    return engine


@contextmanager
def writing(store: Engine) -> Iterator[Connection]:
    """One transaction that writes: all of it is kept, or nothing. Writers take turns, so that what
    one has read is still so when it writes."""
    with (
        store.connect().execution_options(**{WRITING: True}) as connection,
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            connection.execute(sql.select(sql.func.pg_advisory_xact_lock(TURN)))
        yield connection


@contextmanager
def reading(store: Engine) -> Iterator[Connection]:
    """One transaction that reads, from one state of the store."""
    with store.connect() as connection, connection.begin():
        yield connection


def _prepare(raw: Any, record: Any) -> None:
    """What every connection to SQLite is told; transactions are begun by us."""
    raw.isolation_level = None
    cursor = raw.cursor()
    for pragma in (
        f"busy_timeout={WAIT}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=1",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Writers take their turn at once, so that none has to give up halfway."""
    now = connection.get_execution_options().get(WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if now else "BEGIN")
