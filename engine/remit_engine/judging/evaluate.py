"""The naive meaning of expressions: exact values, or `Unknown`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, cast

from remit_dsl import expressions as x
from remit_dsl.program import DatedValue, Enum, Table
from remit_engine import calendar
from remit_engine.judging.unknown import (
    Truth,
    Unknown,
    conjunction,
    disjunction,
    fault,
    merged,
    missing,
    negation,
)
from remit_engine.people.organisation import reports_to
from remit_engine.people.party import Party
from remit_engine.rounding import rounded
from remit_engine.rules.ir import Model

Within = Callable[[str | None, str | None], bool]


@dataclass(frozen=True, slots=True)
class Environment:
    """Where an expression is read: facts by root name (with `actor`, `requester`, `as_of`), the
    elements of aggregates and the columns of tables by name (value, path shown), and the units."""

    model: Model
    as_of: date
    facts: Mapping[str, Any]
    within: Within
    variables: Mapping[str, tuple[Any, str]]

    def outside(self) -> Environment:
        """The same without variables: where definitions and parameters are read."""
        return replace(self, variables={}) if self.variables else self

    def binding(self, name: str, value: Any, path: str) -> Environment:
        """The same with one more variable."""
        return replace(self, variables={**self.variables, name: (value, path)})


def evaluate(e: x.Expression, env: Environment) -> Any:
    """The value of an expression; Unknown when facts are missing or something is at fault."""
    return _EVALUATORS[type(e)](e, env)


def truth(e: x.Expression, env: Environment) -> Truth:
    """The value of a condition."""
    return cast(Truth, evaluate(e, env))


# --- where values come from ----------------------------------------------------------------


def follow(value: Any, path: tuple[str, ...], shown: str) -> Any:
    """Follow a path; Unknown when a step is missing, None when it ends in a fact given absent."""
    for step in path:
        if value is None or isinstance(value, Unknown):
            break
        found = value.attributes if isinstance(value, Party) else value
        if step not in found:
            return missing(shown)
        value = found[step]
    return value


def _fact(e: x.Fact, env: Environment) -> Any:
    value = follow(env.facts, e.path, ".".join(e.path))
    return missing(".".join(e.path)) if value is None else value


def _variable(e: x.Variable, env: Environment) -> Any:
    value, shown = env.variables[e.name]
    shown = ".".join((shown, *e.path))
    value = follow(value, e.path, shown)
    return missing(shown) if value is None else value


def _is_given(e: x.IsGiven, env: Environment) -> Truth:
    match e.operand:
        case x.Fact(path=path):
            value = follow(env.facts, path, ".".join(path))
        case x.Variable(name=name, path=path):
            root, shown = env.variables[name]
            value = follow(root, path, ".".join((shown, *path)))
    return value if isinstance(value, Unknown) else value is not None


def _fallback(e: x.Fallback, env: Environment) -> Any:
    given = _is_given(x.IsGiven(e.span, e.type, e.operand), env)
    if given is False:
        return evaluate(e.fallback, env)
    return given if isinstance(given, Unknown) else evaluate(e.operand, env)


def value_in_force(values: tuple[DatedValue, ...], day: date) -> DatedValue | None:
    """The dated value that holds on a day: the last one begun, unless it has ended."""
    found = None
    for value in values:
        if value.start is None or value.start <= day:
            found = value
    return None if found is None or (found.until and found.until <= day) else found


def _parameter(e: x.ParameterValue, env: Environment) -> Any:
    parameter = env.model.program.parameters[e.name]
    found = value_in_force(parameter.values, env.as_of)
    if found is None:
        return fault("not in force", e.name, parameter.span)
    if found.value is None:
        return fault("unset", e.name, found.span)
    return evaluate(found.value, env.outside())


def _definition(e: x.DefinitionValue, env: Environment) -> Any:
    return evaluate(env.model.program.definitions[e.name].value, env.outside())


def _exchanged(e: x.Exchanged, env: Environment) -> Any:
    amount = evaluate(e.operand, env)
    exchange = env.model.program.exchanges.get((e.base, e.quote))
    found = value_in_force(exchange.values, env.as_of) if exchange else None
    if found is None or found.value is None:
        return merged([amount, fault("no rate", f"{e.base} to {e.quote}", e.span)])
    rate = evaluate(found.value, env.outside())
    return _both(amount, rate, lambda a, b: a * b)


# --- numbers -------------------------------------------------------------------------------


def _both(a: Any, b: Any, then: Callable[[Any, Any], Any]) -> Any:
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return merged((a, b))
    return then(a, b)


def _arithmetic(e: x.Arithmetic, env: Environment) -> Any:
    chain: list[x.Arithmetic] = []  # a long sum leans to the left: walk it, do not recurse
    first: x.Expression = e
    while isinstance(first, x.Arithmetic):
        chain.append(first)
        first = first.left
    value = evaluate(first, env)
    for link in reversed(chain):
        value = _operate(link, value, evaluate(link.right, env))
    return value


def _operate(e: x.Arithmetic, left: Any, right: Any) -> Any:
    if e.operator == "/" and right == 0:
        return merged((left, fault("division by zero", "/", e.span)))
    return _both(left, right, _ARITHMETIC[e.operator])


def _negate(e: x.Negate, env: Environment) -> Any:
    value = evaluate(e.operand, env)
    return value if isinstance(value, Unknown) else -value


def _absolute(e: x.Absolute, env: Environment) -> Any:
    value = evaluate(e.operand, env)
    return value if isinstance(value, Unknown) else abs(value)


def _extremum(e: x.Extremum, env: Environment) -> Any:
    values = [evaluate(o, env) for o in e.operands]
    if any(isinstance(v, Unknown) for v in values):
        return merged(values)
    return min(values) if e.function == "min" else max(values)


def _round(e: x.Round, env: Environment) -> Any:
    value = evaluate(e.operand, env)
    return value if isinstance(value, Unknown) else rounded(value, e.mode, e.step)


# --- conditions ----------------------------------------------------------------------------


def _compare(e: x.Compare, env: Environment) -> Truth:
    compare = _COMPARISON[e.operator]
    return cast(Truth, _both(evaluate(e.left, env), evaluate(e.right, env), compare))


def _all_of(e: x.AllOf, env: Environment) -> Truth:
    return conjunction(truth(o, env) for o in e.operands)


def _any_of(e: x.AnyOf, env: Environment) -> Truth:
    return disjunction(truth(o, env) for o in e.operands)


def _not(e: x.Not, env: Environment) -> Truth:
    return negation(truth(e.operand, env))


def _contains(e: x.Contains, env: Environment) -> Truth:
    def inside(item: Any, collection: Any) -> bool:
        tree = env.model.program.enums.get(e.item.type.name or "")
        return any(member in collection for member in _lineage(tree, item))

    return cast(Truth, _both(evaluate(e.item, env), evaluate(e.collection, env), inside))


def _lineage(tree: Enum | None, item: Any) -> tuple[Any, ...]:
    return tree.lineage(item) if tree is not None and item in tree.members else (item,)


def _reports(e: x.ReportsTo, env: Environment) -> Truth:
    below, above = evaluate(e.subordinate, env), evaluate(e.superior, env)
    return cast(
        Truth,
        _both(below, above, lambda b, a: reports_to(b, a, e.direct, env.model, env.within)),
    )


def _holds(e: x.HoldsPosition, env: Environment) -> Truth:
    person = evaluate(e.person, env)
    if isinstance(person, Unknown):
        return person
    if isinstance(person, str):
        return person == e.position
    return e.position in person.barred


def _choose(e: x.Choose, env: Environment) -> Any:
    condition = truth(e.condition, env)
    if isinstance(condition, Unknown):
        then, otherwise = evaluate(e.then, env), evaluate(e.otherwise, env)
        same = not isinstance(then, Unknown) and then == otherwise
        return then if same else merged((condition, then, otherwise))
    return evaluate(e.then if condition else e.otherwise, env)


# --- lists, bands, tables ------------------------------------------------------------------


def _aggregate(e: x.Aggregate, env: Environment) -> Any:
    items = evaluate(e.over, env)
    if isinstance(items, Unknown):
        return items
    shown = ".".join(e.over.path) if isinstance(e.over, x.Fact) else e.variable
    inner = [env.binding(e.variable, item, f"{shown}[{i}]") for i, item in enumerate(items)]
    tests: list[Truth] = [True if e.where is None else truth(e.where, i) for i in inner]
    match e.function:
        case "any":
            return disjunction(tests)
        case "all":
            return conjunction(tests)
    if any(isinstance(t, Unknown) for t in tests):
        return merged(tests)
    chosen = [i for i, t in zip(inner, tests, strict=True) if t is True]
    if e.function == "count":
        return Fraction(len(chosen))
    if e.body is None:
        raise TypeError(f"{e.function} without a body")
    return _collected(e, [evaluate(e.body, i) for i in chosen])


def _collected(e: x.Aggregate, values: list[Any]) -> Any:
    if any(isinstance(v, Unknown) for v in values):
        return merged(values)
    if e.function == "sum":
        return sum(values, Fraction(0))
    if not values:
        return fault("empty list", e.function, e.span)
    if e.function == "average":
        return sum(values, Fraction(0)) / len(values)
    return min(values) if e.function == "min" else max(values)


def _bands(e: x.BandLookup, env: Environment) -> Any:
    value = evaluate(e.operand, env)
    if isinstance(value, Unknown):
        return value
    for row in e.rows:
        if row.bound is None:
            return evaluate(row.value, env)
        bound = evaluate(row.bound, env)
        if isinstance(bound, Unknown):
            return bound
        if value < bound or (row.side == "up to" and value == bound):
            return evaluate(row.value, env)
    return fault("no row", "bands", e.span)


def _table(e: x.TableLookup, env: Environment) -> Any:
    table = env.model.program.tables[e.name]
    inner = env.outside()
    for column, argument in zip(table.columns, e.arguments, strict=True):
        shown = ".".join(argument.path) if isinstance(argument, x.Fact) else column.name
        inner = inner.binding(column.name, evaluate(argument, env), shown)
    return table_value(table, inner, e)


def table_value(table: Table, env: Environment, e: x.Expression) -> Any:
    """The value of a table whose columns are bound as variables."""
    hits: list[Any] = []
    for row in table.rows:
        matched = conjunction(truth(c, env) for c in row.conditions)
        if isinstance(matched, Unknown):
            return matched
        if matched:
            hits.append(row)
            if table.hit == "first":
                break
    if table.hit == "unique" and len(hits) > 1:
        return fault("several rows", table.name, e.span)
    if table.hit == "collect":
        if table.aggregation == "count":
            return Fraction(len(hits))
        values = [evaluate(row.value, env) for row in hits]
        function = table.aggregation or "sum"
        if not values and function != "sum":
            return fault("no row", table.name, e.span)
        return _collected(x.Aggregate(e.span, e.type, function, "", e, None, None), values)
    return evaluate(hits[0].value, env) if hits else fault("no row", table.name, e.span)


# --- dates ---------------------------------------------------------------------------------


def _date_difference(e: x.DateDifference, env: Environment) -> Any:
    def difference(start: date, end: date) -> Fraction:
        days = e.unit == "days"
        return Fraction((end - start).days if days else calendar.whole_months(start, end))

    return _both(evaluate(e.start, env), evaluate(e.end, env), difference)


def _period_edge(e: x.PeriodEdge, env: Environment) -> Any:
    day = evaluate(e.operand, env)
    if isinstance(day, Unknown):
        return day
    edge = calendar.period_start if e.edge == "start" else calendar.period_end
    try:
        return edge(day, e.unit)
    except OverflowError:
        return fault("date out of range", "date", e.span)


def _add_to_date(e: x.AddToDate, env: Environment) -> Any:
    def add(day: date, amount: Fraction) -> Any:
        try:
            count = e.sign * int(amount)
            if e.month_rule is None:
                return day + timedelta(days=count)
            return calendar.add_months(day, count, e.month_rule)
        except OverflowError:
            return fault("date out of range", "date", e.span)

    return _both(evaluate(e.date, env), evaluate(e.duration, env), add)


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_COMPARISON: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EVALUATORS: dict[type, Callable[[Any, Environment], Any]] = {
    x.Constant: lambda e, env: e.value,
    x.Fact: _fact,
    x.Variable: _variable,
    x.ParameterValue: _parameter,
    x.DefinitionValue: _definition,
    x.TableLookup: _table,
    x.Negate: _negate,
    x.Arithmetic: _arithmetic,
    x.Extremum: _extremum,
    x.Absolute: _absolute,
    x.Compare: _compare,
    x.Contains: _contains,
    x.AllOf: _all_of,
    x.AnyOf: _any_of,
    x.Not: _not,
    x.IsGiven: _is_given,
    x.ReportsTo: _reports,
    x.HoldsPosition: _holds,
    x.Choose: _choose,
    x.Aggregate: _aggregate,
    x.BandLookup: _bands,
    x.DateDifference: _date_difference,
    x.PeriodEdge: _period_edge,
    x.AddToDate: _add_to_date,
    x.Round: _round,
    x.Exchanged: _exchanged,
    x.Fallback: _fallback,
}
