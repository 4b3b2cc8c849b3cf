"""What a caller may do with a resource: every route says it with a `Guard`.

A guard stands in the parameters of a route, and `protection` refuses an application with a route
that has none:

    Reading = Annotated[Access, Depends(Guard("decisions", "read"))]

    def read(id: str, access: Reading) -> ...:
        found = ...                         # NotFound where there is none
        access.see(own=found.caller == access.caller.label)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from fastapi import Request

from remit_api.http.identity.caller import Caller, CallerOf
from remit_api.http.refusals import Forbidden, NotFound
from remit_api.http.roles import Roles, Ruling
from remit_api.http.service import Service, service_of
from remit_engine.storage.faults import NotKept


@dataclass(frozen=True, slots=True)
class Access:
    """A caller before a resource, on a day. `own` is whether a thing concerns himself; what that
    means is said in the policy of the service, for each resource."""

    caller: Caller
    resource: str
    operation: str
    roles: Roles
    day: date

    def may(self, own: bool, operation: str | None = None) -> bool:
        """Whether he may, his own or another's, this operation or another on the resource."""
        return self._ruling(own, operation or self.operation).allowed

    @property
    def everything(self) -> bool:
        """Whether he may with anybody's: a list shows all of it, else his own alone."""
        return self.may(own=False)

    def require(self, own: bool, operation: str | None = None) -> None:
        """Raises Forbidden, with the reason of the policy, where he may not."""
        ruling = self._ruling(own, operation or self.operation)
        if not ruling.allowed:
            raise Forbidden(ruling.reason)

    def see(self, own: bool) -> None:
        """For a thing that is there: raises NotFound, as for one that is not, where he may not
        know of it."""
        if not self.may(own):
            raise NotFound(NOT_THERE)

    def require_any(self) -> None:
        """Raises Forbidden where he may neither with his own nor with another's."""
        if not self.may(own=True) and not self.may(own=False):
            self.require(own=False)

    def _ruling(self, own: bool, operation: str) -> Ruling:
        if not in_scope(self.caller.scopes, self.resource, operation):
            return Ruling(False, f"this key is not for `{self.resource}.{operation}`")
        return self.roles.ask(self.caller.roles, self.resource, operation, own, self.day)


NOT_THERE = "there is nothing under this id, or it is not yours to know"


@contextmanager
def unsaid(access: Access) -> Iterator[None]:
    """Looking for something: who may not see all of it is told of what is not there in the words
    of `Access.see`, so that he does not learn what is."""
    try:
        yield
    except NotKept:
        if access.everything:
            raise
        raise NotFound(NOT_THERE) from None


class Guard:
    """The dependency that protects a route. operations: what the route may turn out to do; each is
    asked with `Access.require` when it is known, and a caller who may none of it goes no further.
    """

    def __init__(self, resource: str, *operations: str) -> None:
        self.resource = resource
        self.operations = operations

    async def __call__(self, request: Request, caller: CallerOf) -> Access:
        """The access of the caller; raises Forbidden where he may none of the operations."""
        return access_of(request, caller, self.resource, *self.operations)


Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def guarded(resource: str, *operations: str) -> Callable[[Endpoint], Endpoint]:
    """Marks an endpoint that has no time for a dependency, and asks with `access_of` itself."""

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _MARK, (*guards_of(endpoint), Guard(resource, *operations)))
        return endpoint

    return mark


def guards_of(endpoint: object) -> tuple[Guard, ...]:
    """The guards an endpoint is marked with."""
    found: tuple[Guard, ...] = getattr(endpoint, _MARK, ())
    return found


_MARK = "remit_guards"


def access_of(request: Request, caller: Caller, resource: str, *operations: str) -> Access:
    """An access made by hand, where a dependency costs too much: see `guarded`. Raises Forbidden
    where the caller may none of the operations, neither with his own nor with another's."""
    return granted(service_of(request), caller, resource, *operations)


def granted(service: Service, caller: Caller, resource: str, *operations: str) -> Access:
    """The access of a caller to a resource; as `access_of`."""
    access = Access(caller, resource, operations[0], service.roles, service.clock.today())
    if not any(access.may(own, operation) for operation in operations for own in (True, False)):
        access.require(own=False)
    return access


def in_scope(scopes: frozenset[str], resource: str, operation: str) -> bool:
    """Whether a key is for it. A scope is `decisions` or `decisions.read`; none narrow nothing."""
    return not scopes or resource in scopes or f"{resource}.{operation}" in scopes
