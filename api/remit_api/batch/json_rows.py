"""Requests from JSON lines: one object a line, numbers exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from remit_api.batch.row import LONGEST, TOO_LONG, Row, Rows, from_document, id_columns, skipped
from remit_api.failures import BadFacts, shown
from remit_engine.reading.json_reader import DOCUMENT, read_json
from remit_engine.request import InvalidRequest


def read(path: Path) -> Rows:
    """The rows of a file. The id columns are those of its first readable line."""
    ids: tuple[str, ...] = ()
    with path.open("rb") as stream:
        first = stream.readline(LONGEST)
    try:
        document = read_json(first)
        ids = id_columns(document) if isinstance(document, Mapping) else ()
    except InvalidRequest:
        ids = ("id",)
    return Rows(ids, path.stat().st_size, _rows(path, ids))


def _rows(path: Path, ids: tuple[str, ...]) -> Iterator[Row]:
    position = number = 0
    with path.open("rb") as stream:
        while line := stream.readline(LONGEST):
            past = skipped(stream, line)
            position += len(line) + past
            if past:
                number += 1
                yield Row(number, None, TOO_LONG, {}, position)
            elif line.strip():
                number += 1
                yield _row(number, line, ids, position)


def _row(number: int, line: bytes, ids: tuple[str, ...], position: int) -> Row:
    try:
        document = read_json(line.rstrip(b"\r\n"))
        if not isinstance(document, Mapping):
            return Row(number, None, "the line is not a JSON object", {}, position)
        named = known_ids(document, ids)
    except InvalidRequest as fault:
        return Row(number, None, _said(fault), {}, position)
    try:
        return Row(number, from_document(document), None, named, position)
    except BadFacts as fault:
        return Row(number, None, fault.message, named, position)


def _said(fault: InvalidRequest) -> str:
    """What is wrong with a line, whose place in itself is a column: its row is said already."""
    said = "; ".join(p.message if p.path == DOCUMENT else shown(p) for p in fault.problems)
    return said.replace(" at line 1, column ", " at column ")


def known_ids(document: Mapping[str, Any], ids: tuple[str, ...]) -> dict[str, str]:
    """The id members that are there, as text."""
    return {name: str(document[name]) for name in ids if document.get(name) is not None}
