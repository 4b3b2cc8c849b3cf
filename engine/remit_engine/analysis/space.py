"""All complete requests on one action, and the exact search for one that a goal describes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from remit_engine.analysis.columns import Columns
from remit_engine.analysis.formula import Box
from remit_engine.analysis.goal import Applies, Both, Goal, Met, leaves
from remit_engine.analysis.grid import Cell, Grid, grid
from remit_engine.analysis.judgement import Judgement
from remit_engine.ir import Model, Rule


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

    def __post_init__(self) -> None:
        self.judgement = Judgement(self.model, self.action, self.since, self.fresh)

    @property
    def columns(self) -> Columns:
        """The columns met so far."""
        return self.judgement.facts.columns

    def cells(self, goal: Goal, steps: int, order: Sequence[str] = ()) -> Iterator[Cell]:
        """The cells that the goal describes. Raises TooEntangled, TooManySteps."""
        plan = self.plan(goal, order)
        return plan.grid.cells(plan.decide, steps)

    def plan(self, goal: Goal, order: Sequence[str] = ()) -> Plan:
        """The grid of a goal, and the goal as masks over its boxes. Raises TooEntangled."""
        found = _Gathered(self.judgement)
        masks = {id(leaf): found.mask(leaf) for leaf in leaves(goal)}
        return Plan(goal, masks, grid(found.boxes, self.columns, order))

    def loose(self, cell: Cell) -> bool:
        """True when the cell may be empty."""
        return any(not self.columns[key].free for key in cell.classes)

    def open_demands(self, rules: Sequence[Rule], position: str) -> tuple[Rule, ...]:
        """The requirements that may be unsettled for want of an optional fact."""
        return tuple(r for r in rules if not self.judgement.determinate(r, position))


@dataclass(slots=True)
class _Gathered:
    """The boxes of several leaves, each rule's once."""

    judgement: Judgement
    boxes: list[Box] = field(default_factory=list)
    _bits: dict[int, int] = field(default_factory=dict)

    def mask(self, leaf: Applies | Met) -> int:
        found = 0
        for rule in leaf.rules:
            if isinstance(leaf, Applies):
                of_rule = self.judgement.boxes(leaf.mode, rule, leaf.position)
            else:
                of_rule = self.judgement.conditions(rule, leaf.position)
            found |= self._bit(of_rule)
        return found

    def _bit(self, of_rule: tuple[Box, ...]) -> int:
        if id(of_rule) not in self._bits:
            start = len(self.boxes)
            self.boxes += of_rule
            self._bits[id(of_rule)] = (1 << len(self.boxes)) - (1 << start)
        return self._bits[id(of_rule)]


@dataclass(slots=True)
class Plan:
    """A goal ready to be searched for."""

    goal: Goal
    masks: dict[int, int]
    grid: Grid

    def decide(self, alive: int, settled: int) -> bool | None:
        """Whether the goal holds where these boxes may still be met and those surely are."""
        return self._holds(self.goal, alive, settled)

    def _holds(self, goal: Goal, alive: int, settled: int) -> bool | None:
        if isinstance(goal, Applies | Met):
            mask = self.masks[id(goal)]
            if settled & mask:
                return True
            return None if alive & mask else False
        wanted = isinstance(goal, Both)
        open_ = False
        for part in goal.goals:
            answer = self._holds(part, alive, settled)
            if answer is None:
                open_ = True
            elif answer is not wanted:
                return False
        return None if open_ else True
