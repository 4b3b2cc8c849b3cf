"""A report as an XLSX workbook: amounts are numbers with the currency's decimals, nothing is a
formula, and a number that a spreadsheet would not keep exactly is text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from fractions import Fraction
from pathlib import Path
from typing import Any

import xlsxwriter

from remit_api.failures import WrongUse
from remit_api.pay.csv_files import RUNS
from remit_api.pay.report import Report
from remit_api.pay.sheets import Cell, Column, Sheet, sheets
from remit_engine.text import currency_places, exact, is_finite_decimal, plain

MOST_ROWS = 1_048_575
DIGITS = 15
"""A spreadsheet keeps so many significant digits."""
WIDTHS = {"money": 15, "exact": 15, "whole": 9, "date": 11, "flag": 8, "text": 18}
WIDE = {"inputs": 40, "rule": 50, "tiers": 40, "changes": 60, "reason": 50, "fault": 40}


def write_workbook(report: Report, path: Path) -> None:
    """Write all sheets of a report. Raises WrongUse for more rows than a sheet can hold."""
    write_sheets(sheets(report), path, f"Pay {report.head.period}", report.head.day)


def write_sheets(tables: Iterable[Sheet], path: Path, title: str, day: date) -> None:
    """Write tables as the sheets of a workbook. day: stands in the file as when it was made, so
    that equal tables are equal files. Raises WrongUse for more rows than a sheet can hold."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(path), {**options, "strings_to_numbers": False})
    book.set_properties({"title": title, "created": datetime.combine(day, time())})
    formats = _Formats(book)
    try:
        for sheet in tables:
            _write(book, sheet, formats)
    finally:
        book.close()


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(dict(properties))
        return self._made[key]

    def number(self, places: int) -> Any:
        """Grouped, with decimals; red below zero."""
        shown = "#,##0" + ("." + "0" * places if places else "")
        return self.of(num_format=f"{shown};[Red]-{shown}")


def _write(book: Any, sheet: Sheet, formats: _Formats) -> None:
    page = book.add_worksheet(sheet.name)
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, WIDE.get(column.name, WIDTHS[column.kind]))
        page.write_string(0, index, column.name, formats.of(bold=True, bottom=1))
    for number, (currency, row) in enumerate(sheet.rows(), 1):
        if number > MOST_ROWS:
            message = f"`{sheet.name}` has more than {MOST_ROWS:,} rows, too many for a workbook"
            raise WrongUse(message, "use `--format csv` or `--format parquet`")
        for index, (cell, column) in enumerate(zip(row, sheet.columns, strict=True)):
            _cell(page, (number, index), cell, column, currency, formats)


def _cell(
    page: Any,
    at: tuple[int, int],
    cell: Cell,
    column: Column,
    currency: str | None,
    formats: _Formats,
) -> None:
    match cell:
        case None:
            return
        case bool():
            page.write_boolean(*at, cell)
        case Fraction():
            _number(page, at, cell, column, currency, formats)
        case int():
            page.write_number(*at, cell)
        case date():
            page.write_datetime(
                *at, datetime.combine(cell, time()), formats.of(num_format="yyyy-mm-dd")
            )
        case str():
            # `quote_prefix` keeps it text when somebody edits the cell
            page.write_string(
                *at, cell, formats.of(quote_prefix=True) if cell.startswith(RUNS) else None
            )


def _number(
    page: Any,
    at: tuple[int, int],
    value: Fraction,
    column: Column,
    currency: str | None,
    formats: _Formats,
) -> None:
    if not fits(value):
        page.write_string(*at, exact(value), formats.of(align="right"))
        return
    least = currency_places(currency) if column.kind == "money" else 0
    written = plain(value, least)
    places = len(written.partition(".")[2])
    page.write_number(*at, float(value), formats.number(places))


def fits(value: Fraction) -> bool:
    """True when a spreadsheet keeps the number exactly."""
    if not is_finite_decimal(value):
        return False
    return len(plain(value).replace(".", "").lstrip("-0")) <= DIGITS
