"""Who calls, as every route sees him."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from remit_api.http.refusals import Unauthenticated
from remit_api.http.service import service_of


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    person: the id in the directory; None for a program that speaks for nobody. name: how he is
    called in logs and records. how: `key`, `token`, `demo` or `trusted`. key: the id of the key.
    scopes: what a key is narrowed to; empty: not narrowed.
    """

    person: str | None
    name: str
    roles: frozenset[str]
    scopes: frozenset[str] = frozenset()
    key: str | None = None
    how: str = "key"

    @property
    def label(self) -> str:
        """What records hold of him: the person, or the program's key or name."""
        return self.person or self.key or self.name


async def current_caller(request: Request) -> Caller:
    """The caller of a request; raises Unauthenticated where there is none."""
    trusted = service_of(request).settings.trusted_caller
    found = trusted(request) if trusted is not None else None
    if isinstance(found, Caller):
        return found
    raise Unauthenticated("say who you are: send a key or a token in `Authorization: Bearer …`")


CallerOf = Annotated[Caller, Depends(current_caller)]
"""The caller, as a parameter of a route."""
