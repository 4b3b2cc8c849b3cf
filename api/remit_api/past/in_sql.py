"""A large Parquet file of past requests, replayed in SQL: the same result as row by row.

Both texts judge the whole file in the warehouse, and what became of it is counted there. Rows that
SQL has no exact form for, and the changed rows that are shown or listed, go through the replay of
rows; where that finds another outcome than SQL did, the run ends.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from remit_api.batch.parquet_rows import legible
from remit_api.batch.results import Write
from remit_api.past import counting, seen_rows
from remit_api.past.asking import ERROR, OUTCOME
from remit_api.past.leaves import NotFlat, leaves
from remit_api.past.replay import Replay, Side
from remit_api.past.said import Said
from remit_api.past.staging import ROW, Staged, Staging
from remit_api.past.summary import Summary
from remit_api.past.together import Together, together
from remit_api.past.work import NEW, OLD, PAST, Answered, Progress, Work
from remit_engine.batch.judge import BatchJudge
from remit_engine.impact import MoneyFact, steps_by_rule
from remit_engine.warehouse.duckdb import DuckDB, parquet
from remit_engine.warehouse.prelude import prepare
from remit_engine.warehouse.probes import prove

MEMORY = "3GB"
"""What the tables may take; the rest goes to disk."""


def run_in_sql(
    path: Path, replay: Replay, summary: Summary, write: Write, progress: Progress
) -> None:
    """Replay a file into a summary. Raises NotFlat where rows have to be read one by one."""
    _refuse_what_sql_does_not_know(replay)
    with DuckDB(memory_limit=MEMORY) as warehouse:
        prepare(warehouse)
        prove(warehouse)
        names = _viewed(warehouse, path)
        found = leaves(warehouse, f"(SELECT * EXCLUDE ({ROW}) FROM {PAST})")
        _run(Work(warehouse, replay, summary, write, progress, names, found))


def _run(work: Work) -> None:
    """Judge, count, and bring back what has to be seen."""
    work.progress("reading", 0, 1)
    found = _together(work)
    if found is None:
        _apart(work)
    else:
        _at_once(work, found)


def _apart(work: Work) -> None:
    """Each text judges all rows, and then their answers are laid side by side."""
    new, old = _both(work)
    counting.join(work, new, old)
    counting.first_day(work, new)
    pairs = counting.counted(work, new, old)
    counting.unused(work)
    seen_rows.wanted(work, old, pairs)
    seen_rows.brought_back(work, new, old)


def _together(work: Work) -> Together | None:
    """Both texts over all rows at once, where that can be done."""
    replay = work.replay
    if replay.old is None or replay.new_day is not None:
        return None
    said = Said(work.warehouse, PAST)
    old, new = (_staging(work, said, side, None) for side in (replay.old, replay.new))
    return together(work, old, new)


def _at_once(work: Work, found: Together) -> None:
    """Count the pairs of answers, and bring back what has to be seen."""
    new, old = found.answered()
    pairs = counting.changes(work, found.counted(), new, old)
    found.view()
    counting.unused(work)
    changed = found.write_changed([after for _, after, _ in pairs])
    seen_rows.wanted(work, old, pairs, changed)
    seen_rows.brought_back(work, new, old)


def _both(work: Work) -> tuple[Answered, Answered | None]:
    """The answers of the new text, and those of the old one. Where both read the rows alike, as
    when a draft changes limits and conditions alone, the rows are staged once."""
    said = Said(work.warehouse, PAST)
    replay = work.replay
    new = _staging(work, said, replay.new, replay.new_day)
    staged = new.stage(NEW)
    answers = _answered(work, new, staged)
    if replay.old is None:
        return answers, None
    old = _staging(work, said, replay.old, None)
    return answers, _answered(work, old, old.stage(OLD, staged))


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


def _staging(work: Work, said: Said, side: Side, day: date | None) -> Staging:
    judge = BatchJudge(work.warehouse, side.engine.model, side.engine.directory)
    replay, known = work.replay, work.replay.new.program.actions

    def money(action: str) -> MoneyFact | None:
        return replay.money_in(action) if action in known else None

    return Staging(said, work.leaves, replay.defaults, side, judge, money, day)


def _answered(work: Work, staging: Staging, staged: Staged) -> Answered:
    requests, side = staged.table, staging.side
    if not staged.any:
        columns = (("row_id", "BIGINT"), ("answer", "BIGINT"))
        work.warehouse.load(f"{requests}_answers", columns, [])
        return Answered(requests, False)
    of = f"under {side.name}"
    judged = staging.judge.judge(
        requests,
        f"{requests}_answers",
        lambda what, done, whole: work.progress(f"{what} {of}", done, whole),
        keyed=False,
    )
    return Answered(requests, True, judged.answers, steps_by_rule(side.engine.model))
