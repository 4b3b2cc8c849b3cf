"""Rows of cells, in pieces, whatever they come from; and the columns that a reader asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from remit_dsl.suggest import nearest
from remit_engine.commission.reading.findings import Findings

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows, each with as many cells as there are columns, and their numbers (of the line in a
    text, else of the row). A cell is a text, an exact value or None. broken: number and what is
    wrong, of rows that could not be cut into cells, or of cells: then with the column's name.
    texts: every cell is a text."""

    numbers: Sequence[int]
    rows: Sequence[Sequence[Any]]
    broken: Sequence[tuple[int, str | None, str]] = ()
    texts: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """name: as people know it (`sale.csv`). columns: as the header has them."""

    name: str
    columns: tuple[str, ...]
    chunks: Iterator[Chunk] = field(default_factory=lambda: iter(()))

    def place(self, number: int) -> str:
        """Where a row is: `sale.csv:17`."""
        return f"{self.name}:{number}"


def chosen(
    table: Table, required: Collection[str], optional: Collection[str], findings: Findings
) -> dict[str, int] | None:
    """The place of every column asked for and there; None when one is missing, or there twice.

    Further columns are listed in a notice."""
    known = [*required, *optional]
    twice = [n for n, count in Counter(table.columns).items() if count > 1 and n in known]
    for name in twice:
        findings.fault(table.name, name, "the column is there twice")
    extra = [n for n in table.columns if n not in known]
    missing = [n for n in required if n not in table.columns]
    for name in missing:
        findings.fault(table.name, name, _missing(name, extra, table))
    if extra:
        listed = ", ".join(f"`{n}`" if n else "one without a name" for n in extra[:SHOWN])
        more = f" and {len(extra) - SHOWN} more" if len(extra) > SHOWN else ""
        findings.notice(table.name, None, f"columns that nothing asks for: {listed}{more}")
    return (
        None
        if twice or missing
        else {n: table.columns.index(n) for n in known if n in table.columns}
    )


def _missing(name: str, extra: list[str], table: Table) -> str:
    guess = nearest(name, extra)
    if guess:
        return f"there is no such column: is `{guess}` meant?"
    there = ", ".join(f"`{n}`" for n in table.columns[:SHOWN]) or "none"
    return f"there is no such column: there are {there}"
