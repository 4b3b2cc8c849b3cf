"""What the common SQL text needs of an engine, and what may go wrong with one.

The text itself is the same on every engine: whole numbers as BIGINT, TEXT, BOOLEAN; comparisons,
+ - * where nothing can leave 64 bits, CASE, COALESCE, equi-joins with range tests, GROUP BY,
MIN and MAX. What has another form on each engine is a method here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

BIGINT, TEXT, BOOLEAN = "BIGINT", "TEXT", "BOOLEAN"

Columns = Sequence[tuple[str, str]]
"""name and type: BIGINT, TEXT or BOOLEAN"""

Row = tuple[Any, ...]

Words = Mapping[str, Sequence[str]]
"""Columns of whole numbers in whose place a file has words, and the word of each number from 0"""
NUMBERS: Words = {}
"""No such columns"""


class WarehouseTrouble(RuntimeError):
    """An engine cannot be used, or failed; one sentence says why."""


class WarehouseOverflow(WarehouseTrouble):
    """A number has no room in the type that it was to have."""


class WarehouseFull(WarehouseTrouble):
    """There is no space left on the disk."""


class WarehouseUnavailable(WarehouseTrouble):
    """An engine is not installed or cannot be reached."""


class WarehouseRefused(WarehouseTrouble):
    """An engine gave another answer to a probe than exact arithmetic does."""


class Warehouse(Protocol):
    """One open engine. A name of a table is a plain lower-case word.

    concurrent: whether two threads may ask it at once.
    """

    name: str
    concurrent: bool

    def run(self, sql: str) -> None:
        """Run a statement for what it does."""
        ...

    def rows(self, sql: str) -> Iterator[Row]:
        """The rows of a query, streamed."""
        ...

    def create(self, table: str, query: str) -> None:
        """Keep the rows of a query as a table, in place of one of that name."""
        ...

    def view(self, table: str, query: str) -> None:
        """Name a query, in place of one of that name."""
        ...

    def drop(self, table: str) -> None:
        """Forget a table or view, if it is there."""
        ...

    def load(self, table: str, columns: Columns, rows: Iterable[Row]) -> None:
        """Make a table of rows from Python; what makes them asks nothing here meanwhile."""
        ...

    def encode(self, table: str, column: str, words: str) -> None:
        """Keep the texts of a column as numbers, where the engine has a type for that: they are
        read and written as texts all the same. words: a table with a column of that name, in which
        each of them stands."""
        ...

    def read_parquet(self, table: str, path: Path) -> None:
        """Name the rows of a Parquet file (or of files by a pattern)."""
        ...

    def write_parquet(self, query: str, path: Path, words: Words = NUMBERS) -> None:
        """Write the rows of a query to a new Parquet file. A number without a word is NULL."""
        ...

    def progress(self) -> float | None:
        """How far the running statement is, from 0 to 1; None where the engine does not say."""
        ...

    def interrupt(self) -> None:
        """Stop the running statement, from another thread."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
