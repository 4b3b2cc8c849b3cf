"""A bar on standard error while many rows are worked through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from remit_api.cli.output import Screen

Phase = Callable[[str, int, int], None]

EVERY = 256
"""Rows between two looks at the clock."""


@contextmanager
def rows_done(view: Screen, length: int, what: str) -> Iterator[Callable[[int], None]]:
    """A bar where a person watches, else nothing. Gives a function to be told, for each row, how
    far in `length` it ends."""
    if not view.err.is_terminal:
        yield lambda position: None
        return
    columns = (
        TextColumn(what),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=view.err, transient=True) as bar:
        task = bar.add_task("rows", total=length, rows=0)
        count = 0

        def advance(position: int) -> None:
            nonlocal count
            count += 1
            if count % EVERY == 0:
                bar.update(task, completed=position, rows=count)

        yield advance


@contextmanager
def phases(view: Screen, what: str) -> Iterator[Phase]:
    """A bar for work in phases. Gives a function to be told the phase, and how much of it is
    done, and of how much."""
    if not view.err.is_terminal:
        yield lambda phase, done, of: None
        return
    columns = (
        TextColumn(what),
        TextColumn("{task.fields[phase]}"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=view.err, transient=True) as bar:
        task = bar.add_task("phases", total=None, phase="")
        yield lambda phase, done, of: bar.update(
            task, phase=phase, completed=done, total=max(of, 1)
        )
