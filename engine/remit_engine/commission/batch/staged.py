"""Events in a warehouse, in the form in which batches read them.

A table has a row for each event: `n`, its rank by id; `id`; and a column for each field. Money and
numbers are whole numbers of the column's unit, dates are ordinals, a person is his rank among all
ids (-1: nobody of that id), a linked event its `n` (-1: none). NULL is not given.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from remit_dsl.pay import Event
from remit_dsl.program import Program
from remit_dsl.types import Type
from remit_engine.commission.basis.dataset import Dataset, EventRow
from remit_engine.warehouse.warehouse import BIGINT, BOOLEAN, TEXT, Row, Warehouse

NUMBER, DAY, WORD, FLAG, PERSON, LINK = "number", "day", "text", "boolean", "person", "link"
FINEST = 10**9
"""The finest unit of a column: its inverse at most."""
LARGEST = 2**63 - 1

Path = tuple[str, ...]


class Irregular(ValueError):
    """Data that have no staged form; one sentence says what."""


class Asked(Protocol):
    """What answers queries."""

    def rows(self, sql: str) -> Iterator[Row]:
        """See Warehouse."""
        ...


@dataclass(frozen=True, slots=True)
class Column:
    """name: in the table. form: NUMBER, DAY, WORD, FLAG, PERSON, LINK. per_unit: how many units
    make 1. low, high: what its numbers lie within. nullable: not given in some row."""

    name: str
    form: str
    per_unit: int = 1
    low: int = 0
    high: int = 0
    nullable: bool = True

    @property
    def numeric(self) -> bool:
        """True for a column of whole numbers."""
        return self.form not in (WORD, FLAG)

    @property
    def type(self) -> str:
        """Its type in a warehouse."""
        return {WORD: TEXT, FLAG: BOOLEAN}.get(self.form, BIGINT)


@dataclass(frozen=True, slots=True)
class Staged:
    """One event's rows. columns: by the path of the field."""

    table: str
    columns: Mapping[Path, Column]
    rows: int = 0

    def measured(self, warehouse: Asked, paths: Iterable[Path]) -> Staged:
        """With the ranges of some columns looked up. An engine that keeps the ends of columns, as
        Parquet files do, answers from them: to count what is given would read every row."""
        asked = [p for p in dict.fromkeys(paths) if p in self.columns]
        ends = ["COUNT(*)"]
        lacking = ["0"]
        for path in asked:
            column = self.columns[path]
            name = column.name
            if column.numeric:
                ends += [f"MIN({name})", f"MAX({name})"]
            one = f"SELECT {name} FROM {self.table} WHERE {name} IS NULL LIMIT 1"
            lacking.append(f"(SELECT COUNT(*) FROM ({one}) q)")
        ((count, *found),) = warehouse.rows(f"SELECT {', '.join(ends)} FROM {self.table}")
        ((_, *lacks),) = warehouse.rows(f"SELECT {', '.join(lacking)}")
        known, values = dict(self.columns), iter(found)
        for path, lack in zip(asked, lacks, strict=True):
            column = known[path]
            low, high = (next(values), next(values)) if column.numeric else (0, 0)
            known[path] = replace(column, low=low or 0, high=high or 0, nullable=bool(lack))
        return replace(self, columns=known, rows=count)


def ranks(data: Dataset) -> dict[str, int]:
    """Person -> his number."""
    return {person: i for i, person in enumerate(sorted(data.people))}


def stage(
    warehouse: Warehouse, program: Program, data: Dataset, prefix: str = "event"
) -> dict[str, Staged]:
    """The events of a dataset in tables of a warehouse. Raises Irregular."""
    people = ranks(data)
    order = {
        event: {row.id: i for i, row in enumerate(sorted(rows, key=lambda r: r.id))}
        for event, rows in data.events.items()
    }
    found = {}
    for i, (event, declared) in enumerate(program.events.items()):
        rows = data.events.get(event, ())
        links = {f: order.get(target, {}) for f, target in declared.links.items()}
        table = f"{prefix}_{i}"
        kinds = layout(program, declared)
        found[event] = _staged(warehouse, table, rows, order.get(event, {}), kinds, people, links)
    return found


def layout(program: Program, event: Event) -> dict[Path, str]:
    """The form of every field that has a column, in the order of the columns (f0, f1 …)."""
    return dict(_paths(program, {n: f.type for n, f in event.fields.items()}, event.links))


def _paths(
    program: Program, fields: Mapping[str, Type], links: Mapping[str, Any]
) -> Iterator[tuple[Path, str]]:
    for name, kind in fields.items():
        if name in links:
            yield (name,), LINK
        elif kind.kind == "record" and (kind.name or "").rsplit(".", 1)[-1] == "Person":
            yield (name,), PERSON
        elif kind.kind == "record":
            record = program.records[kind.name or ""]
            inner = {n: f.type for n, f in record.fields.items()}
            for path, form in _paths(program, inner, {}):
                yield (name, *path), form
        elif kind.numeric:
            yield (name,), NUMBER
        elif kind.kind == "date":
            yield (name,), DAY
        elif kind.kind == "boolean":
            yield (name,), FLAG
        elif kind.kind in ("text", "enum", "position"):
            yield (name,), WORD


def _staged(
    warehouse: Warehouse,
    table: str,
    rows: Iterable[EventRow],
    order: Mapping[str, int],
    kinds: Mapping[Path, str],
    people: Mapping[str, int],
    links: Mapping[str, Mapping[str, int]],
) -> Staged:
    listed = list(rows)
    columns: dict[Path, Column] = {}
    cells: list[list[Any]] = []
    for i, (path, form) in enumerate(kinds.items()):
        values = [_walk(row.facts, path) for row in listed]
        per_unit = _unit(values, table) if form == NUMBER else 1
        columns[path] = Column(f"f{i}", form, per_unit)
        numbers = people if form == PERSON else links.get(path[0], {})
        cells.append([_cell(v, form, per_unit, numbers) for v in values])
    ids: Iterator[Row] = ((order[row.id], row.id) for row in listed)
    made = [(*key, *rest) for key, *rest in zip(ids, *cells, strict=True)]
    typed = [("n", BIGINT), ("id", TEXT), *((c.name, c.type) for c in columns.values())]
    warehouse.load(table, typed, made)
    return Staged(table, columns, len(made))


def _walk(value: Any, path: Path) -> Any:
    for step in path:
        value = None if value is None else value.get(step)
    return value


def _unit(values: Iterable[Any], table: str) -> int:
    found = math.lcm(*{v.denominator for v in values if isinstance(v, Fraction)}, 1)
    if found > FINEST:
        raise Irregular(f"a column of `{table}` has amounts finer than 1/{FINEST}")
    return found


def _whole(value: Fraction) -> int:
    if abs(value) > LARGEST:
        raise Irregular("an amount is larger than a database keeps exactly")
    return int(value)


def _cell(value: Any, form: str, per_unit: int, numbers: Mapping[str, int]) -> Any:
    if value is None:
        return None
    match form:
        case "number":
            return _whole(value * per_unit)
        case "day":
            return value.toordinal() if isinstance(value, date) else None
        case "person" | "link":
            return numbers.get(value, -1)
    return value
