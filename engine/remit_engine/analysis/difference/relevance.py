"""Where a changed rule can matter at all: exactly, over all complete requests of one text.

A rule that says something else matters nowhere where a bar that both texts have surely applies. A
changed demand matters only where some grant may. Where no changed rule of either text matters,
both answer from the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from remit_engine.analysis.concrete import Maker
from remit_engine.analysis.formula import Box, Formula, TooEntangled, atom, boxes, every, negated
from remit_engine.analysis.goal import sides
from remit_engine.analysis.grid import Cell, TooManySteps, grid
from remit_engine.analysis.judgement import POSSIBLE, SURE
from remit_engine.analysis.pieces import number
from remit_engine.analysis.scope import STEPS
from remit_engine.analysis.sets import HIGHEST, LOWEST, before, stretch
from remit_engine.analysis.space import Space
from remit_engine.analysis.translate import Translator
from remit_engine.ir import GRANT, REQUIREMENT, SELF_BAR, SEPARATION, Model, Rule
from remit_engine.request import Request

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
        self, action: str, verb: str, position: str, changed: Sequence[Rule]
    ) -> Iterator[Request | None]:
        """None for every cell, each with some requests in it; nothing at all is a proof that the
        changed rules never matter. Raises NotToldHere."""
        space = self.space(action)
        maker = Maker(space, self.today, TRIES)
        for i, cell in enumerate(self._cells(space, verb, position, changed)):
            yield None
            if i >= MOST_CELLS:
                return
            yield from maker.requests(cell, verb, position)

    def _cells(
        self, space: Space, verb: str, position: str, changed: Sequence[Rule]
    ) -> Iterator[Cell]:
        if any(r.kind in (SELF_BAR, SEPARATION) for r in changed):
            raise NotToldHere("it hangs on who made the request or took part before")
        if any(verb not in r.verbs for r in changed):
            raise NotToldHere("it hangs on who has done the steps before")
        try:
            yield from self._found(space, verb, position, changed)
        except TooEntangled:
            raise NotToldHere("its conditions are too entangled to be taken apart") from None
        except TooManySteps:
            raise NotToldHere("there are too many cases to look at each") from None

    def _found(
        self, space: Space, verb: str, position: str, changed: Sequence[Rule]
    ) -> Iterator[Cell]:
        mine = sides(space.model.actions[space.action], verb, position)
        ids = {r.index for r in changed}
        judge = space.judgement
        found: list[Box] = []

        def mask(of_rules: Iterator[tuple[Box, ...]]) -> int:
            start = len(found)
            for more in of_rules:
                found.extend(more)
            return (1 << len(found)) - (1 << start)

        bars = mask(judge.boxes(SURE, r, position) for r in mine.bars if r.index not in ids)
        any_grant = mask(
            judge.boxes(POSSIBLE, r, position) if not r.unset else _met(space, r, position)
            for r in mine.grants
        )
        demands = mask(judge.boxes(POSSIBLE, r, position) for r in mine.demands if r.index in ids)
        rules = mask(
            _met(space, r, position) if r.kind == GRANT else judge.boxes(POSSIBLE, r, position)
            for r in (*mine.grants, *mine.bars)
            if r.index in ids and r.kind != REQUIREMENT
        )

        def decide(alive: int, settled: int) -> bool | None:
            if settled & bars:
                return False
            needed = _both(_state(alive, settled, demands), _state(alive, settled, any_grant))
            matters = _either(_state(alive, settled, rules), needed)
            if matters is True and alive & bars:
                return None
            return matters

        yield from grid(found, space.columns).cells(decide, self.steps)


def _state(alive: int, settled: int, mask: int) -> bool | None:
    if settled & mask:
        return True
    return None if alive & mask else False


def _both(a: bool | None, b: bool | None) -> bool | None:
    if a is False or b is False:
        return False
    return True if a and b else None


def _either(a: bool | None, b: bool | None) -> bool | None:
    if a or b:
        return True
    return False if a is False and b is False else None


def _met(space: Space, rule: Rule, position: str) -> tuple[Box, ...]:
    """Where the conditions of a rule may be met, whatever its limit says."""
    t = Translator(space.model, space.judgement.facts, position)
    return tuple(
        boxes(every(_in_force(space, rule), *(negated(t.truth(c).false) for c in rule.condition)))
    )


def _in_force(space: Space, rule: Rule) -> Formula:
    low = LOWEST if rule.start is None else before(number(rule.start))
    high = HIGHEST if rule.until is None else before(number(rule.until))
    return atom(space.judgement.facts.as_of(), stretch(low, high))


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
        _met(space, rule, position),
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
