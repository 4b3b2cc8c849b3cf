"""Requests from CSV: UTF-8, a header of column names, quotes as in RFC 4180."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from remit_api.batch.row import LONGEST, TOO_LONG, Row, Rows, from_cells, id_columns, skipped
from remit_api.failures import BadFacts
from remit_engine.request import Problem


def read(path: Path) -> Rows:
    """The rows of a file. A line that cannot be read becomes a row with its error."""
    lines = _Lines(path)
    csv.field_size_limit(LONGEST)
    reader = csv.reader(lines, strict=True)
    try:
        header = _header(next(reader, []), path)
    except _TooLong:
        raise BadFacts([Problem(str(path), TOO_LONG)]) from None
    except csv.Error as fault:
        raise BadFacts([Problem(str(path), f"the first line cannot be read: {fault}")]) from None
    return Rows(id_columns(header), path.stat().st_size, _rows(reader, header, lines))


class _TooLong(Exception):
    """A line that is longer than can be read; the next one is that after it."""


class _Lines:
    """The lines of a file as text, counting bytes. Bytes that are no text survive as surrogates."""

    def __init__(self, path: Path) -> None:
        self.read = 0
        self._found = self._lines(path)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        """The next line. Raises _TooLong."""
        line = next(self._found)
        if line is None:
            raise _TooLong
        return line

    def _lines(self, path: Path) -> Iterator[str | None]:
        """The lines; None for one that is too long."""
        with path.open("rb") as stream:
            while line := stream.readline(LONGEST):
                encoding = "utf-8" if self.read else "utf-8-sig"
                past = skipped(stream, line)
                self.read += len(line) + past
                yield None if past else line.decode(encoding, "surrogateescape")


def _header(cells: Sequence[str], path: Path) -> list[str]:
    header = [cell.strip() for cell in cells]
    if not any(header):
        raise BadFacts([Problem(str(path), "the first line has no column names")])
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        message = "the columns are not separated by commas: save it as CSV with commas"
        raise BadFacts([Problem(str(path), message)])
    twice = [name for name in dict.fromkeys(header) if name and header.count(name) > 1]
    if twice:
        raise BadFacts([Problem(str(path), f"the column `{twice[0]}` is there twice")])
    if any(map(_broken, header)):
        raise BadFacts([Problem(str(path), "the file is not UTF-8 text: save it as CSV UTF-8")])
    return header


def _rows(reader: Iterator[list[str]], header: list[str], lines: _Lines) -> Iterator[Row]:
    number = 0
    while True:
        try:
            cells = next(reader, None)
        except _TooLong:
            number += 1
            yield Row(number, error=TOO_LONG, position=lines.read)
            continue
        except csv.Error as fault:
            number += 1
            yield Row(number, error=f"the line cannot be read: {fault}", position=lines.read)
            continue
        if cells is None:
            return
        if cells:
            number += 1
            yield _row(number, header, cells, lines.read)


def _row(number: int, header: list[str], cells: list[str], position: int) -> Row:
    named = {k: v.strip() for k, v in zip(header, cells, strict=False) if k and v.strip()}
    ids = {name: named[name] for name in id_columns(header) if name in named}
    if any(map(_broken, cells)):
        return Row(
            number, None, "the line is not UTF-8 text: save the file as CSV UTF-8", {}, position
        )
    if len(cells) != len(header):
        error = f"the line has {len(cells)} cells, and the header names {len(header)}"
        return Row(number, None, error, ids, position)
    try:
        return Row(number, from_cells(named), None, ids, position)
    except BadFacts as fault:
        return Row(number, None, fault.message, ids, position)


def _broken(cell: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in cell) if not cell.isascii() else False
