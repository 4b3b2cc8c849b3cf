"""A file of events as a table of DuckDB, where every reader cuts it into the same cells."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import methodcaller
from pathlib import Path

import duckdb

from remit_api.pay_data.parquet_table import flat_columns
from remit_engine.warehouse.duckdb import DuckDB, one_file, parquet
from remit_engine.warehouse.warehouse import WarehouseTrouble

TEXT, DAY, FLAG = "VARCHAR", "DATE", "BOOLEAN"
WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
DECIMAL = re.compile(r"DECIMAL\(\d+,(\d+)\)")
_PIECE = 1 << 22
_FIELD = rb'(?:"(?:[^"]|"")*+"|[^",]*+)'
"""A quote stands around a whole cell, or is doubled."""
_commas = methodcaller("count", b",")

Columns = tuple[tuple[str, str], ...]
"""name, and type as DuckDB has it: TEXT, DAY, FLAG, one of WHOLE, or a DECIMAL"""
FIRST_ROW = 2
"""The line of a CSV file on which its first row stands."""


@dataclass(frozen=True, slots=True)
class PlainFile:
    """line: over `r`, the cells, the number of a row as people know it: of its line in CSV."""

    columns: Columns
    line: str


class NotPlain(Exception):
    """Rows are to be read one by one; the reason is told."""


def plain_file(warehouse: DuckDB, path: Path, table: str) -> PlainFile:
    """A file, whose cells are now `c0`, `c1` … of a table or view; an empty text is
    NULL there. Raises NotPlain."""
    try:
        if path.suffix == ".parquet":
            return _parquet(warehouse, path, table)
        return _csv(warehouse, path, table)
    except (OSError, duckdb.Error, WarehouseTrouble) as fault:
        raise NotPlain(str(fault)) from None


def _parquet(warehouse: DuckDB, path: Path, table: str) -> PlainFile:
    flat = flat_columns(warehouse.connection.sql(f"SELECT * FROM {parquet(path)} LIMIT 0"))
    if any(name.lower() == "file_row_number" for name, *_ in flat):
        raise NotPlain("a column has the name of the numbers of rows")
    for name, _, kind in flat:
        if kind not in (TEXT, DAY, FLAG) and kind not in WHOLE and not DECIMAL.fullmatch(kind):
            raise NotPlain(f"the column `{name}` is {kind}")
    shown = (
        f"nullif({value}, '') AS c{i}" if kind == TEXT else f"{value} AS c{i}"
        for i, (_, value, kind) in enumerate(flat)
    )
    numbered = parquet(path, "file_row_number = true")
    warehouse.view(table, f"SELECT file_row_number + 1 AS line, {', '.join(shown)} FROM {numbered}")
    return PlainFile(tuple((name, kind) for name, _, kind in flat), "r.line")


# --- CSV -----------------------------------------------------------------------------------


def _csv(warehouse: DuckDB, path: Path, table: str) -> PlainFile:
    with path.open(encoding="utf-8", newline="") as stream:
        try:
            header = next(csv.reader(stream, strict=True), [])
        except (csv.Error, UnicodeDecodeError) as fault:
            raise NotPlain(str(fault)) from None
    if not header:
        raise NotPlain("there is no header")
    lines = _checked_lines(path, len(header))
    cells = [f"c{i}" for i in range(len(header))]
    types = ", ".join(f"'{cell}': 'VARCHAR'" for cell in cells)
    shown = ", ".join(f"nullif({cell}, '') AS {cell}" for cell in cells)
    _in_order(
        warehouse,
        table,
        f"SELECT {shown} FROM read_csv({one_file(path)}, columns={{{types}}}, header=false, "
        "skip=1, auto_detect=false, hive_partitioning=false, delim=',', quote='\"', escape='\"', "
        "nullstr='', null_padding=false, ignore_errors=false, strict_mode=true)",
    )
    ((count,),) = warehouse.rows(f"SELECT COUNT(*) FROM {table}")
    if count != lines - 1:
        raise NotPlain("a row is no line, or a line no row")
    return PlainFile(tuple((name.strip(), TEXT) for name in header), f"r.rowid + {FIRST_ROW}")


def _in_order(warehouse: DuckDB, table: str, query: str) -> None:
    """A table whose rowids count the rows as they stand in the file."""
    warehouse.run("SET preserve_insertion_order = true")
    try:
        warehouse.create(table, query)
    finally:
        warehouse.run("SET preserve_insertion_order = false")


def _checked_lines(path: Path, width: int) -> int:
    """How many lines a file has; NotPlain where one could be cut in two ways, or into more or
    fewer cells than the header has."""
    count = returns = pairs = 0
    quoted = re.compile(rb"%s(?:,%s){%d}\r?" % (_FIELD, _FIELD, width - 1))
    for i, piece in enumerate(_pieces(path)):
        if i == 0 and piece.startswith(codecs.BOM_UTF8):
            raise NotPlain("there is a mark before the header")
        if b"\0" in piece:
            raise NotPlain("there is a NUL")
        lines = piece.removesuffix(b"\n").split(b"\n")
        if b'"' in piece:
            whole = all(map(quoted.fullmatch, lines))
        else:
            whole = set(map(_commas, lines)) == {width - 1}
        if not whole:
            raise NotPlain("a line does not have the cells of the header")
        _decoded(piece)
        count += len(lines)
        returns += piece.count(b"\r")
        pairs += piece.count(b"\r\n")
    if returns and not returns == pairs == count:
        raise NotPlain("lines end in different ways")
    return count


def _decoded(piece: bytes) -> None:
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError:
        raise NotPlain("it is not UTF-8") from None


def _pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file in pieces of whole lines."""
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece + stream.readline()
