"""Who calls, as every route sees him."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from remit_api.http.refusals import Unauthenticated

SCOPE = "remit.caller"
"""Where the scope of a request has its caller, once `remit_api.http.gate` let it in."""


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


def caller_of(request: Request) -> Caller:
    """The caller of a request; raises Unauthenticated where nobody was let in."""
    found = request.scope.get(SCOPE)
    if isinstance(found, Caller):
        return found
    raise Unauthenticated("nobody said who calls", "send a key in `Authorization: Bearer …`")


async def current_caller(request: Request) -> Caller:
    """The caller, as a dependency; see `caller_of`."""
    return caller_of(request)


CallerOf = Annotated[Caller, Depends(current_caller)]
"""The caller, as a parameter of a route."""
