"""Whom a caller is in the directory, on the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from remit_api.http.refusals import Forbidden
from remit_engine.people.directory import Directory
from remit_engine.people.party import Party

_LONGEST = 200


def person_on(directory: Directory, id: str, day: date) -> Party:
    """The person of an id; raises Forbidden for one whom the directory does not know, and for one
    who held positions and holds none on the day."""
    party = directory.party(id, day)
    if party is None:
        help = "an administrator adds people to the directory"
        raise Forbidden(f"the directory knows no person `{id[:_LONGEST]}`", help)
    if not party.holdings and directory.people[id].holdings:
        raise Forbidden(f"`{id}` holds no position on {day}")
    return party


def claimed_person(claims: Mapping[str, Any], name: str) -> str:
    """The person a token names; raises Forbidden where it names none."""
    found = at(claims, name)
    if not isinstance(found, str) or not found:
        raise Forbidden(f"the token names no person: it has no text under `{name}`")
    return found


def claimed_roles(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """The words of a claim: a list, or a text with blanks between. Absent: none."""
    found = at(claims, name)
    if isinstance(found, str):
        return frozenset(found.split())
    if isinstance(found, list):
        return frozenset(word for word in found if isinstance(word, str))
    return frozenset()


def at(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, else by its path with dots (`realm_access.roles`); None when absent."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def roles_by_position(party: Party, roles: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The roles that positions give, named in full or by their last word."""
    held = {name for h in party.holdings for name in (h.position, h.position.rsplit(".", 1)[-1])}
    return frozenset().union(*(roles.get(name, frozenset()) for name in held))
