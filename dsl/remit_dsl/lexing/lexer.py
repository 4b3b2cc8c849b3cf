"""Cutting a text into pieces. A wrong character is noted and, where it is plain, read as meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from remit_dsl.lexing import characters, lex_numbers
from remit_dsl.lexing.tokens import MOST_FAULTS, Reading, Tape, Token
from remit_dsl.syntax import Comment

DEEPEST_BRACKETS = 200
DEEPEST_BLOCKS = 50

_START = rf"[A-Za-z_{characters.FOREIGN}]"
_PART = rf"{_START}[0-9A-Za-z_{characters.FOREIGN}]*"
_PIECE = re.compile(
    rf"""(?P<BLANK>\s+)
    |(?P<WORD>{_PART}(?:\.{_PART})*)
    |(?P<NUMBER>\.?[0-9])
    |(?P<SIGN>[(){{}},:]|=(?![=>])|->|[<>!]=|<(?!>)|>|[-+/]|\*(?!\*))
    |(?P<COMMENT>\#[^\n]*)
    |(?P<STRING>"(?:[^"\\\n]|\\[^\n])*")
    |(?P<BAD>.)""",
    re.VERBOSE,
)
SIGNS = {
    "(": "LPAR",
    ")": "RPAR",
    "{": "LBRACE",
    "}": "RBRACE",
    ",": "COMMA",
    ":": "COLON",
    "->": "ARROW",
    "=": "EQ",
    "+": "PLUS",
    "-": "MINUS",
    "*": "STAR",
    "/": "SLASH",
    **dict.fromkeys(("!=", "<", "<=", ">", ">="), "CMP"),
}
_FOREIGN_SIGNS = {
    "==": ("=", "write `=`"),
    "&&": ("and", "write `and`"),
    "&": ("and", "write `and`"),
    "||": ("or", "write `or`"),
    "|": ("or", "write `or`"),
    "<>": ("!=", "write `!=`"),
    "!": ("not", "write `not`"),
    "**": ("*", "there are no powers; write the product out"),
}
_SIGN_RUN = re.compile(r"==|&&?|\|\|?|<>|\*\*|!")
_ESCAPE = re.compile(r"\\[^\n]")


class TooDeep(Exception):
    """Something is nested so deeply that reading on is of no use; the fault is noted."""


class Lexer(Tape):
    """Cuts one text. `pieces` ends with a `$END` token."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self.depth = 0
        self.blocks = 0

    def pieces(self) -> Iterator[Token]:
        """The tokens of the text, in order."""
        text, match = self.text, _PIECE.match
        length = len(text)
        self.position = 1 if text.startswith("\ufeff") else 0
        self._mirror_signs()
        while self.position < length:
            found = match(text, self.position)
            if found is None:  # a newline cannot end up here: blanks take it
                break
            kind, start = found.lastgroup, self.position
            if kind == "BLANK":
                self._blank(found)
                continue
            self.position = found.end()
            if kind == "WORD":
                token: Token | None = self._word(found)
            elif kind == "SIGN":
                token = self._sign(found)
            else:
                token = _OTHERS[kind or "BAD"](self, start)
            if token is not None:
                yield token
        yield self.token("$END", "", length, length)

    # --- the kinds of pieces -------------------------------------------------------------

    def _blank(self, found: re.Match[str]) -> None:
        blank = found.group()
        lines = blank.count("\n")
        if lines:
            self.line += lines
            self.line_start = found.start() + blank.rfind("\n") + 1
        self.position = found.end()

    def _word(self, found: re.Match[str]) -> Token | None:
        text, start = found.group(), found.start()
        if not text.isascii():
            return self._foreign_word(text, start)
        type = "DOTTED" if "." in text else "WORD"
        return self.token(type, text, start, self.position)

    def _foreign_word(self, text: str, start: int) -> Token | None:
        name = unicodedata.normalize("NFC", text)
        for part in name.split("."):
            if not part.isidentifier():
                return self._not_a_name(text, start)
        self._check_scripts(text, start)
        type = "DOTTED" if "." in text else "WORD"
        return self.token(type, name, start, self.position)

    def _not_a_name(self, text: str, start: int) -> Token | None:
        """Cut the word before its first character that no name can hold."""
        good = next(
            i
            for i, c in enumerate(text)
            if not (("a" if i else "") + c).isidentifier() and c != "."
        )
        if good and text[good - 1] != ".":
            self.position = start + good
            return self.token(
                "WORD" if "." not in text[:good] else "DOTTED", text[:good], start, start + good
            )
        self.position = start + good + 1
        wide = "\uff10" <= text[good] <= "\uff19"
        self.fault(
            "E0011" if wide else "E0010",
            start + good,
            start + good + 1,
            f"{characters.describe(text[good])} cannot stand here",
            f"write `{ord(text[good]) - 0xFF10}`" if wide else _HINTS.get(text[good]),
        )
        return None

    def _check_scripts(self, text: str, start: int) -> None:
        offset = start
        for part in text.split("."):
            odd = characters.stranger(part)
            if odd is not None:
                index, script, usual = odd
                self.fault(
                    "E0016",
                    offset,
                    offset + len(part),
                    f"the name `{part}` mixes scripts: `{part[index]}` is {script.title()}, "
                    f"the rest is {usual.title()}",
                    "write the name in one script",
                )
            offset += len(part) + 1

    def _sign(self, found: re.Match[str]) -> Token:
        text = found.group()
        return self._sign_token(text, found.start(), self.position)

    def _sign_token(self, text: str, start: int, end: int) -> Token:
        token = self.token(SIGNS[text], text, start, end)
        if text in "({":
            self.depth += 1
            self.blocks += text == "{"
            if self.depth > DEEPEST_BRACKETS or self.blocks > DEEPEST_BLOCKS:
                self._too_deep(token)
        elif text in ")}" and self.depth:
            self.depth -= 1
            self.blocks -= text == "}" and self.blocks > 0
        return token

    def _too_deep(self, token: Token) -> None:
        blocks = self.blocks > DEEPEST_BLOCKS
        what = (
            f"blocks are nested more than {DEEPEST_BLOCKS}"
            if blocks
            else (f"brackets are nested more than {DEEPEST_BRACKETS}")
        )
        help = None if blocks else "name the inner parts with `define`"
        token.fault("E0003", f"{what} deep", help)
        raise TooDeep

    def _comment(self, start: int) -> None:
        end = self.position
        text = self.text[start + 1 : end].rstrip("\r")
        own_line = not self.text[self.line_start : start].strip("\ufeff \t\r\f\v")
        self.reading.comments.append(
            Comment(self.span(start, start + 1 + len(text)), text, own_line)
        )

    def _string(self, start: int) -> Token:
        text = self.text[start : self.position]
        if "\\" in text:
            for escape in _ESCAPE.finditer(text, 1, len(text) - 1):
                if escape.group()[1] not in '"\\nt':
                    at = start + escape.start()
                    self.fault(
                        "E0014",
                        at,
                        at + 2,
                        f"`{escape.group()}` means nothing in a text",
                        'a text knows `\\"`, `\\\\`, `\\n` and `\\t`',
                    )
        return self.token("STRING", text, start, self.position)

    def _number(self, start: int) -> Token:
        return lex_numbers.cut(self, start)

    def _bad(self, start: int) -> Token | None:
        self.position = start
        for reader in (self._open_string, self._foreign_sign, self._wide_sign, self._curly):
            token = reader(start)
            if self.position != start:
                return token
        self.position = start + 1
        character = self.text[start]
        noted = (characters.BIDIRECTIONAL, characters.LINE_ENDS)
        if any(signs.match(self.text, start) for signs in noted):  # for the whole text
            return None
        self.fault(
            "E0010",
            start,
            start + 1,
            f"{characters.describe(character)} cannot stand here",
            _HINTS.get(character),
        )
        return None

    def _open_string(self, start: int) -> Token | None:
        if self.text[start] != '"':
            return None
        end = self.text.find("\n", start)
        end = len(self.text) if end < 0 else end
        end = start + len(self.text[start:end].rstrip())
        self.position = end
        self.fault(
            "E0013",
            start,
            start + 1,
            'this text has no closing `"` on its line',
            'end the text with `"`; a line break inside is written `\\n`',
        )
        return self.token("STRING", self.text[start:end] + '"', start, end)

    def _foreign_sign(self, start: int) -> Token | None:
        if self.text.startswith("=>", start):
            self.position = start + 2
            return self.token("FAT_ARROW", "=>", start, start + 2)
        found = _SIGN_RUN.match(self.text, start)
        if found is None:
            return None
        meant, help = _FOREIGN_SIGNS[found.group()]
        self.position = found.end()
        self.fault("E0023", start, found.end(), f"`{found.group()}` is not an operator here", help)
        if meant in SIGNS:
            return self.token(SIGNS[meant], meant, start, found.end())
        return self.token("WORD", meant, start, found.end())

    def _wide_sign(self, start: int) -> Token | None:
        sign = self.text[start]
        wide = sign in characters.FULL_WIDTH
        meant = characters.FULL_WIDTH.get(sign, characters.TYPOGRAPHIC.get(sign))
        if meant is None:
            return None
        self.position = start + 1
        if sign == "＃":
            self.position = self.text.find("\n", start) % (len(self.text) + 1)
        kind = "full-width" if wide else "typographic"
        help = f"write `{meant}`" if meant else "leave it out: a statement needs no end mark"
        self.fault("E0011", start, start + 1, f"`{sign}` is a {kind} sign", help)
        return self._sign_token(meant, start, start + 1) if meant in SIGNS else None

    def _curly(self, start: int) -> Token | None:
        if self.text[start] not in characters.CURLY_QUOTES:
            return None
        end = start + 1
        while end < len(self.text) and self.text[end] not in characters.CURLY_QUOTES + '"\n':
            end += 1
        closed = end < len(self.text) and self.text[end] != "\n"
        self.position = end + closed
        self.fault(
            "E0012",
            start,
            start + 1,
            f"`{self.text[start]}` does not open a text",
            'write straight quotes: `"`',
        )
        inner = self.text[start + 1 : end].rstrip("\r").replace("\\", "\\\\")
        return self.token("STRING", f'"{inner}"', start, self.position)

    def _mirror_signs(self) -> None:
        """Note every character that turns the direction of writing or looks like the end of a
        line, wherever it stands."""
        if not self.text.isascii():
            self._note(characters.BIDIRECTIONAL, "turns the direction of the text", "delete it")
        cure = "end lines with a line feed"
        self._note(characters.LINE_ENDS, "looks like the end of a line and is none", cure)

    def _note(self, unwanted: re.Pattern[str], what: str, cure: str) -> None:
        for found in unwanted.finditer(self.text):
            place = self.reading.source.span(found.start(), found.end())
            message = f"{characters.describe(found.group())} {what}"
            self.reading.fault("E0015", place, message, cure)
            if len(self.reading.faults) > MOST_FAULTS:
                break


_HINTS = {
    "[": "write `(`",
    "]": "write `)`",
    ";": "leave it out: a statement needs no end mark",
    "'": 'write `"` around a text',
    "`": 'write `"` around a text',
    "%": "a percent sign follows its number: `12%`",
    "$": "write the currency code after the number: `200 USD`",
    "€": "write the currency code after the number: `200 EUR`",
    "£": "write the currency code after the number: `200 GBP`",
    "¥": "write the currency code after the number: `200 CNY`",
    "￥": "write the currency code after the number: `200 CNY`",
    "~": "for words in an order or a list write `in`",
    "^": "there are no powers; write the product out",
    "?": "write `if … then … else`",
    "\ufeff": "delete it",
    "\u200b": "delete it",
}

_OTHERS: dict[str, Callable[[Lexer, int], Token | None]] = {
    "NUMBER": Lexer._number,
    "STRING": Lexer._string,
    "COMMENT": Lexer._comment,
    "BAD": Lexer._bad,
}
