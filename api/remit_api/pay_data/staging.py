"""A folder of data for a run in DuckDB: events go straight into its tables, the rest is read.

Either everything is found plain and right, and then it is what the reader of rows would have read,
or nothing is said and the reader of rows does it all: faults are told by it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from remit_api.failures import Failure
from remit_api.pay_data.bulk import StagedFile, stage_folder
from remit_api.pay_data.opening import directory_of, files, table_of
from remit_api.pay_data.plain_file import FIRST_ROW, NotPlain
from remit_api.pay_data.staged_rows import StagedRows
from remit_dsl.uncollected import uncollected
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.batch.staged import ranks
from remit_engine.commission.reading.assembly import Events, People, nobody, read_dataset
from remit_engine.commission.reading.findings import Finding, Findings
from remit_engine.commission.reading.naming import file_name
from remit_engine.commission.reading.needs import Needs
from remit_engine.commission.reading.table import Table
from remit_engine.people.directory import Directory
from remit_engine.rules.ir import Model
from remit_engine.warehouse.duckdb import DuckDB, parquet

Progress = Callable[[str, int, int], None]
Notice = Callable[[Finding], None]
_PIECE = 1 << 22


@dataclass(frozen=True, slots=True)
class StagedData:
    """data: all but the events. staged: those, by name. rows: brings rows of them back."""

    data: Dataset
    staged: Mapping[str, StagedFile]
    rows: StagedRows


@dataclass(frozen=True, slots=True)
class Asked:
    """What is staged. directory: the people, where the folder has none. wanted: what is read."""

    folder: Path
    model: Model
    directory: Directory | None
    wanted: Needs


def stage_data(warehouse: DuckDB, asked: Asked, progress: Progress, notice: Notice) -> StagedData:
    """The data of a folder, as `open_data` has them. notice: told what that tells. Raises NotPlain
    where they are to be read row by row."""
    findings, staged = Findings(), dict[str, StagedFile]()

    def source(people: People, found: Findings) -> Events:
        _refuse(found)
        events = stage_folder(
            warehouse, asked.model, asked.folder, asked.wanted.events, ranks_of(people),
            wanted=asked.wanted, notice=lambda f: found.notice(f.place, f.column, f.message),
            told=lambda file: progress(file, 0, 0),
        )  # fmt: skip
        staged.update(events)
        for file in events.values():
            _unknown_people(warehouse, file, people, found)
        return {}, {}

    try:
        with uncollected():
            data = _read(asked, progress, findings, source)
        _refuse(findings)
        _refuse_shares(warehouse, data, staged, asked.wanted)
    except Failure as fault:  # the reader of rows meets it as well, and tells it
        raise NotPlain(str(fault)) from None
    for each in findings.notices:
        notice(each)
    persons = sorted(data.people)
    return StagedData(
        data, staged, StagedRows(warehouse, staged, asked.model.program.events, persons)
    )


def ranks_of(people: People) -> dict[str, int]:
    """Person -> his number."""
    return ranks(Dataset({}, people))


def _read(
    asked: Asked,
    progress: Progress,
    findings: Findings,
    source: Callable[[People, Findings], Events],
) -> Dataset:
    found = files(asked.folder, asked.model)
    events = {file_name(name) for name in asked.model.program.events}
    tables = {
        name: Table(path.name, ()) if name in events else table_of(path, progress)
        for name, path in found.items()
    }
    directory = directory_of(asked.folder, asked.model, asked.directory, tables)
    place = str(asked.folder)
    return read_dataset(tables, directory, asked.model, place, findings, asked.wanted, source)


def _refuse(findings: Findings) -> None:
    if findings.fault_count:
        raise NotPlain(str(findings.faults[0]))


def _unknown_people(
    warehouse: DuckDB, file: StagedFile, people: People, findings: Findings
) -> None:
    """A notice for everybody who is nowhere, as the reader of rows has it."""
    for leaf in file.persons:
        id = file.nobody(leaf)
        query = f"SELECT line, {id} FROM {file.table} WHERE {id} IS NOT NULL ORDER BY line"
        for line, person in warehouse.rows(query):
            nobody(person, f"{file.file}:{line}", leaf.column, people, findings)


def _refuse_shares(
    warehouse: DuckDB, data: Dataset, staged: Mapping[str, StagedFile], wanted: Needs
) -> None:
    """NotPlain where `credits` shares an event that is not there."""
    for name in wanted.events.keys() & data.splits.keys():
        table = f"{staged[name].table}_shared"
        warehouse.load(table, (("id", "TEXT"),), ((id,) for id in data.splits[name]))
        query = f"SELECT COUNT(*) FROM {table} c LEFT JOIN {staged[name].table} e ON e.id = c.id"
        ((missing,),) = warehouse.rows(f"{query} WHERE e.id IS NULL")
        warehouse.drop(table)
        if missing:
            raise NotPlain("an event that is shared is not there")


# --- how much there is ---------------------------------------------------------------------


def row_count(asked: Asked, most: int) -> int:
    """How many rows the events of a folder have, as far as can be told at a glance; counted no
    further than `most`."""
    count = 0
    names = [file_name(name) for name in asked.wanted.events]
    for name in names:
        for path in (asked.folder / f"{name}.csv", asked.folder / f"{name}.parquet"):
            if count < most and path.is_file():
                count += _rows(path, most)
    return count


def _rows(path: Path, most: int) -> int:
    if path.suffix == ".parquet":
        try:
            with duckdb.connect(config={"threads": 1}) as connection:
                found = connection.execute(f"SELECT COUNT(*) FROM {parquet(path)}").fetchone()
        except duckdb.Error:
            return 0  # the reader of rows says what is wrong with it
        return 0 if found is None else int(found[0])
    lines = 0
    with path.open("rb") as stream:
        while lines <= most and (piece := stream.read(_PIECE)):
            lines += piece.count(b"\n")
    return max(0, lines - FIRST_ROW + 1)
