"""People of the directory as callers see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from remit_engine.people.directory import DatedHolding, Person, PersonReference
from remit_engine.text import exact


def person(found: Person) -> dict[str, Any]:
    """A person with every position he ever held; amounts are exact texts."""
    return {
        "id": found.id,
        "name": found.name,
        "attributes": {name: plain(value) for name, value in found.attributes.items()},
        "holdings": [_holding(held) for held in found.holdings],
    }


def plain(value: Any) -> Any:
    """A typed value as JSON has it: numbers as exact texts, sets in order."""
    match value:
        case Fraction():
            return exact(value)
        case date():
            return value.isoformat()
        case PersonReference():
            return value.id
        case Mapping():
            return {str(name): plain(inner) for name, inner in value.items()}
        case frozenset() | set():
            return sorted((plain(inner) for inner in value), key=str)
        case list() | tuple():
            return [plain(inner) for inner in value]
        case bool() | str() | int() | None:
            return value
    raise TypeError(f"a {type(value).__name__} is no value of a directory or of an event")


def _holding(held: DatedHolding) -> dict[str, Any]:
    return {
        "position": held.position,
        "unit": held.unit,
        "start": None if held.start is None else held.start.isoformat(),
        "until": None if held.until is None else held.until.isoformat(),
        "acting": held.acting,
    }
