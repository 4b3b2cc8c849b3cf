"""The policy's own words: what stands in its text at a place, on one line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from remit_dsl.expressions import Expression, Not
from remit_dsl.program import Program
from remit_dsl.source import Span

_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|#[^\n]*')
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_ONE_TERM = re.compile(r"[\w.]+")
_GROUP = re.compile(r"\([^()]*\)")
_LOOSE = re.compile(r"\b(?:or|if)\b")


def written(span: Span, program: Program) -> str:
    """What stands at a span, without comments; empty where the source is not at hand."""
    source = program.sources.get(span.file)
    if source is None:
        return ""
    text = source.text[span.start : span.end]
    bare = _TOKEN.sub(lambda found: "" if found[0].startswith("#") else found[0], text)
    return _balanced(" ".join(bare.split()))


def condition_written(e: Expression, program: Program) -> str:
    """A condition; what stands after `unless` with a `not`, as its contrary must hold."""
    text = written(e.span, program)
    if isinstance(e, Not) and e.refused:
        return f"not {text}" if _ONE_TERM.fullmatch(text) else f"not ({text})"
    return text


def conjuncts_written(conjuncts: Sequence[Expression], program: Program) -> list[str]:
    """Conditions that must all hold, each so that `and` may stand beside it."""
    parts = [condition_written(e, program) for e in conjuncts]
    return [f"({p})" if len(parts) > 1 and _binds_loosely(p) else p for p in parts]


def _binds_loosely(text: str) -> bool:
    """True where an `or` or an `if` stands outside of all parentheses and texts."""
    bare, count = _TEXT.sub("", text), 1
    while count:
        bare, count = _GROUP.subn("", bare)
    return _LOOSE.search(bare) is not None


def _balanced(text: str) -> str:
    """The text with the parentheses around it that a span leaves out."""
    opened = missing = 0
    for mark in re.findall(r"[()]", _TEXT.sub("", text)):
        if mark == "(":
            opened += 1
        elif opened:
            opened -= 1
        else:
            missing += 1
    return "(" * missing + text + ")" * opened
