"""PostgreSQL, by psycopg 3: the tables stand in a schema of their own while it is open."""

from __future__ import annotations

import io
import itertools
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from remit_engine.warehouse.drivers import driver
from remit_engine.warehouse.exchange import to_csv, to_parquet
from remit_engine.warehouse.lines import write_csv
from remit_engine.warehouse.warehouse import (
    NUMBERS,
    Columns,
    Row,
    WarehouseOverflow,
    WarehouseTrouble,
    WarehouseUnavailable,
    Words,
)

CHUNK = 50_000
PIECE = 1 << 20
_TYPES = {"VARCHAR": "TEXT"}
"""Types of DuckDB that have another name here."""
_BY_OID = {16: "BOOLEAN", 20: "BIGINT", 23: "INTEGER", 25: "VARCHAR", 1043: "VARCHAR", 1082: "DATE"}
_NUMERIC = 1700


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
            raise self._trouble(fault) from fault

    def _trouble(self, fault: Exception) -> WarehouseTrouble:
        overflow = isinstance(fault, self._psycopg.errors.NumericValueOutOfRange)
        return (WarehouseOverflow if overflow else WarehouseTrouble)(_words(fault))

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
            raise self._trouble(fault) from fault

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
            raise self._trouble(fault) from fault
        self.run(f"ANALYZE {table}")

    def encode(self, table: str, column: str, words: str) -> None:
        """See Warehouse. There is no such type."""

    def read_parquet(self, table: str, path: Path) -> None:
        """See Warehouse. By way of a CSV, and a table: PostgreSQL knows no Parquet."""
        with tempfile.TemporaryDirectory(prefix="remit-postgres-") as folder:
            text = Path(folder) / "rows.csv"
            columns = to_csv(path, text)
            self.drop(table)
            shown = ", ".join(f"{n} {_TYPES.get(kind, kind)}" for n, kind in columns)
            self.run(f"CREATE UNLOGGED TABLE {table} ({shown})")
            with text.open("rb") as stream:
                self._copied_in(table, stream)
        self.run(f"ANALYZE {table}")

    def _copied_in(self, table: str, stream: BinaryIO) -> None:
        try:
            with (
                self.connection.cursor() as cursor,
                cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy,
            ):
                while piece := stream.read(PIECE):
                    copy.write(piece)
        except self._psycopg.Error as fault:
            raise self._trouble(fault) from fault

    def write_parquet(self, query: str, path: Path, words: Words = NUMBERS) -> None:
        """See Warehouse. By way of a CSV."""
        with tempfile.TemporaryDirectory(prefix="remit-postgres-") as folder:
            text = Path(folder) / "rows.csv"
            with text.open("wb") as stream:
                columns = self._copied_out(query, stream)
            to_parquet(text, columns, path, words)

    def _copied_out(self, query: str, stream: BinaryIO) -> Columns:
        """Write the rows of a query; gives its columns, with types of DuckDB."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM ({query}) q LIMIT 0")
                columns = [(c.name, _duckdb_type(c)) for c in cursor.description]
                with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
                    for piece in copy:
                        stream.write(piece)
        except self._psycopg.Error as fault:
            raise self._trouble(fault) from fault
        return columns

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


def _duckdb_type(column: Any) -> str:
    if column.type_code == _NUMERIC and column.precision:
        return f"DECIMAL({column.precision},{column.scale or 0})"
    found = _BY_OID.get(column.type_code)
    if found is None:
        raise WarehouseTrouble(f"postgres: `{column.name}` has a type that no file of ours has")
    return found
