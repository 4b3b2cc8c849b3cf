"""The one text of a JSON value, and its fingerprint: what an approval was given for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any


def fingerprint(facts: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical text of facts: equal facts are equal, however laid out."""
    return sha256(canonical(facts).encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON with members in order, no spaces, and exact numbers: 9, 9.0 and 9.00 are one."""
    match value:
        case Mapping():
            members = sorted((str(k), v) for k, v in value.items())
            return "{" + ",".join(f"{_text(k)}:{canonical(v)}" for k, v in members) + "}"
        case str():
            return _text(value)
        case None | bool() | int():
            return json.dumps(value)
        case Decimal():
            return _number(value)
        case date():
            return _text(value.isoformat())
        case Iterable():
            return "[" + ",".join(canonical(v) for v in value) + "]"
    raise TypeError(f"a {type(value).__name__} has no canonical text")


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number(value: Decimal) -> str:
    written = format(value, "f")
    return (written.rstrip("0").rstrip(".") or "0") if "." in written else written
