"""The rows of tables that give a value on the way to an answer."""

from __future__ import annotations

from collections.abc import Iterator

from remit_dsl import expressions as x
from remit_dsl.program import TableRow
from remit_engine.engine import Engine
from remit_engine.judging.evaluate import Environment, evaluate, truth, value_in_force
from remit_engine.judging.unknown import Unknown, conjunction
from remit_engine.request import Request
from remit_engine.rules.dependence import read_by
from remit_engine.rules.ir import GRANT
from remit_engine.suite.boundaries import environment


def reached_rows(request: Request, engine: Engine) -> Iterator[TableRow]:
    """The rows met in the measure and in every rule that speaks about the actor."""
    env = environment(request, engine)
    rules = engine.model.actions[request.action]
    measure = rules.action.measure
    if measure is not None:
        yield from _met(measure.value, env)
    for rule in rules.rules:
        asked = request.verb in rule.verbs and rule.in_force(request.as_of)
        if asked and (rule.kind != GRANT or rule.concerns(request.actor.positions)):
            for expression in read_by(rule):
                yield from _met(expression, env)


def _met(e: x.Expression, env: Environment) -> Iterator[TableRow]:
    match e:
        case x.TableLookup():
            yield from _rows(e, env)
        case x.DefinitionValue():
            yield from _met(env.model.program.definitions[e.name].value, env.outside())
        case x.ParameterValue():
            found = value_in_force(env.model.program.parameters[e.name].values, env.as_of)
            if found is not None and found.value is not None:
                yield from _met(found.value, env.outside())
        case x.Choose():
            yield from _met(e.condition, env)
            chosen = truth(e.condition, env)
            if not isinstance(chosen, Unknown):
                yield from _met(e.then if chosen else e.otherwise, env)
        case x.Aggregate():
            yield from _each(e, env)
        case _:
            for below in x.children(e):
                yield from _met(below, env)


def _each(e: x.Aggregate, env: Environment) -> Iterator[TableRow]:
    """Rows met for each element of a list."""
    yield from _met(e.over, env)
    items = evaluate(e.over, env)
    for item in () if isinstance(items, Unknown) else items:
        inner = env.binding(e.variable, item, e.variable)
        for below in (e.where, e.body):
            if below is not None:
                yield from _met(below, inner)


def _rows(e: x.TableLookup, env: Environment) -> Iterator[TableRow]:
    table = env.model.program.tables[e.name]
    inner = env.outside()
    for column, argument in zip(table.columns, e.arguments, strict=True):
        yield from _met(argument, env)
        inner = inner.binding(column.name, evaluate(argument, env), column.name)
    for row in table.rows:
        if conjunction(truth(c, inner) for c in row.conditions) is True:
            yield row
            yield from _met(row.value, inner)
            if table.hit == "first":
                return
