"""Where the answer may change as one fact moves: the exact points at which comparisons turn.

Between two neighbouring points every comparison keeps its result, so one sample from each stretch
and each point stand for all values of the fact. `exact` is False when the fact enters through
something that is not piecewise linear (rounding, months, products of itself) or is compared with
another missing fact; the points are then only a hint.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TypeGuard

from remit_dsl import expressions as x
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown
from remit_engine.rules.dependence import mentions

Line = tuple[Fraction, Fraction]
"""slope and constant: slope * fact + constant"""

Bindings = Mapping[str, x.Expression]


@dataclass(slots=True)
class Scan:
    """Collects the points of one fact in the rules it is shown. texts: those it is compared with;
    lists: those it is looked for in."""

    path: tuple[str, ...]
    env: Environment
    points: set[Fraction] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    lists: list[frozenset[str]] = field(default_factory=list)
    exact: bool = True

    def condition(self, e: x.Expression, bound: Bindings | None = None) -> None:
        """Collect from anything that is evaluated, conditions above all."""
        names = bound or {}
        if not self._mentions(e, names):
            return
        match e:
            case x.Compare():
                self._comparison(e, names)
            case x.AllOf() | x.AnyOf() | x.Not():
                for child in x.children(e):
                    self.condition(child, names)
            case x.Contains(item=item) if not item.type.numeric:
                self._list(names[item.name] if _is_bound(item, names) else item, e.collection)
            case x.IsGiven() | x.Fact() | x.Variable():
                pass
            case x.DefinitionValue():
                self.condition(self.env.model.program.definitions[e.name].value)
            case x.Choose() if e.type.kind == "boolean":
                for child in x.children(e):
                    self.condition(child, names)
            case x.TableLookup() | x.Choose() | x.BandLookup():
                self.lines(e, names)
            case x.HoldsPosition() | x.ReportsTo():
                self.exact = False
            case _:
                self.exact = False

    @property
    def words(self) -> set[str]:
        """Texts that stand for all: those compared, and of those that are only looked for one for
        each choice of lists it stands in."""
        alike = {
            tuple(word in words for words in self.lists): word
            for words in self.lists
            for word in sorted(words - self.texts)
        }
        return self.texts | set(alike.values())

    def comparison(self, left: x.Expression, right: x.Expression) -> None:
        """Collect from two numbers that are compared."""
        if self._mentions(left, {}) or self._mentions(right, {}):
            self._cross(self.lines(left, {}), self.lines(right, {}))

    def ends(self, measure: x.Expression, values: Iterable[Fraction]) -> None:
        """Collect from a measure that is compared with known numbers."""
        if self._mentions(measure, {}):
            self._cross(self.lines(measure, {}), [(Fraction(0), v) for v in values])

    def lines(self, e: x.Expression, names: Bindings) -> list[Line]:
        """The linear pieces a number may be on."""
        if not self._mentions(e, names):
            return self._constant(e, names)
        match e:
            case x.Fact():
                return [(Fraction(1), Fraction(0))]
            case x.Variable():
                return self.lines(names[e.name], {})
            case x.DefinitionValue():
                return self.lines(self.env.model.program.definitions[e.name].value, {})
            case x.Negate():
                return [(-a, -c) for a, c in self.lines(e.operand, names)]
            case x.Absolute():
                inner = self.lines(e.operand, names)
                self._cross(inner, [(Fraction(0), Fraction(0))])
                return [*inner, *((-a, -c) for a, c in inner)]
            case x.Arithmetic():
                return self._arithmetic(e, names)
            case x.Extremum():
                return self._extremum(e, names)
            case x.Choose():
                self.condition(e.condition, names)
                return self.lines(e.then, names) + self.lines(e.otherwise, names)
            case x.BandLookup():
                return self._bands(e, names)
            case x.TableLookup():
                return self._table(e, names)
            case x.DateDifference(unit="days"):
                start, end = self.lines(e.start, names), self.lines(e.end, names)
                return [(b - a, d - c) for (a, c), (b, d) in itertools.product(start, end)]
            case x.Fallback():
                return self.lines(e.operand, names) + self.lines(e.fallback, names)
        self.exact = False
        return []

    def _mentions(self, e: x.Expression, names: Bindings) -> bool:
        if isinstance(e, x.Variable) and e.name in names:
            return self._mentions(names[e.name], {})
        if mentions(e, self.path, self.env.model.program):
            return True
        return any(self._mentions(c, names) for c in x.children(e)) if names else False

    def _constant(self, e: x.Expression, names: Bindings) -> list[Line]:
        if isinstance(e, x.Variable):
            return self._constant(names[e.name], {}) if e.name in names else self._inexact()
        value = evaluate(e, self.env) if not _has_variable(e) else None
        if isinstance(value, Unknown):
            return self._inexact() if value.missing else []
        if isinstance(value, date):
            return [(Fraction(0), Fraction(value.toordinal()))]
        return [(Fraction(0), value)] if isinstance(value, Fraction) else self._inexact()

    def _inexact(self) -> list[Line]:
        self.exact = False
        return []

    def _cross(self, left: Iterable[Line], right: Iterable[Line]) -> None:
        for (a, c), (b, d) in itertools.product(left, list(right)):
            if a != b:
                self.points.add((d - c) / (a - b))

    def _comparison(self, e: x.Compare, names: Bindings) -> None:
        if e.left.type.numeric or e.left.type.kind == "date":
            self._cross(self.lines(e.left, names), self.lines(e.right, names))
        else:
            self._texts(e.left)
            self._texts(e.right)

    def _list(self, item: x.Expression, collection: x.Expression) -> None:
        if not isinstance(item, x.Fact):
            self.exact = False
        elif isinstance(collection, x.Constant) and isinstance(collection.value, frozenset):
            self.lists.append(frozenset(v for v in collection.value if isinstance(v, str)))
        else:
            self._texts(collection)

    def _texts(self, e: x.Expression) -> None:
        if isinstance(e, x.Constant):
            values = e.value if isinstance(e.value, frozenset) else {e.value}
            self.texts.update(v for v in values if isinstance(v, str))
        elif not isinstance(e, x.Fact):
            self.exact = False
        elif e.path != self.path:
            value = evaluate(e, self.env)
            if isinstance(value, str):
                self.texts.add(value)
            else:
                self.exact = False

    def _arithmetic(self, e: x.Arithmetic, names: Bindings) -> list[Line]:
        left, right = self.lines(e.left, names), self.lines(e.right, names)
        pairs = list(itertools.product(left, right))
        match e.operator:
            case "+":
                return [(a + b, c + d) for (a, c), (b, d) in pairs]
            case "-":
                return [(a - b, c - d) for (a, c), (b, d) in pairs]
            case "*" if all(a == 0 or b == 0 for (a, _), (b, _) in pairs):
                return [(a * d + b * c, c * d) for (a, c), (b, d) in pairs]
            case "/" if all(b == 0 and d != 0 for _, (b, d) in pairs):
                return [(a / d, c / d) for (a, c), (_, d) in pairs]
        return self._inexact()

    def _extremum(self, e: x.Extremum, names: Bindings) -> list[Line]:
        groups = [self.lines(o, names) for o in e.operands]
        for one, other in itertools.combinations(groups, 2):
            self._cross(one, other)
        return [line for group in groups for line in group]

    def _bands(self, e: x.BandLookup, names: Bindings) -> list[Line]:
        operand = self.lines(e.operand, names)
        found: list[Line] = []
        for row in e.rows:
            if row.bound is not None:
                self._cross(operand, self.lines(row.bound, names))
            found += self.lines(row.value, names) if row.value.type.numeric else []
        return found

    def _table(self, e: x.TableLookup, names: Bindings) -> list[Line]:
        table = self.env.model.program.tables[e.name]
        inner = {c.name: a for c, a in zip(table.columns, e.arguments, strict=True)}
        if names:
            self.exact = False
        found: list[Line] = []
        for row in table.rows:
            for condition in row.conditions:
                self.condition(condition, inner)
            found += self.lines(row.value, inner) if row.value.type.numeric else []
        if table.hit == "collect":
            self.exact = False
        return found


def _is_bound(e: x.Expression, names: Bindings) -> TypeGuard[x.Variable]:
    return isinstance(e, x.Variable) and e.name in names


def _has_variable(e: x.Expression) -> bool:
    return isinstance(e, x.Variable) or any(_has_variable(c) for c in x.children(e))


def samples(points: Iterable[Fraction], whole: bool = False) -> list[Fraction]:
    """Each point and one number from each stretch between and beyond; whole numbers if asked."""
    ordered = sorted(points)
    if not ordered:
        return [Fraction(0)]
    if whole:
        near = {Fraction(n) for p in ordered for n in (p.__floor__(), p.__ceil__())}
        return sorted({n + d for n in near for d in (-1, 0, 1)})
    between = [(a + b) / 2 for a, b in itertools.pairwise(ordered)]
    return sorted({ordered[0] - 1, *ordered, *between, ordered[-1] + 1})
