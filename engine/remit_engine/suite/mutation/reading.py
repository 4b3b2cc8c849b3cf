"""Which actions hang on which named values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from remit_dsl import expressions as x
from remit_dsl.program import Program
from remit_engine.rules.dependence import read_by
from remit_engine.rules.ir import Model, Rule

Name = tuple[str, str]
"""What kind of thing it is (parameter, definition, table, exchange), and its qualified name."""


def readers(model: Model) -> dict[Name, frozenset[str]]:
    """The actions on whose answers a named value may bear, directly or through others."""
    found: dict[Name, set[str]] = defaultdict(set)
    for action, rules in model.actions.items():
        roots = [e for rule in rules.rules for e in read_by(rule)]
        roots += [d.cap for d in rules.delegations if d.cap is not None]
        if rules.action.measure is not None:
            roots.append(rules.action.measure.value)
        for name in names_read(roots, model.program):
            found[name].add(action)
    return {name: frozenset(actions) for name, actions in found.items()}


def names_read(roots: Iterable[x.Expression], program: Program) -> set[Name]:
    """The named values that some expressions read, directly or through others."""
    found: set[Name] = set()
    todo = list(roots)
    while todo:
        for name in _named(todo.pop()):
            if name not in found:
                found.add(name)
                todo += _behind(name, program)
    return found


def rules_reading(name: Name, model: Model) -> Iterator[Rule]:
    """The rules whose conditions, limits or measure read a named value."""
    for rule in model.rules:
        measure = model.program.actions[rule.action].measure
        roots = [*read_by(rule), *([measure.value] if measure is not None else ())]
        if name in names_read(roots, model.program):
            yield rule


def exchange_name(base: str, quote: str) -> Name:
    """How a rate of exchange is named."""
    return "exchange", f"{base} to {quote}"


def _named(e: x.Expression) -> Iterator[Name]:
    for at in x.walk(e):
        match at:
            case x.ParameterValue():
                yield "parameter", at.name
            case x.DefinitionValue():
                yield "definition", at.name
            case x.TableLookup():
                yield "table", at.name
            case x.Exchanged():
                yield exchange_name(at.base, at.quote)


def _behind(name: Name, program: Program) -> list[x.Expression]:
    """What a named value is computed from."""
    kind, key = name
    match kind:
        case "parameter":
            return [v.value for v in program.parameters[key].values if v.value is not None]
        case "definition":
            return [program.definitions[key].value]
        case "table":
            rows = program.tables[key].rows
            return [e for row in rows for e in (*row.conditions, row.value)]
    return []
