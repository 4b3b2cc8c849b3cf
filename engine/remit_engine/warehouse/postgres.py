"""PostgreSQL, by psycopg 3: the tables stand in a schema of their own while it is open."""

from __future__ import annotations

import io
import itertools
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from remit_engine.warehouse.drivers import driver
from remit_engine.warehouse.lines import write_csv
from remit_engine.warehouse.warehouse import (
    Columns,
    Row,
    WarehouseTrouble,
    WarehouseUnavailable,
)

CHUNK = 50_000


class Postgres:
    """One connection to a server. `url`: as libpq reads it."""

    name = "postgres"
    concurrent = False

    def __init__(self, *, url: str) -> None:
        self._psycopg = driver("psycopg", "postgres")
        try:
            self.connection: Any = self._psycopg.connect(url, autocommit=True)
        except self._psycopg.Error as fault:
            raise WarehouseUnavailable(_words(fault)) from None
        self._schema = f"remit_{secrets.token_hex(6)}"
        self._cursors = itertools.count()
        self.run(f"CREATE SCHEMA {self._schema}")
        self.run(f"SET search_path TO {self._schema}, public")
        self.run("SET jit = off")

    def run(self, sql: str) -> None:
        """See Warehouse."""
        try:
            self.connection.execute(sql)
        except self._psycopg.Error as fault:
            raise WarehouseTrouble(_words(fault)) from fault

    def rows(self, sql: str) -> Iterator[Row]:
        """See Warehouse."""
        try:
            with (
                self.connection.transaction(),
                self.connection.cursor(f"remit_{next(self._cursors)}") as cursor,
            ):
                cursor.itersize = CHUNK
                cursor.execute(sql)
                yield from cursor
        except self._psycopg.Error as fault:
            raise WarehouseTrouble(_words(fault)) from fault

    def create(self, table: str, query: str) -> None:
        """See Warehouse."""
        self.drop(table)
        self.run(f"CREATE UNLOGGED TABLE {table} AS {query}")
        self.run(f"ANALYZE {table}")

    def view(self, table: str, query: str) -> None:
        """See Warehouse."""
        self.drop(table)
        self.run(f"CREATE VIEW {table} AS {query}")

    def drop(self, table: str) -> None:
        """See Warehouse."""
        kinds = self.rows(
            "SELECT table_type FROM information_schema.tables "
            f"WHERE table_schema = '{self._schema}' AND table_name = '{table}'"
        )
        for (kind,) in list(kinds):
            self.run(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} {table}")

    def load(self, table: str, columns: Columns, rows: Iterable[Row]) -> None:
        """See Warehouse."""
        self.drop(table)
        types = ", ".join(f"{name} {kind}" for name, kind in columns)
        self.run(f"CREATE UNLOGGED TABLE {table} ({types})")
        todo = iter(rows)
        try:
            with (
                self.connection.cursor() as cursor,
                cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy,
            ):
                while part := list(itertools.islice(todo, CHUNK)):
                    text = io.StringIO()
                    write_csv(part, columns, text)
                    copy.write(text.getvalue())
        except self._psycopg.Error as fault:
            raise WarehouseTrouble(_words(fault)) from fault
        self.run(f"ANALYZE {table}")

    def read_parquet(self, table: str, path: Path) -> None:
        """PostgreSQL reads no Parquet: raises WarehouseTrouble."""
        raise WarehouseTrouble(f"postgres reads no parquet: load `{path}` by way of duckdb")

    def write_parquet(self, query: str, path: Path) -> None:
        """PostgreSQL writes no Parquet: raises WarehouseTrouble."""
        raise WarehouseTrouble(f"postgres writes no parquet: write `{path}` by way of duckdb")

    def progress(self) -> float | None:
        """See Warehouse."""
        return None

    def interrupt(self) -> None:
        """See Warehouse."""
        self.connection.cancel()

    def close(self) -> None:
        """See Warehouse."""
        if not self.connection.broken:
            self.run(f"DROP SCHEMA {self._schema} CASCADE")
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _words(fault: Exception) -> str:
    lines = str(fault).strip().splitlines()
    return f"postgres: {lines[0] if lines else type(fault).__name__}"
