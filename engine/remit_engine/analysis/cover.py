"""Whether rules leave nothing of another rule: the exact cover of boxes by boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit_engine.analysis.formula import Box
from remit_engine.analysis.grid import Cell, Grid, bits, grid
from remit_engine.analysis.judgement import SURE
from remit_engine.analysis.space import Space
from remit_engine.rules.ir import Rule


@dataclass(slots=True)
class Cover:
    """The boxes of several rules at one position, ready to be held against one another.

    Raises TooEntangled on making.
    """

    grid: Grid
    masks: dict[int, int]
    """rule index -> its boxes"""

    def whole(self, rule: Rule) -> int:
        """The boxes of a rule that some request meets."""
        return self.masks[rule.index] & self.grid.possible

    def inside(self, rule: Rule, by: int) -> bool:
        """True when each box of the rule lies in one of the boxes `by`."""
        return all(
            any(self.grid.inside(box, b) for b in bits(by)) for box in bits(self.whole(rule))
        )

    def left(self, rule: Rule, by: int, steps: int) -> Cell | None:
        """A cell of a rule that none of the boxes `by` meets. Raises TooManySteps."""
        for box in bits(self.whole(rule)):
            cell = self._open(box, by, steps)
            if cell is not None:
                return cell
        return None

    def rivals(self, rule: Rule) -> int:
        """The boxes that share a cell with the rule."""
        found = 0
        for box in bits(self.whole(rule)):
            found |= self.grid.meeting(box)
        return found

    def _open(self, bit: int, by: int, steps: int) -> Cell | None:
        def decide(alive: int, settled: int) -> bool | None:
            if settled & by:
                return False
            return None if alive & by else True

        near = self.grid.meeting(bit) & by
        return next(self.grid.cells(decide, steps, near, bit), None)


def cover(space: Space, sides: Sequence[tuple[str, Sequence[Rule]]], position: str) -> Cover:
    """The boxes of rules at a position; each group in its mode, sure or possible."""
    found: list[Box] = []
    masks: dict[int, int] = {}
    for mode, rules in sides:
        for rule in rules:
            start = len(found)
            found += space.judgement.boxes(mode, rule, position)
            masks[rule.index] = (1 << len(found)) - (1 << start)
    return Cover(grid(found, space.columns), masks)


def sure(rules: Sequence[Rule]) -> tuple[str, Sequence[Rule]]:
    """A group of rules where they surely apply."""
    return (SURE, rules)
