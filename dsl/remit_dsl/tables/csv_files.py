"""Table rows from CSV: each line becomes a row, with places in the CSV file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from remit_dsl import syntax
from remit_dsl.diagnostics import Related
from remit_dsl.parsing.parser import parse
from remit_dsl.program import Field
from remit_dsl.scope.findings import Findings, did_you_mean
from remit_dsl.source import Source, Span


@dataclass(frozen=True, slots=True)
class TableFile:
    """The text of a CSV file."""

    source: Source


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    span: Span


def csv_rows(
    findings: Findings, file: TableFile, node: syntax.Table, columns: tuple[Field, ...]
) -> tuple[syntax.TableRow, ...]:
    """The rows of a CSV file whose first line names the columns and the value."""
    lines = list(_lines(file.source))
    if not lines:
        findings.add(file.source.span(0, 0), "E0425", f"`{file.source.name}` is empty", _HEADER)
        return ()
    order = _order(findings, lines[0], node, columns)
    if order is None:
        return ()
    rows = [_row(findings, line, len(lines[0]), order, columns) for line in lines[1:]]
    if not rows:
        message = f"`{file.source.name}` has no rows below its header"
        findings.add(lines[0][0].span, "E0425", message)
    return tuple(r for r in rows if r is not None)


_HEADER = "the first line names the columns and, last, the value"


# --- lines and cells ---------------------------------------------------------------------


def _lines(source: Source) -> Iterator[list[_Cell]]:
    """The cells of each line that is not blank; quotes are as spreadsheets write them."""
    text = source.text
    mark = _separator(text)
    at, number, start = 0, 1, 0
    line: list[_Cell] = []
    while at <= len(text):
        cell, end = _cell(text, at, mark)
        span = Span(source.name, number, at - start + 1, at, end)
        line.append(_Cell(cell, span))
        number += text.count("\n", at, end)
        if "\n" in text[at:end]:
            start = text.rfind("\n", at, end) + 1
        at = end
        if at < len(text) and text[at] == mark:
            at += 1
            continue
        if any(c.text for c in line):
            yield line
        line = []
        if at >= len(text):
            return
        at += 2 if text.startswith("\r\n", at) else 1
        number, start = number + 1, at


def _separator(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _cell(text: str, at: int, mark: str) -> tuple[str, int]:
    """The text of the cell at an offset, and the offset of its end."""
    if text[at : at + 1] == '"':
        end = at + 1
        while (end := text.find('"', end)) != -1 and text[end + 1 : end + 2] == '"':
            end += 2
        close = len(text) if end == -1 else end
        stop = _stop(text, min(close + 1, len(text)), mark)
        return text[at + 1 : close].replace('""', '"').strip(), stop
    stop = _stop(text, at, mark)
    return text[at:stop].strip(), stop


def _stop(text: str, at: int, mark: str) -> int:
    while at < len(text) and text[at] not in (mark, "\n") and not text.startswith("\r\n", at):
        at += 1
    return at


# --- header ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Order:
    """Where the cells of a line stand."""

    columns: tuple[int, ...]
    value: int
    source: int | None


def _order(
    findings: Findings, header: list[_Cell], node: syntax.Table, columns: tuple[Field, ...]
) -> _Order | None:
    at = {cell.text: i for i, cell in enumerate(header)}
    names = {c.name for c in columns}
    missing = [c for c in columns if c.name not in at]
    source = at.get("source") if "source" not in names else None
    rest = [i for i, c in enumerate(header) if c.text not in names and i != source]
    if missing:
        near = did_you_mean(missing[0].name, [header[i].text for i in rest])
        span = header[0].span.to(header[-1].span)
        place = Related(missing[0].span, "declared here")
        message = f"column `{missing[0].name}` is not in the header of this file"
        findings.add(span, "E0425", message, near or _HEADER, [place])
        return None
    if len(rest) != 1 or len(at) != len(header):
        span = header[rest[1]].span if len(rest) > 1 else header[-1].span
        message = f"the header has {len(header)} names for {len(columns)} columns and one value"
        findings.add(span, "E0425", message, _HEADER, [Related(node.name.span, "declared here")])
        return None
    return _Order(tuple(at[c.name] for c in columns), rest[0], source)


# --- rows --------------------------------------------------------------------------------


def _row(
    findings: Findings, line: list[_Cell], width: int, order: _Order, columns: tuple[Field, ...]
) -> syntax.TableRow | None:
    span = line[0].span.to(line[-1].span)
    if len(line) != width:
        message = f"this line has {len(line)} cells, and the header has {width}"
        findings.add(span, "E0425", message, "quote a cell that holds a comma")
        return None
    kinds = [c.type.kind for c in columns]
    cells = [
        _read(findings, line[i], kind, _as_cell)
        for i, kind in zip(order.columns, kinds, strict=True)
    ]
    value = _read(findings, line[order.value], "", _as_value)
    known = tuple(c for c in cells if isinstance(c, syntax.Cell))
    if len(known) < len(cells) or not isinstance(value, syntax.Expr):
        return None
    source = line[order.source].text if order.source is not None else ""
    return syntax.TableRow(span, known, value, source or None)


_FOREIGN = re.compile(r"[{}#]|->")
_HEAD = "table t (a: text, b: text) gives number { any, "


def _as_cell(rows: tuple[syntax.TableRow, ...]) -> syntax.Node | None:
    return rows[0].cells[1] if len(rows) == 1 and len(rows[0].cells) == 2 else None


def _as_value(rows: tuple[syntax.TableRow, ...]) -> syntax.Node | None:
    return rows[0].value if len(rows) == 1 and len(rows[0].cells) == 2 else None


def _read(findings: Findings, cell: _Cell, kind: str, pick: Any) -> syntax.Node | None:
    """One cell as policy text, with its place in the CSV file."""
    text = cell.text
    if not text:
        message = "this cell is empty"
        findings.add(cell.span, "E0425", message, "write `any` where a column does not matter")
        return None
    if kind == "boolean" or (pick is _as_value and text.lower() in ("true", "false")):
        text = text.lower()
    if kind == "text" and text != "any" and not text.startswith('"'):
        text = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if not text.startswith('"') and _FOREIGN.search(text):
        _unreadable(findings, cell)
        return None
    written = f"{_HEAD}{text} -> 0 }}" if pick is _as_cell else f"{_HEAD}any -> {text} }}"
    file, faults = parse(Source(cell.span.file, written))
    tables = [d for d in file.declarations if isinstance(d, syntax.Table)]
    node = pick(tables[0].rows) if len(file.declarations) == len(tables) == 1 else None
    if faults or node is None:
        _unreadable(findings, cell)
        return None
    placed: syntax.Node = _placed(node, cell.span)
    return placed


def _unreadable(findings: Findings, cell: _Cell) -> None:
    shown = " ".join(cell.text.split()).replace("`", "'")
    help = "write it as in a table of a policy, such as `up to 5_000` or `east or west`"
    if cell.text.replace(",", "").replace(".", "").isdigit() and "," in cell.text:
        help = f"group thousands with `_`: `{cell.text.replace(',', '_')}`"
    findings.add(cell.span, "E0425", f"`{shown}` is not a cell of a table", help)


def _placed(node: Any, span: Span) -> Any:
    """The same tree with the place of the cell."""
    if isinstance(node, tuple):
        return tuple(_placed(n, span) for n in node)
    if not isinstance(node, syntax.Node):
        return node
    parts = {f.name: _placed(getattr(node, f.name), span) for f in fields(node)}
    return replace(node, **(parts | {"span": span}))
