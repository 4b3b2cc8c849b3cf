"""Written types as text."""

from __future__ import annotations

from remit_dsl.syntax import TypeExpr


def type_text(node: TypeExpr) -> str:
    """`money USD optional`, `set of Region`."""
    if node.element is not None:
        text = f"{node.kind} of {type_text(node.element)}"
    elif node.name is not None:
        text = node.name.text
    else:
        text = f"{node.kind} {node.currency}" if node.currency else node.kind
    return f"{text} optional" if node.optional else text
