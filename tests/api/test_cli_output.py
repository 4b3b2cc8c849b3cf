"""What a person sees while waiting."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from remit_api.cli import output
from remit_api.cli.output import Screen


def screen(terminal: bool) -> tuple[Screen, io.StringIO]:
    shown = io.StringIO()
    err = Console(file=shown, force_terminal=terminal, width=80)
    return Screen(Console(file=io.StringIO()), err), shown


def test_a_long_wait_shows_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "PATIENCE", 0.01)
    view, shown = screen(terminal=True)
    with view.patience("reading policies") as each:
        each(3, 12)
        time.sleep(0.3)
    assert "reading policies: 3 of 12 files" in shown.getvalue()


def test_a_short_wait_shows_nothing() -> None:
    view, shown = screen(terminal=True)
    with view.patience("reading policies") as each:
        each(1, 1)
    assert shown.getvalue() == ""


def test_nothing_is_shown_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "PATIENCE", 0.0)
    view, shown = screen(terminal=False)
    with view.patience("reading policies") as each:
        each(1, 2)
        time.sleep(0.1)
    assert shown.getvalue() == ""


def test_a_fault_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "PATIENCE", 0.0)
    view, _ = screen(terminal=True)
    with pytest.raises(RuntimeError), view.patience("reading policies"):
        raise RuntimeError
