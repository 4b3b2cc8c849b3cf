"""A large Parquet file of past requests, replayed in SQL: the same result as row by row.

Both texts judge the whole file in the warehouse, and what became of it is counted there. Rows that
SQL has no exact form for, and the changed rows that are shown or listed, go through the replay of
rows; where that finds another outcome than SQL did, the run ends.
"""

from __future__ import annotations

from pathlib import Path

from remit_api.batch.parquet_rows import legible
from remit_api.batch.results import Write
from remit_api.past import counting, seen_rows
from remit_api.past.asking import ERROR, OUTCOME
from remit_api.past.leaves import NotFlat, leaves
from remit_api.past.replay import Replay, Side
from remit_api.past.staging import ROW, Staging
from remit_api.past.summary import Summary
from remit_api.past.work import NEW, OLD, PAST, Answered, Progress, Work
from remit_engine.batch.judge import BatchJudge
from remit_engine.impact import replied, steps_by_rule
from remit_engine.warehouse.duckdb import DuckDB, parquet
from remit_engine.warehouse.probes import prove

MEMORY = "3GB"
"""What the tables may take; the rest goes to disk."""


def run_in_sql(
    path: Path, replay: Replay, summary: Summary, write: Write, progress: Progress
) -> None:
    """Replay a file into a summary. Raises NotFlat where rows have to be read one by one."""
    _refuse_what_sql_does_not_know(replay)
    with DuckDB(memory_limit=MEMORY) as warehouse:
        prove(warehouse)
        names = _viewed(warehouse, path)
        found = leaves(warehouse, f"(SELECT * EXCLUDE ({ROW}) FROM {PAST})")
        _run(Work(warehouse, replay, summary, write, progress, names, found))


def _run(work: Work) -> None:
    """Judge, count, and bring back what has to be seen."""
    work.progress("reading", 0, 1)
    new = _answered(work, NEW, work.replay.new)
    old = None if work.replay.old is None else _answered(work, OLD, work.replay.old)
    counting.join(work, new, old)
    counting.first_day(work, new)
    pairs = counting.counted(work, new, old)
    counting.unused(work)
    seen_rows.wanted(work, old, pairs)
    seen_rows.brought_back(work, new, old)


def _viewed(warehouse: DuckDB, path: Path) -> tuple[str, ...]:
    """The file as a view with the numbers of its rows; gives its columns."""
    relation = warehouse.connection.sql(f"SELECT * FROM {parquet(path)} LIMIT 0")
    names = relation.columns
    if any(name.lower() in (ROW, "file_row_number") for name in names):
        raise NotFlat("a column has a name that is needed here")
    columns = legible(names, relation.types)
    numbered = parquet(path, "file_row_number = true")
    warehouse.view(PAST, f"SELECT {columns}, file_row_number AS {ROW} FROM {numbered}")
    return tuple(names)


def _refuse_what_sql_does_not_know(replay: Replay) -> None:
    if replay.defaults.words.facts:
        raise NotFlat("facts of the command line")
    for side in replay.sides:
        for action in side.program.actions.values():
            if not action.fields.keys().isdisjoint((OUTCOME, ERROR)):
                raise NotFlat("a fact that is called as a column of results")


def _answered(work: Work, requests: str, side: Side) -> Answered:
    judge = BatchJudge(work.warehouse, side.engine.model, side.engine.directory)
    staging = Staging(
        work.warehouse, PAST, work.leaves, work.replay.defaults, side, judge.columns,
        judge.others, work.replay.money_in if side is work.replay.new else None,
        work.replay.new_day if side is work.replay.new else None,
    )  # fmt: skip
    if not staging.stage(requests):
        columns = (("row_id", "BIGINT"), ("answer", "BIGINT"))
        work.warehouse.load(f"{requests}_answers", columns, [])
        return Answered(requests, False, ())
    of = f"under {side.name}"
    judged = judge.judge(
        requests,
        f"{requests}_answers",
        lambda what, done, whole: work.progress(f"{what} {of}", done, whole),
    )
    steps = steps_by_rule(side.engine.model)
    replies = tuple(replied(outcome, set(rules), steps) for outcome, rules in judged.answers)
    return Answered(requests, True, replies)
