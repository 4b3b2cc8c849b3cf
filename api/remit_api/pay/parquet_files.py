"""A sheet as Parquet: amounts in cents as DECIMAL, other exact numbers as text."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import duckdb

from remit_api.failures import FileTrouble
from remit_api.pay.sheets import Cell, Column, Sheet
from remit_engine.text import exact, is_finite_decimal, plain
from remit_engine.warehouse.duckdb import literal

PLACES = 6
"""Decimals of amounts; currencies have at most four."""
TYPES = {
    "money": f"DECIMAL(38,{PLACES})",
    "whole": "BIGINT",
    "date": "DATE",
    "flag": "BOOLEAN",
    "fine": "VARCHAR",
    "exact": "VARCHAR",
    "text": "VARCHAR",
}


def write_parquet(sheet: Sheet, path: Path) -> None:
    """Write a sheet, by way of JSON lines beside it, which DuckDB turns round."""
    lines = path.with_name(path.name + ".jsonl")
    try:
        with lines.open("w", encoding="utf-8") as stream:
            for _, row in sheet.rows():
                cells = zip(row, sheet.columns, strict=True)
                told = {column.name: _cell(cell, column, path) for cell, column in cells}
                stream.write(json.dumps(told, ensure_ascii=False) + "\n")
        _turn(sheet, lines, path)
    finally:
        lines.unlink(missing_ok=True)


def _turn(sheet: Sheet, lines: Path, path: Path) -> None:
    types = ", ".join(f"\"{c.name}\": '{TYPES[c.kind]}'" for c in sheet.columns)
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute(
                f"COPY (SELECT * FROM read_json({literal(str(lines))}, "
                f"format='newline_delimited', hive_partitioning=false, "
                f"maximum_object_size={1 << 26}, columns={{{types}}})) "
                f"TO {literal(str(path))} (FORMAT parquet)"
            )
    except duckdb.Error as fault:
        said = str(fault).split("\n", 1)[0]
        raise FileTrouble(path, f"`{path.name}` cannot be written: {said}") from None


def _cell(cell: Cell, column: Column, path: Path) -> str | int | bool | None:
    match cell:
        case Fraction() if column.kind == "money":
            if not is_finite_decimal(cell) or (cell * 10**PLACES).denominator != 1:
                message = f"`{column.name}` is {exact(cell)}, which has more than {PLACES} decimals"
                raise FileTrouble(path, message, "round it in the plan, or use `--format csv`")
            return plain(cell)
        case Fraction():
            return exact(cell)
        case date():
            return cell.isoformat()
    return cell
