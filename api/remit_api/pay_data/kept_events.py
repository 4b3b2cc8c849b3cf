"""Events that the service was told, as the data of a run; what stands beside them is in a folder or
a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_api.past import database
from remit_api.past.source import is_url
from remit_api.pay_data.opening import (
    Notice,
    Progress,
    directory_of,
    files,
    table_of,
    tables_of,
    whole,
)
from remit_dsl.pay import Event
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.reading.assembly import read_dataset
from remit_engine.commission.reading.columns import Leaf, leaves
from remit_engine.commission.reading.findings import Findings
from remit_engine.commission.reading.naming import BESIDE, PEOPLE, file_name
from remit_engine.commission.reading.needs import Needs
from remit_engine.commission.reading.table import Chunk, Table
from remit_engine.people.directory import Directory
from remit_engine.rules.ir import Model
from remit_engine.storage import events
from remit_engine.storage.events import KeptEvent
from remit_engine.storage.opening import reading

NAME = "events"
"""How they are called where a row has its place: `events:17` is the event with `seq` 17."""
PIECE = 1_000
NUMBERS = frozenset({"money", "number", "integer", "percent", "ratio", "days", "months"})


@dataclass(frozen=True, slots=True)
class KeptEvents:
    """until: the last event that is read, so that a run says what it read. beside: the folder or
    database with `credits`, `owners`, `targets`, `measures`; its `people`, where it has them, and
    not those of the service, are then who is paid."""

    store: sql.Engine
    until: int
    beside: str | None = None

    def __str__(self) -> str:
        return f"{NAME} up to {self.until}"


def open_kept(
    kept: KeptEvents,
    model: Model,
    directory: Directory | None,
    progress: Progress,
    notice: Notice,
    wanted: Needs,
) -> Dataset:
    """The data of events that were told; raises what `open_data` does. directory: the people."""

    def read(findings: Findings) -> Dataset:
        with (
            _beside(kept.beside, model, directory, progress) as (tables, people),
            reading(kept.store) as connection,
        ):
            told = _Told(connection, kept.until, model, progress)
            own = {file_name(name): told.table(name) for name in wanted.events}
            return read_dataset({**tables, **own}, people, model, NAME, findings, wanted)

    return whole(read, str(kept), notice)


Beside = tuple[Mapping[str, Table], Directory | None]


@contextmanager
def _beside(
    place: str | None, model: Model, directory: Directory | None, progress: Progress
) -> Iterator[Beside]:
    """The tables beside the events, and the people; events that stand there too are not read."""
    names = (*BESIDE, PEOPLE)
    if place is None:
        yield {}, directory
    elif is_url(place):
        engine = database.opened(place)
        try:
            tables = tables_of(engine, place, names, progress)
            yield tables, None if PEOPLE in tables else directory
        finally:
            engine.dispose()
    else:
        folder = Path(place)
        there = {n: path for n, path in files(folder, model).items() if n in names}
        tables = {name: table_of(path, progress) for name, path in there.items()}
        yield tables, directory_of(folder, model, directory, tables)


@dataclass(frozen=True, slots=True)
class _Told:
    """The events of one state of the store, as tables: typed cells, the dotted fields of records
    as columns."""

    connection: Connection
    until: int
    model: Model
    progress: Progress

    def table(self, name: str) -> Table:
        event = self.model.program.events[name]
        columns = leaves(event, self.model.program)
        return Table(NAME, tuple(leaf.column for leaf in columns), self._chunks(event, columns))

    def _chunks(self, event: Event, columns: tuple[Leaf, ...]) -> Iterator[Chunk]:
        rows = events.after(self.connection, 0, event.name, until=self.until)
        there = events.count(self.connection, event.name, self.until)
        done, tell = 0, partial(self.progress, file_name(event.name))
        while piece := list(islice(rows, PIECE)):
            cells = [[_cell(facts, leaf) for leaf in columns] for facts in map(_facts, piece)]
            yield Chunk([row.seq for row in piece], cells)
            done += len(piece)
            tell(done, there)


def _cell(facts: Mapping[str, Any], leaf: Leaf) -> Any:
    """The value of a field as it was before it was written down: numbers are kept as exact texts,
    all else as JSON has it."""
    value: Any = facts
    for step in leaf.path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return Fraction(value) if isinstance(value, str) and leaf.type.kind in NUMBERS else value


def _facts(row: KeptEvent) -> Mapping[str, Any]:
    facts: Mapping[str, Any] = msgspec.json.decode(row.body)["facts"]
    return facts
