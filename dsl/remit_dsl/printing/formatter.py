"""The canonical text of a policy. Comments stay, values stay as written, meaning never changes."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice, takewhile

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.lexing.lexer import Lexer
from remit_dsl.lexing.tokens import Reading
from remit_dsl.parsing.parser import parse
from remit_dsl.printing import print_declarations, print_expressions
from remit_dsl.printing.layout import INDENT, WIDTH, Block, Leaf
from remit_dsl.source import Source
from remit_dsl.syntax import Comment, Expr, File, Node

_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")


def format(source: Source) -> str | list[Diagnostic]:
    """The canonical text, or the faults of a text that cannot be read."""
    tree, faults = parse(source)
    if faults:
        return faults
    return _Writer(source.text, tree.comments, _places(source)).write(tree)


def print_file(tree: File) -> str:
    """The canonical text of a tree, without comments and whatever its places."""
    return _Writer("", (), lambda node, word: 0).write(_placeless(tree))


def print_expression(expr: Expr) -> str:
    """An expression as text, on one line."""
    return print_expressions.expression(expr)


def _placeless(tree: File) -> File:
    return replace(tree, comments=())


def _places(source: Source) -> print_declarations.Place:
    """Finds where a word stands inside the braces of a node."""
    words = [
        (token.start, token.text)
        for token in Lexer(Reading(source)).pieces()
        if token.type in ("WORD", "LBRACE")
    ]
    starts = {start: index for index, (start, _) in enumerate(words)}

    def find(node: Node, word: str) -> int:
        inside = False
        for start, text in islice(words, starts[node.span.start], None):
            if start >= node.span.end:
                break
            if inside and text == word:
                return start
            inside = inside or text == "{"
        return node.span.end

    return find


class _Writer:
    """Writes laid out items, with each comment at its place."""

    def __init__(
        self, text: str, comments: tuple[Comment, ...], place: print_declarations.Place
    ) -> None:
        self.text = text
        self.comments = list(reversed(comments))
        self.place = place
        self.lines: list[str] = []
        self.commented = False  # the last line has a comment at its end
        self.last_end = 0
        self.before: Leaf | Block | None = None

    def write(self, tree: File) -> str:
        nodes: list[Node] = [*([tree.policy] if tree.policy else []), *tree.uses]
        for node in [*nodes, *tree.declarations]:
            item = print_declarations.lay_out(node, self.place)
            self._separate(item)
            self._item(item, "")
            self.before = item
        self._comments(len(self.text) + 1, "")
        return "\n".join(self.lines) + "\n" if self.lines else ""

    # --- blank lines ---------------------------------------------------------------------------

    def _separate(self, item: Leaf | Block) -> None:
        """One blank line between declarations; one-line ones of a kind may stay together."""
        before, self.before = self.before, None
        if before is None:
            return
        self._trailing(item.start)
        if not self._both_short(before, item) or self._gap(
            item.start if not self._pending(item.start) else self.last_end
        ):
            self._blank()

    def _both_short(self, before: Leaf | Block, item: Leaf | Block) -> bool:
        return before.kind == item.kind and all(
            x.on_one_line(WIDTH) is not None and not self._inside(x) for x in (before, item)
        )

    def _gap(self, start: int) -> bool:
        return bool(_BLANK_LINE.search(self.text, self.last_end, max(start, self.last_end)))

    def _blank(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")

    # --- items -----------------------------------------------------------------------------------

    def _item(self, item: Leaf | Block, indent: str) -> None:
        if isinstance(item, Block):
            self._block(item, indent)
            return
        self._comments(item.start, indent)
        self._inner_comments(item, indent)
        self._put(item, item.lines, indent)

    def _block(self, item: Block, indent: str) -> None:
        whole = None if self._inside(item) else item.on_one_line(WIDTH - len(indent))
        if whole is not None:
            self._item(Leaf([whole], item.start, item.end), indent)
            return
        self._comments(item.start, indent)
        self._put(item, [*item.head[:-1], f"{item.head[-1]} {{"], indent)
        self.last_end = item.start
        for index, inner in enumerate(item.items):
            if index:
                self._keep_blank(inner.start)
            self._item(inner, indent + INDENT)
        self._comments(item.end, indent + INDENT)
        self.lines.append(f"{indent}}}{item.tail}")
        self.commented = False
        self.last_end = item.end

    def _keep_blank(self, start: int) -> None:
        """A blank line the writer put between two items of a block stays."""
        self._trailing(start)
        pending = self._pending(start)
        if self._gap(pending[0].span.start if pending else start):
            self._blank()

    def _put(self, item: Leaf | Block, lines: list[str], indent: str) -> None:
        if self.lines and self.lines[-1] and self._pause(item):
            self._blank()
        self.lines += [f"{indent}{line}".rstrip() for line in lines]
        self.commented = False
        self.last_end = max(self.last_end, item.end)

    def _pause(self, item: Leaf | Block) -> bool:
        """A blank line between a comment of its own and what follows stays."""
        return self.lines[-1].lstrip().startswith("#") and self._gap(item.start)

    # --- comments ------------------------------------------------------------------------------

    def _pending(self, end: int) -> list[Comment]:
        return list(takewhile(lambda c: c.span.start < end, reversed(self.comments)))

    def _inside(self, item: Leaf | Block) -> bool:
        return any(item.start <= c.span.start for c in self._pending(item.end))

    def _trailing(self, end: int) -> None:
        """Comments at the end of lines already written."""
        while (
            self.comments and self.comments[-1].span.start < end and not self.comments[-1].own_line
        ):
            self._comment(self.comments.pop(), "")

    def _comments(self, end: int, indent: str) -> None:
        while self.comments and self.comments[-1].span.start < end:
            comment = self.comments.pop()
            if comment.own_line and self.last_end and self._gap(comment.span.start):
                self._blank()
            self._comment(comment, indent)

    def _comment(self, comment: Comment, indent: str) -> None:
        text = "#" + comment.text.rstrip()
        if comment.own_line or self.commented or not self.lines or not self.lines[-1]:
            self.lines.append(indent + text)
            self.commented = True
        else:
            self.lines[-1] += f"  {text}"
            self.commented = True
        self.last_end = max(self.last_end, comment.span.end)

    def _inner_comments(self, item: Leaf, indent: str) -> None:
        """Comments between the parts of one item go before it; a single trailing one after it."""
        inner = [c for c in self._pending(item.end) if item.start <= c.span.start]
        loose = [c for c in inner if not c.own_line]
        line_end = self.text.find("\n", item.end)
        line_end = len(self.text) if line_end < 0 else line_end
        follows = any(item.end <= c.span.start for c in self._pending(line_end))
        kept = loose[-1] if loose and not follows else None
        for comment in inner:
            if comment is not kept:
                self.comments.remove(comment)
                self._comment(replace(comment, own_line=True), indent)
