"""What the rows of a file of past requests say, looked for once for both texts."""

from __future__ import annotations

from dataclasses import dataclass, field

from remit_engine.warehouse.duckdb import DuckDB


@dataclass(frozen=True, slots=True)
class Said:
    """The different texts in the rows of a table."""

    warehouse: DuckDB
    table: str
    _known: dict[str, list[str]] = field(default_factory=dict)

    def words(self, value: str) -> list[str]:
        """The values of an expression over the rows, which are p."""
        if value not in self._known:
            query = f"SELECT DISTINCT {value} AS word FROM {self.table} p WHERE word IS NOT NULL"
            query += " ORDER BY word"  # only the first of many are looked up, each time the same
            self._known[value] = [str(word) for (word,) in self.warehouse.rows(query)]
        return self._known[value]
