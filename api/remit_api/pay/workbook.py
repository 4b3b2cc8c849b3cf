"""A report as an XLSX workbook: amounts are numbers with the currency's decimals, nothing is a
formula, a number that a spreadsheet would not keep exactly is text, and a text that is too long for
a cell goes on in the sheet `continued`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from remit_api.failures import WrongUse
from remit_api.pay.csv_files import MONEY, RUNS
from remit_api.pay.report import Report
from remit_api.pay.sheets import Cell, Column, Sheet, sheets
from remit_engine.text import currency_places, exact, is_finite_decimal, plain

MOST_ROWS = 1_048_575
LONGEST = 32_767
"""Characters of a cell, as a spreadsheet counts them: those beyond 16 bits are two."""
CONTINUED = "continued"
DIGITS = 15
"""A spreadsheet keeps so many significant digits."""
WIDTHS = {"money": 15, "fine": 15, "exact": 15, "whole": 9, "date": 11, "flag": 8, "text": 18}
WIDE = {"inputs": 40, "rule": 50, "tiers": 40, "changes": 60, "reason": 50, "fault": 40}


def write_workbook(report: Report, path: Path | IO[bytes]) -> None:
    """Write all sheets of a report, into a file or one that is open. Raises WrongUse for more rows
    than a sheet can hold."""
    write_sheets(sheets(report), path, f"Pay {report.head.period}", report.head.day)


def write_sheets(tables: Iterable[Sheet], path: Path | IO[bytes], title: str, day: date) -> None:
    """Write tables as the sheets of a workbook. day: stands in the file as when it was made, so
    that equal tables are equal files. A text that is too long for a cell goes on in a sheet of its
    own. Raises WrongUse for more rows than a sheet can hold."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    place = str(path) if isinstance(path, Path) else path
    book = xlsxwriter.Workbook(place, {**options, "strings_to_numbers": False})
    book.set_properties({"title": title, "created": datetime.combine(day, time())})
    formats = _Formats(book)
    long: list[Long] = []
    try:
        for sheet in tables:
            long += _write(book, sheet, formats)
        if long:
            _write(book, _continued(long), formats)
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


Long = tuple[str, int, str, str]
"""Sheet, number of the row in it as a spreadsheet counts, column, and the text that is left."""


def _continued(long: Sequence[Long]) -> Sheet:
    """The sheet of what had no room in its cell: parts, to be joined as they stand."""
    columns = [Column(name, "whole" if name in ("row", "part") else "text")
               for name in ("sheet", "row", "column", "part", "text")]  # fmt: skip

    def rows() -> Iterator[tuple[str | None, Sequence[Cell]]]:
        for sheet, row, column, text in long:
            for number, part in enumerate(_parts(text, LONGEST), 2):
                yield None, (sheet, row, column, number, part)

    return Sheet(CONTINUED, tuple(columns), rows)


def _parts(text: str, most: int) -> Iterator[str]:
    """A text in parts that a cell holds."""
    part, size = list[str](), 0
    for character in text:
        wide = 2 if character > "\uffff" else 1
        if size + wide > most:
            yield "".join(part)
            part, size = [], 0
        part.append(character)
        size += wide
    yield "".join(part)


def _fitted(cell: Cell) -> tuple[Cell, str]:
    """A cell as far as there is room in it, with a word that it goes on; and the rest."""
    if not isinstance(cell, str) or len(cell) * 2 <= LONGEST:
        return cell, ""
    more = f" … (more in the sheet `{CONTINUED}`)"
    if len(list(_parts(cell, LONGEST))) == 1:
        return cell, ""
    first = next(_parts(cell, LONGEST - len(more)))
    return first + more, cell[len(first) :]


def _write(book: Any, sheet: Sheet, formats: _Formats) -> list[Long]:
    long: list[Long] = []
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
            fitted, rest = _fitted(cell)
            if rest:
                long.append((sheet.name, number + 1, column.name, rest))
            _cell(page, (number, index), fitted, column, currency, formats)
    return long


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
    least = currency_places(currency) if column.kind in MONEY else 0
    written = plain(value, least)
    places = len(written.partition(".")[2])
    page.write_number(*at, float(value), formats.number(places))


def fits(value: Fraction) -> bool:
    """True when a spreadsheet keeps the number exactly."""
    if not is_finite_decimal(value):
        return False
    return len(plain(value).replace(".", "").lstrip("-0")) <= DIGITS
