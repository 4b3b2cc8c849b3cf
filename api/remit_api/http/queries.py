"""What stands behind the `?` of an address: every route knows its parameters, and no others."""

from __future__ import annotations

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from remit_api.http.refusals import Misspelt
from remit_api.http.spelling import no_such
from remit_engine.request import Problem

OURS = "/v1/"
"""Under this the rules are ours; the others are those of a standard."""


async def known_parameters(request: Request) -> None:
    """Raises Misspelt for a parameter that the route does not declare: a filter that is passed over
    would show what nobody asked for."""
    route = request.scope.get("route")
    if not request.scope["query_string"] or not request.scope["path"].startswith(OURS):
        return
    if not isinstance(route, APIRoute):
        raise TypeError("a request that no route takes has come to one")
    known = _declared(route.dependant)
    given = dict.fromkeys(request.query_params.keys())
    problems = [Problem(n, no_such("parameter", n, known)) for n in given if n not in known]
    if problems:
        there = ", ".join(f"`{name}`" for name in known)
        help = f"there are {there}" if known else "this takes none"
        raise Misspelt(problems[0].message, help, problems)


def _declared(dependant: Dependant) -> tuple[str, ...]:
    own = [field.alias for field in dependant.query_params]
    return (*own, *(name for below in dependant.dependencies for name in _declared(below)))
