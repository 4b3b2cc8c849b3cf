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
from remit_engine.reading.json_reader import DOCUMENT, read_json
from remit_engine.request import InvalidRequest

PAUSE = 0.25
"""Seconds between two looks at a file that is followed."""
LOOKS = 40
"""So many looks a file may be away, while another takes its name."""
TAIL = 4_096
"""Bytes that tell whether what was read of a file is still what it begins with."""


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
    counts when its end is there, or when another file has the name. A file that is cut short,
    written anew or replaced is read from its beginning; of one that is replaced, first what is left
    of it. Raises OSError where the file is gone and does not come back for some looks.
    """
    while not stopped():
        stream = _opened(path, stopped, pause)
        if stream is None:
            return
        with stream:
            mark, number, tail = _mark(stream), 0, b""
            while not stopped():
                found = list(_whole_lines(stream, number))
                if found:
                    number, tail = found[-1].number, _tail(stream)
                yield [line for line in found if not line.blank]
                if found:
                    continue
                pause(PAUSE)
                if _cut(stream, tail):
                    break
                if _replaced(path, mark):
                    pause(PAUSE)  # who has the old file open still may write to it
                    left = _whole_lines(stream, number, ended=True)
                    yield [line for line in left if not line.blank]
                    break


def _opened(
    path: Path, stopped: Callable[[], bool], pause: Callable[[float], None]
) -> BinaryIO | None:
    """The file, which may be away for a moment while another takes its name; None: stopped."""
    for _ in range(LOOKS):
        try:
            return path.open("rb")
        except FileNotFoundError:
            if stopped():
                return None
            pause(PAUSE)
    return path.open("rb")


def _whole_lines(stream: BinaryIO, number: int, ended: bool = False) -> Iterator[Line]:
    """The lines that have an end; the stream stays before one that has none yet. ended: nothing
    is added any more, so that the last one counts as it is."""
    while True:
        begin = stream.tell()
        raw = stream.readline(LONGEST)
        past = skipped(stream, raw)
        if past:
            number += 1
            yield Line(number, stream.tell(), fault=TOO_LONG)
        elif raw.endswith(b"\n") or (ended and raw):
            number += 1
            yield _line(number, stream.tell(), raw)
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


def _tail(stream: BinaryIO) -> bytes:
    """The last bytes of what was read, as the file has them now."""
    read = stream.tell()
    begin = max(0, read - TAIL)
    return os.pread(stream.fileno(), read - begin, begin)


def _cut(stream: BinaryIO, tail: bytes) -> bool:
    """Whether what was read is not there any more: the file is shorter, or written anew."""
    return os.pread(stream.fileno(), len(tail), stream.tell() - len(tail)) != tail


def _replaced(path: Path, mark: tuple[int, int]) -> bool:
    """Whether another file has the name now, or none."""
    try:
        known = path.stat()
    except FileNotFoundError:
        return True
    return (known.st_dev, known.st_ino) != mark
