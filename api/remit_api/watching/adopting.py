"""Events that a store was told before it had a log: as the watcher reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from remit_dsl.program import Field, Program
from remit_engine.storage import events
from remit_engine.storage.events import KeptEvent

NUMBERS = frozenset({"money", "number", "integer", "percent", "ratio", "days", "months"})


def earlier(connection: Connection, program: Program) -> Iterator[tuple[KeptEvent, dict[str, Any]]]:
    """Every event of a store whose log has none, in the order they came; of kinds that the program
    does not know, as they were written down."""
    for kept in events.after(connection, 0):
        facts = msgspec.json.decode(kept.body)["facts"]
        declared = program.events.get(kept.kind)
        typed = facts if declared is None else _typed(facts, declared.fields, program)
        yield kept, {"kind": kept.kind, "on": kept.happened, "facts": typed}


def _typed(
    facts: Mapping[str, Any], declared: Mapping[str, Field], program: Program
) -> dict[str, Any]:
    """The facts as they were told: numbers are kept as exact texts."""
    return {
        name: _value(value, declared[name], program) if name in declared else value
        for name, value in facts.items()
    }


def _value(value: Any, field: Field, program: Program) -> Any:
    if isinstance(value, Mapping):
        record = program.records.get(field.type.name or "")
        return dict(value) if record is None else _typed(value, record.fields, program)
    if isinstance(value, str) and field.type.kind in NUMBERS:
        try:
            return Decimal(value)
        except InvalidOperation:  # `1/3`, which is read as it is written
            return value
    return value
