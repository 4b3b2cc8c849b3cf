"""Showing diagnostics: for people with the line and a caret, on one line, or as plain data."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from remit_dsl.diagnostics import Diagnostic, Severity
from remit_dsl.source import Source, Span

_TAB = 4
_WIDEST = 160

MOST_SHOWN = 2
"""Of so many places with one message the lines are shown; more are only named."""
MOST_PLACES = 8

SourceOf = Callable[[str], Source | None]


def human(diagnostic: Diagnostic, source: Source | SourceOf | None = None) -> str:
    """The message, the line with a caret under the place, the help and the related places."""
    find = _finder(source)
    lines = [f"{diagnostic.severity.value}[{diagnostic.code}]: {diagnostic.message}"]
    lines += excerpt(diagnostic.span, find)
    if diagnostic.help:
        lines.append(f"  help: {diagnostic.help}")
    for message, spans in _notes(diagnostic).items():
        if len(spans) <= MOST_SHOWN:
            for span in spans:
                lines += [f"  note: {message}", *excerpt(span, find)]
        else:
            lines.append(f"  note: {message}: {_places(spans)}")
    return "\n".join(lines)


def _notes(diagnostic: Diagnostic) -> dict[str, list[Span]]:
    """Each message of the related places, in order, with its places."""
    found: dict[str, list[Span]] = {}
    for related in diagnostic.related:
        found.setdefault(related.message, []).append(related.span)
    return found


def _places(spans: list[Span]) -> str:
    more = len(spans) - MOST_PLACES
    listed = ", ".join(map(str, spans[:MOST_PLACES]))
    return f"{listed} and {more} more" if more > 0 else listed


def summary(diagnostics: list[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    wrong = sum(d.severity is Severity.ERROR for d in diagnostics)
    counts = ((wrong, "error"), (len(diagnostics) - wrong, "warning"))
    said = [f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts if count]
    return ", ".join(said) or "no faults"


def as_dict(diagnostic: Diagnostic) -> dict[str, Any]:
    """A JSON object."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "place": _place(diagnostic.span),
        "related": [
            {"message": related.message, "place": _place(related.span)}
            for related in diagnostic.related
        ],
    }


def _place(span: Span) -> dict[str, Any]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "start": span.start,
        "end": span.end,
    }


def _finder(source: Source | SourceOf | None) -> SourceOf:
    if source is None:
        return lambda name: None
    if isinstance(source, Source):
        only = source
        return lambda name: only if name == only.name else None
    return source


def excerpt(span: Span, find: SourceOf) -> list[str]:
    """The place, and the line with a caret under it where the text is known."""
    source = find(span.file)
    if source is None:
        return [f"  --> {span}"]
    line = source.line(span.line)
    gutter = " " * len(str(span.line))
    shown, start, length = _window(line, span)
    return [
        f"{gutter}--> {span}",
        f"{gutter} |",
        f"{span.line} | {shown}".rstrip(),
        f"{gutter} | {' ' * start}{'^' * length}",
    ]


def _window(line: str, span: Span) -> tuple[str, int, int]:
    """The line as shown, and where the caret starts and how long it is, in screen cells."""
    start = min(span.column - 1, len(line))
    end = min(max(start + 1, start + span.end - span.start), max(len(line), start + 1))
    cut = max(0, start - _WIDEST // 2) if len(line) > _WIDEST else 0
    piece = line[cut : cut + _WIDEST]
    before = ("…" if cut else "") + _visible(line[cut:start])
    shown = ("…" if cut else "") + _visible(piece) + ("…" if cut + _WIDEST < len(line) else "")
    marked = _visible(line[start : min(end, cut + _WIDEST)])
    return shown, width(before), max(1, width(marked))


def _visible(text: str) -> str:
    """Tabs as blanks, and a sign in the place of what cannot be seen or turns the direction."""
    return "".join(_sign(c) for c in text)


def _sign(character: str) -> str:
    if character == "\t":
        return " " * _TAB
    kind = unicodedata.category(character)
    return "\ufffd" if kind in ("Cf", "Cc", "Cs", "Co") else character


def width(text: str) -> int:
    """How many cells a text takes on a screen: East Asian wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(_cells(c) for c in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
