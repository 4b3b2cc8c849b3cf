"""The pieces a policy text is cut into, and what reading one text collects on the way."""

from __future__ import annotations

from typing import Any

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.source import Source, Span
from remit_dsl.syntax import Comment

MOST_FAULTS = 100


class Reading:
    """What one reading of one source collects: faults, comments, depths of expressions."""

    __slots__ = ("comments", "depths", "faults", "grouped", "headers", "loose", "source")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.faults: list[Diagnostic] = []
        self.comments: list[Comment] = []
        self.depths: dict[int, int] = {}
        self.grouped: dict[int, Any] = {}
        self.loose: dict[int, Any] = {}
        self.headers: list[Token] = []

    def fault(
        self,
        code: str,
        span: Span,
        message: str,
        help: str | None = None,
        related: tuple[Related, ...] = (),
    ) -> None:
        """Note one fault."""
        self.faults.append(Diagnostic(span, code, message, help, related))


class Token:
    """One piece of text; `type` is a terminal of the grammar, or `WORD` until that is decided."""

    __slots__ = ("column", "end", "line", "reading", "start", "text", "type")

    def __init__(
        self, type: str, text: str, start: int, end: int, line: int, column: int, reading: Reading
    ) -> None:
        self.type = type
        self.text = text
        self.start = start
        self.end = end
        self.line = line
        self.column = column
        self.reading = reading

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.reading.source.name, self.line, self.column, self.start, self.end)

    def fault(self, code: str, message: str, help: str | None = None, *related: Related) -> None:
        """Note a fault at this piece."""
        self.reading.fault(code, self.span, message, help, related)


class FixedToken(Token):
    """A token put in by recovery: its type is decided and not read from the text."""

    __slots__ = ()


class Tape:
    """A text and how far it has been read; makes tokens and faults on the current line."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.text = reading.source.text
        self.line = 1
        self.line_start = 0
        self.position = 0

    def token(self, type: str, text: str, start: int, end: int) -> Token:
        """A token on the current line."""
        return Token(type, text, start, end, self.line, start - self.line_start + 1, self.reading)

    def span(self, start: int, end: int) -> Span:
        """A span on the current line."""
        column = start - self.line_start + 1
        return Span(self.reading.source.name, self.line, column, start, end)

    def fault(self, code: str, start: int, end: int, message: str, help: str | None = None) -> None:
        """Note a fault on the current line."""
        self.reading.fault(code, self.span(start, end), message, help)
