"""Bands, tables and dated values as terms of the solver."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from remit_dsl import expressions as x
from remit_dsl.program import DatedValue, Table
from remit_engine.compile.smt_lists import collected
from remit_engine.compile.smt_numbers import combined
from remit_engine.compile.smt_scope import Read, Scope, condition, scalar
from remit_engine.compile.smt_values import (
    Bit,
    Condition,
    Scalar,
    Value,
    every,
    given_only,
    no,
    nothing,
    number,
    select,
    settled,
    some,
    term_of,
)
from remit_engine.compile.unsupported import Unsupported

Matched = tuple[Condition, Value]
"""Whether a row is hit, and its value."""


def bands(e: x.BandLookup, scope: Scope, read: Read) -> Value:
    """The value of the first row whose bound holds; a bound that is unknown ends the search."""
    operand = scalar(e.operand, scope, read)
    found = nothing(e.type)
    for row in reversed(e.rows):
        value = read(row.value, scope)
        if row.bound is None:
            found = value
            continue
        end = scalar(row.bound, scope, read)
        inside = operand.term < end.term if row.side == "under" else operand.term <= end.term
        inside = settled(inside, operand.term, end.term)
        found = given_only(select(inside, value, found, e), end.known)
    return given_only(found, operand.known)


# --- tables ------------------------------------------------------------------------------


def table(e: x.TableLookup, scope: Scope, read: Read) -> Value:
    """The value of the row or rows that are hit."""
    declared = scope.model.program.tables[e.name]
    inner = scope.outside()
    for column, argument in zip(declared.columns, e.arguments, strict=True):
        inner = inner.binding(column.name, read(argument, scope))
    rows = [(_all(row.conditions, inner, read), read(row.value, inner)) for row in declared.rows]
    if declared.hit == "first":
        return _first(rows, e)
    known = every(*(matched.known for matched, _ in rows))
    value = _unique(rows, e) if declared.hit == "unique" else _collected(rows, declared, e)
    return given_only(value, known)


def _all(conditions: Sequence[x.Expression], scope: Scope, read: Read) -> Condition:
    parts = [condition(c, scope, read) for c in conditions]
    return Condition(every(*(p.true for p in parts)), some(*(p.false for p in parts)))


def _first(rows: Sequence[Matched], e: x.TableLookup) -> Value:
    """An unknown row before the hit leaves the value unknown."""
    found = nothing(e.type)
    for matched, value in reversed(rows):
        found = given_only(select(matched.true, value, found, e), matched.known)
    return found


def _unique(rows: Sequence[Matched], e: x.TableLookup) -> Value:
    found, hit, twice = nothing(e.type), False, False
    for matched, value in reversed(rows):
        twice = some(twice, every(hit, matched.true))
        hit = some(hit, matched.true)
        found = select(matched.true, value, found, e)
    return given_only(found, no(twice))


def _collected(rows: Sequence[Matched], declared: Table, e: x.TableLookup) -> Scalar:
    if declared.aggregation == "count":
        ones = [(matched.true, Scalar(True, number(1))) for matched, _ in rows]
        return collected("sum", ones, e.type)
    chosen: list[tuple[Bit, Scalar]] = []
    for matched, value in rows:
        if not isinstance(value, Scalar):
            raise Unsupported(e, "z3")
        chosen.append((matched.true, value))
    return collected(declared.aggregation or "sum", chosen, e.type)


# --- what is dated -----------------------------------------------------------------------


def dated(values: Iterable[DatedValue], e: x.Expression, scope: Scope, read: Read) -> Value:
    """The value in force on the day, the last one begun, as cases over the day; an unset value
    and a day without a value are unknown."""
    found = nothing(e.type)
    for value in values:
        stated = nothing(e.type) if value.value is None else read(value.value, scope.outside())
        stated = given_only(stated, on_day(scope, None, value.until))
        found = select(on_day(scope, value.start, None), stated, found, e)
    return found


def on_day(scope: Scope, start: date | None, until: date | None) -> Bit:
    """Whether the day lies in a half open period."""
    day = scope.facts.as_of
    return every(
        True if start is None else day >= start.toordinal(),
        True if until is None else day < until.toordinal(),
    )


def parameter(e: x.ParameterValue, scope: Scope, read: Read) -> Value:
    """The value of a parameter."""
    return dated(scope.model.program.parameters[e.name].values, e, scope, read)


def exchanged(e: x.Exchanged, scope: Scope, read: Read) -> Scalar:
    """An amount at the rate of the day."""
    amount = scalar(e.operand, scope, read)
    exchange = scope.model.program.exchanges.get((e.base, e.quote))
    rate = dated(exchange.values if exchange else (), e, scope, read)
    if not isinstance(rate, Scalar):
        raise Unsupported(e, "z3")
    return combined("*", amount, rate)


__all__ = ["bands", "dated", "exchanged", "on_day", "parameter", "table", "term_of"]
