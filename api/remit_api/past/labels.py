"""The positions of those who acted, day by day, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from remit_engine.impact import named
from remit_engine.people.directory import Directory
from remit_engine.warehouse.duckdb import DuckDB

EPOCH = date(1970, 1, 1)
ALWAYS = 10**9
COLUMNS = (("party", "TEXT"), ("start", "BIGINT"), ("until", "BIGINT"), ("label", "TEXT"))

Stretch = tuple[str, int, int, str]


def load_labels(warehouse: DuckDB, table: str, parties: str, directory: Directory) -> None:
    """The table of all parties that a text means; days are those since 1970-01-01, half open."""
    known = warehouse.rows(f"SELECT DISTINCT meant, person FROM {parties}")
    warehouse.load(table, COLUMNS, list(_stretches(known, directory)))


def _stretches(known: Iterable[tuple[str, bool]], directory: Directory) -> Iterator[Stretch]:
    for party, person in sorted(known):
        if person:
            yield from _of_person(party, directory)
        else:
            yield party, -ALWAYS, ALWAYS, named([party])


def _of_person(person: str, directory: Directory) -> Iterator[Stretch]:
    """Between two days on which something begins or ends, the positions are the same."""
    holdings = directory.people[person].holdings
    days = sorted({d for h in holdings for d in (h.start, h.until) if d is not None})
    begins = [date.min, *(d for d in days if d > date.min)]
    ends = [*begins[1:], None]
    for start, until in zip(begins, ends, strict=True):
        held = named([h.position for h in holdings if h.in_force(start)])
        first = -ALWAYS if start == date.min else (start - EPOCH).days
        yield person, first, ALWAYS if until is None else (until - EPOCH).days, held
