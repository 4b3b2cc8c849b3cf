"""Rows as text that every engine reads back exactly."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterable
from typing import Any, TextIO

from remit_engine.warehouse.warehouse import BOOLEAN, Columns, Row

_AT_ONCE = 10_000


def write_csv(rows: Iterable[Row], columns: Columns, stream: TextIO) -> None:
    """Comma separated: texts always in quotes, nothing at all for NULL."""
    flags = any(kind == BOOLEAN for _, kind in columns)
    quick = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    todo = iter(rows)
    while part := list(itertools.islice(todo, _AT_ONCE)):
        if flags or any(None in row for row in part):  # of these the library writes other words
            stream.writelines(",".join([_cell(value) for value in row]) + "\n" for row in part)
        else:
            quick.writerows(part)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def write_json(rows: Iterable[Row], columns: Columns, stream: TextIO) -> None:
    """One object a line."""
    names = [name for name, _ in columns]
    for row in rows:
        stream.write(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) + "\n")
