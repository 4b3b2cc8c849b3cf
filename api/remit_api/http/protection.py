"""Every route of an application says what it needs, or is public: else there is no application."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from remit_api.http.access import Guard, guards_of
from remit_api.http.gate import PUBLIC
from remit_api.http.roles import Roles


class Unprotected(Exception):
    """A route that nobody protects: a fault of ours, found before anybody is served."""


@dataclass(frozen=True, slots=True)
class ProtectedRoute:
    """A route with the guards before it."""

    path: str
    methods: tuple[str, ...]
    guards: tuple[Guard, ...]


def protected_routes(app: FastAPI) -> list[ProtectedRoute]:
    """The routes that are not public; raises Unprotected where one has no guard."""
    return list(_protected(app))


def _protected(app: FastAPI) -> Iterator[ProtectedRoute]:
    for route in iter_route_contexts(app.routes):
        path = route.path or "?"
        if path in PUBLIC:
            continue
        guards = tuple(_guards(route))
        if not guards:
            raise Unprotected(f"`{path}` has no guard: say what it needs with `Guard`")
        yield ProtectedRoute(path, tuple(sorted(route.methods or ())), guards)


def _guards(route: RouteContext) -> Iterator[Guard]:
    yield from guards_of(route.endpoint)
    if isinstance(route.original_route, APIRoute):
        yield from _in(route.original_route.dependant)


def _in(dependant: Dependant) -> Iterator[Guard]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Guard):
            yield inner.call
        yield from _in(inner)


def require_answers(app: FastAPI, roles: Roles, day: date) -> None:
    """Sees to it that the policy of the service knows every guard; raises Refused."""
    guards = [guard for route in protected_routes(app) for guard in route.guards]
    roles.require(((g.resource, op) for g in guards for op in g.operations), day)
