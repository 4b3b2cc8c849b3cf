"""Opening a store: an SQLite file (in WAL mode) or an address such as `postgresql+psycopg://…`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sql
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool

from remit_engine.storage import schema
from remit_engine.storage.faults import Behind
from remit_engine.storage.schema import State

WRITING = "remit_writing"
WAIT = 30_000
"""Milliseconds a writer waits for another on SQLite."""
_turns: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()
_making = Lock()
TURN = 7_264_833
"""The number of the lock by which writers on PostgreSQL take turns."""


def open_store(url: str | sql.URL) -> Engine:
    """The store at an address. An empty one gets its tables; an SQLite file of an earlier remit is
    brought up to this one. Raises Behind for another that has to be, and for one of a later remit;
    what SQLAlchemy does for an address that is none, a driver that is not there, a database that
    cannot be opened."""
    store = connected(url)
    with reading(store) as connection:
        found = schema.state(connection)
    if found is not State.CURRENT:
        _prepared(store)
    return store


def connected(url: str | sql.URL) -> Engine:
    """The database at an address as it is; see `open_store` for what it raises. What it says of a
    statement that fails, and the log with it, holds none of the values: facts, people, pay."""
    address = sql.make_url(url)
    if address.get_backend_name() != "sqlite":
        return sql.create_engine(address, hide_parameters=True)
    kept: dict[str, Any] = {}
    if address.database in (None, "", ":memory:"):  # it lives as long as its one connection
        kept = {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0}
    kept["connect_args"] = {"check_same_thread": False}
    store = sql.create_engine(address, hide_parameters=True, **kept)
    event.listen(store, "connect", _prepare)
    event.listen(store, "begin", _begin)
    return store


def upgraded(store: Engine) -> str | None:
    """Bring the tables of a store up to this remit; the step it stood at. Raises Behind where a
    later remit made them."""
    with writing(store) as connection:
        before = schema.step_of(connection)
        if schema.state(connection) is State.UNKNOWN:
            raise _later(before)
        schema.upgrade(connection)
    return before


def _prepared(store: Engine) -> None:
    with writing(store) as connection:
        match schema.state(connection):  # somebody else may have been faster
            case State.UNKNOWN:
                raise _later(schema.step_of(connection))
            case State.OLD if store.dialect.name != "sqlite":
                raise Behind(
                    "the tables of the store are those of an earlier remit",
                    "`remit db upgrade` brings them up to date; back the store up before",
                )
            case State.OLD | State.NEW:
                schema.upgrade(connection)


def _later(step: str | None) -> Behind:
    return Behind(
        f"the tables of the store are at step {step}, which this remit does not know",
        "a later remit made them: use that one",
    )


@contextmanager
def writing(store: Engine) -> Iterator[Connection]:
    """One transaction that writes: all of it is kept, or nothing. Writers take turns, so that what
    one has read is still so when it writes. Raises what SQLAlchemy does where the turn does not
    come."""
    with (
        _turn(store),
        store.connect().execution_options(**{WRITING: True}) as connection,
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            connection.execute(sql.select(sql.func.pg_advisory_xact_lock(TURN)))
        yield connection


@contextmanager
def _turn(store: Engine) -> Iterator[None]:
    """The turn among the threads of this process. Who waits for it holds no connection; and SQLite,
    where processes that wait try by chance, is asked by one thread of each alone."""
    with _making:
        turn = _turns.setdefault(store, Lock())
    if not turn.acquire(timeout=WAIT / 1000):
        raise sql.exc.TimeoutError("writers before this one take too long")
    try:
        yield
    finally:
        turn.release()


@contextmanager
def reading(store: Engine) -> Iterator[Connection]:
    """One transaction that reads, from one state of the store, whatever is written meanwhile."""
    with store.connect() as connection:
        if connection.dialect.name == "postgresql":  # each statement sees a later state otherwise
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
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
