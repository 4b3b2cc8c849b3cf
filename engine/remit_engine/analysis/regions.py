"""How far round a cell a goal holds: what a finding tells instead of one small cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import or_

from remit_engine.analysis.grid import OTHER, Cell, Class, Decide, Grid, GridColumn
from remit_engine.analysis.sets import Line, ValueSet, symbols

Region = Mapping[str, ValueSet]
"""By column the values for which the goal surely holds; columns not named do not matter."""


def widened(grid: Grid, cell: Cell, decide: Decide) -> Region:
    """The region of a cell: each column that matters in turn taken as far as the goal holds."""
    columns = {c.column.key: c for c in grid.columns}
    chosen: dict[str, list[Class]] = {k: [cell.classes[k]] for k in cell.relevant}
    for key in cell.relevant:
        for more in _outwards(columns[key], cell.classes[key]):
            if not _grows(more, chosen, key, grid, decide):
                break
    return {
        key: _joined(classes, columns[key])
        for key, classes in chosen.items()
        if len(classes) < len(columns[key].classes)
    }


def _grows(
    more: list[Class], chosen: dict[str, list[Class]], key: str, grid: Grid, decide: Decide
) -> bool:
    """Take on the classes of a list one after the other as long as the goal holds."""
    for k in more:
        chosen[key].append(k)
        if not _holds(chosen, grid, decide):
            chosen[key].pop()
            if isinstance(k, tuple):  # beyond a stretch that does not hold nothing is next to it
                return True
    return True


def _outwards(column: GridColumn, start: Class) -> Iterator[list[Class]]:
    """The other classes: of a line the neighbours upwards, then downwards; else all."""
    if not isinstance(start, tuple):
        yield [k for k in column.classes if k != start]
        return
    ordered = sorted(k for k in column.classes if isinstance(k, tuple))
    at = ordered.index(start)
    yield [*ordered[at + 1 :]]
    yield [*reversed(ordered[:at])]


def _holds(chosen: Mapping[str, list[Class]], grid: Grid, decide: Decide) -> bool:
    alive = settled = grid.possible
    for c in grid.columns:
        if c.column.key in chosen:
            masks = [c.masks[c.classes.index(k)] for k in chosen[c.column.key]]
            alive &= reduce(or_, masks)
            settled &= reduce(lambda a, b: a & b, masks)
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
