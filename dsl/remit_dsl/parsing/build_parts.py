"""Small helps for the tree builders: places, texts and parts by kind."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from remit_dsl.diagnostics import Related
from remit_dsl.lexing.numerals import read_date, unescape
from remit_dsl.lexing.tokens import Token
from remit_dsl.source import Span
from remit_dsl.syntax import Label, Name, QName, TypeExpr

T = TypeVar("T")


def place(parts: list[Any]) -> Span:
    """From the first part to the last."""
    first = next(part for part in parts if part is not None).span
    last = next(part for part in reversed(parts) if part is not None).span
    return Span(first.file, first.line, first.column, first.start, last.end)


def across(first: Any, last: Any) -> Span:
    """From one part to another."""
    a: Span = first.span
    return Span(a.file, a.line, a.column, a.start, last.span.end)


def of_kind(kind: type[T], parts: list[Any]) -> tuple[T, ...]:
    """The parts of one class."""
    return tuple(part for part in parts if isinstance(part, kind))


def one_of(kind: type[T], parts: list[Any]) -> T | None:
    """The first part of one class, if there is any."""
    return next((part for part in parts if isinstance(part, kind)), None)


def word(token: Token) -> Name:
    """A name."""
    return Name(token.span, token.text)


def text(token: Token) -> str:
    """What a quoted text says."""
    return unescape(token.text)


def texts(parts: list[Any]) -> tuple[str, ...]:
    """The quoted texts among the parts."""
    return tuple(
        unescape(part.text) for part in parts if part.__class__ is Token and part.type == "STRING"
    )


def text_after(terminal: str, parts: list[Any]) -> str | None:
    """The quoted text that follows a keyword among the parts."""
    for index, part in enumerate(parts):
        if part.__class__ is Token and part.type == terminal:
            return unescape(parts[index + 1].text)
    return None


def day(token: Token) -> date:
    """The day of a date; the lexer has replaced days that do not exist."""
    return read_date(token.text) or date.min


def said_twice(token: Token, what: str, first: Any) -> None:
    """Note that something is said a second time."""
    token.fault(
        "E0050",
        f"{what} is written twice",
        "keep one of the two",
        Related(first.span, "first written here"),
    )


def whole(token: Token, what: str) -> int:
    """A count written as a plain whole number; notes a fault and gives 1 otherwise."""
    digits = token.text.replace("_", "")
    if digits.isdigit() and int(digits) > 0:
        return int(digits)
    token.fault("E0053", f"{what} is a whole number, not `{token.text}`")
    return 1


class PartBuilder:
    """Names, labels and types."""

    def name(self, c: list[Any]) -> Name:
        """`sales_manager`."""
        return word(c[0])

    def qname(self, c: list[Any]) -> QName:
        """`sales.organisation`."""
        return QName(c[0].span, tuple(c[0].text.split(".")))

    def label(self, c: list[Any]) -> Label:
        """`"Sales manager" zh "销售经理"`."""
        said: dict[str, str] = {}
        for language, quoted in zip(c[1::2], c[2::2], strict=True):
            if language.text in said:
                said_twice(language, f"the translation `{language.text}`", c[0])
            said.setdefault(language.text, text(quoted))
        return Label(place(c), text(c[0]), tuple(said.items()))

    def type_money(self, c: list[Any]) -> TypeExpr:
        """`money`, `money USD`."""
        return TypeExpr(place(c), "money", currency=c[1].text if c[1] else None)

    def type_word(self, c: list[Any]) -> TypeExpr:
        """`percent`, `date` and the other words."""
        return TypeExpr(c[0].span, c[0].text)

    def type_of(self, c: list[Any]) -> TypeExpr:
        """`set of Region`, `list of Line`."""
        return TypeExpr(place(c), c[0].text, element=c[2])

    def type_named(self, c: list[Any]) -> TypeExpr:
        """`Region`, `position`, `Person`."""
        return TypeExpr(c[0].span, "named", name=c[0])
