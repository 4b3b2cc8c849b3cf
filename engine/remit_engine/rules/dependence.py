"""Which facts an expression or a rule may depend on."""

from __future__ import annotations

from collections.abc import Iterator

from remit_dsl import expressions as x
from remit_dsl.program import Action, Program
from remit_engine.rules.ir import Rule


def mentions(e: x.Expression, path: tuple[str, ...], program: Program) -> bool:
    """True when the value of an expression may depend on a fact (or a part or whole of it)."""
    match e:
        case x.Fact():
            shared = min(len(e.path), len(path))
            return e.path[:shared] == path[:shared]
        case x.DefinitionValue():
            return mentions(program.definitions[e.name].value, path, program)
    return any(mentions(c, path, program) for c in x.children(e))


def read_by(rule: Rule) -> Iterator[x.Expression]:
    """Every expression a rule reads."""
    yield from rule.condition
    if rule.bound is not None:
        yield from rule.bound.ends
    if rule.limit is not None:
        for total in rule.limit.totals:
            yield total.amount


def facts_in(e: x.Expression, program: Program) -> Iterator[x.Fact]:
    """Every fact an expression may read, through definitions."""
    match e:
        case x.Fact():
            yield e
        case x.DefinitionValue():
            yield from facts_in(program.definitions[e.name].value, program)
    for child in x.children(e):
        yield from facts_in(child, program)


def bends(rule: Rule, action: Action, program: Program) -> bool:
    """True when a condition or limit of the rule reads a fact that the measure reads too."""
    if action.measure is None:
        return False
    paths = {fact.path for fact in facts_in(action.measure.value, program)}
    return any(mentions(e, path, program) for e in read_by(rule) for path in paths)
