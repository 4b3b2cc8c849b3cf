"""Rows between CSV, which every engine reads and writes, and Parquet, which not every one does."""

from __future__ import annotations

from pathlib import Path

import duckdb

from remit_engine.warehouse.duckdb import PARQUET, literal, one_file, parquet, worded
from remit_engine.warehouse.warehouse import NUMBERS, Columns, WarehouseTrouble, Words


def to_parquet(source: Path, columns: Columns, target: Path, words: Words = NUMBERS) -> None:
    """A CSV without a header, with texts in quotes and nothing for NULL, as one Parquet file.
    columns: with types of DuckDB. Raises WarehouseTrouble."""
    types = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in columns)
    rows = (
        f"read_csv({one_file(source)}, columns={{{types}}}, header=false, auto_detect=false, "
        "hive_partitioning=false, delim=',', quote='\"', escape='\"', nullstr='', "
        "allow_quoted_nulls=false, strict_mode=true, max_line_size=67108864)"
    )
    _run(f"COPY ({worded(rows, words)}) TO {literal(str(target))} ({PARQUET})")


def to_csv(source: Path, target: Path) -> Columns:
    """A Parquet file as such a CSV; gives its columns. Raises WarehouseTrouble."""
    names = ", ".join(f'"{name}"' for name, kind in _columns(source) if kind == "VARCHAR")
    quoted = f", FORCE_QUOTE ({names})" if names else ""
    _run(
        f"COPY (SELECT * FROM {parquet(source)}) TO {literal(str(target))} "
        f"(FORMAT csv, HEADER false, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR ''{quoted})"
    )
    return _columns(source)


def joined(parts: str, target: Path, words: Words = NUMBERS) -> None:
    """Parquet files, by a pattern, as one. Raises WarehouseTrouble."""
    rows = f"read_parquet({literal(parts)}, hive_partitioning = false)"
    _run(f"COPY ({worded(rows, words)}) TO {literal(str(target))} ({PARQUET})")


def _columns(path: Path) -> Columns:
    with duckdb.connect(config={"threads": 1}) as connection:
        found = connection.sql(f"SELECT * FROM {parquet(path)} LIMIT 0")
        return [(name, str(kind)) for name, kind in zip(found.columns, found.types, strict=True)]


def _run(sql: str) -> None:
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute(sql)
    except duckdb.Error as fault:
        raise WarehouseTrouble(f"duckdb: {str(fault).splitlines()[0]}") from None
