"""Requests from Parquet, through DuckDB: decimals and whole numbers are exact as they are, and
texts are read as the cells of a CSV file.

A binary floating point number has lost what was written (0.1 is not 0.1), so a row with one is
refused unless the number is whole. Store amounts as DECIMAL or as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from remit_api.batch.json_rows import known_ids
from remit_api.batch.row import Row, Rows, from_typed_cells, id_columns
from remit_api.failures import BadFacts
from remit_engine.request import Problem
from remit_engine.warehouse.duckdb import literal, parquet

CHUNK = 1024
LARGEST_EXACT = 2**53 - 1
"""A larger DOUBLE may stand for another whole number than the one that was written."""
ZONED = "a moment in a time zone, whose day depends on the place: store it as DATE"


def read(path: Path) -> Rows:
    """The rows of a file."""
    connection = duckdb.connect(config={"threads": 1})
    try:
        length = connection.execute(f"SELECT count(*) FROM {parquet(path)}").fetchone()
        found = connection.sql(f"SELECT * FROM {parquet(path)} LIMIT 0")
        columns = legible(found.columns, found.types)
        result = connection.execute(f"SELECT {columns} FROM {parquet(path)}")
    except duckdb.Error as fault:
        said = str(fault).split("\n", 1)[0]
        raise BadFacts([Problem(str(path), f"this is not Parquet: {said}")]) from None
    names = [column[0] for column in result.description or ()]
    rows = _rows(connection, names)
    return Rows(id_columns(names), length[0] if length else 0, rows)


def legible(names: Sequence[str], types: Sequence[object]) -> str:
    """The columns as they can be brought back: in the place of a moment in a time zone, or of an
    infinite day (Python has none, and takes the last it has), stands a value that `exact` or the
    reader of dates refuses."""
    return ", ".join(
        _legible('"' + name.replace('"', '""') + '"', str(kind))
        for name, kind in zip(names, types, strict=True)
    )


def _legible(column: str, kind: str) -> str:
    if "WITH TIME ZONE" in kind:
        return f"CASE WHEN {column} IS NOT NULL THEN {literal(ZONED)}::BLOB END AS {column}"
    if kind == "DATE":
        return f"CAST({column} AS VARCHAR) AS {column}"
    if kind.startswith("TIMESTAMP"):
        refused = f"CAST('1970-01-01 00:00:01' AS {kind})"
        return f"CASE WHEN isinf({column}) THEN {refused} ELSE {column} END AS {column}"
    return column


def _rows(connection: duckdb.DuckDBPyConnection, names: list[str]) -> Iterator[Row]:
    number = 0
    ids = id_columns(names)
    while chunk := connection.fetchmany(CHUNK):
        for cells in chunk:
            number += 1
            yield row_of(number, dict(zip(names, cells, strict=True)), ids)


def row_of(number: int, cells: Mapping[str, Any], ids: tuple[str, ...]) -> Row:
    """A row of cells with their types."""
    named = known_ids(cells, ids)
    try:
        given = {name: exact(name, value) for name, value in cells.items() if value is not None}
        return Row(number, from_typed_cells(given), None, named, number)
    except BadFacts as fault:
        return Row(number, None, fault.message, named, number)


def exact(path: str, value: Any) -> Any:
    """A cell as a document has it; a value that cannot be exact is refused."""
    match value:
        case None | bool() | int() | str() | Decimal() | UUID():
            return str(value) if isinstance(value, UUID) else value
        case float():
            return _whole(path, value)
        case datetime():
            return _day(path, value)
        case date():
            return value.isoformat()
        case Mapping():
            inner = {k: exact(f"{path}.{k}", v) for k, v in value.items()}
            return {k: v for k, v in inner.items() if v is not None}
        case list() | tuple():
            return [exact(f"{path}.{i}", v) for i, v in enumerate(value)]
    kind = "a time of day" if isinstance(value, time) else "a value that no fact can have"
    if value == ZONED.encode():
        kind = ZONED
    raise BadFacts([Problem(path, f"this column holds {kind}")])


def _whole(path: str, value: float) -> int:
    if value.is_integer() and abs(value) <= LARGEST_EXACT:
        return int(value)
    if value.is_integer():
        raise BadFacts([Problem(path, too_large(value, LARGEST_EXACT))])
    message = f"{value!r} is a binary fraction and not exact: store the column as DECIMAL or text"
    raise BadFacts([Problem(path, message)])


def too_large(value: float, most: int) -> str:
    """Why a whole number is refused that a column of binary numbers holds."""
    return (
        f"{value:.0f} is kept in binary, where whole numbers beyond {most} stand for others as "
        "well: store the column as BIGINT, DECIMAL or text"
    )


def _day(path: str, value: datetime) -> str:
    if value.tzinfo is not None:
        raise BadFacts([Problem(path, f"this column holds {ZONED}")])
    if value.time() != time.min:
        raise BadFacts([Problem(path, f"`{value}` is a time, and a date is expected")])
    return value.date().isoformat()
