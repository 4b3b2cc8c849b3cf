"""What the columns of a space are worth for one request: read by the interpreter's evaluation."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from remit_engine.analysis.columns import CERTAINTY, COMBINED, GIVEN, PRESENCE, TOTAL
from remit_engine.analysis.formula import Atom, Box, Every, Formula
from remit_engine.analysis.grid import Cell
from remit_engine.analysis.sets import Line, ValueSet
from remit_engine.analysis.space import Space
from remit_engine.judging.capacities import cases
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown
from remit_engine.people.directory import Directory
from remit_engine.request import Request

NONE = object()
"""No value: an absent fact, or a value that cannot be computed."""


class Values:
    """The values of the columns of a space for one request."""

    def __init__(self, space: Space, request: Request) -> None:
        self.space = space
        self.request = request
        case = cases(request, request.actor, space.model, Directory.empty())[0]
        self.env = Environment(space.model, request.as_of, case.facts, lambda a, b: True, {})

    def value(self, key: str) -> Any:
        """The value of a column, numbers and dates as fractions; NONE for none."""
        column = self.space.columns[key]
        if column.role == PRESENCE:
            return self._at(key.removeprefix(GIVEN)) is not NONE
        if column.role == CERTAINTY:
            assert column.expression is not None
            return not isinstance(evaluate(column.expression, self.env), Unknown)
        if column.role == COMBINED:
            assert column.form is not None
            terms = [(self.value(k), factor) for k, factor in column.form.terms]
            return NONE if any(v is NONE for v, _ in terms) else sum(v * f for v, f in terms)
        if column.expression is not None:
            found: Any = evaluate(column.expression, self.env)
        elif key.startswith(TOTAL):
            found = self.request.totals[key.removeprefix(TOTAL)]
        else:
            found = self._at(key)
        return _plain(found, column.kind)

    def _at(self, path: str) -> Any:
        found: Any = self.env.facts
        for step in path.split("."):
            found = getattr(found, "attributes", found)
            if found is None or step not in found:
                return NONE
            found = found[step]
        return NONE if found is None else found

    def meets(self, key: str, values: ValueSet) -> bool:
        """The value is there and in the set."""
        value = self.value(key)
        if value is NONE:
            return False
        if isinstance(values, Line):
            return value in values
        return (value in values.members) != values.outside

    def holds(self, f: Formula) -> bool:
        """The formula holds for the request."""
        match f:
            case Atom():
                return self.meets(f.column, f.values)
            case Every():
                return all(self.holds(p) for p in f.parts)
        return any(self.holds(p) for p in f.parts)

    def in_box(self, box: Box) -> bool:
        """The request lies in the box."""
        return all(self.meets(key, values) for key, values in box.items())

    def outside(self, cell: Cell) -> list[str]:
        """The columns in which the request does not lie in the class of a cell."""
        return [k for k, chosen in cell.classes.items() if not self._of_class(k, chosen)]

    def _of_class(self, key: str, chosen: object) -> bool:
        value = self.value(key)
        if value is NONE:  # nothing is said of the value of a fact that is not given
            return GIVEN + key in self.space.columns.by_key
        if isinstance(chosen, tuple):
            return isinstance(value, Fraction) and value in Line((chosen,))
        return value == chosen and isinstance(value, type(chosen))


def _plain(value: Any, kind: str) -> Any:
    if isinstance(value, Unknown) or value is None:
        return NONE
    if isinstance(value, date):
        return Fraction(value.toordinal())
    if kind == "position" and not isinstance(value, str) and value is not NONE:
        return next(iter(value.positions))
    return value
