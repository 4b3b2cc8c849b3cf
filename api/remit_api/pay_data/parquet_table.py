"""A table from Parquet, through DuckDB: fields of records under dotted names, rows by number."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from remit_api.batch.parquet_rows import exact, legible, too_large
from remit_api.failures import BadFacts, FileTrouble
from remit_api.past.leaves import is_record, quoted
from remit_engine.commission.reading.table import Chunk, Table
from remit_engine.request import Problem
from remit_engine.warehouse.duckdb import parquet

CHUNK = 5_000
LARGEST_FLOAT = 2**24 - 1
"""A larger FLOAT, of 32 bits, may stand for another whole number than the one that was written."""
Before = Callable[[str, Any], Any]
"""What is done to a cell, of a column's name, before it is read. May raise BadFacts."""


def parquet_table(path: Path, told: Callable[[int], None]) -> Table:
    """The table of a file; raises FileTrouble where it is not Parquet."""
    connection = duckdb.connect(config={"threads": 1})
    try:
        found = connection.sql(f"SELECT * FROM {parquet(path)} LIMIT 0")
        flat = flat_columns(found)
        shown = ", ".join(f"{e} AS {quoted(n)}" for n, e, _ in flat)
        source = f"SELECT {shown} FROM {parquet(path)}"
        shape = connection.sql(f"{source} LIMIT 0")
        asked = f"SELECT {legible(shape.columns, shape.types)} FROM ({source})"
        result = connection.execute(asked)
    except duckdb.Error as fault:
        said = str(fault).split("\n", 1)[0]
        raise FileTrouble(path, f"`{path.name}` is not Parquet: {said}") from None
    columns = tuple(name for name, *_ in flat)
    return Table(path.name, columns, _chunks(result, columns, told, _exact_floats(flat)))


def flat_columns(found: duckdb.DuckDBPyRelation) -> list[tuple[str, str, str]]:
    """Name, expression and type of every column, with those of records under dotted names."""
    return [
        leaf
        for name, kind in zip(found.columns, found.types, strict=True)
        for leaf in _leaves(name, quoted(name), kind)
    ]


def _leaves(name: str, value: str, kind: Any) -> Iterator[tuple[str, str, str]]:
    if not is_record(kind):
        yield name, value, str(kind)
        return
    for inner, below in kind.children:
        yield from _leaves(f"{name}.{inner}", f"{value}.{quoted(inner)}", below)


def _exact_floats(flat: list[tuple[str, str, str]]) -> Before:
    """Refuses whole numbers that 32 binary bits do not keep."""
    short = {name for name, _, kind in flat if kind == "FLOAT"}

    def cell(name: str, value: Any) -> Any:
        if name in short and value is not None and LARGEST_FLOAT < abs(value) < math.inf:
            raise BadFacts([Problem(name, too_large(value, LARGEST_FLOAT))])
        return value

    return cell


def _chunks(
    result: duckdb.DuckDBPyConnection,
    columns: tuple[str, ...],
    told: Callable[[int], None],
    before: Before,
) -> Iterator[Chunk]:
    number = 0
    while found := result.fetchmany(CHUNK):
        yield exact_chunk(found, columns, number + 1, before)
        number += len(found)
        told(number)


def exact_chunk(
    rows: Sequence[Sequence[Any]],
    columns: Sequence[str],
    first: int,
    before: Before = lambda _, value: value,
) -> Chunk:
    """Rows with exact cells; those that hold what cannot be exact are told by column. before: what
    is done to a cell first."""
    numbers, kept, broken = [], [], []
    for number, cells in enumerate(rows, first):
        try:
            kept.append([_cell(n, before(n, v)) for n, v in zip(columns, cells, strict=True)])
            numbers.append(number)
        except BadFacts as fault:
            broken += [(number, p.path or None, p.message) for p in fault.problems]
    return Chunk(numbers, kept, broken)


def _cell(name: str, value: Any) -> Any:
    return value if value is None or isinstance(value, str) else exact(name, value)
