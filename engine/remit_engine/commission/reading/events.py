"""Rows of an event: column by column, because a month has millions of cells and few values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from remit_dsl.pay import Event
from remit_engine.commission.basis.dataset import EventRow
from remit_engine.commission.reading.cells import Read, key, reader
from remit_engine.commission.reading.columns import Leaf, leaves
from remit_engine.commission.reading.findings import Findings
from remit_engine.commission.reading.table import Chunk, Table, chosen
from remit_engine.reading.exact import Unreadable
from remit_engine.rules.ir import Model

MOST_KEPT = 100_000
"""So many texts of a column are remembered with their values."""


class _Wrong:
    """Stands for the value of a cell that cannot be read."""

    __slots__ = ("message",)

    def __init__(self, message: str) -> None:
        self.message = message


class _Texts(dict[str, Any]):
    """Text -> value, read when it is first met."""

    def __init__(self, read: Read) -> None:
        self.read = read
        self.wrong = False
        self.empty = False

    def __missing__(self, text: str) -> Any:
        value = self[text] = self._value(text)
        return value

    def _value(self, text: str) -> Any:
        written = text.strip()
        if not written:
            self.empty = True
            return None
        try:
            return self.read(written)
        except Unreadable as fault:
            self.wrong = True
            return _Wrong(str(fault))


class _Column:
    """One column: gives the values of its cells, None for an empty one."""

    def __init__(self, leaf: Leaf, at: int, read: Read) -> None:
        self.leaf, self.at, self.read = leaf, at, read
        self.texts = _Texts(read)
        self.plain = leaf.kind == "id"

    def values(self, cells: Sequence[Any], texts: bool) -> list[Any]:
        """Values in the order of the cells; `_Wrong` where there is none. texts: all are texts."""
        if len(self.texts) > MOST_KEPT:
            self.texts.clear()
        if not texts:
            return [self.value(cell) for cell in cells]
        if self.plain:  # an id is seldom met again
            ids = list(map(str.strip, cells))
            return ids if "" not in ids else [self.value(cell) for cell in cells]
        return list(map(self.texts.__getitem__, cells))

    def value(self, cell: Any) -> Any:
        """The value of one cell of any type."""
        if cell is None:
            self.texts.empty = True
            return None
        if isinstance(cell, str):
            return self.texts[cell]
        try:
            return self.read(cell)
        except Unreadable as fault:
            self.texts.wrong = True
            return _Wrong(str(fault))


class EventReader:
    """Reads one event from its table, in pieces."""

    def __init__(
        self, event: Event, needed: Collection[tuple[str, ...]], model: Model, findings: Findings
    ) -> None:
        self.event = event
        self.findings = findings
        self.all = leaves(event, model.program)
        self.needed = {leaf.column for leaf in self.all if leaf.among(needed)}
        self.model = model
        self.currency = model.program.policies[event.policy].currency
        self.seen: dict[str, str] = {}
        """Every id, and where it stands; of rows at fault too."""
        self.met: dict[str, set[Any]] = {}
        """By column the people, or the ids of other events, that the rows name."""

    def rows(self, table: Table) -> Iterator[EventRow]:
        """The rows that can be read; what cannot is among the findings."""
        required = [leaf.column for leaf in self.all if leaf.column in self.needed]
        further = [leaf.column for leaf in self.all if leaf.column not in self.needed]
        places = chosen(table, required, further, self.findings)
        if places is None:
            return
        columns = [
            _Column(leaf, places[leaf.column], self._read(leaf))
            for leaf in self.all
            if leaf.column in places
        ]
        build = _builder(columns)
        for chunk in table.chunks:
            yield from self._chunk(chunk, columns, build, table)

    def _read(self, leaf: Leaf) -> Read:
        if leaf.kind != "value":
            return key
        return reader(leaf.type, self.model, self.currency)

    def _chunk(
        self, chunk: Chunk, columns: list[_Column], build: _Build, table: Table
    ) -> Iterator[EventRow]:
        for number, name, message in chunk.broken:
            self.findings.fault(table.place(number), name, message)
        if not chunk.rows:
            return
        by_place = list(zip(*chunk.rows, strict=True))
        values = [column.values(by_place[column.at], chunk.texts) for column in columns]
        bad = self._faults(columns, values, chunk, table)
        ids = values[next(i for i, c in enumerate(columns) if c.leaf.kind == "id")]
        for column, found in zip(columns, values, strict=True):
            if column.leaf.kind in ("person", "link"):
                self.met.setdefault(column.leaf.column, set()).update(found)
        places = [f"{table.name}:{number}" for number in chunk.numbers]
        rows = map(EventRow, ids, build(values), places)
        if not bad and len(set(ids)) == len(ids) and self.seen.keys().isdisjoint(ids):
            self.seen.update(zip(ids, places, strict=True))
            yield from rows
            return
        for i, row in enumerate(rows):
            if isinstance(row.id, str) and self.seen.setdefault(row.id, row.place) is not row.place:
                message = f"`{row.id}` is here already: {self.seen[row.id]} has the same id"
                self.findings.fault(row.place, "id", message)
            elif i not in bad:
                yield row

    def _faults(
        self, columns: list[_Column], values: list[list[Any]], chunk: Chunk, table: Table
    ) -> set[int]:
        """The rows with a cell that is wrong, or empty and may not be."""
        bad: set[int] = set()
        for column, found in zip(columns, values, strict=True):
            if column.texts.wrong:
                for i, value in enumerate(found):
                    if isinstance(value, _Wrong):
                        bad.add(i)
                        place = table.place(chunk.numbers[i])
                        self.findings.fault(place, column.leaf.column, value.message)
            if column.texts.empty and not column.leaf.optional:
                for i in _empty(column, columns, values):
                    bad.add(i)
                    message = "the cell is empty, and the field is not optional"
                    place = table.place(chunk.numbers[i])
                    self.findings.fault(place, column.leaf.column, message)
        return bad


def _empty(column: _Column, columns: list[_Column], values: list[list[Any]]) -> Iterator[int]:
    """The rows in which a column that must have a value has none."""
    beside = [
        [v for c, v in zip(columns, values, strict=True) if c.leaf.path[: len(record)] == record]
        for record in column.leaf.within
    ]
    for i, value in enumerate(values[columns.index(column)]):
        if value is None and not any(all(v[i] is None for v in record) for record in beside):
            yield i


# --- records -------------------------------------------------------------------------------

_Build = Callable[[list[list[Any]]], list[dict[str, Any]]]


def _builder(columns: list[_Column]) -> _Build:
    """From the values by column to facts by row, records within one another."""
    optional = {record for column in columns for record in column.leaf.within}
    return lambda values: _nested((), list(range(len(columns))), columns, values, optional)


def _nested(
    above: tuple[str, ...],
    inside: list[int],
    columns: list[_Column],
    values: list[list[Any]],
    optional: set[tuple[str, ...]],
) -> list[Any]:
    """The record at a path, of every row; None for an optional one that is all empty."""
    parts: dict[str, list[int]] = {}
    for i in inside:
        parts.setdefault(columns[i].leaf.path[len(above)], []).append(i)
    found = []
    for name, below in parts.items():
        path = (*above, name)
        whole = len(below) == 1 and columns[below[0]].leaf.path == path
        found.append(values[below[0]] if whole else _nested(path, below, columns, values, optional))
    names = tuple(parts)
    rows = [dict(zip(names, row)) for row in zip(*found, strict=True)]  # noqa: B905 - as long
    if above in optional:
        return [None if all(v is None for v in row.values()) else row for row in rows]
    return rows
