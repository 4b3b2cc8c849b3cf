"""All the places where something holds, one after the other; those that a waiver names apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from remit_dsl.program import Waiver
from remit_engine.analysis.answer import Answer, Status
from remit_engine.analysis.formula import Box, TooEntangled, boxes
from remit_engine.analysis.goal import Inside, both, neither
from remit_engine.analysis.prober import Found, Prober, Sought
from remit_engine.analysis.regions import Region
from remit_engine.analysis.space import Space
from remit_engine.analysis.translate import Translator

MOST = 4
Ask = Callable[[Sought], Found]


@dataclass(frozen=True, slots=True)
class Part:
    """One answer of the search. waiver: whose condition it lies in; more: there are others."""

    found: Found
    waiver: Waiver | None = None
    more: bool = False


def parts(
    prober: Prober, space: Space, question: str, position: str | None, sought: Sought, ask: Ask
) -> Iterator[Part]:
    """What is found outside of the conditions of waivers, part by part; then what is found inside
    of each. At least one part comes, which may say that there is nothing or that it is unknown.

    position: the one complained of. ask: how one search is made.
    """
    waivers = [
        (waiver, where)
        for waiver in space.model.program.waivers
        if waiver.question == question
        and waiver.condition is not None
        and space.action in waiver.actions
        and (not waiver.verbs or sought.verb in waiver.verbs)
        and (not waiver.positions or position in waiver.positions)
        and (where := _where(waiver, space, sought.position)) is not None
    ]
    named = tuple(box for _, where in waivers for box in where)
    outside = replace(sought, goal=both(sought.goal, neither(Inside(named, sought.position))))
    yield from _each(outside if named else sought, ask)
    for waiver, where in waivers:
        inside = replace(sought, goal=both(sought.goal, Inside(where, sought.position)))
        for part in _each(inside, ask):
            if part.found.status is not Status.PROVEN:
                yield replace(part, waiver=waiver)


def _each(sought: Sought, ask: Ask) -> Iterator[Part]:
    told: list[Region] = []
    found = ask(sought)
    while True:
        if found.status is not Status.REFUTED or not found.region:
            if not told or found.status is Status.REFUTED:
                yield Part(found)
            return
        told.append(found.region)
        besides = both(sought.goal, neither(Inside(tuple(told), sought.position)))
        following = ask(replace(sought, goal=besides))
        last = len(told) == MOST
        yield Part(found, more=last and following.status is Status.REFUTED)
        if last:
            return
        found = following


def _where(waiver: Waiver, space: Space, position: str) -> tuple[Box, ...] | None:
    """Where the condition of a waiver surely holds; None where that cannot be taken apart, and
    then the waiver covers nothing."""
    if waiver.condition is None:
        return None
    reader = Translator(space.model, space.judgement.facts, position)
    try:
        return tuple(boxes(reader.truth(waiver.condition).true))
    except TooEntangled:
        return None


def waived(answer: Answer, waiver: Waiver | None) -> Answer:
    """The answer with the reason of the waiver in whose condition it lies."""
    return answer if waiver is None else replace(answer, waived=waiver.because.text)


def others(part: Part) -> str:
    """Said after the last part that is told."""
    return ", and there are more such requests" if part.more else ""
