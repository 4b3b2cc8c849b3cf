"""Values that were evaluated before, as columns of whole numbers over one denominator."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from remit_engine.commission.batch.whole import NARROW, Ratio, TooWide, Whole, literal
from remit_engine.warehouse.warehouse import BIGINT, TEXT

COMMON = 10**15
"""The largest common denominator of a column."""


@dataclass(frozen=True, slots=True)
class Known:
    """One column. per_unit: numbers are whole multiples of 1/per_unit. nullable: at fault in some
    row; otherwise the rows' values lie within [low, high]."""

    name: str
    kind: str  # number, boolean, text
    per_unit: int
    low: int
    high: int
    nullable: bool

    @classmethod
    def of(cls, name: str, values: Iterable[Any], per_unit: int = 1) -> Known:
        """The column that holds these values. Raises TooWide.

        per_unit: the denominator it should have at least."""
        some = set(values)
        nullable = None in some
        some.discard(None)
        if any(isinstance(v, str) for v in some):
            return cls(name, "text", 1, 0, 0, nullable)
        if any(isinstance(v, bool) for v in some):
            return cls(name, "boolean", 1, 0, 1, nullable)
        numbers = [v for v in some if isinstance(v, (Fraction, int))]
        if len(numbers) != len(some):
            raise TooWide
        common = math.lcm(per_unit, *{v.denominator for v in numbers})
        whole = [int(v * common) for v in numbers] or [0]
        if common > COMMON or max(map(abs, whole)) > NARROW:
            raise TooWide
        return cls(name, "number", common, min(whole), max(whole), nullable)

    @property
    def type(self) -> str:
        """Its type in a warehouse."""
        return TEXT if self.kind == "text" else BIGINT

    def cell(self, value: Any) -> Any:
        """A value as it stands in a row."""
        if value is None or self.kind == "text":
            return value
        return int(value * self.per_unit)

    def whole(self, prefix: str = "") -> Whole:
        """The column as a whole number."""
        return Whole(f"{prefix}{self.name}", self.low, self.high)

    def ratio(self, prefix: str = "") -> Ratio:
        """The column as a number."""
        same = self.low == self.high and not self.nullable
        over = literal(self.low) if same else self.whole(prefix)
        return Ratio(over, literal(self.per_unit))

    def condition(self, prefix: str = "") -> str:
        """A boolean as a condition."""
        return f"({prefix}{self.name} = 1)"


def columns(prefix: str, rows: Sequence[tuple[Any, ...]], width: int) -> list[Known]:
    """A column for each place of the rows."""
    return [Known.of(f"{prefix}{i}", (row[i] for row in rows)) for i in range(width)]
