"""One small change of a part of a program, and how it is said in the words of the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from remit_dsl.source import Source, Span

T = TypeVar("T")
S = TypeVar("S")

LONGEST = 90
"""Longer pieces of a policy are cut when they are quoted."""
AROUND = 30
"""What is shown of a long piece before and behind a change."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The same change made in the text: what stands at a span becomes `text`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """A changed part.

    kind: amount, side, comparison, condition, member, position, persons, date, value, removed …
    span: where the caret stands. phrase: the words around it that are quoted. edit: None where
    the change cannot be made by one edit of the text; then `note` says what it is.
    """

    kind: str
    node: T
    span: Span
    phrase: Span
    edit: Edit | None = None
    note: str | None = None

    def of(self, node: S, phrase: Span | None = None) -> Change[S]:
        """The same change seen in what the part belongs to; a phrase is widened once."""
        wider = self.phrase if phrase is None or self.phrase != self.span else phrase
        return Change(self.kind, node, self.span, wider, self.edit, self.note)

    def named(self, kind: str) -> Change[T]:
        """The same under another kind."""
        return replace(self, kind=kind)


class Texts:
    """The policy texts, by span."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources

    def at(self, span: Span) -> str:
        """What stands at a span."""
        source = self._sources.get(span.file)
        return source.text[span.start : span.end] if source else ""

    def part(self, span: Span, start: int, end: int) -> Span:
        """A stretch of a span, by offsets from its start."""
        source = self._sources.get(span.file)
        at = (span.start + start, span.start + end)
        return source.span(*at) if source else span

    def between(self, left: Span, right: Span) -> Span:
        """What stands between two spans of one text."""
        return self.part(left, left.end - left.start, right.start - left.start)

    def up_to(self, span: Span, mark: str) -> Span:
        """From the start of a span to the first mark behind it."""
        source = self._sources.get(span.file)
        end = source.text.find(mark, span.end) if source else -1
        return span if end < 0 else replace(span, end=end)

    def balanced(self, span: Span) -> Span:
        """A span widened to the brackets that it opens or closes without the others."""
        source = self._sources.get(span.file)
        text = source.text if source else ""
        start, end = span.start, span.end
        opened, closed = _unmatched(text[start:end])
        for _ in range(closed):
            start = max(text.rfind("(", 0, start), 0)
        for _ in range(opened):
            end = text.find(")", end) + 1 or end
        return source.span(start, end) if source and (opened or closed) else span

    def changed(self, edit: Edit) -> Source | None:
        """The text with the change made in it."""
        source = self._sources.get(edit.span.file)
        if source is None:
            return None
        span, text = edit.span, source.text
        return replace(source, text=text[: span.start] + edit.text + text[span.end :])

    def sentence(self, change: Change[T]) -> str:
        """The change in plain words: "`up to 10%` becomes `under 10%`"."""
        if change.note is not None:
            return change.note
        before, edit = self.balanced(change.phrase), change.edit
        if edit is None:
            raise ValueError("a change without an edit needs a note")
        if not edit.text and edit.span == before:
            return f"`{quoted(self.at(before))}` is removed"
        text = self.at(before)
        head = text[: edit.span.start - before.start]
        tail = text[edit.span.end - before.start :]
        if len(text) > LONGEST:
            head, tail = _last(head), _first(tail)
        after = quoted(head + edit.text + tail)
        return f"`{quoted(head + self.at(edit.span) + tail)}` becomes `{after}`"


def _unmatched(text: str) -> tuple[int, int]:
    """How many brackets are opened and not closed, and closed and not opened."""
    opened = closed = 0
    for character in text:
        if character == "(":
            opened += 1
        elif character == ")":
            opened, closed = (opened - 1, closed) if opened else (0, closed + 1)
    return opened, closed


def _last(text: str) -> str:
    """The end of what stands before a change."""
    return text if len(text) <= AROUND else f"… {text[-AROUND:]}"


def _first(text: str) -> str:
    """The beginning of what stands behind a change."""
    return text if len(text) <= AROUND else f"{text[:AROUND]} …"


def quoted(text: str) -> str:
    """A piece of a policy on one line, cut in the middle when it is long."""
    line = " ".join(text.split())
    half = LONGEST // 2
    return line if len(line) <= LONGEST else f"{line[:half]} … {line[-half:]}"


def rebuilt(node: T, **parts: Any) -> T:
    """A frozen node with other parts."""
    changed: T = replace(cast(Any, node), **parts)
    return changed
