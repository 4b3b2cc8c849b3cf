"""Answers in JSON, written by msgspec: exact, and fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import Response

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The answer of a route; bytes are JSON already."""
    content = value if isinstance(value, bytes) else _ENCODER.encode(value)
    return Response(content, status, headers, media_type="application/json")
