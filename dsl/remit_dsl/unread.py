"""Names that stand in a text with syntax faults, so that their loss is not reported again."""

from __future__ import annotations

import re

from remit_dsl import syntax
from remit_dsl.source import Source

PLACEHOLDER = "_"  # what the parser puts where it could not read an expression
_HEAD = re.compile(
    r"^[ \t]*(?:enum|position|record|parameter|define|table|right|action)[ \t]+(\w+)", re.MULTILINE
)


def lost_names(source: Source, file: syntax.File) -> frozenset[str]:
    """Names declared in the text whose declaration is not in the tree."""
    kept = {node.name.text for node in file.declarations if hasattr(node, "name")}
    written = frozenset(m.group(1) for m in _HEAD.finditer(source.text))
    return (written - kept) | {PLACEHOLDER}
