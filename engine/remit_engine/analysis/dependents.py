"""What depends on a named value, directly and through others, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from remit_dsl.diagnostics import Related
from remit_dsl.expressions import (
    DefinitionValue,
    Exchanged,
    Expression,
    ParameterValue,
    TableLookup,
    walk,
)
from remit_dsl.program import DatedValue, Program
from remit_dsl.scope.qualified import short
from remit_dsl.source import Span
from remit_engine.rules.dependence import read_by
from remit_engine.rules.ir import Model, Period

ALWAYS: Period = (None, None)
MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Dependent:
    """One that needs a value, and the days on which it does.

    name: the value through which others depend in turn; None where nothing can (a rule).
    """

    words: str
    span: Span
    period: Period
    name: str | None = None


Dependents = Mapping[str, tuple[Dependent, ...]]
"""name of a value -> those that read it directly, in the order of the program"""


def dependents(model: Model) -> Dependents:
    """Who reads each parameter, definition, table and rate of exchange."""
    found: dict[str, dict[Dependent, None]] = defaultdict(dict)
    for reader, read in readers(model):
        for part in walk(read):
            name = read_name(part)
            if name is not None:
                found[name][reader] = None
    return {name: tuple(readers) for name, readers in found.items()}


def read_name(e: Expression) -> str | None:
    """The named value an expression stands for."""
    match e:
        case ParameterValue() | DefinitionValue() | TableLookup():
            return e.name
        case Exchanged():
            return rate_name(e.base, e.quote)
    return None


def rate_name(base: str, quote: str) -> str:
    """A rate of exchange as a name: no other value has blanks in it."""
    return f"exchange {base} to {quote}"


def meeting(a: Period, b: Period) -> Period | None:
    """The days in both periods; None when there are none."""
    starts = [p[0] for p in (a, b) if p[0] is not None]
    ends = [p[1] for p in (a, b) if p[1] is not None]
    start, until = max(starts, default=None), min(ends, default=None)
    return None if start and until and until <= start else (start, until)


def reached(name: str, period: Period, known: Dependents) -> list[Dependent]:
    """All that depend on a value within a period, the nearest first, each once with its days."""
    found: dict[tuple[str, Span], Dependent] = {}
    seen: set[tuple[str, Period]] = {(name, period)}
    todo = [(name, period)]
    for at, days in todo:
        for reader in known.get(at, ()):
            shared = meeting(days, reader.period)
            if shared is None:
                continue
            found.setdefault((reader.words, reader.span), replace(reader, period=shared))
            if reader.name is not None and (reader.name, shared) not in seen:
                seen.add((reader.name, shared))
                todo.append((reader.name, shared))
    return list(found.values())


def places(found: list[Dependent]) -> tuple[Related, ...]:
    """Where they stand; of many the first ones, and the last says how many more there are."""
    shown = [Related(d.span, f"{d.words} depends on it") for d in found[:MOST_SHOWN]]
    if len(found) > MOST_SHOWN:
        last = shown[-1]
        more = f"{last.message}, and {len(found) - MOST_SHOWN} more do"
        shown[-1] = replace(last, message=more)
    return tuple(shown)


def named(found: list[Dependent]) -> str:
    """`rule `a` depends`, or `rule `a` and 3 more depend`."""
    rest = len(found) - 1
    return f"{found[0].words} and {rest} more depend" if rest else f"{found[0].words} depends"


# --- who reads what ------------------------------------------------------------------------


def readers(model: Model) -> Iterator[tuple[Dependent, Expression]]:
    """Every expression of the program with the thing that reads it."""
    program = model.program
    yield from _values(program)
    for action in program.actions.values():
        if action.measure is not None:
            words = f"the measure of action `{action.short}`"
            yield Dependent(words, action.span, ALWAYS), action.measure.value
    for rule in model.rules:
        reader = Dependent(f"rule `{rule.id}`", rule.span, (rule.start, rule.until))
        yield from ((reader, e) for e in read_by(rule))
    for delegation in program.delegations:
        if delegation.cap is not None:
            policy = program.policies[delegation.policy]
            words = f"delegation of `{short(delegation.action)}`"
            days = (policy.start, policy.effective_until)
            yield Dependent(words, delegation.span, days), delegation.cap


def _values(program: Program) -> Iterator[tuple[Dependent, Expression]]:
    for parameter in program.parameters.values():
        words = f"parameter `{short(parameter.name)}`"
        yield from _dated(words, parameter.name, parameter.values)
    for exchange in program.exchanges.values():
        name = rate_name(exchange.base, exchange.quote)
        yield from _dated(f"`{name}`", name, exchange.values)
    for definition in program.definitions.values():
        words = f"definition `{short(definition.name)}`"
        yield Dependent(words, definition.span, ALWAYS, definition.name), definition.value
    for table in program.tables.values():
        reader = Dependent(f"table `{short(table.name)}`", table.span, ALWAYS, table.name)
        for row in table.rows:
            yield from ((reader, e) for e in (*row.conditions, row.value))


def _dated(
    words: str, name: str, values: tuple[DatedValue, ...]
) -> Iterator[tuple[Dependent, Expression]]:
    for value, period in dated(values):
        if value.value is not None:
            yield Dependent(words, value.span, period, name), value.value


def dated(values: tuple[DatedValue, ...]) -> Iterator[tuple[DatedValue, Period]]:
    """Each dated value with the days on which it holds: until its end, or the next begins."""
    for value, after in zip_longest(values, values[1:]):
        yield value, (value.start, _first(value.until, after.start if after else None))


def _first(a: date | None, b: date | None) -> date | None:
    return min(a, b) if a and b else a or b
