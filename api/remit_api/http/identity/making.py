"""Making a key: what is asked for is checked, the key is kept, and its text is there once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from remit_api.failures import BadFacts
from remit_api.http.identity.key_text import KeyText, new_key
from remit_api.http.roles import Roles
from remit_dsl.suggest import nearest
from remit_engine.people.directory import Directory
from remit_engine.request import Problem
from remit_engine.storage.api_keys import ApiKey


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key that somebody wants. person: for whom it speaks, None for a program of its own.
    scopes: `decisions` or `decisions.read`; none narrow nothing. expires: with a time zone."""

    name: str
    roles: frozenset[str]
    person: str | None = None
    scopes: frozenset[str] = frozenset()
    expires: datetime | None = None


def make_key(
    wanted: Wanted, roles: Roles, directory: Directory, by: str, now: datetime
) -> tuple[KeyText, ApiKey]:
    """The key with its text, not yet kept; raises BadFacts, naming everything that is wrong."""
    problems = [*_problems(wanted, roles, directory, now)]
    if problems:
        raise BadFacts(problems)
    text = new_key()
    made = ApiKey(
        id=text.id,
        digest=text.digest,
        name=wanted.name,
        person=wanted.person,
        roles=wanted.roles,
        scopes=wanted.scopes,
        made=now,
        made_by=by,
        expires=wanted.expires,
    )
    return text, made


def _problems(
    wanted: Wanted, roles: Roles, directory: Directory, now: datetime
) -> Iterable[Problem]:
    if not wanted.name.strip() or not wanted.name.isprintable():
        yield Problem("name", "a key has a name that can be printed")
    if not wanted.roles:
        yield Problem("roles", "a key without a role opens nothing")
    for role in sorted(wanted.roles - roles.names):
        yield Problem("roles", _none("role", role, roles.names))
    for scope in sorted(wanted.scopes):
        resource, _, operation = scope.partition(".")
        if resource not in roles.resources:
            yield Problem("scopes", _none("resource", resource, roles.resources))
        elif operation not in roles.operations and scope != resource:
            yield Problem("scopes", _none("operation", operation, roles.operations))
    if wanted.person is not None and wanted.person not in directory.people:
        yield Problem("person", _none("person", wanted.person, directory.people))
    if wanted.expires is not None and wanted.expires.tzinfo is None:
        yield Problem("expires", "a moment has a time zone: 2027-01-01T00:00:00Z")
    elif wanted.expires is not None and wanted.expires <= now:
        yield Problem("expires", "it has expired before it is made")
    elif wanted.expires is not None and not _in_utc(wanted.expires):
        yield Problem("expires", "it lies behind the last day there is: leave it out")


def _in_utc(moment: datetime) -> bool:
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return False
    return True


def _none(what: str, name: str, known: Iterable[str]) -> str:
    guess = nearest(name, known)
    if guess:
        return f"there is no {what} `{name[:80]}`, did you mean `{guess}`?"
    there = ", ".join(f"`{one}`" for one in sorted(known)) if what == "role" else ""
    return f"there is no {what} `{name[:80]}`" + (f": there are {there}" if there else "")


def key_document(key: ApiKey) -> dict[str, Any]:
    """A key as JSON; neither its text nor its digest."""
    return {
        "id": key.id,
        "name": key.name,
        "person": key.person,
        "roles": sorted(key.roles),
        "scopes": sorted(key.scopes),
        "made": _moment(key.made),
        "made_by": key.made_by,
        "expires": _moment(key.expires),
        "revoked": _moment(key.revoked),
        "revoked_by": key.revoked_by,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
