"""Names that stand in a text with syntax faults, so that their loss is not reported again."""

from __future__ import annotations

import re
from collections.abc import Iterable

from remit_dsl import syntax
from remit_dsl.diagnostics import Diagnostic
from remit_dsl.source import Source

_POLICY = re.compile(r"^\s*policy[ \t]+(\w+(?:\.\w+)*)", re.MULTILINE)
PLACEHOLDER = "_"  # what the parser puts where it could not read an expression
_HEAD = re.compile(
    r"^[ \t]*(?:enum|position|record|parameter|define|table|right|action|event|commission|scorecard"
    r"|allocation|watch|duty)[ \t]+(\w+)",
    re.MULTILINE,
)


def declared_names(source: Source) -> frozenset[str]:
    """Names that seem to be declared in a text."""
    return frozenset(m.group(1) for m in _HEAD.finditer(source.text))


def lost_policy(source: Source) -> frozenset[str]:
    """The name of the policy a text seems to be."""
    return frozenset(m.group(1) for m in _POLICY.finditer(source.text))


def lost_names(source: Source, file: syntax.File, faults: Iterable[Diagnostic]) -> frozenset[str]:
    """Names whose declaration is not in the tree, and all words on the lines of the faults."""
    names = (getattr(node, "name", None) for node in file.declarations)  # a duty may have none
    kept = {name.text for name in names if name is not None}
    written = declared_names(source)
    lines = {fault.span.line for fault in faults}
    beside = frozenset(w for line in lines for w in re.findall(r"\w+", source.line(line)))
    return ((written | beside) - kept) | {PLACEHOLDER}
