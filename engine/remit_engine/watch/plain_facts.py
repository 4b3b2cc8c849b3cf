"""Facts in their plain form, read without ceremony: what most entries are.

Whatever is not plain (a text where a number is expected, an unknown field, a label instead of a
name, …) is left to `FactsReader`, which says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.program import Field
from remit_dsl.types import Type
from remit_engine.reading.exact import LONGEST_TEXT
from remit_engine.rules.names import Names, is_person

Plain = Callable[[Any], Any]
"""The exact value, or None where it is not plain."""


def plain_readers(
    fields: Mapping[str, Field], records: Mapping[str, Mapping[str, Field]], names: Names
) -> dict[str, Plain]:
    """A reader for each field that has a plain form."""
    found = {name: _reader(field.type, records, names) for name, field in fields.items()}
    return {name: reader for name, reader in found.items() if reader is not None}


def read_plain(given: Mapping[str, Any], readers: Mapping[str, Plain]) -> dict[str, Any] | None:
    """The facts, or None where one of them is not plain."""
    facts = {}
    for name, value in given.items():
        reader = readers.get(name)
        exact = None if reader is None else reader(value)
        if exact is None:
            return None
        facts[name] = exact
    return facts


def _reader(type: Type, records: Mapping[str, Mapping[str, Field]], names: Names) -> Plain | None:
    match type.kind:
        case "text":
            return _text
        case "date":
            return _date
        case "boolean":
            return _boolean
        case "money" | "number" | "integer":
            return _whole
        case "enum":
            members = names.enums[type.name or ""].exact
            known = {word: found[0] for word, found in members.items() if len(found) == 1}
            return lambda value: known.get(value) if value.__class__ is str else None
        case "record" if is_person(type):
            return _text
        case "record":
            inner = records[type.name or ""].get("id")
            return _only_id if inner is not None and inner.type.kind == "text" else None
    return None


def _text(value: Any) -> str | None:
    plain = value.__class__ is str and value.isascii() and len(value) <= LONGEST_TEXT
    return value if plain else None


def _date(value: Any) -> date | None:
    if value.__class__ is not str or len(value) != 10 or value[4] != "-" or value[7] != "-":
        return None
    try:
        return date.fromisoformat(value) if value.isascii() else None
    except ValueError:
        return None


def _boolean(value: Any) -> bool | None:
    return value if value.__class__ is bool else None


def _whole(value: Any) -> Fraction | None:
    return Fraction(value) if value.__class__ is int else None


def _only_id(value: Any) -> dict[str, str] | None:
    if value.__class__ is not dict or len(value) != 1 or _text(value.get("id")) is None:
        return None
    return dict(value)
