"""In which qualities a party may decide: for himself, and for those who delegated to him."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from remit_dsl.program import Delegation
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown
from remit_engine.judging.verdict import Capacity, Case
from remit_engine.people.directory import DelegationEntry, Directory
from remit_engine.people.party import Party
from remit_engine.request import Request
from remit_engine.rules.ir import Model, holds


def cases(
    request: Request,
    actor: Party,
    model: Model,
    directory: Directory,
    position: str | None = None,
) -> list[Case]:
    """The actor's own case first, then one for each delegation in force on the day.

    position: count the grants of this position alone (whatever bars him still does).
    """
    positions = actor.positions if position is None else frozenset({position})
    own = Capacity(actor, positions, actor.barred, (actor,))
    found = [_case(own, request, model, directory)]
    if actor.person is not None and position is None:
        for entry in directory.delegations_to(
            actor.person, request.action, request.verb, request.as_of
        ):
            found += [
                replace(_case(c, request, model, directory), own=found[0])
                for c in delegated(entry, actor, request.as_of, model, directory)
            ]
    return found


def _case(capacity: Capacity, request: Request, model: Model, directory: Directory) -> Case:
    facts: dict[str, Any] = {**request.facts, "actor": capacity.party, "as_of": request.as_of}
    if request.requester is not None:
        facts["requester"] = request.requester
    if request.used is not None:  # each authority has its own totals, and none of another's
        request = replace(request, totals=request.used.of(capacity.party))
    return Case(model, directory, request, capacity, facts)


def delegated(
    entry: DelegationEntry, taker: Party, day: date, model: Model, directory: Directory
) -> Iterator[Capacity]:
    """The delegator's own authority of that day, no wider than what was delegated."""
    giver = directory.party(entry.giver, day)
    if giver is None or not giver.positions:
        return
    permitted = [
        d
        for d in model.actions[entry.action].delegations
        if _in_force(d, model, day) and _reaches(d, giver, taker, model)
    ]
    if not permitted:
        return
    env = Environment(model, day, {"as_of": day}, directory.within, {})
    caps = [] if entry.limit is None else [entry.limit]
    for delegation in permitted:
        if delegation.cap is not None:
            cap = evaluate(delegation.cap, env)
            if isinstance(cap, Unknown):  # a cap that was never fixed delegates nothing
                return
            caps.append(cap)
    yield Capacity(
        party=giver,
        positions=giver.positions,
        barred=giver.positions,
        persons=(taker, giver),
        cap=min(caps, default=None),
        until=entry.ends,
        on_behalf_of=giver.person,
    )


def _in_force(delegation: Delegation, model: Model, day: date) -> bool:
    policy = model.program.policies[delegation.policy]
    return holds((policy.start, policy.effective_until), day)


def _reaches(delegation: Delegation, giver: Party, taker: Party, model: Model) -> bool:
    """Whether the taker still stands where a delegation may reach, on the day."""
    if delegation.to:
        return not taker.barred.isdisjoint(delegation.to)
    return any(
        giver.positions.intersection(model.superiors.get(p, ())[: delegation.levels])
        for p in taker.barred
    )
