"""Boxes over columns, each column cut into the classes that no box tells apart.

A choice of one class in every column is a cell: all requests in it meet the same boxes. Bit masks
over the boxes find, class by class, which of them are still met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from operator import or_

from remit_engine.analysis.columns import AS_OF, Column, Columns
from remit_engine.analysis.formula import Box
from remit_engine.analysis.sets import Cut, Line, Stretch, Symbols, ValueSet

OTHER = "another text"
Class = str | bool | Stretch
"""A class of a column: a symbol that stands for those no box tells from it, or a stretch."""
Decide = Callable[[int, int], bool | None]
"""(boxes that may still be met, boxes surely met) -> whether the goal holds there, None: go on."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A class for every column; `relevant`: the columns that make the goal hold there, whatever
    the others are."""

    classes: Mapping[str, Class]
    relevant: tuple[str, ...] = ()


class TooManySteps(Exception):
    """The search looked at as many cells as it was allowed."""


@dataclass(frozen=True, slots=True)
class GridColumn:
    """masks: for each class the boxes that it meets. full: the boxes that do not ask. rows: for
    each box the classes it meets, as bits."""

    column: Column
    classes: tuple[Class, ...]
    masks: tuple[int, ...]
    full: int
    rows: tuple[int, ...]

    def mask(self, chosen: Class) -> int:
        """The boxes that a class meets."""
        return self.masks[self.classes.index(chosen)]

    @property
    def anywhere(self) -> int:
        """All classes, as bits."""
        return (1 << len(self.classes)) - 1

    def plus(self, values: ValueSet | None, bit: int) -> GridColumn:
        """The same with one box more (None: it does not ask)."""
        if values is None:
            masks = tuple(m | bit for m in self.masks)
            return GridColumn(
                self.column, self.classes, masks, self.full | bit, (*self.rows, self.anywhere)
            )
        met = [_lies_in(k, values) for k in self.classes]
        masks = tuple(m | bit if inside else m for m, inside in zip(self.masks, met, strict=True))
        row = sum(1 << at for at, inside in enumerate(met) if inside)
        return GridColumn(self.column, self.classes, masks, self.full, (*self.rows, row))

    @property
    def backwards(self) -> GridColumn:
        """The same with its classes in the opposite order."""
        last = len(self.classes) - 1
        turned = (sum(1 << (last - k) for k in bits(row)) for row in self.rows)
        return GridColumn(
            self.column, self.classes[::-1], self.masks[::-1], self.full, tuple(turned)
        )


@dataclass(slots=True)
class Grid:
    """The boxes of a goal (bit i is box i) over the columns they read."""

    columns: tuple[GridColumn, ...]
    count: int
    _meeting: dict[tuple[int, int], int] = field(default_factory=dict)
    _possible: int | None = None

    def backwards(self, key: str) -> Grid:
        """The same with the classes of one column in the opposite order."""
        turned = (c.backwards if c.column.key == key else c for c in self.columns)
        return Grid(tuple(turned), self.count)

    def plus(self, region: Mapping[str, ValueSet]) -> Grid:
        """The same with one box more, which is made of whole classes."""
        bit = 1 << self.count
        return Grid(
            tuple(c.plus(region.get(c.column.key), bit) for c in self.columns), self.count + 1
        )

    def inside(self, box: int, other: int) -> bool:
        """True when box `other` holds all that the box does."""
        return all(not c.rows[box] & ~c.rows[other] for c in self.columns)

    @property
    def every(self) -> int:
        """All boxes."""
        return (1 << self.count) - 1

    @property
    def possible(self) -> int:
        """The boxes that some value of every column meets."""
        if self._possible is None:
            self._possible = self.every
            for c in self.columns:
                self._possible &= reduce(or_, c.masks, 0)
        return self._possible

    def meeting(self, region: int) -> int:
        """The boxes that share a cell with box `region`."""
        found = self.every
        for at, c in enumerate(self.columns):
            row = c.rows[region]
            if (at, row) not in self._meeting:
                self._meeting[at, row] = reduce(or_, (c.masks[k] for k in bits(row)), 0)
            found &= self._meeting[at, row]
        return found

    def cells(
        self, decide: Decide, steps: int, alive: int | None = None, region: int | None = None
    ) -> Iterator[Cell]:
        """The cells in which the goal holds, of alike ones the first; classes in their order.

        alive: the boxes that count. region: only cells inside this box. Raises TooManySteps.
        """
        start = (self.every if alive is None else alive) & self.possible
        sure = 0
        if region is not None:
            sure = 1 << region
            if not self.possible & sure:
                return
        columns = [c for c in self.columns if any((m ^ c.full) & start for m in c.masks)]
        settled = [self.every] * (len(columns) + 1)
        for i in range(len(columns) - 1, -1, -1):
            settled[i] = settled[i + 1] & columns[i].full
        seen: set[tuple[int, int]] = set()
        todo: list[tuple[int, int, tuple[Class, ...]]] = [(0, start, ())]
        while todo:
            at, mask, chosen = todo.pop()
            if (at, mask) in seen:
                continue
            if len(seen) >= steps:
                raise TooManySteps
            seen.add((at, mask))
            answer = decide(mask, mask & (settled[at] | sure))
            if answer is False:
                continue
            if answer is True:
                yield self._cell(columns, chosen, region, decide, start)
                continue
            todo += _branches(columns[at], at, mask, chosen, region)

    def along(self, cell: Cell, key: str, decide: Decide) -> Iterator[Cell]:
        """The cells that differ from one in one column alone and in which the goal holds too."""
        named = {c.column.key: c for c in self.columns}
        if key not in named:
            return
        others = {k: named[k].mask(cell.classes[k]) for k in cell.relevant if k != key}
        relevant = tuple(dict.fromkeys((*cell.relevant, key)))
        for k, mask in zip(named[key].classes, named[key].masks, strict=True):
            if self._holds({**others, key: mask}, decide, self.possible, 0):
                yield Cell({**cell.classes, key: k}, relevant)

    def _cell(
        self,
        columns: Sequence[GridColumn],
        chosen: tuple[Class, ...],
        region: int | None,
        decide: Decide,
        start: int,
    ) -> Cell:
        """The cell with its open columns filled, by the first class that the region allows."""
        classes = {c.column.key: k for c, k in zip(columns, chosen, strict=False)}
        sure = 0 if region is None else 1 << region
        relevant = self._relevant(columns[: len(chosen)], chosen, decide, start, sure)
        if region is not None:  # the cell lies in the region's box, and so rests on all it asks
            asked = (c.column.key for c in self.columns if c.rows[region] != c.anywhere)
            relevant = tuple(dict.fromkeys((*relevant, *asked)))
        for c in self.columns:
            if c.column.key not in classes:
                classes[c.column.key] = next(
                    k
                    for k, m in zip(c.classes, c.masks, strict=True)
                    if region is None or m >> region & 1
                )
        return Cell(classes, relevant)

    def _relevant(
        self,
        columns: Sequence[GridColumn],
        chosen: tuple[Class, ...],
        decide: Decide,
        start: int,
        sure: int,
    ) -> tuple[str, ...]:
        """The columns without which the goal would not be sure to hold, one by one."""
        left = {c.column.key: c.mask(k) for c, k in zip(columns, chosen, strict=True)}
        for key in [c.column.key for c in reversed(columns)]:
            others = {k: left[k] for k in left if k != key}
            if self._holds(others, decide, start, sure):
                del left[key]
        return tuple(left)

    def _holds(self, chosen: Mapping[str, int], decide: Decide, start: int, sure: int) -> bool:
        """Whether the goal holds for what these masks of some columns leave, free in the others."""
        alive = start
        for mask in chosen.values():
            alive &= mask
        settled = alive
        for c in self.columns:
            if c.column.key not in chosen:
                settled &= c.full | sure
        return decide(alive, settled) is True


def _lies_in(chosen: Class, values: ValueSet) -> bool:
    if isinstance(values, Line):
        return isinstance(chosen, tuple) and values.meet(Line((chosen,))) == Line((chosen,))
    return (chosen in values.members) is not values.outside


def bits(mask: int) -> Iterator[int]:
    """The places of the bits that are set, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _branches(
    c: GridColumn, at: int, mask: int, chosen: tuple[Class, ...], region: int | None
) -> list[tuple[int, int, tuple[Class, ...]]]:
    """The ways on, the last first (they are taken off the end of a list)."""
    found: dict[int, Class] = {}
    for k, m in zip(c.classes, c.masks, strict=True):
        if region is None or m >> region & 1:
            found.setdefault(mask & m, k)
    return [(at + 1, left, (*chosen, k)) for left, k in reversed(found.items())]


def grid(boxes: Sequence[Box], columns: Columns, order: Sequence[str] = ()) -> Grid:
    """The grid of some boxes. order: the columns to look at first."""
    keys = {k for box in boxes for k in box}
    first = [k for k in order if k in keys]
    counted: dict[str, int] = dict.fromkeys(keys, 0)
    for box in boxes:
        for k in box:
            counted[k] += 1
    rest = sorted(keys - set(first), key=lambda k: (k == AS_OF, -counted[k], k))
    return Grid(
        tuple(_column(columns[k], [box.get(k) for box in boxes]) for k in (*first, *rest)),
        len(boxes),
    )


def _column(column: Column, sets: Sequence[ValueSet | None]) -> GridColumn:
    full = sum(1 << i for i, s in enumerate(sets) if s is None)
    if column.kind == "line":
        classes, masks = _stretches(column, sets)
    else:
        classes, masks = _symbols(column, sets)
    met = tuple(m | full for m in masks)
    rows = [0] * len(sets)
    for at, mask in enumerate(masks):
        for i in bits(mask):
            rows[i] |= 1 << at
    anywhere = (1 << len(met)) - 1
    asked = (row if sets[i] is not None else anywhere for i, row in enumerate(rows))
    return GridColumn(column, tuple(classes), met, full, tuple(asked))


def _stretches(column: Column, sets: Sequence[ValueSet | None]) -> tuple[list[Class], list[int]]:
    starts: dict[Cut, int] = {}
    cuts: set[Cut] = {cut for s in column.range.stretches for cut in s}
    for i, s in enumerate(sets):
        if isinstance(s, Line):
            for low, high in s.stretches:
                starts[low] = starts.get(low, 0) ^ 1 << i
                starts[high] = starts.get(high, 0) ^ 1 << i
    ordered = sorted(cuts | starts.keys())
    classes: list[Class] = []
    masks: list[int] = []
    at = 0
    for low, high in pairwise(ordered):
        at ^= starts.get(low, 0)
        if Line(((low, high),)).meet(column.range).empty:
            continue
        classes.append((low, high))
        masks.append(at)
    return _plain_first(classes, masks)


def _plain_first(classes: list[Class], masks: list[int]) -> tuple[list[Class], list[int]]:
    """Numbers from zero up before those below it."""
    zero = (0, Fraction(0), 0)
    order = sorted(
        range(len(classes)),
        key=lambda i: (classes[i][1] <= zero, i),  # type: ignore[index, operator]
    )
    return [classes[i] for i in order], [masks[i] for i in order]


def _symbols(column: Column, sets: Sequence[ValueSet | None]) -> tuple[list[Class], list[int]]:
    members = column.members
    if members is None:
        named = {m for s in sets if isinstance(s, Symbols) for m in s.members}
        members = (*sorted(map(str, named)), _unlike(named))
    masks = dict.fromkeys(members, 0)
    for i, s in enumerate(sets):
        if isinstance(s, Symbols):
            inside = set(members) - s.members if s.outside else s.members & masks.keys()
            for m in inside:
                masks[m] |= 1 << i
    return list(masks), list(masks.values())


def _unlike(named: set[str | bool]) -> str:
    other = OTHER
    while other in named:
        other += "?"
    return other
