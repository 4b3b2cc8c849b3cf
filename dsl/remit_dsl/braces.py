"""Putting right the braces of a text that does not parse, before anything else is judged.

One forgotten `}` would otherwise make every later declaration an error.
"""

from __future__ import annotations

from remit_dsl.diagnostics import Related
from remit_dsl.source import Span
from remit_dsl.tokens import Token
from remit_dsl.vocabulary import DECLARATIONS, HEADERS, LATER

_DECLARING = frozenset(DECLARATIONS) | frozenset(HEADERS) | LATER
_AFTER_NAME = frozenset({"STRING", "LBRACE", "COLON", "LPAR", "$END"})


def is_first_on_line(tokens: list[Token], index: int) -> bool:
    """Whether a token begins its line."""
    return index == 0 or tokens[index - 1].line != tokens[index].line


def declares(tokens: list[Token], index: int) -> bool:
    """Whether a declaration seems to begin at `index`: its word, then a name."""
    token = tokens[index]
    if token.text not in _DECLARING or token.type in ("STRING", "DOTTED"):
        return False
    following = tokens[index + 1]
    return following.type == "DOTTED" or following.text[:1].isidentifier()


class _Braces:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.kept: list[Token] = []
        self.opened: list[Token] = []
        self.column = 1
        self.early: int | None = None  # index in `kept` of a `}` that closed a block too early

    def walk(self) -> list[Token]:
        for index, token in enumerate(self.tokens):
            if is_first_on_line(self.tokens, index) and declares(self.tokens, index):
                self._declaration(index, token)
            if token.type == "$END":
                self._close_all(token, "the end of the file")
            if token.type == "LBRACE":
                self.opened.append(token)
            elif token.type == "RBRACE":
                if not self.opened:
                    self._closes_nothing(token)
                    continue
                self.opened.pop()
                if not self.opened and self._goes_on(index + 1):
                    self.early = len(self.kept)
            self.kept.append(token)
        return self.kept

    def _declaration(self, index: int, token: Token) -> None:
        if not self.opened:
            self.column = token.column
            self.early = None
        elif token.column <= self.column and self._is_plainly_new(index):
            self._close_all(token, f"`{token.text}`")

    def _is_plainly_new(self, index: int) -> bool:
        after = self.tokens[index + 2] if index + 2 < len(self.tokens) else self.tokens[-1]
        return (
            after.type in _AFTER_NAME
            or after.text in ("to", "implies", "{")
            or (after.line != self.tokens[index].line)
        )

    def _goes_on(self, index: int) -> bool:
        return self.tokens[index].type not in ("$END", "RBRACE") and not declares(
            self.tokens, index
        )

    def _close_all(self, before: Token, what: str) -> None:
        while self.opened:
            opening = self.opened.pop()
            last = self.kept[-1]
            place = Span(
                last.span.file, last.line, last.column + last.end - last.start, last.end, last.end
            )
            before.reading.fault(
                "E0033",
                place,
                f"a `}}` is missing before {what}",
                "close the block with `}`",
                (Related(opening.span, "the block opened here is not closed"),),
            )
            closing = Token(
                "RBRACE", "}", last.end, last.end, last.line, place.column, last.reading
            )
            self.kept.append(closing)

    def _closes_nothing(self, token: Token) -> None:
        if self.early is None:
            token.fault("E0034", "this `}` closes nothing", "delete it")
            return
        closing = self.kept.pop(self.early)
        closing.fault(
            "E0034",
            "this `}` closes its block too early",
            "delete it",
            Related(token.span, "the block goes on to here"),
        )
        self.kept.append(token)
        self.early = None


def mend(tokens: list[Token]) -> list[Token]:
    """The tokens with every brace paired; each one added or left out is a fault."""
    return _Braces(tokens).walk()
