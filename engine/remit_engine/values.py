"""A definition, table or parameter on its own, computed from facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.program import Field
from remit_dsl.types import Type
from remit_engine.explanation.reason import fault_text
from remit_engine.explanation.trace import leaves
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown
from remit_engine.people.directory import Directory
from remit_engine.rules.ir import Model
from remit_engine.text import value_text


@dataclass(frozen=True, slots=True)
class ValueAnswer:
    """value is None when facts are missing or a fault stands in the way. trace: what was read,
    by name, as text."""

    name: str
    type: str
    value: Any
    text: str
    missing: tuple[str, ...]
    faults: tuple[str, ...]
    trace: tuple[tuple[str, str], ...]
    as_of: date
    file: str
    line: int


def _expression(name: str, model: Model) -> x.Expression:
    program = model.program
    found = [
        n
        for n in model.names.get(name, ())
        if n in program.definitions or n in program.tables or n in program.parameters
    ]
    if not found:
        raise KeyError(name)
    if len(found) > 1:
        raise ValueError(f"`{name}` may be " + " or ".join(f"`{n}`" for n in sorted(found)))
    qualified = found[0]
    if qualified in program.definitions:
        d = program.definitions[qualified]
        return x.DefinitionValue(d.span, d.type, qualified)
    if qualified in program.parameters:
        p = program.parameters[qualified]
        return x.ParameterValue(p.span, p.type, qualified)
    t = program.tables[qualified]
    arguments = tuple(x.Fact(c.span, c.type, (c.name,)) for c in t.columns)
    return x.TableLookup(t.span, t.gives, qualified, arguments)


def _facts(e: x.Expression, model: Model) -> dict[str, x.Fact]:
    found: dict[str, x.Fact] = {}
    queue = [e]
    while queue:
        at = queue.pop()
        if isinstance(at, x.Fact):
            found.setdefault(at.path[0], at)
        if isinstance(at, x.DefinitionValue):
            queue.append(model.program.definitions[at.name].value)
        queue.extend(x.children(at))
    return found


def facts_of(name: str, model: Model) -> Mapping[str, Field]:
    """The root facts a value is computed from, with their types."""
    expression = _expression(name, model)
    if isinstance(expression, x.TableLookup):
        return {c.name: c for c in model.program.tables[expression.name].columns}
    declared: dict[str, Field] = {}
    for action in model.program.actions.values():
        declared.update({n: f for n, f in action.fields.items() if n not in declared})
    roots = _facts(expression, model)
    return {n: declared[n] for n in roots if n in declared}


def value(
    name: str, facts: Mapping[str, Any], as_of: date, model: Model, directory: Directory
) -> ValueAnswer:
    """The value on a day, with what was read on the way."""
    expression = _expression(name, model)
    env = Environment(model, as_of, {**facts, "as_of": as_of}, directory.within, {})
    result = evaluate(expression, env)
    unknown = result if isinstance(result, Unknown) else Unknown()
    return ValueAnswer(
        name=expression.name if hasattr(expression, "name") else name,
        type=str(expression.type),
        value=None if isinstance(result, Unknown) else result,
        text="" if isinstance(result, Unknown) else value_text(result, expression.type),
        missing=tuple(sorted(unknown.missing)),
        faults=tuple(fault_text(f, "en") for f in sorted(unknown.faults)),
        trace=tuple(_trace(expression, env)),
        as_of=as_of,
        file=expression.span.file,
        line=expression.span.line,
    )


def _trace(e: x.Expression, env: Environment) -> list[tuple[str, str]]:
    lines = []
    for name, leaf in leaves(e, env.model.program):
        found = evaluate(leaf, env)
        lines.append((name, _shown(found, leaf.type)))
    return lines


def _shown(found: Any, kind: Type) -> str:
    if isinstance(found, Unknown):
        return "missing" if found.missing else "fault"
    return value_text(found, kind)
