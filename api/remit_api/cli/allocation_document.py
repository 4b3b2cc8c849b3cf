"""An allocation for programs: as JSON, and as the sheets of a file."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from remit_api.pay import sheets as tables
from remit_engine.commission.targets.allocation_result import Allocated, Cell, Version, totals
from remit_engine.text import exact

Document = dict[str, Any]


def document(found: Allocated) -> Document:
    """All of it; amounts are exact texts. `sums`: by period, and by place over the year."""
    names = [axis.name for axis in found.axes]
    return {
        "allocation": found.name,
        "label": found.label.text if found.label else None,
        "currency": found.currency,
        "year": found.year,
        "amount": exact(found.amount),
        "step": exact(found.step),
        "unit": found.unit,
        "axes": names,
        "cells": _cells(found.cells, names),
        "sums": {
            "periods": _cells(totals(found.cells, 0, found.unit), []),
            "places": [
                row
                for depth in range(1, len(names) + 1)
                for row in _cells(totals(found.cells, depth, None), names)
            ],
        },
        "versions": [_version(v, names) for v in found.versions],
    }


def _version(version: Version, names: list[str]) -> Document:
    return {
        "from": version.start.isoformat(),
        "amount": exact(version.amount),
        "kept": exact(version.kept),
        "source": version.source,
        "cells": _cells(version.cells, names),
        "file": version.span.file,
        "line": version.span.line,
    }


def _cells(cells: Mapping[Cell, Fraction], names: list[str]) -> list[Document]:
    return [
        {"period": str(p), "at": dict(zip(names, places, strict=False)), "amount": exact(n)}
        for (p, places), n in cells.items()
    ]


def cells_sheet(found: Allocated) -> tables.Sheet:
    """A row for each cell, in order of periods and then of places."""
    columns = (*_place_columns(found), tables.Column("amount", "money"))

    def rows() -> tables.Rows:
        for (period, places), amount in sorted(found.cells.items(), key=lambda cell: cell[0][0]):
            yield found.currency, (str(period), *places, amount)

    return tables.Sheet("cells", columns, rows)


def sheets(found: Allocated) -> tuple[tables.Sheet, ...]:
    """The sheets of a workbook: cells, and what each amendment made of them."""
    return (cells_sheet(found), _amendments(found))


def _amendments(found: Allocated) -> tables.Sheet:
    amounts = tuple(tables.Column(name, "money") for name in ("before", "after", "change"))
    columns = (tables.Column("amended_from", "date"), *_place_columns(found), *amounts)

    def rows() -> tables.Rows:
        for before, after in pairwise(found.versions):
            for cell in sorted({**before.cells, **after.cells}, key=lambda cell: cell[0]):
                was, will = (v.cells.get(cell, Fraction(0)) for v in (before, after))
                if was != will:
                    at: list[tables.Cell] = [after.start, str(cell[0]), *cell[1]]
                    yield found.currency, [*at, was, will, will - was]

    return tables.Sheet("amendments", columns, rows)


def _place_columns(found: Allocated) -> tuple[tables.Column, ...]:
    return (tables.Column("period"), *(tables.Column(axis.name) for axis in found.axes))
