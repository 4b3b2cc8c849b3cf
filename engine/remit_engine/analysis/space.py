"""All complete requests on one action, and the exact search for one that a goal describes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from remit_engine.analysis.columns import Columns
from remit_engine.analysis.formula import Box
from remit_engine.analysis.goal import (
    EVERY,
    THIS,
    Applies,
    Both,
    Goal,
    Inside,
    Leaf,
    Sides,
    leaves,
    sides,
)
from remit_engine.analysis.grid import Cell, Decide, Grid, bits, grid
from remit_engine.analysis.judgement import Judgement
from remit_engine.analysis.sets import ValueSet
from remit_engine.rules.ir import Model, Rule


@dataclass(slots=True)
class Space:
    """The requests on one action from a day on.

    A cell it gives may be empty where it reads columns that hang on one another (`loose`); that
    it gives none is a proof.
    """

    model: Model
    action: str
    since: date | None = None
    fresh: bool = False
    judgement: Judgement = field(init=False)
    _sides: dict[tuple[str, str], Sides] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.judgement = Judgement(self.model, self.action, self.since, self.fresh)

    def sides(self, verb: str, position: str) -> Sides:
        """The rules on a verb that speak about a holder of a position."""
        key = (verb, position)
        if key not in self._sides:
            self._sides[key] = sides(self.model.actions[self.action], verb, position)
        return self._sides[key]

    @property
    def columns(self) -> Columns:
        """The columns met so far."""
        return self.judgement.facts.columns

    def cells(
        self,
        goal: Goal,
        steps: int,
        order: Sequence[str] = (),
        within: Applies | None = None,
    ) -> Iterator[Cell]:
        """The cells that the goal describes. Raises TooEntangled, TooManySteps.

        within: a statement that the goal rests on; each of its boxes is searched by itself.
        """
        return self.plan(goal, order).cells(steps, within)

    def plan(self, goal: Goal, order: Sequence[str] = ()) -> Plan:
        """The grid of a goal, and the goal as masks over its boxes. Raises TooEntangled."""
        found = _Gathered(self.judgement)
        masks = {leaf: found.mask(leaf) for leaf in leaves(goal)}
        decide = decision(goal, masks)
        domain = self.judgement.domain(next((g.position for g in leaves(goal)), ""))
        if domain is not None:
            decide = _all_of([decide, _met(found.bit(domain))], True)
        return Plan(decide, masks, grid(found.boxes, self.columns, order))

    def loose(self, cell: Cell) -> bool:
        """True when the cell may be empty."""
        return any(not self.columns[key].free for key in cell.classes)

    def somewhere(self, regions: Sequence[Box]) -> tuple[Box, ...]:
        """The boxes that lie in the ranges of their columns."""
        possible = grid(regions, self.columns).possible
        return tuple(box for i, box in enumerate(regions) if possible >> i & 1)

    def open_demands(self, rules: Sequence[Rule], position: str) -> tuple[Rule, ...]:
        """The requirements that may be unsettled for want of an optional fact."""
        return tuple(r for r in rules if not self.judgement.determinate(r, position))


@dataclass(slots=True)
class _Gathered:
    """The boxes of several leaves, each rule's once."""

    judgement: Judgement
    boxes: list[Box] = field(default_factory=list)
    _bits: dict[int, int] = field(default_factory=dict)
    _kept: list[tuple[Box, ...]] = field(default_factory=list)

    def mask(self, leaf: Leaf) -> int:
        """The bits of the boxes of a leaf."""
        if isinstance(leaf, Inside):
            return self.bit(leaf.boxes)
        found = 0
        for rule in leaf.rules:
            if isinstance(leaf, Applies):
                of_rule = self._of_holder(leaf, rule)
            else:
                of_rule = self.judgement.conditions(rule, leaf.position)
            found |= self.bit(of_rule)
        return found

    def _of_holder(self, leaf: Applies, rule: Rule) -> tuple[Box, ...]:
        whole = self.judgement.boxes(leaf.mode, rule, leaf.position)
        if leaf.holder == THIS:
            return whole
        personal = {k for box in whole for k in box if self.judgement.facts.personal(k)}
        if not personal:
            return whole
        if leaf.holder == EVERY:
            found = tuple(box for box in whole if personal.isdisjoint(box))
        else:
            found = tuple({k: v for k, v in box.items() if k not in personal} for box in whole)
        self._kept.append(found)
        return found

    def bit(self, of_rule: tuple[Box, ...]) -> int:
        """The bits of some boxes."""
        if id(of_rule) not in self._bits:
            start = len(self.boxes)
            self.boxes += of_rule
            self._bits[id(of_rule)] = (1 << len(self.boxes)) - (1 << start)
        return self._bits[id(of_rule)]


@dataclass(frozen=True, slots=True)
class Plan:
    """A goal ready to be searched for: `decide` tells whether it holds where these boxes may still
    be met and those surely are."""

    decide: Decide
    masks: Mapping[Leaf, int]
    grid: Grid

    def cells(self, steps: int, within: Applies | None = None) -> Iterator[Cell]:
        """The cells that the goal describes. Raises TooManySteps."""
        if within is None:
            yield from self.grid.cells(self.decide, steps)
            return
        for box in bits(self.masks[within] & self.grid.possible):
            yield from self.grid.cells(self.decide, steps, self.grid.meeting(box), box)

    def without(self, region: Mapping[str, ValueSet]) -> Plan:
        """The same outside of a region of its own cells."""
        bit = 1 << self.grid.count
        outside = _all_of([_met(bit)], False)
        return replace(
            self, decide=_all_of([self.decide, outside], True), grid=self.grid.plus(region)
        )

    def backwards(self, key: str) -> Plan:
        """The same with the classes of one column in the opposite order."""
        return replace(self, grid=self.grid.backwards(key))


def decision(goal: Goal, masks: Mapping[Leaf, int]) -> Decide:
    """The goal as a function of masks, in three-valued logic."""
    if isinstance(goal, Leaf):
        return _met(masks[goal])
    parts = [decision(g, masks) for g in goal.goals]
    return _all_of(parts, isinstance(goal, Both))


def _met(mask: int) -> Decide:
    def decide(alive: int, settled: int) -> bool | None:
        if settled & mask:
            return True
        return None if alive & mask else False

    return decide


def _all_of(parts: Sequence[Decide], wanted: bool) -> Decide:
    def decide(alive: int, settled: int) -> bool | None:
        whole: bool | None = True
        for part in parts:
            answer = part(alive, settled)
            if answer is None:
                whole = None
            elif answer is not wanted:
                return False
        return whole

    return decide
