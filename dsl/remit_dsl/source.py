"""Source texts and the places in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one source text.

    `start` and `end` are offsets in characters (half open); `line` and `column` are those of
    `start` and count from 1.
    """

    file: str
    line: int
    column: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def to(self, other: Span) -> Span:
        """The stretch from the start of this span to the end of `other` (same file)."""
        return Span(self.file, self.line, self.column, self.start, max(self.end, other.end))


NOWHERE = Span("<built in>", 1, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Source:
    """A named text. `name` is the path as it is shown to people."""

    name: str
    text: str

    def line(self, number: int) -> str:
        """Line `number` (from 1) without its end, or an empty text past the last line."""
        lines = self.text.split("\n", number)
        return lines[number - 1].rstrip("\r") if number <= len(lines) else ""

    def span(self, start: int, end: int) -> Span:
        """The span of two offsets into the text."""
        line = self.text.count("\n", 0, start) + 1
        column = start - (self.text.rfind("\n", 0, start) + 1) + 1
        return Span(self.name, line, column, start, end)
