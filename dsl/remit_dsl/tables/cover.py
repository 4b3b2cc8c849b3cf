"""What a table cell covers: a finite set of values, or stretches of a line, exactly.

A stretch is half open between two cuts. A cut is a value and a side: `(v, 0)` lies just before v
and `(v, 1)` just after it, so that `up to v` ends at `(v, 1)`, `under v` at `(v, 0)`, and the
point v itself is the stretch between the two. Whole numbers and dates have no values between
two neighbours, and are cut only before a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from remit_dsl.expressions import AnyOf, Compare, Constant, Contains, Expression
from remit_dsl.program import Enum
from remit_dsl.scope.world import World
from remit_dsl.types import Type

Cut = tuple[Fraction, int]
Stretch = tuple[Cut | None, Cut | None]
"""From a cut (None: no lower end) until a cut (None: no upper end)."""
DISCRETE = frozenset({"integer", "date"})


@dataclass(frozen=True, slots=True)
class Cover:
    """kind: any, values (or all but `values` when `outside`), line, unknown."""

    kind: str
    values: frozenset[str | bool] = frozenset()
    outside: bool = False
    stretches: tuple[Stretch, ...] = ()

    def complement(self) -> Cover:
        """Everything else."""
        if self.kind == "values":
            return Cover("values", self.values, not self.outside)
        if self.kind == "line":
            return Cover("line", stretches=_gaps(self.stretches))
        return self


ANYTHING = Cover("any")
UNPROVABLE = Cover("unknown")


def value_cover(world: World, e: Expression, type_: Type) -> Cover:
    """What `column in values` covers, read off the checked condition."""
    match e:
        case Contains(collection=Constant(value=frozenset() as values)):
            enum = world.enums.get(type_.name or "")
            members = _at_or_below(enum, values) if enum else values
            return Cover("values", frozenset(members))
        case Compare(right=Constant(value=bool() as value)):
            return Cover("values", frozenset({value}))
        case Compare(right=Constant(value=value)):
            return _points([value], type_)
        case AnyOf(operands=tests):
            ends = [t.right.value for t in tests if isinstance(t, Compare) and _known(t.right)]  # type: ignore[attr-defined]
            if len(ends) < len(tests):
                return UNPROVABLE
            if type_.kind == "boolean":
                return Cover("values", frozenset(ends))
            return _points(ends, type_)
    return UNPROVABLE


def _known(e: Expression) -> bool:
    return isinstance(e, Constant)


def _at_or_below(enum: Enum, values: frozenset[str]) -> set[str]:
    return {m for m in enum.members if values.intersection(enum.lineage(m))}


def _points(values: list[object], type_: Type) -> Cover:
    ends = sorted({scalar(v) for v in values})
    return Cover("line", stretches=tuple((before(v), after(v, type_)) for v in ends))


def bound_cover(side: str, value: Expression, high: Expression | None, type_: Type) -> Cover:
    """What `up to 5`, `between 1 and 5` … cover."""
    if not isinstance(value, Constant) or not (high is None or isinstance(high, Constant)):
        return UNPROVABLE
    low = scalar(value.value)
    match side:
        case "under":
            stretch: Stretch = (None, before(low))
        case "up to":
            stretch = (None, after(low, type_))
        case "over":
            stretch = (after(low, type_), None)
        case "at least":
            stretch = (before(low), None)
        case _ if high is not None:
            stretch = (before(low), after(scalar(high.value), type_))
        case _:
            return UNPROVABLE
    return Cover("line", stretches=(stretch,))


def scalar(value: object) -> Fraction:
    """A number or date as a number."""
    if isinstance(value, date):
        return Fraction(value.toordinal())
    assert isinstance(value, Fraction)
    return value


def before(value: Fraction) -> Cut:
    """The cut just before a value."""
    return (value, 0)


def after(value: Fraction, type_: Type) -> Cut:
    """The cut just after a value: before the next one when there is a next one."""
    return (value + 1, 0) if type_.kind in DISCRETE else (value, 1)


def _gaps(stretches: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """What sorted, disjoint stretches leave out."""
    found: list[Stretch] = []
    at: Cut | None = None
    open_below = True
    for low, high in stretches:
        if low is not None and (open_below or at != low):
            found.append((None if open_below else at, low))
        at, open_below = high, False
        if high is None:
            return tuple(found)
    found.append((at, None))
    return tuple(found)
