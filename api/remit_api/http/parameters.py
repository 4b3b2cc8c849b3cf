"""Parameters of an address that cannot be read, in our words rather than a library's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from remit_dsl.suggest import nearest
from remit_engine.reading.exact import shown

_QUOTED = re.compile(r"'([^']*)'")


def unread(error: Mapping[str, Any]) -> str:
    """Why a parameter cannot be read. error: as Pydantic tells it."""
    kind, given, limits = str(error["type"]), error.get("input"), error.get("ctx", {})
    match kind:
        case "missing":
            return "it is missing"
        case "literal_error" | "enum":
            return _none_of(given, _QUOTED.findall(str(limits.get("expected", ""))))
        case "bool_parsing" | "bool_type":
            return f"`{shown(given)}` is neither true nor false"
        case "string_too_long":
            return f"it is longer than {limits['max_length']:,} characters"
        case "greater_than_equal":
            return f"`{shown(given)}` is less than {limits['ge']:,}"
        case "less_than_equal":
            return f"`{shown(given)}` is more than {limits['le']:,}"
        case "less_than":
            return f"`{shown(given)}` is not less than {limits['lt']:,}"
    if kind.startswith(("date_", "datetime_")):
        return f'`{shown(given)}` is not a date: write it as "2026-03-01"'
    if kind.startswith("int_"):
        return f"`{shown(given)}` is not a whole number"
    sentence = str(error["msg"]).strip().rstrip(".").replace("'", "`")
    return sentence[:1].lower() + sentence[1:]


def _none_of(given: Any, known: list[str]) -> str:
    guess = nearest(given, known) if isinstance(given, str) else None
    there = ", ".join(f"`{name}`" for name in known)
    cure = f"did you mean `{guess}`?" if guess else f"write one of {there}"
    return f"`{shown(given)}` is none of {there}: {cure}" if guess else f"`{shown(given)}`: {cure}"
