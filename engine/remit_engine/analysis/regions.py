"""How far round a cell a goal holds: what a finding tells instead of one small cell."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import and_, or_

from remit_engine.analysis.grid import OTHER, Cell, Class, Decide, Grid, GridColumn
from remit_engine.analysis.sets import Line, ValueSet, symbols

Region = Mapping[str, ValueSet]
"""By column the values for which the goal surely holds; columns not named do not matter."""


def widened(grid: Grid, cell: Cell, decide: Decide) -> Region:
    """The region of a cell: each column that matters in turn taken as far as the goal holds."""
    columns = {c.column.key: c for c in grid.columns}
    chosen = {k: [columns[k].classes.index(cell.classes[k])] for k in cell.relevant}
    for key, (start, *_) in list(chosen.items()):
        for outwards in _outwards(columns[key], start):
            for at in outwards:
                chosen[key].append(at)
                if not _holds(chosen, grid, decide):
                    chosen[key].pop()
                    if columns[key].column.kind == "line":  # nothing beyond is next to it
                        break
    return {
        key: _joined([columns[key].classes[at] for at in classes], columns[key])
        for key, classes in chosen.items()
        if len(classes) < len(columns[key].classes)
    }


def _outwards(column: GridColumn, start: int) -> list[list[int]]:
    """The other classes by their places: of a line the neighbours upwards, then downwards."""
    if column.column.kind != "line":
        return [[at for at in range(len(column.classes)) if at != start]]
    ordered = sorted(range(len(column.classes)), key=lambda at: column.classes[at])
    middle = ordered.index(start)
    return [ordered[middle + 1 :], ordered[:middle][::-1]]


def _holds(chosen: Mapping[str, list[int]], grid: Grid, decide: Decide) -> bool:
    alive = settled = grid.possible
    for c in grid.columns:
        if c.column.key in chosen:
            masks = [c.masks[at] for at in chosen[c.column.key]]
            alive &= reduce(or_, masks)
            settled &= reduce(and_, masks)
        else:
            settled &= c.full
    return decide(alive, settled & alive) is True


def _joined(classes: list[Class], column: GridColumn) -> ValueSet:
    stretches = sorted(k for k in classes if isinstance(k, tuple))
    if stretches:
        found = Line((stretches[0],))
        for one in stretches[1:]:
            found = found.join(Line((one,)))
        return found
    inside = symbols(k for k in classes if isinstance(k, str | bool))
    if column.column.members is None and any(str(k).startswith(OTHER) for k in classes):
        left_out = (k for k in column.classes if k not in classes)
        return symbols(k for k in left_out if isinstance(k, str)).complement()
    return inside
