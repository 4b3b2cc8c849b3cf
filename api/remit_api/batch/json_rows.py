"""Requests from JSON lines: one object a line, numbers exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from remit_api.batch.row import LONGEST, Row, Rows, from_document, id_columns
from remit_api.failures import BadFacts, shown
from remit_engine.json_reader import read_json
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
            position += len(line)
            if line.strip():
                number += 1
                yield _row(number, line, ids, position)


def _row(number: int, line: bytes, ids: tuple[str, ...], position: int) -> Row:
    try:
        document = read_json(line)
        if not isinstance(document, Mapping):
            return Row(number, None, "the line is not a JSON object", {}, position)
        named = known_ids(document, ids)
    except InvalidRequest as fault:
        return Row(number, None, "; ".join(map(shown, fault.problems)), {}, position)
    try:
        return Row(number, from_document(document), None, named, position)
    except BadFacts as fault:
        return Row(number, None, fault.message, named, position)


def known_ids(document: Mapping[str, Any], ids: tuple[str, ...]) -> dict[str, str]:
    """The id members that are there, as text."""
    return {name: str(document[name]) for name in ids if document.get(name) is not None}
