"""Whole steps for shares: parts that make their whole, and tables that add up both ways.

Everything is counted in whole steps (cents, or the `in steps of` an allocation), so that all
arithmetic is on integers and nothing is lost.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from math import lcm

LARGEST = "largest"
IN_ORDER = "order"


def parts(whole: int, weights: Sequence[Fraction], remainders: str) -> list[int]:
    """`whole` steps in proportion to weights: the parts make the whole, each is less than one step
    from its exact share, and what weighs nothing gets nothing.

    remainders: `largest` (every share rounded down, the steps left go one each to the largest
    fractions, ties in order) or `order` (differences of cumulatives rounded half up).
    Raises ValueError for a negative whole or weight, and when there is a whole and no weight.
    """
    if whole < 0 or any(w < 0 for w in weights):
        raise ValueError("neither the whole nor a weight may be negative")
    scale = lcm(*(w.denominator for w in weights))
    scaled = [w.numerator * (scale // w.denominator) for w in weights]
    total = sum(scaled)
    if total == 0:
        if whole:
            raise ValueError("all weights are zero")
        return [0] * len(weights)
    if remainders == LARGEST:
        return _largest(whole, scaled, total)
    if remainders == IN_ORDER:
        return _in_order(whole, scaled, total)
    raise ValueError(f"no such remainder rule: {remainders}")


def _largest(whole: int, weights: Sequence[int], total: int) -> list[int]:
    shares = [divmod(whole * weight, total) for weight in weights]
    found = [floor for floor, _ in shares]
    by_fraction = sorted(range(len(shares)), key=lambda i: (-shares[i][1], i))
    for i in by_fraction[: whole - sum(found)]:
        found[i] += 1
    return found


def _in_order(whole: int, weights: Sequence[int], total: int) -> list[int]:
    found, given, reached = [], 0, 0
    for weight in weights:
        reached += weight
        rounded = (2 * whole * reached + total) // (2 * total)
        found.append(rounded - given)
        given = rounded
    return found


def crossed(rows: Sequence[int], columns: Sequence[int]) -> list[list[int]]:
    """The table with these totals of rows and of columns, both making the same whole: each cell is
    less than one step from `row * column / whole`. Raises ValueError when the wholes differ."""
    whole = sum(rows)
    if whole != sum(columns):
        raise ValueError("rows and columns make different wholes")
    if whole == 0:
        return [[0] * len(columns) for _ in rows]
    return rounded_table([[row * column for column in columns] for row in rows], whole)


def rounded_table(cells: Sequence[Sequence[int]], denominator: int) -> list[list[int]]:
    """Cells `n / denominator`, of a table whose rows and columns make whole numbers, each rounded
    down or up so that every row and every column keeps its sum; whole cells stay.

    That is always possible: the fractions are themselves a flow from rows to columns within [0, 1],
    and where capacities are whole there is a whole flow as large. Steps go to the largest
    fractions first (ties by row, then column); what that leaves open is found by augmenting paths.
    Raises ValueError when some row or column does not make a whole number.
    """
    floors = [[n // denominator for n in row] for row in cells]
    fractions = [[n % denominator for n in row] for row in cells]
    table = _UpRoundings(fractions, denominator)
    for i, j in table.open:
        table.take(i, j)
    for i in range(len(table.rows)):
        while table.rows[i]:
            table.augment(i)
    return [
        [floor + up for floor, up in zip(*row, strict=True)]
        for row in zip(floors, table.up, strict=True)
    ]


class _UpRoundings:
    """Which cells are rounded up (`up`, 0 or 1), and how many are due in each row and column.

    open: the cells that may be, those with a fraction, the largest fraction first.
    """

    def __init__(self, fractions: Sequence[Sequence[int]], denominator: int) -> None:
        self.rows = [_whole(sum(row), denominator) for row in fractions]
        self.columns = [_whole(sum(column), denominator) for column in zip(*fractions, strict=True)]
        self.up = [[0] * len(row) for row in fractions]
        cells = [(-f, i, j) for i, row in enumerate(fractions) for j, f in enumerate(row) if f]
        self.open = [(i, j) for _, i, j in sorted(cells)]
        self._in_row: list[list[int]] = [[] for _ in self.rows]
        self._in_column: list[list[int]] = [[] for _ in self.columns]
        for i, j in self.open:
            self._in_row[i].append(j)
            self._in_column[j].append(i)

    def take(self, i: int, j: int) -> None:
        """Round a cell up where both its row and its column are still due one."""
        if self.rows[i] and self.columns[j]:
            self.up[i][j] = 1
            self.rows[i] -= 1
            self.columns[j] -= 1

    def augment(self, start: int) -> None:
        """One more in a row, by the shortest alternating path to a column that is due one."""
        into_column: dict[int, int] = {}
        into_row: dict[int, int | None] = {start: None}
        queue = deque([start])
        while queue:
            i = queue.popleft()
            for j in self._in_row[i]:
                if self.up[i][j] or j in into_column:
                    continue
                into_column[j] = i
                if self.columns[j]:
                    self._flip(j, into_column, into_row)
                    self.rows[start] -= 1
                    self.columns[j] -= 1
                    return
                for row in self._in_column[j]:
                    if self.up[row][j] and row not in into_row:
                        into_row[row] = j
                        queue.append(row)
        raise AssertionError("a table with whole sums always has a rounding")

    def _flip(self, j: int, into_column: dict[int, int], into_row: dict[int, int | None]) -> None:
        at: int | None = j
        while at is not None:
            i = into_column[at]
            self.up[i][at] = 1
            at = into_row[i]
            if at is not None:
                self.up[i][at] = 0


def _whole(numerator: int, denominator: int) -> int:
    count, rest = divmod(numerator, denominator)
    if rest:
        raise ValueError("a row or column does not make a whole number")
    return count
