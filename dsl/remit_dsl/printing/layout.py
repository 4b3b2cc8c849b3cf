"""What a text is laid out from: lines that stay together, and blocks of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from remit_dsl.printing.print_expressions import (
    ANY,
    conditional_parts,
    expression,
    logical_parts,
)
from remit_dsl.render import width
from remit_dsl.syntax import Conditional, Expr, Logical

WIDTH = 100
INDENT = "  "


@dataclass(slots=True)
class Leaf:
    """Lines that belong together, from one stretch of the source."""

    lines: list[str]
    start: int = 0
    end: int = 0
    kind: str = ""

    def on_one_line(self, room: int) -> str | None:
        """The line, if it is a single one."""
        return self.lines[0] if len(self.lines) == 1 else None


@dataclass(slots=True)
class Block:
    """A head, items in braces; on one line where `join` allows and it fits."""

    head: list[str]
    items: list[Leaf | Block] = field(default_factory=list)
    start: int = 0
    end: int = 0
    kind: str = ""
    join: str | None = None
    most: int = 1  # at most so many items go on one line
    tail: str = ""

    def on_one_line(self, room: int) -> str | None:
        """The block on one line, if it may and can."""
        if self.join is None or len(self.items) > self.most or len(self.head) > 1:
            return None
        inner = []
        for item in self.items:
            text = item.on_one_line(room)
            if text is None:
                return None
            inner.append(text)
        text = f"{self.head[0]} {{ {self.join.join(inner)} }}{self.tail}" if inner else ""
        text = text or f"{self.head[0]} {{ }}{self.tail}"
        return text if width(text) <= room else None


def broken(node: Expr, room: int) -> list[str]:
    """An expression on one line if it fits, else broken before its outermost words."""
    text = expression(node, ANY)
    if width(text) <= room:
        return [text]
    if isinstance(node, Logical):
        first, *rest = logical_parts(node)
        return [first, *(f"{node.operator} {part}" for part in rest)]
    if isinstance(node, Conditional):
        return list(conditional_parts(node))
    return [text]


def indented(lines: list[str], by: str = INDENT) -> list[str]:
    """Lines moved to the right."""
    return [by + line for line in lines]
