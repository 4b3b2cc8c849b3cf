"""The lines of a plan, kept: in a file that people read, else in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from remit_engine.commission.batch import readable
from remit_engine.commission.batch.kept_files import write_whole
from remit_engine.commission.batch.scratch import Scratch

AMOUNTS = ("credit", "before", "after", "earned", "share")
NAMED = ("event", "person")
"""Columns that only a file has: the ids of the event and the payee."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """What the amounts of lines are over, and what they do not exceed, with either sign."""

    units: Mapping[str, int]
    most: Mapping[str, int]

    @classmethod
    def of(cls, **amounts: tuple[int, int]) -> Amounts:
        """By name, the unit and the largest amount."""
        return cls({n: u for n, (u, _) in amounts.items()}, {n: m for n, (_, m) in amounts.items()})


@dataclass(frozen=True, slots=True)
class KeptLines:
    """table: LINE_COLUMNS, opened and gone, in whole numbers. rows: the same lines where sums over
    many are read, with the period under the name `period`; units: what its amounts are over, None
    where they are whole numbers there too."""

    table: str
    rows: str
    period: str
    units: Mapping[str, int] | None

    def total(self, name: str) -> str:
        """The sum of an amount over a group of `rows`, a whole number."""
        if self.units is None:
            return f"CAST(SUM({name}) AS BIGINT)"
        return readable.number(f"SUM({readable.called(name, self.units[name])})", self.units[name])


def keep_lines(
    warehouse: Scratch,
    table: str,
    query: str,
    amounts: Amounts,
    file: Path | None,
    periods: Sequence[str],
) -> KeptLines:
    """query: LINE_COLUMNS, opened and gone, and for a file NAMED. periods: as they are written.
    Raises WarehouseTrouble."""
    if file is None:
        warehouse.create(table, query)
        return KeptLines(table, table, "period", None)
    shown = ", ".join(
        readable.amount(f"l.{name}", amounts.units[name], name, amounts.most[name])
        for name in AMOUNTS
    )
    write_whole(
        warehouse,
        f"SELECT l.n, l.part, l.event, l.person, l.period, {readable.day('l.day')} "
        f"AS day, {shown}, l.payee, l.period AS number, l.opened, l.gone FROM ({query}) l",
        file,
        {"period": periods},
    )
    rows = f"{table}_file"
    warehouse.read_parquet(rows, file)
    again = ", ".join(
        f"{readable.number(readable.called(name, unit), unit)} AS {name}"
        for name, unit in amounts.units.items()
    )
    warehouse.view(
        table,
        f"SELECT n, part, payee, number AS period, {readable.ordinal('day')} AS day, {again}, "
        f"opened, gone FROM {rows}",
    )
    return KeptLines(table, rows, "number", amounts.units)
