"""The cells of a table on one day, as what they cover."""

from __future__ import annotations

from dataclasses import dataclass, replace

from remit_dsl.expressions import (
    AllOf,
    AnyOf,
    Compare,
    Constant,
    Expression,
    Not,
    Value,
)
from remit_dsl.program import Table
from remit_dsl.scope.findings import Findings
from remit_dsl.scope.world import World
from remit_dsl.tables.classes import Column, classes
from remit_dsl.tables.cover import ANYTHING, Cover, bound_cover, value_cover
from remit_dsl.types import Type
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown

NOTHING = Cover("line")
_SIDES = {"<": "under", "<=": "up to", ">": "over", ">=": "at least"}


class NotKnown(Exception):
    """A cell depends on a value that is not set on that day."""


@dataclass(slots=True)
class Cells:
    """Every cell as the inputs of its column that it covers, row by row."""

    table: Table
    covers: tuple[tuple[Cover, ...], ...]
    world: World

    def columns(self) -> list[Column]:
        """The classes of each column."""
        return [
            classes(self.world, field, [row[i] for row in self.covers])
            for i, field in enumerate(self.table.columns)
        ]


def cells(table: Table, env: Environment) -> Cells | None:
    """The cells of a table on a day; None while a value they depend on is not set."""
    program = env.model.program
    world = World(Findings(), {}, enums=program.enums, positions=program.positions)
    types = [column.type for column in table.columns]
    try:
        rows = tuple(
            tuple(_cover(c, t, world, env) for c, t in zip(row.conditions, types, strict=True))
            for row in table.rows
        )
    except NotKnown:
        return None
    return Cells(table, rows, world)


def _cover(e: Expression, type_: Type, world: World, env: Environment) -> Cover:
    match e:
        case Constant():
            return ANYTHING
        case Not():
            return _cover(e.operand, type_, world, env).complement()
        case AllOf(operands=(Compare() as low, Compare() as high)):
            return _between(_fixed(low.left, env), _fixed(high.right, env), type_)
        case Compare(operator="="):
            return value_cover(world, _test(e, env), type_)
        case Compare():
            return bound_cover(_SIDES[e.operator], _fixed(e.right, env), None, type_)
        case AnyOf():
            tests = tuple(_test(t, env) for t in e.operands)
            return value_cover(world, replace(e, operands=tests), type_)
    return value_cover(world, e, type_)


def _test(e: Expression, env: Environment) -> Expression:
    return replace(e, right=_fixed(e.right, env)) if isinstance(e, Compare) else e


def _between(low: Constant, high: Constant, type_: Type) -> Cover:
    """Between two ends, which a parameter may have turned round: then nothing is between."""
    if low.value > high.value:  # type: ignore[operator]
        return NOTHING
    return bound_cover("between", low, high, type_)


def _fixed(e: Expression, env: Environment) -> Constant:
    """The value of an end on that day."""
    if isinstance(e, Constant):
        return e
    value: Value | Unknown = evaluate(e, env)
    if isinstance(value, Unknown):
        raise NotKnown
    return Constant(e.span, e.type, value)
