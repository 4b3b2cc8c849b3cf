"""What every node is, names, labels and written types; `same` compares trees."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from remit_dsl.source import Span


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Name(Node):
    """One identifier, NFC normalised."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class QName(Node):
    """A dotted name: `sales.organisation`, `sales_manager`."""

    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The dotted name."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class QuotedName(QName):
    """A dotted name in quotes, where a bare one cannot say it: `"pay.clerk.approve.2"`."""


@dataclass(frozen=True, slots=True, eq=False)
class Label(Node):
    """A quoted text with translations: `"Sales manager" zh "销售经理"`."""

    text: str
    translations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class TypeExpr(Node):
    """A written type. `kind` is a word of the language or `named`, `set`, `list`.

    `money USD` fills `currency`; `duration` is in days, `months` in months; a record, enum,
    `position` or `Person` is `named`; `set of T` and `list of T` fill `element`.
    """

    kind: str
    name: QName | None = None
    currency: str | None = None
    element: TypeExpr | None = None
    optional: bool = False


def same(a: Any, b: Any) -> bool:
    """True when two trees say the same, places and comments aside."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, Node) and isinstance(b, Node):
        return type(a) is type(b) and all(
            same(getattr(a, f.name), getattr(b, f.name))
            for f in fields(a)
            if f.name not in ("span", "comments", "written")
        )
    return type(a) is type(b) and bool(a == b)
