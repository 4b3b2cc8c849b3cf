"""Putting right the braces of a text that does not parse, before anything else is judged.

One forgotten `}` would otherwise make every later declaration an error.
"""

from __future__ import annotations

from remit_dsl.diagnostics import Related
from remit_dsl.lexing.tokens import FixedToken, Token
from remit_dsl.lexing.vocabulary import DECLARATIONS, HEADERS, LANGUAGES, WAIVER_PARTS
from remit_dsl.source import Span

_DECLARING = frozenset(DECLARATIONS) | frozenset(HEADERS)
_WITH_BLOCK = frozenset(
    (
        "policy",
        "enum",
        "position",
        "record",
        "action",
        "authority",
        "delegation",
        "event",
        "commission",
        "scorecard",
        "allocation",
        "watch",
    )
)
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
        self.missing: int | None = None  # index in `tokens` of what stands where a `{` should
        self.early: int | None = None  # index in `kept` of a `}` that closed a block too early

    def walk(self) -> list[Token]:
        for index, token in enumerate(self.tokens):
            if is_first_on_line(self.tokens, index) and declares(self.tokens, index):
                self._declaration(index, token)
            if index == self.missing:
                self._open(token)
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
            self.missing = self._missing_open(index)
        elif token.column <= self.column and self._is_plainly_new(index):
            self._close_all(token, f"`{token.text}`")

    def _missing_open(self, index: int) -> int | None:
        """Where the `{` of this declaration is missing: its head ends and its content begins."""
        tokens = self.tokens
        if tokens[index].text not in _WITH_BLOCK:
            return None
        end = index + 2 + (tokens[index].text == "delegation")
        while end < len(tokens) - 1 and (
            tokens[end].type == "STRING"
            or (tokens[end].text in LANGUAGES and tokens[end + 1].type == "STRING")
        ):
            end += 1
        if end >= len(tokens) - 1 or any(t.type == "LBRACE" for t in tokens[index:end]):
            return None
        if tokens[end].type in ("LBRACE", "RBRACE", "$END") or declares(tokens, end):
            return None
        return end if self._closes_without_opening(end) else None

    def _closes_without_opening(self, index: int) -> bool:
        depth = 0
        for token in self.tokens[index:]:
            depth += (token.type == "LBRACE") - (token.type == "RBRACE")
            if depth < 0:
                return True
            if token.type == "$END" or (token.text in _DECLARING and token.column <= self.column):
                return False
        return False

    def _open(self, token: Token) -> None:
        last = self.kept[-1]
        place = _after(last)
        token.reading.fault(
            "E0036", place, f"a `{{` is missing after `{last.text}`", "open the block with `{`"
        )
        opening = FixedToken(
            "LBRACE", "{", last.end, last.end, last.line, place.column, last.reading
        )
        self.opened.append(opening)
        self.kept.append(opening)
        self.missing = None

    def _is_plainly_new(self, index: int) -> bool:
        if self.tokens[index].text in HEADERS or self.tokens[index + 1].text == "of":
            return True
        after = self.tokens[index + 2] if index + 2 < len(self.tokens) else self.tokens[-1]
        return (
            after.type in _AFTER_NAME
            or after.text in ("to", "implies", "{")
            or (self.tokens[index].text == "waive" and after.text in WAIVER_PARTS)
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
            place = _after(last)
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


def _after(token: Token) -> Span:
    """The empty place just after a token."""
    column = token.column + token.end - token.start
    return Span(token.span.file, token.line, column, token.end, token.end)


def mend(tokens: list[Token]) -> list[Token]:
    """The tokens with every brace paired; each one added or left out is a fault."""
    return _Braces(tokens).walk()
