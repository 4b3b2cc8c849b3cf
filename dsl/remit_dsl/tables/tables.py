"""Tables: rows, their cells as conditions, and what is proved about them."""

from __future__ import annotations

from collections.abc import Callable

from remit_dsl import syntax
from remit_dsl.declaring.declarations import label, symbols
from remit_dsl.diagnostics import Related
from remit_dsl.elaboration.elaborate import elaborator
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.elaboration.logic import compare, reversed_ends
from remit_dsl.elaboration.members import choices
from remit_dsl.expressions import AllOf, Constant, Expression, Not, Variable
from remit_dsl.program import Field, Table, TableRow
from remit_dsl.scope.facts import NoFacts
from remit_dsl.scope.resolve import Symbol
from remit_dsl.scope.world import World
from remit_dsl.source import Span
from remit_dsl.tables import proof
from remit_dsl.tables.cover import ANYTHING, Cover, bound_cover, value_cover
from remit_dsl.tables.csv_files import TableFile, csv_rows
from remit_dsl.typecheck import UNKNOWN, describe, ordered
from remit_dsl.types import BOOLEAN, Type

OpenTable = Callable[[syntax.Table], TableFile | None]
_COLUMNS = frozenset({"enum", "text", "boolean", "position"})
_OPERATORS = {"under": "<", "up to": "<=", "over": ">", "at least": ">="}


def tables(world: World, used: dict[str, set[str]], open_table: OpenTable) -> dict[str, Table]:
    """All tables; faults in rows and in what rows leave out or say twice are reported."""
    found = {}
    for symbol in symbols(world, syntax.Table):
        found[symbol.name] = _table(world, symbol, used, open_table)
    return found


def _table(world: World, symbol: Symbol, used: dict[str, set[str]], open_table: OpenTable) -> Table:
    node, head = symbol.node, world.values[symbol.name]
    assert isinstance(node, syntax.Table)
    el = elaborator(world, symbol.policy, NoFacts())
    used[symbol.name] = el.used
    sound = _columns_sound(el, head.columns) and _gives_sound(el, node, head.type)
    complete = len(head.columns) == len(node.columns)
    written = _written_rows(el, node, head.columns, open_table) if complete else ()
    rows, covers = _rows(el, symbol, written)
    if sound and all(c is not None for c in covers):
        known = [c for c in covers if c is not None]
        proof.prove(world, symbol, head.columns, rows, known)
    return Table(
        symbol.name,
        label(node.label),
        head.columns,
        head.type,
        node.hit,
        node.aggregation,
        tuple(rows),
        symbol.policy,
        symbol.span,
    )


def _written_rows(
    el: Elaborator, node: syntax.Table, columns: tuple[Field, ...], open_table: OpenTable
) -> tuple[syntax.TableRow, ...]:
    if node.csv is None:
        return node.rows
    file = open_table(node)
    return () if file is None else csv_rows(el.findings, file, node, columns)


def _columns_sound(el: Elaborator, columns: tuple[Field, ...]) -> bool:
    sound = True
    for column in columns:
        if column.type == UNKNOWN:
            sound = False
        elif column.type.kind not in _COLUMNS and not ordered(column.type):
            sound = False
            el.findings.add(
                column.span,
                "E0429",
                f"`{column.name}` is {describe(column.type)}, which no cell can hold",
                "take one field of it as the column",
            )
    return sound


def _gives_sound(el: Elaborator, node: syntax.Table, gives: Type) -> bool:
    if node.hit != "collect" or node.aggregation == "count" or gives == UNKNOWN:
        return True
    if gives.numeric or (node.aggregation in ("min", "max") and gives.kind == "date"):
        return True
    message = f"`collect {node.aggregation}` needs numbers, and this table gives {describe(gives)}"
    el.findings.add(node.gives.span, "E0430", message, "write `collect count`, or `first`")
    return False


# --- rows --------------------------------------------------------------------------------


def _rows(
    el: Elaborator, symbol: Symbol, nodes: tuple[syntax.TableRow, ...]
) -> tuple[list[TableRow], list[tuple[Cover, ...] | None]]:
    head = el.world.values[symbol.name]
    for column in head.columns:
        el.variables[column.name] = column
    wanted = Related(symbol.span, f"`{symbol.short}` gives {describe(head.type)}")
    rows, covers = list[TableRow](), list[tuple[Cover, ...] | None]()
    for node in nodes:
        value = el.of_type(node.value, head.type, wanted)
        cells = _cells(el, node, head.columns)
        if value is None or cells is None:
            covers.append(None)
            continue
        rows.append(TableRow(tuple(e for e, _ in cells), value, node.source, node.span))
        covers.append(tuple(cover for _, cover in cells))
    return rows, covers


def _cells(
    el: Elaborator, node: syntax.TableRow, columns: tuple[Field, ...]
) -> list[tuple[Expression, Cover]] | None:
    if len(node.cells) != len(columns):
        given = len(node.cells)
        el.findings.add(
            node.span,
            "E0423",
            f"this row has {given} cell{'s' * (given != 1)} for {len(columns)} "
            f"column{'s' * (len(columns) != 1)}",
            "write `any` where a column does not matter",
        )
        return None
    cells = [
        _cell(el, cell, column) if column.type != UNKNOWN else None
        for cell, column in zip(node.cells, columns, strict=True)
    ]
    known = [c for c in cells if c is not None]
    return known if len(known) == len(cells) else None


def _cell(el: Elaborator, node: syntax.Cell, column: Field) -> tuple[Expression, Cover] | None:
    left = Variable(column.span, column.type, column.name)
    if node.bound is not None:
        return _bound_cell(el, node.bound, left)
    if not node.values:
        return Constant(node.span, BOOLEAN, True, "any"), ANYTHING
    e = choices(el, node.span, left, node.values)
    if e is None:
        return None
    cover = value_cover(el.world, e, column.type)
    if not node.negated:
        return e, cover
    return Not(node.span, BOOLEAN, e), cover.complement()


def _bound_cell(
    el: Elaborator, node: syntax.Bound, left: Variable
) -> tuple[Expression, Cover] | None:
    place = el.origin(left)
    value = el.of_type(node.value, left.type, place)
    high = el.of_type(node.high, left.type, place) if node.high is not None else None
    if value is None or (node.high is not None and high is None):
        return None
    if high is not None and reversed_ends(el, value, high):
        return None
    e = _bound_test(el, node, left, value, high)
    return None if e is None else (e, bound_cover(node.side, value, high, left.type))


def _bound_test(
    el: Elaborator, node: syntax.Bound, left: Variable, value: Expression, high: Expression | None
) -> Expression | None:
    if high is None:
        return compare(el, node.span, _OPERATORS[node.side], left, value)
    ends = _ends(el, node.span, left, value, high)
    return None if None in ends else AllOf(node.span, BOOLEAN, tuple(e for e in ends if e))


def _ends(
    el: Elaborator, span: Span, left: Variable, low: Expression, high: Expression
) -> tuple[Expression | None, Expression | None]:
    return compare(el, span, "<=", low, left), compare(el, span, "<=", left, high)
