"""What a rule's answer hangs on besides the rule itself: parameters, definitions, tables, rates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from remit_dsl import expressions as x
from remit_dsl.program import Program
from remit_engine.rules.dependence import read_by
from remit_engine.rules.ir import ActionRules, Rule

Name = tuple[str, str]
"""Kind and name of a thing."""


def names_read(expressions: Iterable[x.Expression], program: Program) -> frozenset[Name]:
    """The things that expressions read, directly and through one another."""
    found: set[Name] = set()
    todo = list(expressions)
    while todo:
        for e in x.walk(todo.pop()):
            name = _name(e)
            if name is not None and name not in found:
                found.add(name)
                todo.extend(_inside(name, program))
    return frozenset(found)


def read_by_rule(rule: Rule, program: Program) -> frozenset[Name]:
    """The things a rule reads."""
    return names_read(read_by(rule), program)


def read_by_measure(action: ActionRules, program: Program) -> frozenset[Name]:
    """The things that the measure of an action reads."""
    measure = action.action.measure
    return frozenset() if measure is None else names_read([measure.value], program)


def expressions_read(names: Iterable[Name], program: Program) -> Iterator[x.Expression]:
    """Every expression that things consist of."""
    for name in sorted(names):
        yield from _inside(name, program)


def _name(e: x.Expression) -> Name | None:
    match e:
        case x.ParameterValue():
            return ("parameter", e.name)
        case x.DefinitionValue():
            return ("definition", e.name)
        case x.TableLookup():
            return ("table", e.name)
        case x.Exchanged():
            return ("exchange", f"{e.base} to {e.quote}")
    return None


def _inside(name: Name, program: Program) -> Iterator[x.Expression]:
    kind, key = name
    match kind:
        case "parameter" if key in program.parameters:
            yield from (v.value for v in program.parameters[key].values if v.value is not None)
        case "definition" if key in program.definitions:
            yield program.definitions[key].value
        case "table" if key in program.tables:
            for row in program.tables[key].rows:
                yield from row.conditions
                yield row.value
        case "exchange":
            base, _, quote = key.partition(" to ")
            rates = program.exchanges.get((base, quote))
            yield from (v.value for v in rates.values if v.value is not None) if rates else ()
