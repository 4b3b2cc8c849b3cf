"""Who else may, in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from remit_engine.decision import Outcome
from remit_engine.judging.capacities import cases
from remit_engine.judging.completion import refined
from remit_engine.judging.ruling import Ruling, rule_on
from remit_engine.judging.verdict import Case, Judge, judged
from remit_engine.people.directory import Directory
from remit_engine.people.party import Holding, Party
from remit_engine.request import Request
from remit_engine.rules.ir import Model

ABLE = frozenset({Outcome.PERMIT, Outcome.NEEDS, Outcome.INCOMPLETE})
_RANK = (Outcome.PERMIT, Outcome.NEEDS, Outcome.INCOMPLETE, Outcome.UNDEFINED, Outcome.DENY, None)


@dataclass(frozen=True, slots=True)
class Answer:
    """The best ruling of a party over all its capacities, with its case."""

    case: Case
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class Stop:
    """A position of the chain with its holders of the day and their answers; one answer for an
    unnamed holder where nobody is known to hold it."""

    position: str
    answers: tuple[tuple[Party, Answer], ...]

    @property
    def able(self) -> tuple[tuple[Party, Answer], ...]:
        """Those who may, for some completion of the missing facts."""
        return tuple(a for a in self.answers if a[1].ruling.outcome in ABLE)


def answer(
    request: Request,
    actor: Party,
    model: Model,
    directory: Directory,
    judge: Judge,
    position: str | None = None,
) -> Answer:
    """The best a party can answer, in one position alone if one is named.

    A bar met on another's behalf is not a bar on one's own.
    """
    found: list[Answer] = []
    for i, case in enumerate(cases(request, actor, model, directory, position)):
        ruling = refined(rule_on(judged(case, judge), case), case, judge)
        if i and ruling.outcome is Outcome.DENY:
            ruling = replace(ruling, outcome=None)
        found.append(Answer(case, ruling))
    return min(found, key=lambda a: _RANK.index(a.ruling.outcome))


def holders(position: str, request: Request, directory: Directory) -> tuple[Party, ...]:
    """The people who hold a position on the day, or an unnamed holder."""
    known = directory.holders(position, request.as_of)
    return known or (Party(None, (Holding(position),), {"position": position}),)


def stop(position: str, request: Request, model: Model, directory: Directory, judge: Judge) -> Stop:
    """What the holders of a position answer, the asker left out."""
    asker = request.actor.person
    parties = [
        p for p in holders(position, request, directory) if asker is None or p.person != asker
    ]
    return Stop(
        position,
        tuple((p, answer(request, p, model, directory, judge, position)) for p in parties),
    )


def granted(request: Request, model: Model) -> tuple[str, ...]:
    """Positions that some grant in force speaks about, the lowest first, then by name."""
    given = model.actions[request.action].granted(request.verb, request.as_of)
    anyone = None in given
    named = model.program.positions.keys() if anyone else {p for p in given if p is not None}
    return tuple(sorted(named, key=lambda p: (-len(model.superiors.get(p, ())), p)))


def climbed(actor: Party, model: Model) -> list[str]:
    """The positions above an actor, nearest first."""
    distance: dict[str, int] = {}
    for held in actor.positions:
        for steps, superior in enumerate(model.superiors.get(held, ()), 1):
            distance[superior] = min(steps, distance.get(superior, steps))
    return sorted(distance.keys() - actor.positions, key=lambda p: (distance[p], p))


def chain(request: Request, model: Model, directory: Directory, judge: Judge) -> list[Stop]:
    """The stops to the first who may, by the action's way of escalating; empty when nobody may."""

    asked: dict[str, Stop] = {}

    def ask(position: str) -> Stop:
        if position not in asked:
            asked[position] = stop(position, request, model, directory, judge)
        return asked[position]

    escalation = model.actions[request.action].escalation
    mode = escalation.mode if escalation else "first"
    candidates = set(granted(request, model))
    if mode == "position" and escalation and escalation.target in candidates:
        target = ask(escalation.target)
        if target.able:
            return [target]
    elif mode != "position":
        path = _up_to_first_able(climbed(request.actor, model), candidates, ask)
        if path:
            return path if mode == "every" else path[-1:]
    others = (ask(p) for p in granted(request, model))
    return [s for s in others if s.able]


def _up_to_first_able(
    path: list[str], candidates: set[str], ask: Callable[[str], Stop]
) -> list[Stop]:
    walked: list[Stop] = []
    for position in path:
        found = ask(position)
        walked.append(found)
        if position in candidates and found.able:
            return walked
    return []


def anybody(request: Request, model: Model) -> bool:
    """True when some grant in force gives this verb of the action to anybody at all."""
    return bool(granted(request, model))


def everyone(request: Request, model: Model, directory: Directory) -> Iterator[Party]:
    """All who could be asked: people of the directory, and unnamed holders of the positions that
    nobody holds, in the order of `granted` and then of the rest."""
    seen: set[str] = set()
    order = dict.fromkeys((*granted(request, model), *model.program.positions))
    for position in order:
        for party in holders(position, request, directory):
            key = party.person or f"position {position}"
            if key not in seen:
                seen.add(key)
                yield party
