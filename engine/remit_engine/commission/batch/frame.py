"""A small table that grows by columns, whose ranges are looked up as they come."""

from __future__ import annotations

from collections.abc import Mapping

from remit_engine.commission.batch.scratch import Scratch
from remit_engine.commission.batch.whole import NARROW, Ratio, Whole


class Frame:
    """Rows of a query. A column that is kept is computed once, and proves what it lies within."""

    def __init__(self, warehouse: Scratch, prefix: str, query: str) -> None:
        self.warehouse = warehouse
        self._prefix, self._version, self._names = prefix, 0, 0
        self.ranges: dict[str, Whole] = {}
        self._made = f"{prefix}_0"
        self._added: str | None = None
        warehouse.create(self._made, query)

    @property
    def table(self) -> str:
        """The name of the table, with all columns in it."""
        if self._added is not None:
            self.replace(self._added)
        return self._made

    def column(self, name: str) -> Whole:
        """A column of whole numbers that the query has."""
        if name not in self.ranges:
            self.measure((name,))
        return self.ranges[name]

    def measure(self, names: tuple[str, ...]) -> None:
        """Look up what columns lie within."""
        ends = ", ".join(f"MIN({n}), MAX({n})" for n in names)
        ((*found,),) = self.warehouse.rows(f"SELECT {ends} FROM {self.table}")
        for i, name in enumerate(names):
            low, high = found[2 * i], found[2 * i + 1]
            self.ranges[name] = Whole(name, int(low or 0), int(high or 0))

    def add(self, columns: Mapping[str, str]) -> None:
        """More columns of any kind; they are computed when somebody asks for the table."""
        shown = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
        rows = self._made if self._added is None else f"({self._added})"
        self._added = f"SELECT t.*, {shown} FROM {rows} t"

    def replace(self, query: str) -> None:
        """Other rows: a query over this table."""
        old, self._added = self._made, None
        self._version += 1
        self._made = f"{self._prefix}_{self._version}"
        self.warehouse.create(self._made, query)
        self.warehouse.drop(old)

    def keep(self, *wholes: Whole) -> tuple[Whole, ...]:
        """Columns of these numbers."""
        fresh = {f"v{self._names + i}": w for i, w in enumerate(wholes)}
        self._names += len(wholes)
        self.add({name: w.sql for name, w in fresh.items()})
        self.measure(tuple(fresh))
        for name, w in fresh.items():
            found = self.ranges[name]
            if w.wide and max(-found.low, found.high) <= NARROW:
                sql, wide = f"CAST({name} AS BIGINT)", False
            else:
                sql, wide = name, w.wide
            self.ranges[name] = Whole(sql, found.low, found.high, wide)
        return tuple(self.ranges[name] for name in fresh)

    def kept(self, value: Ratio) -> Ratio:
        """A quotient as columns."""
        if value.under.known is not None:
            if value.over.known is not None or value.over.sql in self.ranges:
                return value
            (over,) = self.keep(value.over)
            return Ratio(over, value.under)
        over, under = self.keep(value.over, value.under)
        return Ratio(over, under)

    def drop(self) -> None:
        """Forget it."""
        self.warehouse.drop(self.table)
