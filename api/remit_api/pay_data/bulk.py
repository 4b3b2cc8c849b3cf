"""Events straight from files into the tables that batches of pay read, without a row in Python.

The tables are those of `stage`, with a column `line` more, the number of each row in its file, and
for each person a column with his id where nobody knows him. Only files whose every cell is plain
are taken: whatever the reader of rows would refuse, or might read in another way, is left to it,
which tells the faults.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from remit_api.pay_data.plain_column import Cells, Part, looked_up, values, words
from remit_api.pay_data.plain_file import Columns, NotPlain, plain_file
from remit_dsl.pay import Event
from remit_engine.commission.batch.staged import LINK, PERSON, Column, Staged, layout
from remit_engine.commission.reading.columns import Leaf, leaves
from remit_engine.commission.reading.findings import Finding, Findings
from remit_engine.commission.reading.naming import BESIDE, PEOPLE, file_name
from remit_engine.commission.reading.needs import Needs, needs
from remit_engine.commission.reading.table import Table, chosen
from remit_engine.rules.ir import Model
from remit_engine.warehouse.duckdb import DuckDB
from remit_engine.warehouse.warehouse import WarehouseTrouble

Notice = Callable[[Finding], None]
Told = Callable[[str], None]
"""Told which file is read now."""
Stamp = tuple[int, int, int]


def _silent(_: object) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class StagedFile(Staged):
    """An event's rows. file: its name, as places have it. leaves: the columns that it has."""

    file: str = ""
    leaves: tuple[Leaf, ...] = ()

    def nobody(self, leaf: Leaf) -> str:
        """The column with the ids of persons whom nobody knows."""
        return f"{self.columns[leaf.path].name}_id"

    @property
    def persons(self) -> tuple[Leaf, ...]:
        """The columns of persons."""
        return tuple(leaf for leaf in self.leaves if self.columns[leaf.path].form == PERSON)


def stage_folder(
    warehouse: DuckDB,
    model: Model,
    folder: Path,
    events: Collection[str],
    people: Mapping[str, int],
    *,
    wanted: Needs | None = None,
    prefix: str = "event",
    notice: Notice = _silent,
    told: Told = _silent,
) -> dict[str, StagedFile]:
    """What `stage` makes of the rows in a folder, by event. Raises NotPlain, with the reason, where
    they are to be read row by row; nothing is left then.

    events: the qualified names of those that are read; others are staged without rows. people:
    their numbers by id (see `ranks`); anybody else is -1. wanted: what must be there, where it is
    not all that the program's pay reads. notice: told of columns that nobody asks for.
    """
    asked = needs(model.program) if wanted is None else wanted
    run = _Bulk(warehouse, model, folder, frozenset(events), people, asked, prefix, told)
    try:
        found = run.staged()
    except BaseException as fault:
        run.clear(every=True)
        if isinstance(fault, WarehouseTrouble | OSError):
            raise NotPlain(str(fault)) from None
        raise
    run.clear()
    for name in found:
        for each in run.findings[name].notices:
            notice(each)
    return found


@dataclass(slots=True)
class _Bulk:
    warehouse: DuckDB
    model: Model
    folder: Path
    events: frozenset[str]
    people: Mapping[str, int]
    wanted: Needs
    prefix: str
    told: Told
    findings: dict[str, Findings] = field(default_factory=lambda: defaultdict(Findings))
    found: dict[str, StagedFile] = field(default_factory=dict)
    beside: list[str] = field(default_factory=list)
    """Tables and views that are of no use later."""

    def clear(self, every: bool = False) -> None:
        """Forget what stands beside; every: and what was staged."""
        tables = [s.table for s in self.found.values()] if every else []
        for table in [*tables, *reversed(self.beside)]:
            self.warehouse.drop(table)

    def staged(self) -> dict[str, StagedFile]:
        """Every event, those first that others follow. Raises NotPlain, WarehouseTrouble."""
        files = self._files()
        before = [_stamp(path) for path in files.values()]
        self._load_people()
        for name in _in_order(self.model.program.events):
            self.found[name] = self._event(name, files.get(name))
        if before != [_stamp(path) for path in files.values()]:
            raise NotPlain("a file was changed meanwhile")
        return {name: self.found[name] for name in self.model.program.events}

    def _files(self) -> dict[str, Path]:
        names = [file_name(name) for name in self.model.program.events]
        if len({*names, *BESIDE, PEOPLE}) < len(names) + len(BESIDE) + 1:
            raise NotPlain("two tables have the same name")
        if not self.events <= self.model.program.events.keys():
            raise NotPlain("there is no such event")
        files = {}
        for name in self.events:
            there = [self.folder / f"{file_name(name)}.{end}" for end in ("csv", "parquet")]
            there = [path for path in there if path.is_file()]
            if len(there) != 1:
                raise NotPlain(f"`{file_name(name)}` is not one file")
            files[name] = there[0]
        return files

    def _load_people(self) -> None:
        table = self._noted(f"{self.prefix}_people")
        columns = [("word", "TEXT"), ("value", "BIGINT")]
        self.warehouse.load(table, columns, iter(self.people.items()))

    def _noted(self, table: str) -> str:
        self.beside.append(table)
        return table

    # --- one event -------------------------------------------------------------------------

    def _event(self, name: str, path: Path | None) -> StagedFile:
        event = self.model.program.events[name]
        table = f"{self.prefix}_{list(self.model.program.events).index(name)}"
        forms = layout(self.model.program, event)
        columns = {p: Column(f"f{i}", form) for i, (p, form) in enumerate(forms.items())}
        if path is None:
            typed = [("n", "BIGINT"), ("id", "TEXT"), *((c.name, c.type) for c in columns.values())]
            self.warehouse.load(table, typed, ())
            return StagedFile(table, columns)
        self.told(path.name)
        raw = self._noted(f"{table}_cells")
        file = plain_file(self.warehouse, path, raw)
        cells = self._cells(event, path.name, file.columns, raw)
        parts = {leaf: self._part(leaf, cells[leaf], columns, event) for leaf in cells}
        self._check(raw, cells, parts)
        made = self._made(table, raw, file.line, columns, parts)
        self.found[name] = staged = replace(made, file=path.name, leaves=tuple(cells))
        self._check_links(event, staged)
        return staged

    def _cells(self, event: Event, file: str, there: Columns, raw: str) -> dict[Leaf, Cells]:
        """The columns that the file has of those the event has."""
        every = leaves(event, self.model.program)
        needed = self.wanted.events.get(event.name, {("id",)})
        required = [leaf.column for leaf in every if leaf.among(needed)]
        further = [leaf.column for leaf in every if not leaf.among(needed)]
        table = Table(file, tuple(name for name, _ in there))
        at = chosen(table, required, further, self.findings[event.name])
        if at is None:
            raise NotPlain("a column is missing, or there twice")
        return {
            leaf: Cells(raw, f"c{at[leaf.column]}", there[at[leaf.column]][1])
            for leaf in every
            if leaf.column in at
        }

    def _part(
        self, leaf: Leaf, cells: Cells, columns: Mapping[tuple[str, ...], Column], event: Event
    ) -> Part:
        column = columns.get(leaf.path)
        if column is None:
            raise NotPlain(f"`{leaf.column}` has no staged form")
        if leaf.kind == "id":
            return words(cells)
        if column.form == PERSON:
            return looked_up(cells, f"{self.prefix}_people")
        if column.form == LINK:
            return looked_up(cells, self._ids(leaf.link or ""))
        currency = self.model.program.policies[event.policy].currency
        part = values(self.warehouse, cells, leaf, column, self.model, currency)
        if part.joined is not None:
            self._noted(part.joined[0])
        return part

    def _ids(self, event: str) -> str:
        """The ids of a staged event, as they are looked up."""
        if event not in self.found:
            raise NotPlain(f"events follow `{event}` in a circle")
        view = self._noted(f"{self.found[event].table}_ids")
        self.warehouse.view(view, f"SELECT id AS word, n AS value FROM {self.found[event].table}")
        return view

    def _check(self, raw: str, cells: Mapping[Leaf, Cells], parts: Mapping[Leaf, Part]) -> None:
        """NotPlain for cells that are, for empty ones that may not be, and for an id again."""
        (key,) = (cells[leaf].sql for leaf in cells if leaf.kind == "id")
        wrong = [f"{key} IS NULL", *(part.wrong for part in parts.values() if part.wrong)]
        wrong += [_empty(leaf, cells) for leaf in cells if not leaf.optional]
        counts = ", ".join(f"COUNT(*) FILTER (WHERE {each})" for each in wrong)
        query = f"SELECT COUNT(*) - COUNT(DISTINCT {key}), {counts} FROM {raw} r"
        (found,) = self.warehouse.rows(query)
        if any(found):
            raise NotPlain("cells are not plain, or empty, or an id is there again")

    def _made(
        self,
        table: str,
        raw: str,
        line: str,
        columns: Mapping[tuple[str, ...], Column],
        parts: Mapping[Leaf, Part],
    ) -> StagedFile:
        by_path = {leaf.path: part for leaf, part in parts.items()}
        made = {
            path: Column(c.name, c.form, by_path[path].per_unit) if path in by_path else c
            for path, c in columns.items()
        }
        (key,) = (part.value for leaf, part in parts.items() if leaf.kind == "id")
        shown = [f"row_number() OVER (ORDER BY {key}) - 1 AS n", f"{key} AS id", f"{line} AS line"]
        for path, column in columns.items():
            value = by_path[path].value if path in by_path else "NULL"
            shown.append(f"CAST({value} AS {column.type}) AS {column.name}")
            if column.form == PERSON and path in by_path and (join := by_path[path].joined):
                _, alias, word = join
                shown.append(f"CASE WHEN {alias}.value IS NULL THEN {word} END AS {column.name}_id")
        joins = map(_join, parts.values())
        self.warehouse.create(table, f"SELECT {', '.join(shown)} FROM {raw} r {' '.join(joins)}")
        ((count,),) = self.warehouse.rows(f"SELECT COUNT(*) FROM {table}")
        return StagedFile(table, made, count)

    def _check_links(self, event: Event, staged: Staged) -> None:
        """NotPlain where a linked event is not among those that were read."""
        names = [
            staged.columns[name,].name
            for name, target in event.links.items()
            if target in self.events
        ]
        for name in names:
            query = f"SELECT COUNT(*) FROM {staged.table} WHERE {name} = -1"
            if list(self.warehouse.rows(query)) != [(0,)]:
                raise NotPlain("a linked event is not there")


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _in_order(events: Mapping[str, Event]) -> Iterator[str]:
    """Events after those that they follow, as far as that can be."""
    done: set[str] = set()
    while left := [name for name in events if name not in done]:
        ready = [n for n in left if done.issuperset(events[n].links.values())] or left
        yield from ready
        done.update(ready)


def _empty(leaf: Leaf, cells: Mapping[Leaf, Cells]) -> str:
    """The cell is empty, and no optional record that it is in is empty as a whole."""
    beside = [
        [f"{c.sql} IS NULL" for o, c in cells.items() if o.path[: len(record)] == record]
        for record in leaf.within
    ]
    spared = (f" AND NOT ({' AND '.join(record)})" for record in beside)
    return f"{cells[leaf].sql} IS NULL{''.join(spared)}"


def _join(part: Part) -> str:
    if part.joined is None:
        return ""
    table, alias, word = part.joined
    return f"LEFT JOIN {table} {alias} ON {alias}.word = {word}"
