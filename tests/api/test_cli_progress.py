"""Bars while many rows are worked through: on a terminal only, and gone when all is done."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from remit_api.cli.output import Screen
from remit_api.cli.progress import EVERY, phases, rows_done


def watched(terminal: bool) -> tuple[Screen, io.StringIO]:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=100, color_system=None)
    return Screen(Console(file=io.StringIO()), console), stream


@pytest.mark.parametrize("terminal", [True, False])
def test_rows(terminal):
    view, stream = watched(terminal)
    with rows_done(view, EVERY * 3, "replaying") as advance:
        for position in range(EVERY * 3):
            advance(position + 1)
    assert ("replaying" in stream.getvalue()) == terminal
    assert (f"{EVERY * 3:,} rows" in stream.getvalue()) == terminal


@pytest.mark.parametrize("terminal", [True, False])
def test_phases(terminal):
    view, stream = watched(terminal)
    with phases(view, "replaying") as advance:
        advance("reading", 0, 0)
        advance("discount approve under new", 2, 2)
    assert ("discount approve under new" in stream.getvalue()) == terminal
    assert stream.getvalue().strip() == "" or terminal
