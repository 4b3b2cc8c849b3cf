"""API keys: administrators make and revoke them. A secret is shown once, when it is made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import Connection

from remit_api.http.access import Access, Guard
from remit_api.http.identity.making import Wanted, key_document, make_key
from remit_api.http.paging import PageOf, paged
from remit_api.http.refusals import Conflict, Forbidden, NotFound
from remit_api.http.service import ServiceOf
from remit_engine.storage import api_keys
from remit_engine.storage.api_keys import ApiKey
from remit_engine.storage.opening import reading, writing

router = APIRouter(prefix="/v1/keys", tags=["keys"])
Reading = Annotated[Access, Depends(Guard("keys", "read"))]
Making = Annotated[Access, Depends(Guard("keys", "make"))]
Ending = Annotated[Access, Depends(Guard("keys", "end"))]
PROGRAM = "machine"
"""The role that whoever makes keys may give to a program without having it himself."""

Name = Annotated[str, Field(min_length=1, max_length=100)]
Names = Annotated[list[Name], Field(max_length=50)]


class KeyWanted(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [
        {"name": "order system", "roles": ["machine"], "scopes": ["decisions"],
         "expires": "2027-01-01T00:00:00Z"},
    ]})  # fmt: skip

    name: Name
    roles: Names
    person: Name | None = None
    scopes: Names = []
    expires: datetime | None = None


@router.get("", summary="All keys, without their secrets")
def keys(access: Reading, service: ServiceOf, page: PageOf) -> dict[str, Any]:
    """Keys by id, those that were revoked too."""
    after = page.after if isinstance(page.after, str) else None
    with reading(service.store) as connection:
        found = api_keys.listed(connection, after, page.fetch)
    found = [key for key in found if access.may(_own(key, access))]
    return paged(found, page, lambda key: key.id, key_document)


@router.post("", status_code=201, summary="Make a key")
def make(
    wanted: KeyWanted, access: Making, service: ServiceOf, response: Response
) -> dict[str, Any]:
    """The answer holds the key. It is shown this once, and cannot be found out later.

    A key speaks for a program, or for the caller himself, and has no role that the caller has not,
    but `machine`; nor does it hold longer than the key that it is made with. Keys that speak for
    other people are made where the service runs, with `remit key create`.
    """
    access.require(own=wanted.person == access.caller.person)
    roles = frozenset(wanted.roles)
    _no_more_than_his(wanted.person, roles, access)
    asked = Wanted(wanted.name, roles, wanted.person, frozenset(wanted.scopes), wanted.expires)
    by, now = access.caller.label, service.clock.now()
    text, made = make_key(asked, service.roles, service.desk.directory, by, now)
    with writing(service.store) as connection:
        _no_longer_than_his(connection, made, access)
        api_keys.made(connection, made)
    response.headers["Location"] = f"/v1/keys/{made.id}"
    return {**key_document(made), "key": text.text}


def _no_more_than_his(person: str | None, roles: frozenset[str], access: Access) -> None:
    """Nobody becomes two people, or more than he is, by making a key."""
    help = "make it where the service runs, with `remit key create`"
    caller = access.caller
    if person is not None and person != caller.person:
        raise Forbidden("a key that speaks for somebody else is not made here", help)
    if beyond := sorted(roles - caller.roles - {PROGRAM}):
        raise Forbidden(f"the role `{beyond[0]}` is not yours to give", help)
    if caller.scopes:
        raise Forbidden("a key that is narrowed to scopes makes no keys", help)


def _no_longer_than_his(connection: Connection, made: ApiKey, access: Access) -> None:
    """A key for a time is not made into one for good."""
    his = None if access.caller.key is None else api_keys.of_id(connection, access.caller.key)
    ends = None if his is None else his.expires
    if ends is not None and (made.expires is None or made.expires > ends):
        help = f"say `expires`, up to {ends.isoformat()}"
        raise Forbidden("a key makes none that holds longer than itself", help)


@router.get("/{id}", summary="A key, without its secret")
def key(id: str, access: Reading, service: ServiceOf) -> dict[str, Any]:
    """What it is for, who made it, and whether it still holds."""
    with reading(service.store) as connection:
        found = api_keys.of_id(connection, id)
    if found is None:
        raise NotFound("there is no such key")
    access.see(_own(found, access))
    return key_document(found)


@router.delete("/{id}", summary="Revoke a key")
def revoke(id: str, access: Ending, service: ServiceOf) -> dict[str, Any]:
    """It opens nothing from now on; a process beside this one may believe it for a second."""
    with writing(service.store) as connection:
        found = api_keys.of_id(connection, id)
        if found is None:
            raise NotFound("there is no such key")
        access.require(_own(found, access))
        if found.revoked is not None:
            raise Conflict("the key was revoked before")
        ended = api_keys.revoked(connection, id, access.caller.label, service.clock.now())
    service.keys.forget(id)
    return key_document(ended)


def _own(key: ApiKey, access: Access) -> bool:
    caller = access.caller
    return key.id == caller.key or (key.person is not None and key.person == caller.person)
