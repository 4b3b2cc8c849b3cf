"""A case as a line of a `*.test.yaml` file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from remit_dsl.types import Type
from remit_engine.reading.yaml_tree import plain as without_places
from remit_engine.reading.yaml_tree import read_yaml
from remit_engine.text import is_finite_decimal, plain

_BARE = re.compile(r"[^\W_][\w.%+-]*(?: [\w.%+-]+)*")


def case_line(name: str, own: Mapping[str, Any], expect: Mapping[str, Any]) -> str:
    """The case on one line, to be put under `cases`."""
    return f"- {flow({'name': name.replace('{', '(').replace('}', ')'), **own, 'expect': expect})}"


def flow(value: Any) -> str:
    """A value in flow style; reading it gives the value back."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case int() | Decimal():
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        case Mapping():
            return "{" + ", ".join(f"{flow(str(k))}: {flow(v)}" for k, v in value.items()) + "}"
        case list() | tuple() | set() | frozenset():
            return "[" + ", ".join(map(flow, value)) + "]"
    return _text(str(value))


def _text(text: str) -> str:
    """Bare where that is read as this text, else in quotes."""
    if _BARE.fullmatch(text):
        tree, found = read_yaml("", f"[{text}]")
        if tree is not None and not found and without_places(tree) == [text]:
            return text
    return json.dumps(text, ensure_ascii=False)


def stated(value: Any, kind: Type) -> Any:
    """An exact value as a request document states it; None where it cannot be written."""
    if not isinstance(value, Fraction):
        return value
    if not is_finite_decimal(value):
        return None
    match kind.kind:
        case "percent" | "ratio":
            return f"{plain(value * 100)}%"
        case "days" | "months":
            return f"{plain(value)} {kind.kind}" if value.denominator == 1 else None
    return int(value) if value.denominator == 1 else Decimal(plain(value))
