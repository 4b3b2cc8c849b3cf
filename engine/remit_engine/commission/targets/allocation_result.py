"""What an allocation gives: cells that add up every way, as first given out and as amended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from remit_dsl.parts import Label
from remit_dsl.source import Span
from remit_engine.commission.basis.periods import Period

Cell = tuple[Period, tuple[str, ...]]
"""A period, and a place in each dimension but time, in the order of `Allocated.axes`: members by
name, people by id. In an allocation without time the period is the year."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A dimension but time. kind: `enum` or `person`. type: the enum's qualified name."""

    name: str
    kind: str
    type: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """What the year came to from a day on: the first day of the year, or that of an amendment.

    kept: what of `amount` lay in the past by then and stayed. cells: the whole year.
    """

    start: date
    amount: Fraction
    kept: Fraction
    source: str | None
    cells: Mapping[Cell, Fraction]
    span: Span


@dataclass(frozen=True, slots=True)
class Allocated:
    """An allocation worked out. cells: the last version; `versions` has them all, by start.

    The cells make `amount`; every sum over some dimensions is the sum of its cells.
    """

    name: str
    label: Label | None
    currency: str | None
    year: int
    step: Fraction
    unit: str
    axes: tuple[Axis, ...]
    periods: tuple[Period, ...]
    versions: tuple[Version, ...]

    @property
    def cells(self) -> Mapping[Cell, Fraction]:
        """The amounts that hold after all amendments."""
        return self.versions[-1].cells

    @property
    def amount(self) -> Fraction:
        """What the year makes after all amendments."""
        return self.versions[-1].amount


def totals(cells: Mapping[Cell, Fraction], depth: int, kind: str | None) -> Mapping[Cell, Fraction]:
    """Sums of cells over all but the first `depth` axes, by periods of a kind (None: the year)."""
    found: dict[Cell, Fraction] = defaultdict(Fraction)
    for (period, places), amount in cells.items():
        found[period.within(kind or "year"), places[:depth]] += amount
    return dict(found)
