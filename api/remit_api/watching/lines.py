"""Entries of the log from JSON lines: one object a line, numbers exact."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from remit_api.batch.row import LONGEST, TOO_LONG, skipped
from remit_api.failures import shown
from remit_engine.json_reader import DOCUMENT, read_json
from remit_engine.request import InvalidRequest

PAUSE = 0.25
"""Seconds between two looks at a file that is followed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. number: from 1. position: bytes up to its end. fault: why it is no JSON; else the
    document is whatever it is, unless the line is blank."""

    number: int
    position: int
    document: Any = None
    fault: str | None = None
    blank: bool = False


def read_lines(stream: BinaryIO) -> Iterator[Line]:
    """The lines of a whole file; the last one need not end."""
    position = number = 0
    while raw := stream.readline(LONGEST):
        past = skipped(stream, raw)
        position += len(raw) + past
        number += 1
        line = Line(number, position, fault=TOO_LONG) if past else _line(number, position, raw)
        if not line.blank:
            yield line


def follow_lines(
    path: Path, stopped: Callable[[], bool], pause: Callable[[float], None] = time.sleep
) -> Iterator[list[Line]]:
    """The lines of a file as they come, and an empty list where none came for a while. A line
    counts when its end is there. A file that is cut short or replaced is read from its beginning.
    Raises OSError where the file is gone and does not come back at the next look.
    """
    number = position = 0
    while not stopped():
        with path.open("rb") as stream:
            mark = _mark(stream)
            while not stopped():
                found = list(_whole_lines(stream, number, position))
                if found:
                    number, position = found[-1].number, stream.tell()
                yield [line for line in found if not line.blank]
                if not found:
                    pause(PAUSE)
                    if _replaced(path, mark, stream.tell()):
                        break
        number = position = 0


def _whole_lines(stream: BinaryIO, number: int, position: int) -> Iterator[Line]:
    """The lines that have an end; the stream stays before one that has none yet."""
    while True:
        begin = stream.tell()
        raw = stream.readline(LONGEST)
        past = skipped(stream, raw)
        if past:
            number += 1
            position += len(raw) + past
            yield Line(number, position, fault=TOO_LONG)
        elif raw.endswith(b"\n"):
            number += 1
            position += len(raw)
            yield _line(number, position, raw)
        else:
            stream.seek(begin)
            return


def _line(number: int, position: int, raw: bytes) -> Line:
    if not raw.strip():
        return Line(number, position, blank=True)
    try:
        return Line(number, position, read_json(raw.rstrip(b"\r\n")))
    except InvalidRequest as fault:
        return Line(number, position, fault=_said(fault))


def _said(fault: InvalidRequest) -> str:
    """What is wrong with a line, whose place in the file is said already."""
    said = "; ".join(p.message if p.path == DOCUMENT else shown(p) for p in fault.problems)
    return said.replace(" at line 1, column ", " at column ")


def _mark(stream: BinaryIO) -> tuple[int, int]:
    known = os.fstat(stream.fileno())
    return known.st_dev, known.st_ino


def _replaced(path: Path, mark: tuple[int, int], read: int) -> bool:
    """Whether another file has the name now, or this one is shorter than what was read."""
    known = path.stat()
    return (known.st_dev, known.st_ino) != mark or known.st_size < read
