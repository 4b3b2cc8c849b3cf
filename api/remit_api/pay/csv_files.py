"""A sheet as CSV: amounts exact and ungrouped; a text that a spreadsheet would run is quoted."""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TextIO

from remit_api.pay.sheets import Cell, Column, Sheet
from remit_engine.text import currency_places, exact, is_finite_decimal, plain

MONEY = ("money", "fine")
"""The kinds of columns that have the decimals of their currency, at least."""
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that a spreadsheet takes for a formula; some take the wide forms too."""


def write_csv(sheet: Sheet, path: Path) -> None:
    """Write a sheet, with a header."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        write_rows(sheet, stream)


def write_rows(sheet: Sheet, stream: TextIO) -> None:
    """Write a sheet into a text that is open, with a header."""
    writer = csv.writer(stream)
    writer.writerow([column.name for column in sheet.columns])
    for currency, row in sheet.rows():
        cells = zip(row, sheet.columns, strict=True)
        writer.writerow([cell_text(cell, column, currency) for cell, column in cells])


def cell_text(cell: Cell, column: Column, currency: str | None) -> str:
    """A cell as CSV has it."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case Fraction():
            places = currency_places(currency) if column.kind in MONEY else 0
            return plain(cell, places) if is_finite_decimal(cell) else exact(cell)
        case date():
            return cell.isoformat()
        case str():
            return f"'{cell}" if cell.startswith(RUNS) else cell
    return str(cell)
