"""Spark, local or by its master's address, in ANSI mode."""

from __future__ import annotations

import itertools
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from remit_engine.warehouse.drivers import driver
from remit_engine.warehouse.exchange import joined
from remit_engine.warehouse.lines import write_json
from remit_engine.warehouse.warehouse import (
    NUMBERS,
    Columns,
    Row,
    WarehouseTrouble,
    WarehouseUnavailable,
    Words,
)

GROUP = "remit"
_TYPES = {"BIGINT": "BIGINT", "TEXT": "STRING", "BOOLEAN": "BOOLEAN"}


class Spark:
    """One session. Kept tables are Parquet files in a folder of their own while it is open."""

    name = "spark"
    concurrent = False

    def __init__(self, *, master: str = "local[*]", partitions: int = 8) -> None:
        sql = driver("pyspark", "spark")
        self._folder = tempfile.TemporaryDirectory(prefix="remit-spark-")
        self._files = itertools.count()
        try:
            self.session: Any = (
                sql.SparkSession.builder.master(master)
                .appName("remit")
                .config("spark.ui.enabled", "false")
                .config("spark.ui.showConsoleProgress", "false")
                .config("spark.sql.warehouse.dir", f"{self._folder.name}/warehouse")
                .getOrCreate()
            )
        except Exception as fault:  # whatever a virtual machine that does not start may raise
            self._folder.cleanup()
            raise WarehouseUnavailable(_words(fault)) from None
        for name, value in (
            ("spark.sql.ansi.enabled", "true"),
            ("spark.sql.shuffle.partitions", str(partitions)),
            ("spark.sql.session.timeZone", "UTC"),
        ):
            self.session.conf.set(name, value)
        self.session.sparkContext.setLogLevel("OFF")
        logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)

    def run(self, sql: str) -> None:
        """See Warehouse."""
        self._guarded(lambda: self.session.sql(sql).collect())

    def rows(self, sql: str) -> Iterator[Row]:
        """See Warehouse."""
        found = self._guarded(lambda: self.session.sql(sql).toLocalIterator())
        while (row := self._guarded(lambda: next(found, None))) is not None:
            yield tuple(row)

    def create(self, table: str, query: str) -> None:
        """See Warehouse."""
        path = self._path(table)
        self._guarded(lambda: self.session.sql(query).write.parquet(path))
        self._named(table, path)

    def view(self, table: str, query: str) -> None:
        """See Warehouse."""
        self._guarded(lambda: self.session.sql(query).createOrReplaceTempView(table))

    def drop(self, table: str) -> None:
        """See Warehouse."""
        self._guarded(lambda: self.session.catalog.dropTempView(table))
        for old in Path(self._folder.name).glob(f"{table}-*"):
            shutil.rmtree(old, ignore_errors=True)

    def load(self, table: str, columns: Columns, rows: Iterable[Row]) -> None:
        """See Warehouse."""
        path = self._path(table)
        Path(path).mkdir()
        with (Path(path) / "rows.json").open("w", encoding="utf-8") as stream:
            write_json(rows, columns, stream)
        schema = ", ".join(f"{name} {_TYPES[kind]}" for name, kind in columns)
        reader = self.session.read.schema(schema).option("mode", "FAILFAST")
        self._guarded(lambda: reader.json(path).createOrReplaceTempView(table))

    def encode(self, table: str, column: str, words: str) -> None:
        """See Warehouse. There is no such type."""

    def read_parquet(self, table: str, path: Path) -> None:
        """See Warehouse."""
        self._named(table, str(path))

    def write_parquet(self, query: str, path: Path, words: Words = NUMBERS) -> None:
        """See Warehouse. Spark makes a folder of files, and these are put together."""
        parts = self._path("written")
        self._guarded(lambda: self.session.sql(query).write.parquet(parts))
        joined(f"{parts}/*.parquet", path, words)
        shutil.rmtree(parts, ignore_errors=True)

    def progress(self) -> float | None:
        """See Warehouse."""
        return None

    def interrupt(self) -> None:
        """See Warehouse."""
        self.session.sparkContext.cancelJobGroup(GROUP)

    def close(self) -> None:
        """See Warehouse."""
        self.session.stop()
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

    def _path(self, table: str) -> str:
        return f"{self._folder.name}/{table}-{next(self._files)}"

    def _named(self, table: str, path: str) -> None:
        self._guarded(lambda: self.session.read.parquet(path).createOrReplaceTempView(table))

    def _guarded(self, work: Callable[[], Any]) -> Any:
        """Whatever a virtual machine may raise, as our trouble."""
        try:
            self.session.sparkContext.setJobGroup(GROUP, "remit", True)
            return work()
        except StopIteration:
            raise
        except Exception as fault:
            raise WarehouseTrouble(_words(fault)) from fault


def _words(fault: Exception) -> str:
    lines = str(fault).strip().splitlines()
    return f"spark: {lines[0] if lines else type(fault).__name__}"
