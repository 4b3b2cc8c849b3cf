"""Events that the service was told, as the data of a run; what stands beside them is in a folder or
a database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
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
from remit_api.pay_data.told_rows import NAME, cell, linked
from remit_dsl.pay import Event
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.reading.assembly import read_dataset
from remit_engine.commission.reading.columns import Leaf, leaves
from remit_engine.commission.reading.findings import MOST, Findings
from remit_engine.commission.reading.naming import BESIDE, PEOPLE, file_name
from remit_engine.commission.reading.needs import Needs
from remit_engine.commission.reading.table import Chunk, Table
from remit_engine.people.directory import Directory
from remit_engine.rules.ir import Model
from remit_engine.storage import events
from remit_engine.storage.events import KeptEvent
from remit_engine.storage.opening import reading

PIECE = 1_000


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


@dataclass(frozen=True, slots=True)
class Unread:
    """An event that no plan counts. reason: what cannot be read of it (`fault`), or what stands in
    its place. facts: as they were told."""

    seq: int
    kind: str
    id: str
    reason: str
    fault: bool
    facts: Mapping[str, Any]

    @property
    def place(self) -> str:
        """Where it is: `events:17`."""
        return f"{NAME}:{self.seq}"


@dataclass(frozen=True, slots=True)
class KeptDataset(Dataset):
    """The data of events that were told, with those that cannot be counted."""

    unread: tuple[Unread, ...] = ()


def open_kept(
    kept: KeptEvents,
    model: Model,
    directory: Directory | None,
    progress: Progress,
    notice: Notice,
    wanted: Needs,
) -> KeptDataset:
    """The data of events that were told. An event that cannot be read was told once and stays so:
    it is passed over and listed, up to MOST of them. Raises what `open_data` does for more, and
    for all that stands beside. directory: the people."""

    def read(findings: Findings) -> KeptDataset:
        with reading(kept.store) as connection:
            corrected = events.corrections(connection, kept.until)
            unread, instead = _replaced(connection, corrected, wanted), events.in_place(corrected)
            while True:
                tried = _Tried(findings)
                with _beside(kept.beside, model, directory, progress) as (tables, people):
                    told = _Told(connection, kept.until, model, progress, unread, instead)
                    own = {file_name(name): told.table(name) for name in wanted.events}
                    data = read_dataset({**tables, **own}, people, model, NAME, tried, wanted)
                if not tried.rows or len(tried.rows) > MOST:
                    tried.settle()
                    return _with(data, unread)
                unread |= {s: _at_fault(connection, s, why) for s, why in tried.rows.items()}

    return whole(read, str(kept), notice)


class _Tried(Findings):
    """What is wrong with data, the events apart, by their `seq`; told of when they are settled."""

    def __init__(self, of: Findings) -> None:
        super().__init__()
        self.of = of
        self.rows: dict[int, str] = {}
        self._events: list[tuple[str, str | None, str]] = []

    def fault(self, place: str, column: str | None, message: str) -> None:
        """Note something that is wrong."""
        name, _, seq = place.rpartition(":")
        if name != NAME or not seq.isdigit():
            super().fault(place, column, message)
            return
        self._events.append((place, column, message))
        self.rows.setdefault(int(seq), message if column is None else f"{column}: {message}")

    def settle(self) -> None:
        """Hand over what is wrong and odd for good."""
        for event in self._events:
            self.of.fault(*event)
        self.of.faults += self.faults
        self.of.fault_count += self.fault_count
        self.of.notices += self.notices
        self.of.notice_count += self.notice_count


def _replaced(
    connection: Connection, corrected: Mapping[tuple[str, str], str], wanted: Needs
) -> dict[int, Unread]:
    """The events in whose place others stand, by their `seq`."""
    found: dict[int, Unread] = {}
    for (kind, id), by in corrected.items():
        if kind in wanted.events:
            row = events.found(connection, kind, id)
            reason = f"`{by}` was told to correct it"
            found[row.seq] = Unread(row.seq, kind, id, reason, False, _facts(row))
    return found


def _at_fault(connection: Connection, seq: int, reason: str) -> Unread:
    row = next(iter(events.after(connection, seq - 1, until=seq)))
    return Unread(seq, row.kind, row.id, reason, True, _facts(row))


def _with(data: Dataset, unread: Mapping[int, Unread]) -> KeptDataset:
    own = {f.name: getattr(data, f.name) for f in fields(data)}
    return KeptDataset(**own, unread=tuple(unread[seq] for seq in sorted(unread)))


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
    as columns. without: the `seq` of those that are passed over. instead: by kind and id of one
    that was corrected the id of the one in its place, which a link to it means."""

    connection: Connection
    until: int
    model: Model
    progress: Progress
    without: Collection[int]
    instead: Mapping[tuple[str, str], str]

    def table(self, name: str) -> Table:
        event = self.model.program.events[name]
        columns = leaves(event, self.model.program)
        return Table(NAME, tuple(leaf.column for leaf in columns), self._chunks(event, columns))

    def _chunks(self, event: Event, columns: tuple[Leaf, ...]) -> Iterator[Chunk]:
        rows = events.after(self.connection, 0, event.name, until=self.until)
        there = events.count(self.connection, event.name, self.until)
        done, tell = 0, partial(self.progress, file_name(event.name))
        while piece := list(islice(rows, PIECE)):
            told = [row for row in piece if row.seq not in self.without]
            cells = [[self._cell(facts, leaf) for leaf in columns] for facts in map(_facts, told)]
            yield Chunk([row.seq for row in told], cells)
            done += len(piece)
            tell(done, there)

    def _cell(self, facts: Mapping[str, Any], leaf: Leaf) -> Any:
        value = cell(facts, leaf)
        return value if leaf.link is None else linked(self.instead, leaf.link, value)


def _facts(row: KeptEvent) -> Mapping[str, Any]:
    facts: Mapping[str, Any] = msgspec.json.decode(row.body)["facts"]
    return facts
