"""Where a changed rule can matter at all: exactly, over all complete requests of one text.

A rule that says something else matters nowhere where a bar that both texts have surely applies. A
changed demand matters only where some grant may. Where no changed rule of either text matters,
both answer from the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from remit_engine.analysis.concrete import Maker
from remit_engine.analysis.difference.plan import Plan, met
from remit_engine.analysis.formula import TooEntangled
from remit_engine.analysis.goal import Sides, sides
from remit_engine.analysis.grid import Cell, TooManySteps
from remit_engine.analysis.judgement import POSSIBLE, SURE
from remit_engine.analysis.scope import STEPS
from remit_engine.analysis.space import Space
from remit_engine.analysis.translate import Translator
from remit_engine.request import Request
from remit_engine.rules.dependence import facts_in, read_by
from remit_engine.rules.ir import REQUIREMENT, SELF_BAR, SEPARATION, Model, Period, Rule

Rules = Sequence[Rule]
MOST_CELLS = 12
"""Cells from which requests are made."""
TRIES = 6
"""Requests made of one cell whose values hang on one another."""


class NotToldHere(Exception):
    """The question is outside of what is searched exactly; the sentence says why."""


@dataclass(slots=True)
class Relevance:
    """Looks for the cells of one text in which a changed rule may matter."""

    model: Model
    today: date
    steps: int = STEPS
    _spaces: dict[str, Space] = field(default_factory=dict)

    def space(self, action: str) -> Space:
        """The requests on an action, on whatever day."""
        if action not in self._spaces:
            self._spaces[action] = Space(self.model, action)
        return self._spaces[action]

    def requests(
        self,
        action: str,
        verb: str,
        position: str,
        changed: Sequence[Rule],
        days: Sequence[Period] = (),
    ) -> Iterator[Request | None]:
        """None for every cell, each with some requests in it; nothing at all is a proof that
        neither the changed rules nor these days (see Plan) ever matter. Raises NotToldHere."""
        space = self.space(action)
        maker = Maker(space, self.today, TRIES)
        plan = Plan(space, verb, position, changed, days=days)
        for i, cell in enumerate(_cells(plan, changed, self.steps)):
            yield None
            if i >= MOST_CELLS:
                return
            yield from maker.requests(cell, verb, position)

    def reaches(self, asker: str, action: str, verb: str, decider: str, changed: Rules) -> bool:
        """Whether a position may be sent otherwise, now that these rules on a decider changed.

        Not where the asker surely decides himself or surely may not, nor where one that he asks
        sooner surely may. Raises NotToldHere.
        """
        space = self.space(action)
        rules = space.model.actions[action]
        by_person = _reads_actor(space, verb, decider)
        given = by_person and any(r.kind != REQUIREMENT for r in changed)
        if given or reads_actor(changed, space.model):
            raise NotToldHere("it hangs on who would decide")
        plan = Plan(space, verb, decider, changed, abilities=True)
        if by_person:  # the asker's own facts say nothing of him
            return next(_cells(plan, changed, self.steps), None) is not None
        mine = sides(rules, verb, asker)
        plan.unless(mine.grants, asker)
        plan.unless(mine.bars, asker)
        for sooner in asked_before(asker, decider, space.model, action):
            theirs = sides(rules, verb, sooner)
            settled = all(space.judgement.determinate(r, sooner) for r in theirs.demands)
            known = not _reads_actor(space, verb, sooner) and not _meets(theirs, changed)
            if settled and known:
                plan.unless(theirs.grants, sooner, theirs.bars)
        return next(_cells(plan, changed, self.steps), None) is not None


def given_otherwise(action: str, verb: str, models: tuple[Model, Model]) -> tuple[Period, ...]:
    """The days on which one text gives a verb to somebody, and the other to nobody."""
    old, new = (m.actions[action] for m in models)
    periods = [p for r in (old, new) for of in r.periods.get(verb, {}).values() for p in of]
    turns = sorted({day for period in periods for day in period if day is not None})
    return tuple(
        (start, until)
        for start, until in pairwise((None, *turns, None))
        if bool(old.granted(verb, start or date.min)) != bool(new.granted(verb, start or date.min))
    )


def asked_before(asker: str, decider: str, model: Model, action: str) -> tuple[str, ...]:
    """The positions that are asked before a decider, for the first who may."""
    escalation = model.actions[action].escalation
    if escalation is not None and escalation.mode == "position":
        target = escalation.target
        return (target,) if target is not None and target != decider else ()
    above = model.superiors.get(asker, ())
    return above[: above.index(decider)] if decider in above else above


def reads_actor(changed: Sequence[Rule], model: Model) -> bool:
    """True when a rule reads who acts, besides his position."""
    return any(
        fact.path[0] == "actor" and fact.path not in (("actor",), ("actor", "position"))
        for rule in changed
        for e in read_by(rule)
        for fact in facts_in(e, model.program)
    )


def _reads_actor(space: Space, verb: str, position: str) -> bool:
    theirs = sides(space.model.actions[space.action], verb, position)
    return reads_actor((*theirs.grants, *theirs.bars, *theirs.demands), space.model)


def _meets(theirs: Sides, changed: Sequence[Rule]) -> bool:
    """True when some of the rules changed: what they gave in one text says nothing of the other."""
    ids = {r.index for r in changed}
    return any(r.index in ids for r in (*theirs.grants, *theirs.bars, *theirs.demands))


def _cells(plan: Plan, changed: Sequence[Rule], steps: int) -> Iterator[Cell]:
    if any(r.kind in (SELF_BAR, SEPARATION) for r in changed):
        raise NotToldHere("it hangs on who made the request or took part before")
    if any(plan.verb not in r.verbs for r in changed):
        raise NotToldHere("it hangs on who has done the steps before")
    try:
        yield from plan.cells(steps)
    except TooEntangled:
        raise NotToldHere("its conditions are too entangled to be taken apart") from None
    except TooManySteps:
        raise NotToldHere("there are too many cases to look at each") from None


def alike(old: Rule, new: Rule, spaces: tuple[Space, Space], position: str) -> bool:
    """True when two rules written differently surely apply to a position, and end, at the same
    places."""
    here = frozenset({position})
    if old.concerns(here) != new.concerns(here):
        return False
    if (old.kind, old.verbs, old.unset, old.steps) != (new.kind, new.verbs, new.unset, new.steps):
        return False
    try:
        one, other = (
            _written(space, rule, position) for space, rule in zip(spaces, (old, new), strict=True)
        )
    except TooEntangled:
        return False
    return one == other


def _written(space: Space, rule: Rule, position: str) -> tuple[object, ...]:
    """Where a rule holds, as sets of plain facts; equal only to itself where it reads others."""
    judge = space.judgement
    t = Translator(space.model, judge.facts, position)
    parts: list[object] = []
    keys: set[str] = set()
    for found in (
        judge.boxes(SURE, rule, position),
        judge.boxes(POSSIBLE, rule, position),
        judge.conditions(rule, position),
        met(space, rule, position),
    ):
        parts.append(frozenset(frozenset(b.items()) for b in found))
        keys |= {k for b in found for k in b}
    for end in rule.bound.ends if rule.bound is not None else ():
        pieces = t.numbers(end)
        parts.append(frozenset((p.guard, p.form) for p in pieces))
        keys |= {k for p in pieces for k, _ in p.form.terms}
    parts.append(rule.limit is None or not rule.limit.totals or object())
    if not all(space.columns[k].free for k in keys):
        parts.append(object())
    return tuple(parts)
