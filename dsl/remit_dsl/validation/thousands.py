"""Amounts such as `300.000`, which some read as 300 and others as 300,000."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.expressions import Constant
from remit_dsl.lexing.currencies import thousands
from remit_dsl.program import Program
from remit_dsl.source import Source

_SUSPECT = re.compile(r"(?<![\w.])[1-9][0-9]{0,2}\.[0-9]{3}(?![\w.])", re.ASCII)


def doubtful_amounts(program: Program) -> Iterator[Diagnostic]:
    """Amounts of money with three digits after a point that may be meant to group thousands."""
    if not any(_SUSPECT.search(source.text) for source in program.sources.values()):
        return
    found = {e.span: e for e in _constants(program) if e.type.kind == "money" and e.written}
    for span, e in sorted(found.items()):
        written = (e.written or "").removeprefix("-")
        if readings := thousands(written, e.type.currency):
            small, large = readings[0], int(readings[1])
            unit = f" {e.type.currency}" if written[-1].isalpha() else ""
            message = f"`{written}` may be {small} or {large:,}"
            help = f"write `{small}{unit}` or `{large:_}{unit}`"
            yield Diagnostic(span, "E0323", message, help)


def _constants(whole: Any) -> Iterator[Constant]:
    """Every constant of a program, in expressions of all kinds of declarations."""
    seen: set[int] = set()
    queue: list[Any] = [whole]
    while queue:
        at = queue.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        if isinstance(at, Constant):
            yield at
        elif isinstance(at, Mapping):
            queue.extend(v for v in at.values() if not isinstance(v, str | Source))
        elif isinstance(at, tuple | list):
            queue.extend(at)
        elif is_dataclass(at) and not isinstance(at, type):
            queue.extend(getattr(at, name) for name in _names(type(at)))


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))
