"""Whether an expression can only grow with the credit, seen from its form alone.

A credit from zero on is meant. `Growth(rising, positive)`: rising, it never falls while the credit
grows; positive, it is never below zero. A constant is rising as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from remit_dsl import expressions as x
from remit_dsl.pay import Scale
from remit_dsl.program import Program
from remit_engine.judging.evaluate import value_in_force


@dataclass(frozen=True, slots=True)
class Growth:
    """rising, falling: never the other way; both: it does not change. positive: never below 0."""

    rising: bool
    falling: bool
    positive: bool

    @property
    def constant(self) -> bool:
        """True when the credit does not matter."""
        return self.rising and self.falling


UNKNOWN = Growth(False, False, False)
CREDIT = Growth(True, False, True)
FIXED_POSITIVE = Growth(True, True, True)
FIXED = Growth(True, True, False)
Names = Mapping[str, Growth]


def growth(e: x.Expression, names: Names, program: Program, day: date) -> Growth:
    """How an expression goes with the credit. names: of the facts that hang on it or are known to
    be positive; every other fact is constant, of any sign."""
    return _Reader(names, program, day).read(e)


def scale_growth(scale: Scale, names: Names, program: Program, day: date) -> Growth:
    """The same for a scale with bounds above zero."""
    reader = _Reader(names, program, day)
    base = CREDIT if scale.base is None else reader.read(scale.base)
    rates = [reader.read(t.rate) for t in scale.tiers]
    if not (base.rising and base.positive) or not all(r.constant and r.positive for r in rates):
        return UNKNOWN
    if scale.kind == "marginal" or _ascending([t.rate for t in scale.tiers]):
        return CREDIT
    return UNKNOWN


def _ascending(values: list[x.Expression]) -> bool:
    known = [v.value for v in values if isinstance(v, x.Constant)]
    return len(known) == len(values) and all(
        isinstance(a, Fraction) and isinstance(b, Fraction) and a <= b for a, b in pairwise(known)
    )


class _Reader:
    def __init__(self, names: Names, program: Program, day: date) -> None:
        self._names, self._program, self._day = names, program, day

    def read(self, e: x.Expression) -> Growth:
        """How one expression goes."""
        by_kind: dict[type, Callable[[x.Expression], Growth]] = {
            x.Constant: self._constant,
            x.Fact: self._fact,
            x.ParameterValue: self._parameter,
            x.DefinitionValue: self._definition,
            x.TableLookup: self._table,
            x.Negate: self._negate,
            x.Arithmetic: self._arithmetic,
            x.Extremum: self._extremum,
            x.Round: self._round,
            x.BandLookup: self._bands,
            x.Fallback: self._fallback,
        }
        return by_kind.get(type(e), self._other)(e)

    def _constant(self, e: x.Expression) -> Growth:
        value = e.value if isinstance(e, x.Constant) else None
        return Growth(True, True, isinstance(value, Fraction) and value >= 0)

    def _fact(self, e: x.Expression) -> Growth:
        name = e.path[0] if isinstance(e, x.Fact) else ""
        return self._names.get(name, FIXED)

    def _parameter(self, e: x.Expression) -> Growth:
        name = e.name if isinstance(e, x.ParameterValue) else ""
        found = value_in_force(self._program.parameters[name].values, self._day)
        return FIXED if found is None or found.value is None else self.read(found.value)

    def _definition(self, e: x.Expression) -> Growth:
        name = e.name if isinstance(e, x.DefinitionValue) else ""
        return self.read(self._program.definitions[name].value)

    def _table(self, e: x.Expression) -> Growth:
        if not isinstance(e, x.TableLookup) or not all(self.read(a).constant for a in e.arguments):
            return UNKNOWN
        rows = [self.read(row.value) for row in self._program.tables[e.name].rows]
        return Growth(True, True, all(r.constant and r.positive for r in rows))

    def _negate(self, e: x.Expression) -> Growth:
        inner = self.read(e.operand) if isinstance(e, x.Negate) else UNKNOWN
        return Growth(inner.falling, inner.rising, False)

    def _arithmetic(self, e: x.Expression) -> Growth:
        if not isinstance(e, x.Arithmetic):
            return UNKNOWN
        left, right = self.read(e.left), self.read(e.right)
        match e.operator:
            case "+":
                return Growth(
                    left.rising and right.rising,
                    left.falling and right.falling,
                    left.positive and right.positive,
                )
            case "-":
                return Growth(left.rising and right.falling, left.falling and right.rising, False)
            case "*":
                return _product(left, right)
        if right.constant and right.positive:
            return left
        return Growth(left.constant and right.constant, left.constant and right.constant, False)

    def _extremum(self, e: x.Expression) -> Growth:
        parts = [self.read(o) for o in e.operands] if isinstance(e, x.Extremum) else [UNKNOWN]
        some = any if isinstance(e, x.Extremum) and e.function == "max" else all
        return Growth(
            all(p.rising for p in parts),
            all(p.falling for p in parts),
            some(p.positive for p in parts),
        )

    def _round(self, e: x.Expression) -> Growth:
        return self.read(e.operand) if isinstance(e, x.Round) else UNKNOWN

    def _bands(self, e: x.Expression) -> Growth:
        if not isinstance(e, x.BandLookup):
            return UNKNOWN
        operand = self.read(e.operand)
        parts = [self.read(p) for row in e.rows for p in (row.bound, row.value) if p is not None]
        if not all(p.constant for p in parts):
            return UNKNOWN
        positive = all(self.read(row.value).positive for row in e.rows)
        if operand.constant:
            return Growth(True, True, positive)
        rising = operand.rising and _ascending([row.value for row in e.rows])
        return Growth(rising, False, positive)

    def _fallback(self, e: x.Expression) -> Growth:
        if not isinstance(e, x.Fallback):
            return UNKNOWN
        both = [self.read(e.operand), self.read(e.fallback)]
        constant = all(b.constant for b in both)
        return Growth(constant, constant, all(b.positive for b in both))

    def _other(self, e: x.Expression) -> Growth:
        constant = all(self.read(child).constant for child in x.children(e))
        return Growth(constant, constant, False) if x.children(e) else FIXED


def _product(left: Growth, right: Growth) -> Growth:
    positive = left.positive and right.positive
    if left.constant and right.constant:
        return Growth(True, True, positive)
    for factor, other in ((left, right), (right, left)):
        if factor.constant and factor.positive:
            return Growth(other.rising, other.falling, positive)
    rising = positive and left.rising and right.rising
    return Growth(rising, False, positive)
