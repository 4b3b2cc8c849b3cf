"""What a target cannot express."""

from __future__ import annotations

from remit_dsl.expressions import Expression


class Unsupported(Exception):
    """A construct that a target has no exact form for; it is never approximated."""

    def __init__(self, node: Expression, target: str) -> None:
        self.node = node
        self.target = target
        self.span = node.span
        name = type(node).__name__
        super().__init__(f"{node.span}: {target} has no exact form for {name}")
