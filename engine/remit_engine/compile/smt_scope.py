"""Where an expression is read: the facts, who the actor is, and the variables in reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from remit_dsl.expressions import Expression
from remit_engine.compile.smt_facts import Facts
from remit_engine.compile.smt_values import Condition, Items, Scalar, Value
from remit_engine.compile.unsupported import Unsupported
from remit_engine.rules.ir import Model


@dataclass(frozen=True, slots=True)
class Scope:
    """actor: the qualified position that the actor holds."""

    facts: Facts
    actor: str
    variables: Mapping[str, Value] = field(default_factory=dict)

    @property
    def model(self) -> Model:
        """The program that is read."""
        return self.facts.model

    def outside(self) -> Scope:
        """The same without variables: where definitions and parameters are read."""
        return replace(self, variables={}) if self.variables else self

    def binding(self, name: str, value: Value) -> Scope:
        """The same with one more variable."""
        return replace(self, variables={**self.variables, name: value})


Read = Callable[[Expression, Scope], Value]
"""What an expression means."""


def scalar(e: Expression, scope: Scope, read: Read) -> Scalar:
    """A number, a date, a member, a position or a text."""
    value = read(e, scope)
    if not isinstance(value, Scalar):
        raise Unsupported(e, "z3")
    return value


def condition(e: Expression, scope: Scope, read: Read) -> Condition:
    """A condition."""
    value = read(e, scope)
    if not isinstance(value, Condition):
        raise Unsupported(e, "z3")
    return value


def items(e: Expression, scope: Scope, read: Read) -> Items:
    """A list or a set."""
    value = read(e, scope)
    if not isinstance(value, Items):
        raise Unsupported(e, "z3")
    return value
