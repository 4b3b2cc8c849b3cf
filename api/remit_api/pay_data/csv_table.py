"""A table from CSV: UTF-8, commas, quotes as in RFC 4180, cells as texts, rows by their line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Self

from remit_api.batch.row import LONGEST, TOO_LONG, skipped
from remit_api.failures import FileTrouble
from remit_engine.commission.reading.table import Chunk, Table

CHUNK = 5_000
NO_TEXT = "the line is not UTF-8 text: save the file as CSV UTF-8"
Told = Callable[[int], None]
"""Told how many bytes have been read."""


def csv_table(path: Path, told: Told) -> Table:
    """The table of a file; raises FileTrouble where there is no header to be read."""
    stream = path.open("rb")
    lines = _Lines(stream)
    reader = csv.reader(lines, strict=True)
    csv.field_size_limit(LONGEST)
    try:
        header = tuple(name.strip() for name in next(reader, []))
    except csv.Error as fault:
        raise _trouble(path, f"its first line cannot be read: {fault}") from None
    if lines.broken:
        raise _trouble(path, "it is not UTF-8 text: save it as CSV UTF-8")
    if not any(header):
        raise _trouble(path, "its first line has no column names")
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        raise _trouble(path, "its columns are not separated by commas: save it as CSV with commas")
    return Table(path.name, header, _chunks(reader, len(header), lines, told))


def _trouble(path: Path, message: str) -> FileTrouble:
    return FileTrouble(path, f"`{path.name}`: {message}")


class _Lines:
    """The lines of a stream as texts; which of them are broken, and how many bytes were read."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.bytes = 0
        self.number = 0
        self.broken: dict[int, str] = {}

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = b"" if self.stream.closed else self.stream.readline(LONGEST)
        if not line:
            self.stream.close()
            raise StopIteration
        self.number += 1
        self.bytes += len(line)
        if len(line) == LONGEST and (past := skipped(self.stream, line)):
            self.bytes += past
            self.broken[self.number] = TOO_LONG
            return "\n"
        return self._text(line)

    def _text(self, line: bytes) -> str:
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            self.broken[self.number] = NO_TEXT
            return line.decode("utf-8", "replace")
        return text[1:] if self.number == 1 and text.startswith("\ufeff") else text


Broken = list[tuple[int, str | None, str]]


def _chunks(reader: Iterator[list[str]], width: int, lines: _Lines, told: Told) -> Iterator[Chunk]:
    """Rows by the line that they begin in; blank lines are passed over."""
    numbers: list[int] = []
    rows: list[list[str]] = []
    broken: Broken = []
    start = lines.number + 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            broken.append((start, None, _unreadable(fault, lines)))
            start = lines.number + 1
            continue
        if lines.broken:
            bad = [lines.broken.pop(n) for n in list(lines.broken)]
            broken.append((start, None, bad[0]))
        elif cells and len(cells) == width:
            numbers.append(start)
            rows.append(cells)
        elif cells:
            message = f"the line has {len(cells)} cells, and the header names {width}"
            broken.append((start, None, message))
        start = lines.number + 1
        if cells is None or len(rows) >= CHUNK or len(broken) >= CHUNK:
            yield Chunk(numbers, rows, broken, texts=True)
            told(lines.bytes)
            numbers, rows, broken = [], [], []
        if cells is None:
            return


def _unreadable(fault: csv.Error, lines: _Lines) -> str:
    if "end of data" in str(fault):
        return f"a quote is opened and never closed, up to line {lines.number}"
    return f"the line cannot be read: {fault}"
