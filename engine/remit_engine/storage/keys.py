"""By which values totals are kept: every fact of one value, by its path, as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from json.encoder import encode_basestring_ascii
from types import NoneType
from typing import Any

from remit_engine.people.party import Party
from remit_engine.text import exact

AUTHORITY = ""
"""The dimension of totals without a key; no fact has an empty path."""
ABSENT = "null"
"""The key of those who have no such fact: they count together."""


def keys_of(facts: Mapping[str, Any]) -> dict[str, str]:
    """Path -> key of all facts of one value, also those in records and of people."""
    return dict(_leaves(facts, ""))


def key_in(keys: Mapping[str, str], path: str) -> str | None:
    """The key at a path; None where the fact is missing. A field of a record that is not there is
    not there."""
    while path not in keys:
        path, dot, _ = path.rpartition(".")
        if not dot:
            return None
        if path in keys:
            return ABSENT if keys[path] == ABSENT else None
    return keys[path]


def key_at(facts: Mapping[str, Any], path: tuple[str, ...]) -> str | None:
    """The key at a path of facts, the same as `keys_of` gives it."""
    value: Any = facts
    for step in path:
        if value is None:
            return ABSENT
        members = value.attributes if type(value) is Party else value
        if type(members) is not dict or step not in members:
            return None
        value = members[step]
    return key_of(value)


def key_of(value: Any) -> str | None:
    """A value as text, no two values of a type alike; None for what has more than one value."""
    form = _FORMS.get(type(value))
    if form is not None:
        return form(value)
    return json.dumps(str(value)) if isinstance(value, str) else None


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _party(value: Party) -> str:
    return f"@{value.authority}"


def _absent(value: None) -> str:
    return ABSENT


_FORMS: dict[type, Callable[[Any], str]] = {
    NoneType: _absent,
    bool: _truth,
    str: encode_basestring_ascii,
    Fraction: exact,
    date: date.isoformat,
    Party: _party,
}


def _leaves(members: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, value in members.items():
        path = f"{before}{name}"
        key = key_of(value)
        if key is not None:
            yield path, key
        if type(value) is Party:
            yield from _leaves(value.attributes, f"{path}.")
        elif type(value) is dict:
            yield from _leaves(value, f"{path}.")
