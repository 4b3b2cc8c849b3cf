"""What a target cannot express."""

from __future__ import annotations

from typing import Protocol

from remit_dsl.source import Span


class Placed(Protocol):
    """A node with its place in the text."""

    @property
    def span(self) -> Span:
        """Where it stands."""
        ...


class Unsupported(Exception):
    """A construct that a target has no exact form for; it is never approximated."""

    def __init__(self, node: Placed, target: str) -> None:
        self.node = node
        self.target = target
        self.span = node.span
        name = type(node).__name__
        super().__init__(f"{node.span}: {target} has no exact form for {name}")
