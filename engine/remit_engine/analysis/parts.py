"""All the places where something holds, one after the other; those that a waiver names apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from remit_dsl.program import Waiver
from remit_engine.analysis.answer import Answer, Status
from remit_engine.analysis.formula import Box, TooEntangled, boxes
from remit_engine.analysis.goal import Inside, both, neither
from remit_engine.analysis.prober import Found, Prober, Sought
from remit_engine.analysis.space import Space
from remit_engine.analysis.translate import Translator

Ask = Callable[[Sought], Iterator[Found]]


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

    position: the one complained of. ask: how they are looked for.
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
    most = prober.scope.parts
    yield from _first(ask(outside if named else sought), most)
    for waiver, where in waivers:
        inside = replace(sought, goal=both(sought.goal, Inside(where, sought.position)))
        for part in _first(ask(inside), most):
            if part.found.status is not Status.PROVEN:
                yield replace(part, waiver=waiver)


def _first(every: Iterator[Found], most: int) -> Iterator[Part]:
    """The first of what is found; that nothing or nothing sure is left is told of the first alone.

    That there are more than these is looked at where several are told.
    """
    for count, found in enumerate(every, 1):
        refuted = found.status is Status.REFUTED
        if not refuted and count > 1:
            return
        following = next(every, None) if refuted and count == most > 1 else None
        yield Part(found, more=following is not None and following.status is Status.REFUTED)
        if count == most:
            return


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
