"""A place of data becomes a `Dataset`, or one failure that lists what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import Engine

from remit_api.failures import FileTrouble, MissingFile
from remit_api.past import database
from remit_api.past.source import is_url, shown_source
from remit_api.pay_data.csv_table import csv_table
from remit_api.pay_data.database_table import database_table, table_list
from remit_api.pay_data.failures import BadData
from remit_api.pay_data.parquet_table import parquet_table
from remit_api.wiring import DIRECTORY_FILE, load_directory
from remit_dsl.uncollected import uncollected
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.reading.assembly import read_dataset, table_names
from remit_engine.commission.reading.findings import Finding, Findings
from remit_engine.commission.reading.naming import PEOPLE
from remit_engine.commission.reading.needs import Needs
from remit_engine.commission.reading.table import Table
from remit_engine.people.directory import Directory
from remit_engine.rules.ir import Model

Progress = Callable[[str, int, int], None]
"""Told what is read, how much of it, and of how much (0: not known): bytes of CSV, else rows."""
Notice = Callable[[Finding], None]


def _silent(*_: object) -> None:
    """Tells nobody."""


def open_data(
    place: str,
    model: Model,
    progress: Progress = _silent,
    notice: Notice = _silent,
    directory: Directory | None = None,
    wanted: Needs | None = None,
) -> Dataset:
    """The data of a folder, or of the tables of a database (`sqlite:///pay.db`).

    notice: told of what was passed over: columns nobody asks for, people nobody knows. directory:
    the people, where the place has neither `people` nor a `directory.yaml`. wanted: what is read,
    where it is not all that the program's pay reads.

    Raises BadData with all that is wrong with the rows, MissingFile, FileTrouble, WrongUse, and
    InvalidPolicy for a directory with errors.
    """
    if is_url(place):
        read = partial(_from_database, place, model, directory, progress)
    else:
        read = partial(_from_folder, Path(place), model, directory, progress)
    return whole(lambda findings: read(findings, wanted), shown_source(place), notice)


Data = TypeVar("Data", bound=Dataset)


def whole(read: Callable[[Findings], Data], place: str, notice: Notice) -> Data:
    """What is read, where nothing is wrong with it; BadData with all that is. notice: as for
    `open_data`."""
    findings = Findings()
    with uncollected():
        data = read(findings)
    for found in findings.notices:
        notice(found)
    if findings.fault_count:
        raise BadData(place, findings)
    return data


def _from_database(
    url: str,
    model: Model,
    directory: Directory | None,
    progress: Progress,
    findings: Findings,
    wanted: Needs | None,
) -> Dataset:
    engine = database.opened(url)
    try:
        tables = tables_of(engine, url, table_names(model), progress)
        people = None if PEOPLE in tables else directory
        return read_dataset(tables, people, model, shown_source(url), findings, wanted)
    finally:
        engine.dispose()


def tables_of(
    engine: Engine, url: str, names: Iterable[str], progress: Progress
) -> Mapping[str, Table]:
    """The tables of a database, of some names. Raises FileTrouble."""
    there = table_list(engine, url)
    return {
        name: database_table(engine, name, url, partial(_told, progress, name, 0))
        for name in names
        if name in there
    }


def _told(progress: Progress, name: str, whole: int, done: int) -> None:
    progress(name, done, whole)


# --- folders -------------------------------------------------------------------------------


def _from_folder(
    folder: Path,
    model: Model,
    directory: Directory | None,
    progress: Progress,
    findings: Findings,
    wanted: Needs | None,
) -> Dataset:
    if not folder.is_dir():
        raise MissingFile(folder, f"there is no folder `{folder}`")
    tables = {name: table_of(path, progress) for name, path in files(folder, model).items()}
    people = directory_of(folder, model, directory, tables)
    return read_dataset(tables, people, model, str(folder), findings, wanted)


def files(folder: Path, model: Model) -> dict[str, Path]:
    """The files of a folder by the tables of a program. Raises FileTrouble where one has two."""
    found = ((name, _file(folder, name)) for name in table_names(model))
    return {name: path for name, path in found if path is not None}


def directory_of(
    folder: Path, model: Model, directory: Directory | None, tables: Collection[str]
) -> Directory | None:
    """Where the people of a folder stand: its own directory, else its table, else one beside the
    policies."""
    if (folder / DIRECTORY_FILE).is_file():
        return load_directory(folder / DIRECTORY_FILE, model.program)[0]
    return None if PEOPLE in tables else directory


def _file(folder: Path, name: str) -> Path | None:
    """The file of a table; FileTrouble where there are two."""
    found = [path for end in ("csv", "parquet") if (path := folder / f"{name}.{end}").is_file()]
    if len(found) > 1:
        both = " and ".join(f"`{path.name}`" for path in found)
        raise FileTrouble(folder, f"there are both {both}", "keep the one that is meant")
    return found[0] if found else None


def table_of(path: Path, progress: Progress) -> Table:
    """The table of a file. Raises FileTrouble."""
    try:
        if path.suffix == ".parquet":
            return parquet_table(path, partial(_told, progress, path.name, 0))
        return csv_table(path, partial(_told, progress, path.name, path.stat().st_size))
    except OSError as fault:
        raise FileTrouble(path, f"`{path}` cannot be read: {fault.strerror}") from None
