"""An event that was told, as a row that pay reads: at the door one by one, in a run all of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeGuard

from remit_dsl.pay import Event
from remit_engine.commission.reading.columns import Leaf, leaves
from remit_engine.commission.reading.events import EventReader
from remit_engine.commission.reading.findings import Findings
from remit_engine.commission.reading.table import Chunk, Table
from remit_engine.rules.ir import Model

NAME = "events"
"""How they are called where a row has its place: `events:17` is the event with `seq` 17."""
NUMBERS = frozenset({"money", "number", "integer", "percent", "ratio", "days", "months"})


def cell(facts: Mapping[str, Any], leaf: Leaf) -> Any:
    """The value of a field as it was before it was written down: numbers are kept as exact texts,
    all else as JSON has it."""
    value = given(facts, leaf)
    if not isinstance(value, str) or leaf.type.kind not in NUMBERS:
        return value
    plain = leaf.type.kind == "money" and "/" not in value  # so that a fault says it as it is
    return Decimal(value) if plain else Fraction(value)


def given(facts: Mapping[str, Any], leaf: Leaf) -> Any:
    """What stands at a field; None where something on the way is not there."""
    value: Any = facts
    for step in leaf.path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def linked(instead: Mapping[tuple[str, str], str], kind: str, value: Any) -> Any:
    """The id of the event that a link means: where it was corrected, the one in its place."""
    return instead.get((kind, value.strip()), value) if isinstance(value, str) else value


def row_faults(
    event: Event, kept: Mapping[str, Any], written: Mapping[str, Any], model: Model
) -> list[tuple[str, str]]:
    """Path and message of each field that pay could not read. kept: the facts as they would be
    kept; written: as they were told, so that a message says what was typed."""
    columns = leaves(event, model.program)
    kept_words = _faults(event, [cell(kept, leaf) for leaf in columns], model)
    words = _faults(event, [_typed(given(written, leaf)) for leaf in columns], model)
    powers = {leaf.column for leaf in columns if _is_power(given(written, leaf))}
    return [
        (leaf.column, words.get(leaf.column, kept_words.get(leaf.column, "")))
        for leaf in columns
        if leaf.column in kept_words
        or (leaf.type.kind == "money" and leaf.column in powers and leaf.column in words)
    ]


def unreadable(event: Event, kept: Mapping[str, Any], model: Model) -> bool:
    """Whether a run could not read an event that is kept, its links apart."""
    return bool(_found(event, [cell(kept, leaf) for leaf in leaves(event, model.program)], model))


def _faults(event: Event, cells: list[Any], model: Model) -> dict[str, str]:
    """By column what is wrong with the cells of one row. Who tells an event may name a record by
    its id alone, so that what is not there is no fault of it."""
    names = (leaf.column for leaf in leaves(event, model.program))
    there = {name for name, value in zip(names, cells, strict=True) if value is not None}
    return {
        column: message
        for column, message in _found(event, cells, model).items()
        if column in there
    }


def _found(event: Event, cells: list[Any], model: Model) -> dict[str | None, str]:
    """By column what a run would say of the cells of one row."""
    findings, every = Findings(), {leaf.path for leaf in leaves(event, model.program)}
    names = tuple(leaf.column for leaf in leaves(event, model.program))
    table = Table(NAME, names, iter([Chunk([0], [cells])]))
    for _ in EventReader(event, every, model, findings).rows(table):
        pass  # it is read for its faults
    return {f.column: f.message for f in findings.faults}


def _typed(value: Any) -> Any:
    """An amount as a row would have it: digits, with the power of ten that was written."""
    value = value.get("amount") if isinstance(value, Mapping) else value
    if not _is_power(value):
        return value
    sign, digits, power = value.as_tuple()
    return f"{'-' * sign}{''.join(map(str, digits))}e{power}"


def _is_power(value: Any) -> TypeGuard[Decimal]:
    """Whether a number was written as one with a power of ten, such as 1e30."""
    if not isinstance(value, Decimal) or not value.is_finite():
        return False
    power = value.as_tuple().exponent
    return isinstance(power, int) and power > 0
