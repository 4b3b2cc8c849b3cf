"""A warehouse whose tables are forgotten when the work is done, but for those that are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from remit_engine.warehouse.warehouse import NUMBERS, Columns, Row, Warehouse, Words


class Scratch:
    """What the batch asks of a warehouse; it notes what it makes."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._made: dict[str, None] = {}
        self.files: list[Path] = []
        """What was written and stays."""

    def rows(self, sql: str) -> Iterator[Row]:
        """See Warehouse."""
        return self._warehouse.rows(sql)

    def create(self, table: str, query: str) -> None:
        """See Warehouse."""
        self._noted(table)
        self._warehouse.create(table, query)

    def view(self, table: str, query: str) -> None:
        """See Warehouse."""
        self._noted(table)
        self._warehouse.view(table, query)

    def load(self, table: str, columns: Columns, rows: Iterable[Row]) -> None:
        """See Warehouse."""
        self._noted(table)
        self._warehouse.load(table, columns, rows)

    def read_parquet(self, table: str, path: Path) -> None:
        """See Warehouse."""
        self._noted(table)
        self._warehouse.read_parquet(table, path)

    def write_parquet(self, query: str, path: Path, words: Words = NUMBERS) -> None:
        """See Warehouse."""
        self._warehouse.write_parquet(query, path, words)

    def encode(self, table: str, column: str, words: str) -> None:
        """See Warehouse."""
        self._warehouse.encode(table, column, words)

    def drop(self, table: str) -> None:
        """See Warehouse."""
        self._made.pop(table, None)
        self._warehouse.drop(table)

    def clear(self, keep: Iterable[str] = ()) -> None:
        """Forget all that was made and not kept, the last first."""
        kept = set(keep)
        for table in reversed(list(self._made)):
            if table not in kept:
                self._warehouse.drop(table)
        self._made.clear()

    def _noted(self, table: str) -> None:
        self._made.pop(table, None)
        self._made[table] = None
