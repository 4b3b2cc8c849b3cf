"""Requests without what does not matter: the fewest facts that still get the same answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from remit_engine.analysis.answer import Asked
from remit_engine.decision import Outcome
from remit_engine.engine import Engine
from remit_engine.people.party import Party
from remit_engine.request import Request
from remit_engine.rules.dependence import facts_in

Path = tuple[str, ...]
"""Where a value is: a member of the request, then fields of records and attributes of people."""


def shrunk(asked: Sequence[Asked], engine: Engine) -> tuple[Asked, ...]:
    """The same questions without the facts, attributes and totals that change no answer.

    What is left out of one is left out of all, so that they stay alike where they were. What the
    limits measure stays: it is what a repair will move. The answers are those of the engine, and
    of its directory.
    """
    requests = [a.request for a in asked]
    outcomes = _outcomes(requests, engine)
    measured = {path for r in requests for path in _measured(r, engine)}
    for path in _paths(requests):
        if any(path == m[: len(path)] for m in measured):
            continue
        fewer = [_without(request, path) for request in requests]
        if fewer != requests and _outcomes(fewer, engine) == outcomes:
            requests = fewer
    return tuple(map(Asked, requests, outcomes))


def _outcomes(requests: Sequence[Request], engine: Engine) -> list[Outcome]:
    return [engine.decide(r).outcome for r in requests]


def _measured(request: Request, engine: Engine) -> Iterator[Path]:
    """Where the facts are that the measure of the action reads."""
    measure = engine.model.actions[request.action].action.measure
    if measure is not None:
        for fact in facts_in(measure.value, engine.model.program):
            yield ("facts", *fact.path)


def _paths(requests: Sequence[Request]) -> list[Path]:
    """All there is to leave out, a record before its fields."""
    found = dict.fromkeys(path for r in requests for path in _of_request(r))
    return sorted(found, key=len)


def _of_request(request: Request) -> Iterator[Path]:
    if request.requester is not None:
        yield ("requester",)
        yield from _of_value(request.requester, ("requester",))
    yield from _of_value(request.actor, ("actor",))
    yield from _of_value(request.facts, ("facts",))
    yield from _of_value(request.totals, ("totals",))


def _of_value(value: Any, at: Path) -> Iterator[Path]:
    if isinstance(value, Party):
        value = {k: v for k, v in value.attributes.items() if value.person is None}
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name != "position":
                yield (*at, name)
                yield from _of_value(inner, (*at, name))


def _without(request: Request, path: Path) -> Request:
    """The request without the value at a path, where it is there."""
    member, *below = path
    value = _cut(getattr(request, member), tuple(below)) if below else None
    changed: dict[str, Any] = {member: value}
    return replace(request, **changed)


def _cut(value: Any, path: Path) -> Any:
    if isinstance(value, Party):
        return _cut_party(value, path)
    name, *below = path
    if not isinstance(value, Mapping) or name not in value:
        return value
    if below:
        return {**value, name: _cut(value[name], tuple(below))}
    return {k: v for k, v in value.items() if k != name}


def _cut_party(party: Party, path: Path) -> Party:
    """A unit goes from the holdings too."""
    attributes = _cut(party.attributes, path)
    if path != ("unit",):
        return replace(party, attributes=attributes)
    held = tuple(replace(h, unit=None) for h in party.holdings)
    return replace(party, attributes=attributes, holdings=held)
