"""A witness without the facts that it does not need, so that a person sees what matters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

from remit_engine.request import Request


def plainer(request: Request, today: date, same: Callable[[Request], bool]) -> Request:
    """The request with everything left out without which the answers stay `same`, today if it
    can be."""
    for lighter in _lighter(request, today):
        reduced = lighter(request)
        if reduced is not None and same(reduced):
            request = reduced
    return request


_STEPS = (Fraction(1), Fraction(1, 100), Fraction(1, 10_000))
_FINEST = 100
"""Denominators of numbers that people write: hundredths."""
Step = Callable[[Request], Request | None]


def _lighter(request: Request, today: date) -> Iterator[Step]:
    """Ways to take something away, the largest pieces first."""
    yield lambda r: replace(r, as_of=today)
    yield lambda r: replace(r, requester=None)
    yield lambda r: replace(r, approvals=())
    yield lambda r: replace(r, totals={})
    for path in sorted(_paths(request.facts), key=len):
        yield partial(_without_fact, path=path)
    for name in sorted(request.actor.attributes):
        if name != "position":
            yield partial(_without_attribute, name=name)
    if request.requester is not None:
        yield _bare_requester
    for path in _paths(request.facts):
        for step in _STEPS:
            for up in (False, True):
                yield partial(_rounded, path=path, step=step, up=up)
    for name in sorted(request.totals):
        yield partial(_without_total, name=name)


def _paths(facts: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in facts.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from _paths(value, (*above, name))


def _rounded(request: Request, path: tuple[str, ...], step: Fraction, up: bool) -> Request | None:
    """A number that nobody would write, as one that somebody might."""
    value: Any = request.facts
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, Fraction) or _FINEST % value.denominator == 0:
        return None
    whole = (value / step).__ceil__() if up else (value / step).__floor__()
    return replace(request, facts=_put(request.facts, path, whole * step))


def _put(tree: Mapping[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    first, *rest = path
    return {**tree, first: _put(tree[first], tuple(rest), value) if rest else value}


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


def _without_attribute(request: Request, name: str) -> Request:
    party = request.actor
    return replace(request, actor=replace(party, attributes=_less(party.attributes, name)))


def _without_total(request: Request, name: str) -> Request:
    return replace(request, totals=_less(request.totals, name))


def _bare_requester(request: Request) -> Request | None:
    party = request.requester
    if party is None:
        return None
    kept = {k: v for k, v in party.attributes.items() if k == "position"}
    return replace(request, requester=replace(party, attributes=kept))
