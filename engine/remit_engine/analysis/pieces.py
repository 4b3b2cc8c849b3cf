"""Values in pieces: where a condition is true, what a number or a symbol is and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from remit_dsl import expressions as x
from remit_engine.analysis.formula import Formula, every, negated, some
from remit_engine.analysis.linear import Linear

Names = Mapping[str, x.Expression]
NO_NAMES: Names = {}


@dataclass(frozen=True, slots=True)
class Truth:
    """Where a condition is true and where it is false."""

    true: Formula
    false: Formula

    @property
    def settled(self) -> bool:
        """True when it is always one of the two."""
        return self.false == negated(self.true)


@dataclass(frozen=True, slots=True)
class Piece:
    """The value is `form` where `guard` holds; pieces of one number exclude one another."""

    guard: Formula
    form: Linear


@dataclass(frozen=True, slots=True)
class Symbol:
    """The value is the constant, or that of the column, where `guard` holds."""

    guard: Formula
    constant: str | bool | None
    column: str | None = None


def number(value: object) -> Fraction:
    """A number, or a date by its ordinal."""
    if isinstance(value, date):
        return Fraction(value.toordinal())
    if isinstance(value, Fraction):
        return value
    raise TypeError(f"not a number: {value!r}")


def replace_guard(s: Symbol, more: Formula) -> Symbol:
    """The same symbol under one more condition."""
    return Symbol(every(s.guard, more), s.constant, s.column)


def settled(met: list[Symbol], every_symbol: list[Symbol]) -> Truth:
    """True where a symbol met its test, false where it has a value and did not."""
    true = some(*(s.guard for s in met))
    false = some(
        *(every(s.guard, negated(m.guard)) for s, m in zip(every_symbol, met, strict=True))
    )
    return Truth(true, false)
