"""What a person sees: styled on a terminal, plain text everywhere else."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Timer
from typing import IO, Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

Part = str | tuple[str, str]
"""A piece of a line: plain, or with a style."""

PATIENCE = 1.0
"""Seconds of silence before a spinner is shown."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")


@dataclass(frozen=True, slots=True)
class Screen:
    """Standard output and standard error, as this run writes them."""

    out: Console
    err: Console
    as_json: bool = False
    verbose: bool = False

    def line(self, *parts: Part) -> None:
        """One line on standard output."""
        self.out.print(text(parts), soft_wrap=True)

    def block(self, content: str) -> None:
        """Ready made text on standard output, as it is."""
        self.out.file.write(content if content.endswith("\n") else content + "\n")

    def note(self, *parts: Part) -> None:
        """One line on standard error, for whoever watches."""
        self.err.print(text(parts), soft_wrap=True)

    def remark(self, message: str) -> None:
        """A line on standard error in verbose mode only."""
        if self.verbose:
            self.note((message, "dim"))

    @contextmanager
    def patience(self, message: str) -> Iterator[Callable[[int, int], None]]:
        """While the block runs: a spinner on standard error, on a terminal only, and only when it
        takes longer than `PATIENCE`. Gives a function to tell how much is done, and of how much."""
        if not self.err.is_terminal:
            yield lambda done, of: None
            return
        spinner = self.err.status(f"{message} …")
        timer = Timer(PATIENCE, spinner.start)
        timer.start()
        try:
            yield lambda done, of: spinner.update(f"{message}: {done} of {of} files")
        finally:
            timer.cancel()
            timer.join()
            spinner.stop()

    def data(self, document: Any) -> None:
        """A JSON document on standard output."""
        self.block(json.dumps(document, ensure_ascii=False, indent=2))

    def row(self, document: Any) -> None:
        """A JSON document on one line, for what goes on line by line."""
        self.block(json.dumps(document, ensure_ascii=False))

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]], indent: int = 0) -> None:
        """Aligned columns (wide characters count double) under a header."""
        lines = [tuple(header), *(tuple(r) for r in rows)]
        widths = [max(cell_len(line[i]) for line in lines) for i in range(len(header))]
        for number, line in enumerate(lines):
            padded = "  ".join(pad(cell, width) for cell, width in zip(line, widths, strict=True))
            shown = " " * indent + padded.rstrip()
            self.line((shown, "bold") if number == 0 else shown)


def screen(*, as_json: bool = False, verbose: bool = False) -> Screen:
    """The screen of this run, bound to the standard streams as they are now."""
    return Screen(console(sys.stdout), console(sys.stderr), as_json, verbose)


def open_streams() -> None:
    """A standard stream that the caller closed: reading finds nothing, and an answer has no place
    to go, which is told as any trouble with writing; complaints vanish."""
    for name, flags, mode in (
        ("stdin", os.O_RDONLY, "r"),
        ("stdout", os.O_RDONLY, "w"),
        ("stderr", os.O_WRONLY, "w"),
    ):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, flags)
            setattr(sys, name, os.fdopen(handle, mode, encoding="utf-8"))


def silence(*streams: IO[str]) -> None:
    """Nobody reads: what is still to be written goes nowhere, and Python does not complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        with suppress(OSError):
            os.dup2(nowhere, stream.fileno())


def console(stream: IO[str]) -> Console:
    """A console that colours on a terminal only, and never against the wish of NO_COLOR."""
    coloured = is_terminal(stream) and not os.environ.get("NO_COLOR")
    return _Console(
        file=stream,
        color_system="auto" if coloured and os.environ.get("TERM") != "dumb" else None,
        force_terminal=is_terminal(stream),
        highlight=False,
        markup=False,
        emoji=False,
    )


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Let the reader's going away be answered in one place, with its own exit code."""
        raise BrokenPipeError


def is_terminal(stream: IO[str]) -> bool:
    """True when a person sits at the other end of the stream."""
    return not stream.closed and stream.isatty()


def text(parts: Iterable[Part]) -> Text:
    """Pieces joined; control characters are shown as `�`, so that no text moves the cursor."""
    line = Text()
    for part in parts:
        content, style = (part, "") if isinstance(part, str) else part
        line.append(_CONTROL.sub("\ufffd", content), style=style)
    return line


def pad(cell: str, width: int) -> str:
    """The cell filled up with blanks to a width on screen."""
    return cell + " " * max(0, width - cell_len(cell))


def plural(count: int, what: str) -> str:
    """`1 policy`, `2 policies`, `1,000 rows`."""
    if count == 1:
        return f"1 {what}"
    return f"{count:,} {what[:-1]}ies" if what.endswith("y") else f"{count:,} {what}s"
