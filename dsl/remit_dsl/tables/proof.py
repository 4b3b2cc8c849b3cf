"""The proof that no two rows of a table hold together and that none is missing.

Every column is cut into classes: inputs that no cell of the column tells apart. Two rows overlap
when they share a class in every column, which bit masks over rows find without comparing all
pairs. Rows that do not overlap leave nothing out exactly when the combinations of classes they
cover add up to all combinations, so that completeness of a `unique` table is a count.
"""

from __future__ import annotations

from math import prod

from remit_dsl import syntax
from remit_dsl.diagnostics import Related
from remit_dsl.program import Field, TableRow
from remit_dsl.scope.findings import Findings
from remit_dsl.scope.resolve import Symbol
from remit_dsl.scope.world import World
from remit_dsl.tables.classes import Column, classes
from remit_dsl.tables.cover import Cover

MOST_STEPS = 200_000
MOST_OVERLAPS = 10


def prove(
    world: World,
    symbol: Symbol,
    fields: tuple[Field, ...],
    rows: list[TableRow],
    covers: list[tuple[Cover, ...]],
) -> None:
    """Report overlapping rows, missing inputs and rows that never hold."""
    node = symbol.node
    assert isinstance(node, syntax.Table)
    if not rows or node.hit == "collect":
        return
    if any(cover.kind == "unknown" for row in covers for cover in row):
        _not_provable(world.findings, symbol, node, rows, covers)
        return
    columns = [classes(world, f, [row[i] for row in covers]) for i, f in enumerate(fields)]
    if node.hit == "unique" and _report_overlaps(world.findings, fields, columns, rows):
        return
    try:
        found = missing(columns, len(rows), node.hit)
        _report_missing(world.findings, symbol, fields, columns, found)
    except TooMany:
        message = f"table `{symbol.short}` is too entangled to prove that no row is missing"
        world.findings.add(symbol.span, "W0511", message, "split it into two tables")


def _not_provable(
    findings: Findings,
    symbol: Symbol,
    node: syntax.Table,
    rows: list[TableRow],
    covers: list[tuple[Cover, ...]],
) -> None:
    row = next(i for i, cells in enumerate(covers) if any(c.kind == "unknown" for c in cells))
    claim = "that no two rows overlap and none is missing"
    findings.add(
        symbol.span,
        "W0508",
        f"for table `{symbol.short}` it cannot be proven "
        f"{claim if node.hit == 'unique' else 'that no row is missing'}",
        "write constants in the cells",
        [Related(rows[row].span, "a cell of this row depends on another value")],
    )


# --- overlap -----------------------------------------------------------------------------


def overlaps(columns: list[Column], count: int) -> list[tuple[int, int]]:
    """Pairs of overlapping rows; a row is in one pair at most."""
    found: list[tuple[int, int]] = []
    free = (1 << count) - 1
    for row in range(count):
        if not free >> row & 1:
            continue
        rivals = free & ((1 << row) - 1)
        for column in columns:
            rivals &= column.rows_meeting(row)
            if not rivals:
                break
        if rivals:
            first = (rivals & -rivals).bit_length() - 1
            found.append((first, row))
            free &= ~(1 << first | 1 << row)
    return found


def _report_overlaps(
    findings: Findings, fields: tuple[Field, ...], columns: list[Column], rows: list[TableRow]
) -> bool:
    pairs = overlaps(columns, len(rows))
    for first, second in pairs[:MOST_OVERLAPS]:
        shared = [c.shared(first, second) for c in columns]
        findings.add(
            rows[second].span,
            "E0421",
            f"this row and the row on line {rows[first].span.line} both hold for "
            f"{witness(fields, columns, shared)}",
            "narrow one of them, or write `first` after the type the table gives",
            [Related(rows[first].span, "the other row")],
        )
    return bool(pairs)


# --- missing -----------------------------------------------------------------------------


class TooMany(Exception):
    """The search for a missing input took too many steps."""


def missing(columns: list[Column], count: int, hit: str) -> list[int] | None:
    """A class of each column that no row covers; of a `unique` table the rows do not overlap."""
    return (_missing_disjoint if hit == "unique" else _missing_by_search)(columns, count)


def _missing_disjoint(columns: list[Column], count: int) -> list[int] | None:
    """A class of each column that no row covers, given that no two rows overlap."""
    alive = list(range(count))
    chosen: list[int] = []
    if _covered(columns, alive) == prod(c.size for c in columns):
        return None
    for i, column in enumerate(columns):
        rest = columns[i + 1 :]
        wanted = prod(c.size for c in rest)
        weights = [0] * column.size
        for row in alive:
            weight = prod(c.width(row) for c in rest)
            for at in column.classes_of(row):
                weights[at] += weight
        at = next(k for k in column.preference if weights[k] < wanted)
        chosen.append(at)
        alive = [row for row in alive if column.holds(row, at)]
    return chosen


def _covered(columns: list[Column], rows: list[int]) -> int:
    return sum(prod(c.width(row) for c in columns) for row in rows)


def _missing_by_search(columns: list[Column], count: int) -> list[int] | None:
    """The same for rows that may overlap: every distinct set of rows left is looked at once."""
    everywhere = [_everywhere(columns[i:], count) for i in range(len(columns) + 1)]
    seen: set[tuple[int, int]] = set()
    todo: list[tuple[int, int, tuple[int, ...]]] = [(0, (1 << count) - 1, ())]
    while todo:
        at, mask, chosen = todo.pop()
        if not mask:
            return [*chosen, *(c.preference[0] for c in columns[at:])]
        if mask & everywhere[at] or at == len(columns) or (at, mask) in seen:
            continue
        if len(seen) >= MOST_STEPS:
            raise TooMany
        seen.add((at, mask))
        column = columns[at]
        for k in reversed(column.preference):
            todo.append((at + 1, mask & column.masks[k], (*chosen, k)))
    return None


def _everywhere(columns: list[Column], count: int) -> int:
    mask = (1 << count) - 1
    for column in columns:
        mask &= column.full
    return mask


def _report_missing(
    findings: Findings,
    symbol: Symbol,
    fields: tuple[Field, ...],
    columns: list[Column],
    chosen: list[int] | None,
) -> None:
    if chosen is None:
        return
    findings.add(
        symbol.span,
        "E0422",
        f"table `{symbol.short}` has no row for {witness(fields, columns, chosen)}",
        "add a row for it",
    )


def witness(fields: tuple[Field, ...], columns: list[Column], chosen: list[int]) -> str:
    """An input of the chosen classes, in words."""
    parts = [
        f"`{field.name}` = `{column.names[k]}`"
        for field, column, k in zip(fields, columns, chosen, strict=True)
    ]
    return " and ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])} and {parts[-1]}"
