"""DuckDB, in this process: the default."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from remit_engine.warehouse.lines import write_csv
from remit_engine.warehouse.warehouse import (
    NUMBERS,
    Columns,
    Row,
    WarehouseFull,
    WarehouseOverflow,
    WarehouseTrouble,
    Words,
)

CHUNK = 50_000
PARQUET = "FORMAT parquet, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 1024"
"""How files are written. Numbers that grow are written as differences; what has more than a few
values among the rows of a group is not looked for a dictionary of them."""


class DuckDB:
    """A database in memory, or in a file; what does not fit in memory goes to disk."""

    name = "duckdb"
    concurrent = True

    def __init__(
        self,
        *,
        path: Path | None = None,
        memory_limit: str | None = None,
        threads: int | None = None,
    ) -> None:
        config: dict[str, Any] = {"preserve_insertion_order": False}
        if memory_limit is not None:
            config["memory_limit"] = memory_limit
        if threads is not None:
            config["threads"] = threads
        self._folder = tempfile.TemporaryDirectory(prefix="remit-duckdb-")
        config["temp_directory"] = self._folder.name
        try:
            self.connection = duckdb.connect(str(path or ":memory:"), config=config)
        except duckdb.Error as fault:
            self._folder.cleanup()
            raise _trouble(fault) from None
        self._lock = threading.Lock()
        self._running: list[duckdb.DuckDBPyConnection] = []
        self._idle: list[duckdb.DuckDBPyConnection] = []

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that no other statement uses, so that threads may ask at once."""
        with self._lock:
            cursor = self._idle.pop() if self._idle else self._made()
            self._running.append(cursor)
        done = False
        try:
            yield cursor
            done = True
        except duckdb.Error as fault:
            raise _trouble(fault) from fault
        finally:
            with self._lock:
                self._running.remove(cursor)
                if done:
                    self._idle.append(cursor)
                else:  # it may stand in the middle of something
                    cursor.close()

    def _made(self) -> duckdb.DuckDBPyConnection:
        cursor = self.connection.cursor()
        cursor.execute("SET enable_progress_bar = true")
        cursor.execute("SET enable_progress_bar_print = false")
        return cursor

    def run(self, sql: str) -> None:
        """See Warehouse."""
        with self._cursor() as cursor:
            cursor.execute(sql)

    def rows(self, sql: str) -> Iterator[Row]:
        """See Warehouse."""
        with self._cursor() as cursor:
            cursor.execute(sql)
            while found := cursor.fetchmany(CHUNK):
                yield from found

    def create(self, table: str, query: str) -> None:
        """See Warehouse."""
        self._replace("TABLE", table, query)

    def view(self, table: str, query: str) -> None:
        """See Warehouse."""
        self._replace("VIEW", table, query)

    def _replace(self, kind: str, table: str, query: str) -> None:
        """One statement, but where a view stands in the way of a table, or a table of a view."""
        made = f"CREATE OR REPLACE {kind} {table} AS {query}"
        try:
            self.run(made)
        except WarehouseTrouble as fault:
            if not isinstance(fault.__cause__, duckdb.CatalogException):
                raise
            self.drop(table)
            self.run(made)

    def drop(self, table: str) -> None:
        """See Warehouse."""
        try:
            self.run(f"DROP TABLE IF EXISTS {table}")
        except WarehouseTrouble as fault:
            if not isinstance(fault.__cause__, duckdb.CatalogException):
                raise
            self.run(f"DROP VIEW IF EXISTS {table}")  # it was a view; asking first takes longer

    def load(self, table: str, columns: Columns, rows: Iterable[Row]) -> None:
        """See Warehouse."""
        types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns)
        path = Path(self._folder.name) / f"{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            write_csv(rows, columns, stream)
        self.create(
            table,
            f"SELECT * FROM read_csv({one_file(path)}, columns={{{types}}}, "
            "header=false, auto_detect=false, hive_partitioning=false, delim=',', "
            "quote='\"', escape='\"', nullstr='', "
            "allow_quoted_nulls=false, strict_mode=true, max_line_size=67108864)",
        )
        path.unlink()

    def encode(self, table: str, column: str, words: str) -> None:
        """See Warehouse. What a column is made of stays with it when the name of the type goes."""
        kind = f"{table}_{column}"
        self.run(f"CREATE OR REPLACE TYPE {kind} AS ENUM (SELECT {column} FROM {words})")
        encoded = f"SELECT * REPLACE (CAST({column} AS {kind}) AS {column}) FROM {table}"
        self.create(table, encoded)
        self.run(f"DROP TYPE {kind}")

    def read_parquet(self, table: str, path: Path) -> None:
        """See Warehouse."""
        self.view(table, f"SELECT * FROM {parquet(path)}")

    def write_parquet(self, query: str, path: Path, words: Words = NUMBERS) -> None:
        """See Warehouse."""
        self.run(f"COPY ({worded(f'({query})', words)}) TO {literal(str(path))} ({PARQUET})")

    def progress(self) -> float | None:
        """See Warehouse."""
        with self._lock:
            percents = [cursor.query_progress() for cursor in self._running]
        return next((p / 100 for p in percents if p >= 0), None)

    def interrupt(self) -> None:
        """See Warehouse."""
        with self._lock:
            for cursor in self._running:
                cursor.interrupt()

    def close(self) -> None:
        """See Warehouse."""
        for cursor in self._idle:
            cursor.close()
        self.connection.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def worded(rows: str, words: Words) -> str:
    """What SELECTs rows with words in the place of numbers. They are of an ENUM: its dictionary is
    written as it stands, where texts are looked up one by one."""
    shown = []
    for name, listed in words.items():
        kind = f"ENUM ({', '.join(map(literal, dict.fromkeys(listed)))})"
        whens = (f"WHEN {i} THEN CAST({literal(w)} AS {kind})" for i, w in enumerate(listed))
        shown.append(f"CASE {name} {' '.join(whens)} END AS {name}")
    replaced = f" REPLACE ({', '.join(shown)})" if shown else ""
    return f"SELECT *{replaced} FROM {rows} w"


def one_file(path: Path) -> str:
    """The path of one file as a reader of DuckDB takes it, to whom `*`, `?` and `[` mean many."""
    escaped = (f"[{letter}]" if letter in "*?[" else letter for letter in str(path.absolute()))
    return literal("".join(escaped))


def parquet(path: Path, *options: str) -> str:
    """What SELECTs from one Parquet file: its own columns, and none of folders called `a=b`."""
    return f"read_parquet({', '.join((one_file(path), 'hive_partitioning = false', *options))})"


def _trouble(fault: duckdb.Error) -> WarehouseTrouble:
    if "No space left on device" in str(fault):
        return WarehouseFull("duckdb: no space is left on the disk")
    overflow = isinstance(fault, duckdb.ConversionException | duckdb.OutOfRangeException)
    kind = WarehouseOverflow if overflow else WarehouseTrouble
    return kind(f"duckdb: {str(fault).splitlines()[0]}")
