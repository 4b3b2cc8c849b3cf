"""Canonical JSON: one text for one value, and its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import msgspec

from remit_engine.storage.faults import Unstorable
from remit_engine.text import exact


def _extra(value: Any) -> Any:
    if isinstance(value, Fraction):
        return exact(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a {type(value).__name__} is no JSON")


_ENCODER = msgspec.json.Encoder(enc_hook=_extra, decimal_format="number", order="deterministic")


def canonical(value: Any) -> str:
    """The JSON text of a value: members sorted, no blanks, numbers exact. Raises Unstorable for
    text that is none."""
    return encoded(value).decode()


def encoded(value: Any) -> bytes:
    """The bytes of `canonical`."""
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError:
        raise half_a_character() from None


def half_a_character() -> Unstorable:
    """The fault of text that is none."""
    message = "the text holds half of a surrogate pair, which cannot be kept"
    return Unstorable(message, "take it out")


def fingerprint(text: str | bytes) -> str:
    """SHA-256 of a text, in hexadecimal."""
    data = text if isinstance(text, bytes) else text.encode()
    found = hashlib.sha256(data[:_AT_ONCE])
    for n in range(_AT_ONCE, len(data), _AT_ONCE):
        found.update(data[n : n + _AT_ONCE])
    return found.hexdigest()


_AT_ONCE = 2_047
"""Bytes that are hashed at once. From one more on `hashlib` lets other threads go on meanwhile, and
a writer waits far longer for his turn than hashing takes."""
