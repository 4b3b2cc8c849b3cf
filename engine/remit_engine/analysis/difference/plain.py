"""A witness without the facts that it does not need, so that a person sees what matters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from remit_engine.party import Party
from remit_engine.request import Request


def plainer(request: Request, same: Callable[[Request], bool]) -> Request:
    """The request with everything left out without which the answers stay `same`."""
    for lighter in _lighter(request):
        reduced = lighter(request)
        if reduced is not None and same(reduced):
            request = reduced
    return request


Step = Callable[[Request], Request | None]


def _lighter(request: Request) -> Iterator[Step]:
    """Ways to take something away, the largest pieces first."""
    yield lambda r: replace(r, requester=None)
    yield lambda r: replace(r, approvals=())
    yield lambda r: replace(r, totals={})
    for path in sorted(_paths(request.facts), key=len):
        yield lambda r, path=path: _without_fact(r, path)  # type: ignore[misc]
    for name in sorted(request.actor.attributes):
        if name != "position":
            yield lambda r, name=name: replace(r, actor=_without(r.actor, name))  # type: ignore[misc]
    if request.requester is not None:
        yield _bare_requester
    for name in sorted(request.totals):
        yield lambda r, name=name: replace(r, totals=_less(r.totals, name))  # type: ignore[misc]


def _paths(facts: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in facts.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from _paths(value, (*above, name))


def _without_fact(request: Request, path: tuple[str, ...]) -> Request | None:
    facts = _cut(request.facts, path)
    return None if facts is None else replace(request, facts=facts)


def _cut(tree: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any] | None:
    """The tree without what is at a path; None when it is gone already."""
    first, *rest = path
    if first not in tree:
        return None
    if not rest:
        return _less(tree, first)
    inner = tree[first]
    cut = _cut(inner, tuple(rest)) if isinstance(inner, dict) else None
    return None if cut is None else {**tree, first: cut}


def _less(tree: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {k: v for k, v in tree.items() if k != name}


def _without(party: Party, name: str) -> Party:
    return replace(party, attributes=_less(party.attributes, name))


def _bare_requester(request: Request) -> Request | None:
    party = request.requester
    if party is None:
        return None
    kept = {k: v for k, v in party.attributes.items() if k == "position"}
    return replace(request, requester=replace(party, attributes=kept))
