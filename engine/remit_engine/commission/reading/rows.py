"""Rows of the smaller tables, one by one, their cells by the name of the column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from remit_dsl.suggest import nearest
from remit_engine.commission.reading.cells import Read, key
from remit_engine.commission.reading.findings import Findings
from remit_engine.commission.reading.table import Table, chosen
from remit_engine.reading.exact import Unreadable, day_of

MOST_COMPARED = 20_000
"""Among so many names the nearest is looked for."""


@dataclass(slots=True)
class Row:
    """One row. wrong: whether something of it could not be read."""

    place: str
    cells: Sequence[Any]
    at: Mapping[str, int]
    findings: Findings
    wrong: bool = False

    def fault(self, column: str | None, message: str) -> None:
        """Note what is wrong with it."""
        self.findings.fault(self.place, column, message)
        self.wrong = True

    def given(self, column: str) -> Any:
        """A cell, its text without blanks; None for an empty one, or where there is no column."""
        at = self.at.get(column)
        cell = None if at is None else self.cells[at]
        if isinstance(cell, str):
            return cell.strip() or None
        return cell

    def read(self, column: str, read: Read, needed: bool = True) -> Any:
        """The value of a cell; None, and a fault, where there is none."""
        cell = self.given(column)
        if cell is None:
            if needed:
                self.fault(column, "the cell is empty")
            return None
        try:
            return read(cell)
        except Unreadable as fault:
            self.fault(column, str(fault))
            return None

    def text(self, column: str, needed: bool = True) -> str | None:
        """An id or another text."""
        found: str | None = self.read(column, key, needed)
        return found

    def one_of(self, column: str, what: str, known: Collection[str]) -> str | None:
        """An id that must be known."""
        found = self.text(column)
        if found is not None and found not in known:
            self.fault(column, unknown(what, found, () if self.findings.full else known))
            return None
        return found

    def days(self) -> tuple[date | None, date | None]:
        """`from` and `until`, half open; empty is open."""
        start: date | None = self.read("from", day_of, needed=False)
        until: date | None = self.read("until", day_of, needed=False)
        if start is not None and until is not None and until <= start:
            message = f"from {start} until {until} is no day at all: `until` is the first day after"
            self.fault("until", message)
        return start, until


def rows(
    table: Table, required: Collection[str], optional: Collection[str], findings: Findings
) -> Iterator[Row]:
    """The rows of a table; none where a required column is missing."""
    at = chosen(table, required, optional, findings)
    if at is None:
        return
    for chunk in table.chunks:
        for number, column, message in chunk.broken:
            findings.fault(table.place(number), column, message)
        for number, cells in zip(chunk.numbers, chunk.rows, strict=True):
            yield Row(table.place(number), cells, at, findings)


def unknown(what: str, given: str, known: Collection[str] = ()) -> str:
    """Why a name means nothing; with what was probably meant, where names are known."""
    guess = nearest(given, known) if len(known) <= MOST_COMPARED else None
    cure = f", did you mean `{guess}`?" if guess else ""
    return f"there is no {what} `{given[:80]}`{cure}"
