"""Rows as text that every engine reads back exactly."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TextIO

from remit_engine.warehouse.warehouse import BOOLEAN, TEXT, Columns, Row


def write_csv(rows: Iterable[Row], columns: Columns, stream: TextIO) -> None:
    """Comma separated: texts always in quotes, nothing at all for NULL."""
    plain = ",".join('"%s"' if kind == TEXT else "%s" for _, kind in columns) + "\n"
    texts = [i for i, (_, kind) in enumerate(columns) if kind == TEXT]
    flags = any(kind == BOOLEAN for _, kind in columns)
    for row in rows:
        if flags or None in row or (texts and any('"' in row[i] for i in texts)):
            stream.write(",".join([_cell(value) for value in row]) + "\n")
        else:
            stream.write(plain % row)


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
