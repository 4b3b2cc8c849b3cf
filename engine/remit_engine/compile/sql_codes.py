"""Combinations as whole numbers: each part has a code, and the codes together are one number.

So a row finds its combination by an equi-join on one number, after its parts were looked up in
small tables; and no engine can take the joins in an order that multiplies rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_CODE = 2**62


@dataclass(frozen=True, slots=True)
class CodedPart:
    """A part of a combination: its SQL, and the code of each of its values. table: where SQL
    looks the code up; None where the value plus one is the code."""

    sql: str
    codes: Mapping[Any, int]
    table: str | None
    alias: str

    @property
    def code(self) -> str:
        """The SQL of its code."""
        return f"{self.alias}.code" if self.table else f"({self.sql} + 1)"

    @property
    def join(self) -> str:
        """The join that finds its code."""
        return f"JOIN {self.table} {self.alias} ON {self.alias}.part = {self.sql}"

    @property
    def size(self) -> int:
        """Greater than every code."""
        return max(self.codes.values(), default=0) + 1


def direct(sql: str, values: Iterable[int]) -> CodedPart:
    """A part of small whole numbers from -1 on."""
    return CodedPart(sql, {v: v + 1 for v in values}, None, "")


def listed(sql: str, values: Iterable[Any], table: str, alias: str) -> CodedPart:
    """A part whose values are numbered in their order."""
    return CodedPart(sql, {v: i for i, v in enumerate(sorted(values))}, table, alias)


@dataclass(frozen=True, slots=True)
class Codes:
    """The parts of a combination, put together into as few numbers as hold them."""

    parts: tuple[CodedPart, ...]

    def _groups(self) -> Iterator[list[int]]:
        group: list[int] = []
        size = 1
        for i, part in enumerate(self.parts):
            if group and size * part.size > MOST_CODE:
                yield group
                group, size = [], 1
            group.append(i)
            size *= part.size
        yield group

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that hold the numbers."""
        return tuple(f"code{n}" for n, _ in enumerate(self._groups()))

    @property
    def sql(self) -> tuple[str, ...]:
        """The numbers of a row."""
        return tuple(self._sql(group) for group in self._groups())

    def _sql(self, group: Sequence[int]) -> str:
        text = ""
        for i in group:
            part = self.parts[i]
            text = f"({text} * {part.size} + {part.code})" if text else part.code
        return text

    def of(self, rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, ...]]:
        """The numbers of combinations."""
        steps = [[(i, self.parts[i].codes, self.parts[i].size) for i in g] for g in self._groups()]
        for row in rows:
            numbers = []
            for group in steps:
                number = 0
                for i, codes, size in group:
                    number = number * size + codes[row[i]]
                numbers.append(number)
            yield tuple(numbers)
