"""The classes of a table column: inputs that no cell of the column tells apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from operator import or_

from remit_dsl.program import Field
from remit_dsl.scope.world import World
from remit_dsl.tables.cover import Cover, Cut, Stretch
from remit_dsl.types import Type

Runs = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Column:
    """`names` shows an input of each class; `masks` has a bit for each row that covers it."""

    names: list[str]
    masks: list[int]
    runs: list[Runs]
    preference: list[int]
    full: int = 0
    _meeting: dict[Runs, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many classes there are."""
        return len(self.masks)

    def rows_meeting(self, row: int) -> int:
        """The rows that share a class with this row."""
        runs = self.runs[row]
        if runs not in self._meeting:
            self._meeting[runs] = reduce(or_, (self.masks[k] for k in self.classes_of(row)), 0)
        return self._meeting[runs]

    def classes_of(self, row: int) -> Iterable[int]:
        """The classes a row covers."""
        return (k for low, high in self.runs[row] for k in range(low, high))

    def width(self, row: int) -> int:
        """How many classes a row covers."""
        return sum(high - low for low, high in self.runs[row])

    def holds(self, row: int, at: int) -> bool:
        """True when a row covers a class."""
        return bool(self.masks[at] >> row & 1)

    def shared(self, first: int, second: int) -> int:
        """A class that both rows cover."""
        both = 1 << first | 1 << second
        return next(k for k in self.preference if self.masks[k] & both == both)


def classes(world: World, column: Field, covers: list[Cover]) -> Column:
    """The classes of one column, given the cell of each row."""
    if column.type.kind in ("enum", "text", "boolean", "position"):
        return _finite(_domain(world, column.type, covers), covers)
    return _line(column.type, covers)


# --- finite ------------------------------------------------------------------------------


def _domain(world: World, type_: Type, covers: list[Cover]) -> dict[str | bool, str]:
    """Every input of a finite column with the name that shows it."""
    match type_.kind:
        case "boolean":
            return {True: "true", False: "false"}
        case "enum":
            return {m: m for m in world.enums[type_.name or ""].members}
        case "position":
            return {p: p.rsplit(".", 1)[-1] for p in world.positions}
    return _texts(covers)


def _texts(covers: list[Cover]) -> dict[str | bool, str]:
    """The texts some cell mentions, and one that stands for all others."""
    mentioned = sorted({str(v) for cover in covers for v in cover.values})
    named: dict[str | bool, str] = {v: f'"{v}"' for v in mentioned}
    return named | {_OTHER: "any other text"}


_OTHER = "\0"


def _finite(domain: dict[str | bool, str], covers: list[Cover]) -> Column:
    index = {value: i for i, value in enumerate(domain)}
    everything = ((0, len(index)),)
    runs = [everything if c.kind == "any" else _positions(index, c) for c in covers]
    return _column(list(domain.values()), runs, list(range(len(index))))


def _positions(index: dict[str | bool, int], cover: Cover) -> Runs:
    hit = index.keys() - cover.values if cover.outside else [v for v in cover.values if v in index]
    return _joined(sorted(index[v] for v in hit))


def _joined(at: list[int]) -> Runs:
    runs: list[tuple[int, int]] = []
    for k in at:
        if runs and runs[-1][1] == k:
            runs[-1] = (runs[-1][0], k + 1)
        else:
            runs.append((k, k + 1))
    return tuple(runs)


# --- line --------------------------------------------------------------------------------


def _line(type_: Type, covers: list[Cover]) -> Column:
    cuts = sorted({cut for c in covers for s in c.stretches for cut in s if cut is not None})
    index = {cut: i + 1 for i, cut in enumerate(cuts)}
    last = len(cuts) + 1
    runs = [
        ((0, last),) if c.kind == "any" else _stretches(index, last, c.stretches) for c in covers
    ]
    ends: list[Cut | None] = [None, *cuts, None]
    names = [_between(a, b, type_) for a, b in pairwise(ends)]
    return _column(names, runs, [*range(1, last), 0])


def _stretches(index: dict[Cut, int], last: int, stretches: tuple[Stretch, ...]) -> Runs:
    return tuple(
        (index[low] if low is not None else 0, index[high] if high is not None else last)
        for low, high in stretches
    )


def _column(names: list[str], runs: list[Runs], preference: list[int]) -> Column:
    events = [0] * (len(names) + 1)
    full = 0
    for row, stretch in enumerate(runs):
        for low, high in stretch:
            events[low] ^= 1 << row
            events[high] ^= 1 << row
        if stretch == ((0, len(names)),):
            full |= 1 << row
    masks, at = [], 0
    for event in events[:-1]:
        at ^= event
        masks.append(at)
    return Column(names, masks, runs, preference, full)


# --- an input to show --------------------------------------------------------------------


def _between(low: Cut | None, high: Cut | None, type_: Type) -> str:
    unit = Fraction(1, 100) if type_.kind == "percent" else Fraction(1)
    if low is not None and low[1] == 0:
        value = low[0]
    elif high is not None and high[1] == 1:
        value = high[0]
    elif low is None:
        value = Fraction(0) if high is None else high[0] - unit
    elif high is None:
        value = low[0] + unit
    else:
        value = _inside(low[0], high[0], unit)
    return _shown(value, type_)


def _inside(low: Fraction, high: Fraction, unit: Fraction) -> Fraction:
    for step in (unit, unit / 10, unit / 100):
        if low + step < high:
            return low + step
    return (low + high) / 2


def _shown(value: Fraction, type_: Type) -> str:
    if type_.kind == "date":
        return str(date.fromordinal(min(max(int(value), 1), date.max.toordinal())))
    if type_.kind == "percent":
        return f"{_decimal(value * 100)}%"
    unit = {"days": " days", "months": " months"}.get(type_.kind, "")
    return _decimal(value) + unit


def _decimal(value: Fraction) -> str:
    """A terminating decimal with grouped thousands, else a fraction."""
    for places in range(13):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = f"{abs(scaled.numerator):0{places + 1}d}"
            whole, rest = digits[: len(digits) - places], digits[len(digits) - places :]
            sign = "-" if value < 0 else ""
            return sign + f"{int(whole):_}" + (f".{rest}" if rest else "")
    return str(value)
