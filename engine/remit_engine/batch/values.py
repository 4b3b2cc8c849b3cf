"""Cells of the tables as exact values, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from remit_dsl.program import Program
from remit_dsl.types import Type
from remit_engine.compile.sql_columns import Column
from remit_engine.compile.sql_cuts import EPOCH
from remit_engine.compile.to_sql import AXIS, UNSTATED, Key


class Irregular(Exception):
    """A cell, a party or a rule that the batch has no exact form for."""


def day(number: int) -> date:
    """The day of a count of days since 1970-01-01. Raises Irregular."""
    try:
        return date.fromordinal(number + EPOCH)
    except (ValueError, OverflowError):
        raise Irregular from None


def exact(cell: Any, column: Column, kind: Type, program: Program) -> Any:
    """The value of a stated cell. Raises Irregular."""
    if column.form == "date":
        return day(cell)
    if column.numeric:
        return cell * column.unit
    if kind.kind == "enum" and cell not in program.enums[kind.name or ""].members:
        raise Irregular
    if kind.kind == "position" and cell not in program.positions:
        raise Irregular
    return cell


PRESENT = 1
"""What stands for a number on an axis: that it is there."""


def stated(key: Key, parts: Sequence[Any], kind: Type, program: Program) -> Any:
    """What a combination says of a column: its value, `PRESENT` for a number on an axis, None
    where it is not stated. Raises Irregular."""
    if key.mode == AXIS:
        return PRESENT if parts[0] else None
    if key.column.form == "text":
        cell = None if parts[0] == UNSTATED else parts[0]
    elif key.column.form == "boolean":
        cell = None if parts[0] < 0 else parts[0] == 1
    else:
        cell = parts[1] if parts[0] else None
    return None if cell is None else exact(cell, key.column, kind, program)
