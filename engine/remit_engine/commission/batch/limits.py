"""The last days of windows: a return within one reverses, and so does what did not come in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from remit_dsl.pay import Reversal
from remit_engine.calendar import add_months
from remit_engine.commission.batch.scratch import Scratch
from remit_engine.commission.batch.staged import Staged
from remit_engine.warehouse.warehouse import BIGINT, Row

COLUMNS = (("day", BIGINT), ("last", BIGINT))


@dataclass(slots=True)
class Limits:
    """Days are added to a day; months are looked up in a table. Both over the event `e`."""

    warehouse: Scratch
    prefix: str
    event: Staged
    _joins: dict[tuple[int, str], str] = field(default_factory=dict)

    def of(self, r: Reversal) -> str:
        """The last day of the window of a reversal, in SQL; NULL where it begins on no day."""
        begun, window = f"e.{self.event.columns[(r.of or '',)].name}", r.window or 0
        if not r.months:
            return f"({begun} + {window})"
        key = (window, begun)
        if key not in self._joins:
            number = len(self._joins)
            table = f"{self.prefix}_limits{number}"
            self.warehouse.load(table, COLUMNS, self._rows(begun, window))
            self._joins[key] = f" LEFT JOIN {table} m{number} ON m{number}.day = {begun}"
        return f"m{list(self._joins).index(key)}.last"

    @property
    def joins(self) -> str:
        """What the query of lines joins for the limits that were asked for."""
        return "".join(self._joins.values())

    def _rows(self, begun: str, months: int) -> Iterable[Row]:
        query = f"SELECT DISTINCT {begun} FROM {self.event.table} e WHERE {begun} IS NOT NULL"
        days = [day for (day,) in self.warehouse.rows(query)]
        return ((day, last) for day, last in _ends(days, months))


def _ends(days: Iterable[int], months: int) -> Iterator[tuple[int, int]]:
    for day in days:
        try:
            yield day, add_months(date.fromordinal(day), months, "clipped").toordinal()
        except OverflowError:
            yield day, date.max.toordinal()
