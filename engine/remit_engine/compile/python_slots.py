"""Slots: the scalar facts that the rules on an action read, in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.program import Program
from remit_engine.compile.scaled import scaled
from remit_engine.people.party import Party
from remit_engine.rules.dependence import facts_in, read_by
from remit_engine.rules.ir import ActionRules


class Missing:
    """The slot of a fact that is missing or given as absent; one instance, `MISSING`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


def slots_of(rules: ActionRules, program: Program) -> tuple[x.Fact, ...]:
    """The facts read by any rule on the action and by its measure, each once."""
    found: dict[tuple[str, ...], x.Fact] = {}
    measure = rules.action.measure
    expressions = [] if measure is None else [measure.value]
    for rule in rules.rules:
        expressions.extend(read_by(rule))
    for e in expressions:
        for fact in facts_in(e, program):
            found.setdefault(fact.path, fact)
    return tuple(found.values())


def slot_value(path: tuple[str, ...], facts: Mapping[str, Any]) -> Any:
    """The exact scaled value at a path, or MISSING."""
    value: Any = facts
    for step in path:
        inner = value.attributes if isinstance(value, Party) else value
        if inner is None or step not in inner:
            return MISSING
        value = inner[step]
    if value is None:
        return MISSING
    return scaled(value) if isinstance(value, Fraction) else value
