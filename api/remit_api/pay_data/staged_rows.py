"""Rows of events again, from the tables they were staged in: the few that somebody asks about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from remit_api.pay_data.bulk import StagedFile
from remit_dsl.pay import Event, Followed
from remit_engine.commission.basis.dataset import EventRow
from remit_engine.commission.batch.staged import DAY, LINK, NUMBER, PERSON
from remit_engine.commission.reading.columns import Leaf
from remit_engine.warehouse.warehouse import Row, Warehouse

MANY = 50_000
"""So many rows are in memory at once."""

Events = dict[str, tuple[EventRow, ...]]
Decode = Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class StagedRows:
    """staged: by the event's name. declared: the events. persons: in the order of their numbers."""

    warehouse: Warehouse
    staged: Mapping[str, StagedFile]
    declared: Mapping[str, Event]
    persons: Sequence[str]

    def pieces(self, event: str, followed: Sequence[Followed], chosen: str) -> Iterator[Events]:
        """Rows of an event as the reader of rows gives them, in the order of the file, with those
        that follow them, some at a time. chosen: a table of their `n`."""
        placed = f"{chosen}_placed"
        self.warehouse.create(
            placed,
            "SELECT e.n AS n, row_number() OVER (ORDER BY e.line) - 1 AS k "
            f"FROM {self.staged[event].table} e JOIN {chosen} c ON c.n = e.n",
        )
        ((count,),) = self.warehouse.rows(f"SELECT COUNT(*) FROM {placed}")
        for start in range(0, count, MANY):
            some = f"JOIN {placed} p ON p.k >= {start} AND p.k < {start + MANY} AND p.n = "
            found = {event: tuple(self._rows(event, f"{some}e.n"))}
            for of in followed:
                link = self.staged[of.event].columns[of.link,].name
                found[of.event] = tuple(self._rows(of.event, f"{some}e.{link}"))
            yield found
        self.warehouse.drop(placed)

    def _rows(self, event: str, joined: str) -> Iterator[EventRow]:
        file = self.staged[event]
        shown, joins = ["e.line", "e.id"], [joined]
        cells: list[tuple[Leaf, Decode]] = []
        for leaf in file.leaves:
            cells.append((leaf, self._decoded(file, leaf, len(shown))))
            name = file.columns[leaf.path].name
            shown.append(f"e.{name}")
            if file.columns[leaf.path].form == PERSON:
                shown.append(f"e.{file.nobody(leaf)}")
            elif file.columns[leaf.path].form == LINK:
                target = self.staged[self.declared[event].links[leaf.path[0]]].table
                joins.append(f"LEFT JOIN {target} of_{name} ON of_{name}.n = e.{name}")
                shown[-1] = f"of_{name}.id"
        build = _builder([leaf for leaf, _ in cells])
        source = f"{file.table} e {' '.join(joins)}"
        query = f"SELECT {', '.join(shown)} FROM {source} ORDER BY e.line"
        for row in self.warehouse.rows(query):
            facts = build([decode(row) for _, decode in cells])
            yield EventRow(row[1], facts, f"{file.file}:{row[0]}")

    def _decoded(self, file: StagedFile, leaf: Leaf, at: int) -> Decode:
        """How a row's cells become the value of a column. at: where its cells begin."""
        column = file.columns[leaf.path]
        if column.form == PERSON:
            return lambda row: self._person(row[at], row[at + 1])
        if column.form == DAY:
            return lambda row: None if row[at] is None else date.fromordinal(row[at])
        if column.form == NUMBER:
            unit = column.per_unit
            return lambda row: None if row[at] is None else Fraction(row[at], unit)
        return lambda row: row[at]

    def _person(self, number: int | None, nobody: str | None) -> str | None:
        return nobody if number is None or number < 0 else self.persons[number]


def _builder(leaves: Sequence[Leaf]) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """From the values of columns to facts: records within one another, None for an optional one
    that is all empty."""
    optional = sorted({record for leaf in leaves for record in leaf.within}, key=len, reverse=True)

    def build(values: Sequence[Any]) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        for leaf, value in zip(leaves, values, strict=True):
            within = facts
            for step in leaf.path[:-1]:
                within = within.setdefault(step, {})
            within[leaf.path[-1]] = value
        for *above, last in optional:
            within = facts
            for step in above:
                within = within[step]
            if all(value is None for value in within[last].values()):
                within[last] = None
        return facts

    return build
