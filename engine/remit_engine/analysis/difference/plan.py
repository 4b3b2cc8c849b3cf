"""Where changed rules matter to a position, as boxes of one grid, and where they surely do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from remit_engine.analysis.columns import TOTAL, Columns
from remit_engine.analysis.facts import FROM_ZERO
from remit_engine.analysis.formula import Box, Formula, atom, boxes, every, negated
from remit_engine.analysis.goal import sides
from remit_engine.analysis.grid import Cell, grid
from remit_engine.analysis.judgement import POSSIBLE, SURE
from remit_engine.analysis.pieces import number
from remit_engine.analysis.sets import EVERYWHERE, HIGHEST, LOWEST, before, stretch
from remit_engine.analysis.space import Space
from remit_engine.analysis.translate import Translator
from remit_engine.rules.ir import GRANT, REQUIREMENT, Period, Rule


@dataclass(slots=True)
class Plan:
    """A search for the requests in which a changed rule may matter to a position.

    It does not where a bar that both texts have surely applies; a demand does not where nothing
    is granted. `unless` adds places that are of no interest. abilities: only whether the position
    may at all, at once or with steps done, is of interest: no demand that is due changes that.
    days: the periods in which one text gives the verb to somebody and the other to nobody, which
    tells `undefined` from `deny`.
    """

    space: Space
    verb: str
    position: str
    changed: Sequence[Rule]
    abilities: bool = False
    days: Sequence[Period] = ()
    _boxes: list[Box] = field(default_factory=list)
    _unless: list[tuple[tuple[Rule, ...], tuple[Rule, ...], str]] = field(default_factory=list)

    def unless(
        self, surely: tuple[Rule, ...], position: str, not_possibly: tuple[Rule, ...] = ()
    ) -> None:
        """Leave out where some of these rules surely apply, and none of those possibly does."""
        self._unless.append((surely, not_possibly, position))

    def cells(self, steps: int) -> Iterator[Cell]:
        """The cells that are left. Raises TooEntangled, TooManySteps."""
        judge = self.space.judgement
        mine = sides(self.space.model.actions[self.space.action], self.verb, self.position)
        ids = {r.index for r in self.changed}
        bars = self._sure((r for r in mine.bars if r.index not in ids), self.position)
        granted = self._mask(
            met(self.space, r, self.position)
            if r.unset
            else judge.boxes(POSSIBLE, r, self.position)
            for r in mine.grants
        )
        demands = [
            (self._possible((r,), self.position), self._due(r))
            for r in mine.demands
            if r.index in ids
        ]
        rules = self._mask(
            met(self.space, r, self.position)
            if r.kind == GRANT
            else judge.boxes(POSSIBLE, r, self.position)
            for r in (*mine.grants, *mine.bars)
            if r.index in ids and r.kind != REQUIREMENT
        )
        days = self._mask(tuple(boxes(_during(self.space, period))) for period in self.days)
        out = [(bars, 0), *((self._sure(a, p), self._possible(b, p)) for a, b, p in self._unless)]

        def decide(alive: int, settled: int) -> bool | None:
            def state(mask: int) -> bool | None:
                return True if settled & mask else None if alive & mask else False

            left_out = _some(_all(state(a), _not(state(b))) for a, b in out)
            due = _some(_all(state(a), _not(state(b))) for a, b in demands)
            matters = _some((state(rules), state(days), _all(due, state(granted))))
            return _all(matters, _not(left_out))

        yield from grid(self._boxes, _widened(self.space.columns)).cells(decide, steps)

    def _due(self, demand: Rule) -> int:
        """Where a demand is of no interest because it is due."""
        return self._sure((demand,), self.position) if self.abilities else 0

    def _sure(self, rules: Iterable[Rule], position: str) -> int:
        return self._mask(self.space.judgement.boxes(SURE, r, position) for r in rules)

    def _possible(self, rules: Iterable[Rule], position: str) -> int:
        return self._mask(self.space.judgement.boxes(POSSIBLE, r, position) for r in rules)

    def _mask(self, of_rules: Iterable[tuple[Box, ...]]) -> int:
        start = len(self._boxes)
        for more in of_rules:
            self._boxes.extend(more)
        return (1 << len(self._boxes)) - (1 << start)


def _widened(columns: Columns) -> Columns:
    """The columns with measures below zero: a rule that bars them is there for nothing else."""
    found = Columns()
    for column in columns.by_key.values():
        total = column.key.startswith(TOTAL)
        below = column.range == FROM_ZERO and not total
        found.add(replace(column, range=EVERYWHERE) if below else column)
    return found


def _not(a: bool | None) -> bool | None:
    return None if a is None else not a


def _all(*parts: bool | None) -> bool | None:
    if False in parts:
        return False
    return None if None in parts else True


def _some(parts: Iterable[bool | None]) -> bool | None:
    return _not(_all(*(_not(p) for p in parts)))


def met(space: Space, rule: Rule, position: str) -> tuple[Box, ...]:
    """Where the conditions of a rule may be met, whatever its limit says."""
    t = Translator(space.model, space.judgement.facts, position)
    return tuple(
        boxes(every(_in_force(space, rule), *(negated(t.truth(c).false) for c in rule.condition)))
    )


def _in_force(space: Space, rule: Rule) -> Formula:
    return _during(space, (rule.start, rule.until))


def _during(space: Space, period: Period) -> Formula:
    start, until = period
    low = LOWEST if start is None else before(number(start))
    high = HIGHEST if until is None else before(number(until))
    return atom(space.judgement.facts.as_of(), stretch(low, high))
