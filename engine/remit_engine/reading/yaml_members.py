"""Members of a YAML mapping, checked: known names, the right kind of value, nothing forgotten."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.source import Span
from remit_dsl.suggest import nearest
from remit_engine.reading.exact import Unreadable, day_of, shown, text_of
from remit_engine.reading.yaml_tree import Node, plain

T = TypeVar("T")


class MembersReader:
    """Reads located values and collects what is wrong with them."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def fault(
        self,
        at: Node | Span,
        code: str,
        message: str,
        help: str | None = None,
        related: Iterable[Related] = (),
    ) -> None:
        """Note a fault at a place."""
        span = at.span if isinstance(at, Node) else at
        self.found.append(Diagnostic(span, code, message, help, tuple(related)))

    def unknown(self, at: Node, code: str, what: str, word: str, candidates: Iterable[str]) -> None:
        """Note a name that stands for nothing, with the name probably meant."""
        guess = nearest(word, candidates)
        help = f"did you mean `{guess}`?" if guess else None
        self.fault(at, code, f"unknown {what} `{word[:80]}`", help)

    def members(
        self,
        node: Node,
        what: str,
        required: Collection[str],
        optional: Collection[str] = (),
    ) -> dict[str, Node] | None:
        """The members of a mapping; None when it is no mapping or lacks one.

        A member with nothing after it is a fault: half an entry must not mean the widest one.
        """
        known = [*required, *optional]
        if not isinstance(node.value, dict):
            kind = f"`{shown(plain(node))}` is not {what}"
            self.fault(node, "E0608", kind, f"write members such as `{known[0]}: …`")
            return None
        for key, value in node.value.items():
            if key not in known:
                self.unknown(node.keys[key], "E0606", f"member of {what}", key, known)
            elif value.value is None and key not in required:
                cure = "write its value, or leave the member out"
                self.fault(node.keys[key], "E0608", f"`{key}` is empty", cure)
        given = {k: v for k, v in node.value.items() if v.value is not None}
        missing = [name for name in required if name not in given]
        if missing:
            names = ", ".join(f"`{name}`" for name in missing)
            self.fault(node, "E0607", f"{what} lacks {names}")
        return None if missing else given

    def items(self, given: Mapping[str, Node], name: str) -> tuple[Node, ...]:
        """The elements of a member that is a list; none where it is not there."""
        node = given.get(name)
        if node is None:
            return ()
        if not isinstance(node.value, tuple):
            self.fault(node, "E0608", f"`{name}` is not a list", "begin each element with `-`")
        return node.items

    def text(self, given: Mapping[str, Node], name: str) -> str | None:
        """A text; None where it is not there or is none."""
        return self._read(given.get(name), text_of)

    def day(self, given: Mapping[str, Node], name: str) -> date | None:
        """A date; None where it is not there or is none."""
        return self._read(given.get(name), day_of)

    def flag(self, given: Mapping[str, Node], name: str) -> bool:
        """True or false; false where it is not there."""
        node = given.get(name)
        if node is None or isinstance(node.value, bool):
            return bool(node and node.value)
        self.fault(node, "E0608", f"`{node.raw[:40]}` is not true or false")
        return False

    def texts(self, given: Mapping[str, Node], name: str) -> list[tuple[str, Node]]:
        """The texts of a member that is a list, with their places."""
        found = [(self.word(node), node) for node in self.items(given, name)]
        return [(word, node) for word, node in found if word is not None]

    def word(self, node: Node) -> str | None:
        """A text that stands alone."""
        return self._read(node, text_of)

    def _read(self, node: Node | None, reader: Callable[[Any], T]) -> T | None:
        if node is None:
            return None
        try:
            return reader(plain(node))
        except Unreadable as error:
            self.fault(node, "E0608", str(error))
            return None
