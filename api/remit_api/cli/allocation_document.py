"""An allocation for programs: as JSON, and as rows of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from remit_engine.commission.allocation_result import Allocated, Cell, Version, totals
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


def columns(found: Allocated) -> tuple[str, ...]:
    """The columns of a file of cells."""
    return ("period", *_places(found), "amount")


def records(found: Allocated) -> Iterator[Document]:
    """A row for each cell, in order of periods and then of places; amounts exact, ungrouped."""
    for (period, places), amount in sorted(found.cells.items(), key=lambda cell: cell[0][0]):
        at = dict(zip(_places(found), places, strict=True))
        yield {"period": str(period), **at, "amount": exact(amount)}


def _places(found: Allocated) -> list[str]:
    """A dimension that is named as another column of the file is called `at …`."""
    return [f"at {a.name}" if a.name in ("period", "amount") else a.name for a in found.axes]
