"""All tables together become a `Dataset`: what refers to something is held against it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from remit_engine.commission.basis.dataset import Dataset, EventRow, Stretch
from remit_engine.commission.reading.beside import (
    read_credits,
    read_measures,
    read_owners,
    read_targets,
)
from remit_engine.commission.reading.columns import Leaf
from remit_engine.commission.reading.events import EventReader
from remit_engine.commission.reading.findings import Findings
from remit_engine.commission.reading.naming import BESIDE, PEOPLE, file_name
from remit_engine.commission.reading.needs import Needs, needs
from remit_engine.commission.reading.organisation import from_directory
from remit_engine.commission.reading.people import read_people
from remit_engine.commission.reading.rows import unknown
from remit_engine.commission.reading.table import Table
from remit_engine.people.directory import Directory
from remit_engine.rules.ir import Model

People = Mapping[str, tuple[Stretch, ...]]
Events = tuple[dict[str, tuple[EventRow, ...]], Mapping[str, Collection[str]]]
"""The rows of every event that was read; and the ids of all rows, those at fault too."""
EventSource = Callable[[People, Findings], Events]
"""What reads events in another way than from their tables."""


def table_names(model: Model) -> tuple[str, ...]:
    """Every table that data of a program may have, those of events first."""
    events = (file_name(name) for name in model.program.events)
    return tuple(dict.fromkeys((*events, *BESIDE, PEOPLE)))


def read_dataset(
    tables: Mapping[str, Table],
    directory: Directory | None,
    model: Model,
    place: str,
    findings: Findings,
    wanted: Needs | None = None,
    source: EventSource | None = None,
) -> Dataset:
    """What the tables (by `table_names`) hold. Only with no fault among the findings is it whole.

    directory: the people, in the place of a table `people`. place: where the tables stand, for
    what is missing altogether. wanted: what is read, where it is not all that the program's pay
    reads; tables beside it are then passed over. source: gives the events, whose tables need no
    more than names then.
    """
    if wanted is None:
        wanted = needs(model.program)
    else:
        tables = {n: t for n, t in tables.items() if n in _wanted_tables(wanted)}
    if _missing(tables, directory, wanted, model, place, findings):
        return Dataset({}, {})
    if directory is not None:
        people = from_directory(directory, model, findings)
    else:
        people = read_people(tables[PEOPLE], wanted, model, findings)
    if source is not None:
        events, ids = source(people, findings)
    else:
        events, ids = _events(tables, wanted, people, model, findings)
    found: dict[str, Any] = {}
    if "credits" in tables:
        found["splits"] = read_credits(tables["credits"], ids, people, model, findings)
    if "owners" in tables:
        found["owners"] = read_owners(tables["owners"], people, findings)
    if "targets" in tables:
        found["targets"] = read_targets(tables["targets"], people, model, findings)
    if "measures" in tables:
        found["measures"] = read_measures(tables["measures"], people, model, findings)
    return Dataset(events, people, **found)


def _wanted_tables(wanted: Needs) -> set[str]:
    return {PEOPLE, *wanted.tables, *map(file_name, wanted.events)}


def _missing(
    tables: Mapping[str, Table],
    directory: Directory | None,
    wanted: Needs,
    model: Model,
    place: str,
    findings: Findings,
) -> bool:
    """Note what the plans read and is not there, and names that mean two things."""
    before = findings.fault_count
    by_file: dict[str, str] = dict.fromkeys((*BESIDE, PEOPLE), "a table of its own")
    for name in model.program.events:
        other = by_file.setdefault(file_name(name), name)
        if other != name:
            message = f"the event `{name}` has the table `{file_name(name)}`, and so has {other}"
            findings.fault(place, None, f"{message}: give it another name")
    for name in (*map(file_name, sorted(wanted.events)), *sorted(wanted.tables)):
        if name not in tables:
            findings.fault(place, None, f"there is no `{name}`, which the plans read")
    if directory is None and PEOPLE not in tables:
        message = f"there is nobody: neither `{PEOPLE}` nor a directory"
        findings.fault(place, None, message)
    if directory is not None and PEOPLE in tables:
        message = f"there are people twice: `{PEOPLE}` and a directory: keep one of them"
        findings.fault(place, None, message)
    return findings.fault_count > before


# --- events --------------------------------------------------------------------------------


def _events(
    tables: Mapping[str, Table], wanted: Needs, people: People, model: Model, findings: Findings
) -> Events:
    """Of every event that has a table, each row held against people and other events."""
    found: dict[str, tuple[EventRow, ...]] = {}
    readers: dict[str, EventReader] = {}
    for name, event in model.program.events.items():
        table = tables.get(file_name(name))
        if table is not None:
            reader = EventReader(event, wanted.events.get(name, {("id",)}), model, findings)
            found[name], readers[name] = tuple(reader.rows(table)), reader
    for name, reader in readers.items():
        for leaf in reader.all:
            met = reader.met.get(leaf.column, set()) - {None}
            if leaf.kind == "person" and not met <= people.keys():
                _known_people(found[name], leaf, people, findings)
            elif leaf.link in readers and not met <= readers[leaf.link].seen.keys():
                _known_events(found[name], leaf, readers[leaf.link], findings)
    return found, {name: reader.seen for name, reader in readers.items()}


def _known_people(
    rows: tuple[EventRow, ...], leaf: Leaf, people: People, findings: Findings
) -> None:
    """A notice for everybody who is nowhere; the run says which lines that concerns."""
    for row, person in _given(rows, leaf):
        if person not in people:
            nobody(person, row.place, leaf.column, people, findings)


def nobody(person: str, place: str, column: str, people: People, findings: Findings) -> None:
    """Note that a row names a person who is nowhere."""
    known = () if findings.full else people
    findings.notice(place, column, unknown("person", person, known))


def _known_events(
    rows: tuple[EventRow, ...], leaf: Leaf, followed: EventReader, findings: Findings
) -> None:
    ids, what = followed.seen, file_name(followed.event.name)
    for row, id in _given(rows, leaf):
        if id not in ids:
            findings.fault(row.place, leaf.column, unknown(what, id))


def _given(rows: tuple[EventRow, ...], leaf: Leaf) -> Iterator[tuple[EventRow, str]]:
    """The ids that a column holds."""
    for row in rows:
        value: Any = row.facts
        for step in leaf.path:
            value = value.get(step) if value is not None else None
        if value is not None:
            yield row, value
