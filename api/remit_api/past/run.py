"""A replay from its first row to its summary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from remit_api.batch.results import Write, open_records
from remit_api.batch.row import Rows
from remit_api.failures import FileTrouble
from remit_api.past.in_sql import run_in_sql
from remit_api.past.leaves import NotFlat
from remit_api.past.listing import columns
from remit_api.past.replay import Replay
from remit_api.past.summary import Summary, told
from remit_api.past.work import Progress
from remit_engine.warehouse.warehouse import WarehouseTrouble

MANY = 20_000
"""From so many rows on a Parquet file is replayed in SQL."""
INTERRUPTED = "Query interrupted"
"""What DuckDB makes of ctrl-C while a statement runs."""


def run(
    rows: Rows, replay: Replay, out: Path | None, limit: int, progress: Callable[[int], None]
) -> Summary:
    """Replay every row; those that changed or could not be replayed go to the list, if wanted."""
    summary = Summary(limit, out is not None)
    with _list(out, rows.ids) as write:
        for row in rows.rows:
            told(summary, replay.replayed(row), write)
            progress(row.position)
    return summary


def run_many(
    path: Path,
    rows: Rows,
    replay: Replay,
    out: Path | None,
    limit: int,
    progress: Progress,
    remark: Callable[[str], None],
) -> Summary | None:
    """The same of a Parquet file through the warehouse; None where its rows have to be read one by
    one: few of them, documents in them, facts on the command line. remark: takes the reason."""
    if path.suffix.lower() != ".parquet" or rows.length < MANY:
        return None
    summary = Summary(limit, out is not None)
    try:
        with _list(out, rows.ids) as write:
            run_in_sql(path, replay, summary, write, progress)
    except NotFlat as why:
        remark(f"the rows are read one by one: {why}")
        return None
    except (WarehouseTrouble, duckdb.Error) as fault:
        said = str(fault).split("\n", 1)[0]
        raise FileTrouble(path, f"`{path}` cannot be replayed: {said}") from None
    except RuntimeError as fault:
        if str(fault) == INTERRUPTED:
            raise KeyboardInterrupt from None
        raise
    return summary


@contextmanager
def _list(out: Path | None, ids: tuple[str, ...]) -> Iterator[Write]:
    """A place for the rows to be listed; without a file they go nowhere."""
    if out is None:
        yield lambda record: None
        return
    with open_records(out, columns(ids)) as write:
        yield write
