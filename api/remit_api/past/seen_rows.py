"""The rows that have to be seen one by one: those SQL has no exact form for, and changed ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from remit_api.batch.parquet_rows import row_of
from remit_api.batch.row import id_columns
from remit_api.past.replay import Replayed, Unread
from remit_api.past.staging import ROW
from remit_api.past.summary import told
from remit_api.past.work import BOTH, PAST, Answered, Pair, Work
from remit_engine.decision import Outcome

CHUNK = 1_024
WANTED = "wanted"


class Disagreement(RuntimeError):
    """SQL and the engine answered a row otherwise."""


def wanted(work: Work, old: Answered | None, pairs: list[Pair], among: str = BOTH) -> None:
    """Rows that SQL does not answer, and changed rows: all for a list, else the first. among: the
    table of the rows, or of those with a changed answer."""
    irregular = (
        f"SELECT p.{ROW} AS row_id, true AS irregular FROM {PAST} p "
        f"ANTI JOIN {BOTH} s ON s.row_id = p.{ROW}"
    )
    if _answers_all(work):
        irregular = "SELECT CAST(NULL AS BIGINT) AS row_id, true AS irregular WHERE false"
    changed = f" UNION ALL {_changed(work, old, pairs, among)}" if pairs else ""
    work.warehouse.create(WANTED, irregular + changed)


def _answers_all(work: Work) -> bool:
    """Whether every row of the file is counted already; rows come one by one only later."""
    ((rows,),) = work.warehouse.rows(f"SELECT count(*) FROM {PAST}")
    return bool(work.summary.rows == rows)


def _changed(work: Work, old: Answered | None, pairs: list[Pair], among: str) -> str:
    kind = "BIGINT" if old else "TEXT"
    columns = (("before", kind), ("after", "BIGINT"), ("change", "TEXT"))
    work.warehouse.load("pairs", columns, pairs)
    rows = f"{among} r JOIN pairs q ON q.before = r.before AND q.after = r.answer"
    if work.summary.listing:
        return f"SELECT r.row_id, false FROM {rows}"
    limit = max(1, work.summary.limit)
    first = f"SELECT unnest(min(r.row_id, {limit})) AS row_id FROM {rows} GROUP BY q.change"
    return f"SELECT row_id, false FROM ({first})"


def brought_back(work: Work, new: Answered, old: Answered | None) -> None:
    """Replay these rows, in the order of the file; the changed ones are counted already."""
    whole = _length(work)
    ids = id_columns(work.names)
    for done, cells in enumerate(_rows(work, new, old), 1):
        *values, number, irregular, before, after = cells
        row = row_of(number + 1, dict(zip(work.names, values, strict=True)), ids)
        found = work.replay.replayed(row)
        if not irregular:
            known = None if old is None else old.answers[before][0]
            _agree(found, known, new.answers[after][0], number + 1)
        told(work.summary, found, work.write, counted=not irregular)
        work.progress("row by row", done, whole)


def _length(work: Work) -> int:
    ((rows,),) = work.warehouse.rows(f"SELECT count(*) FROM {WANTED}")
    return int(rows)


def _rows(work: Work, new: Answered, old: Answered | None) -> Iterator[tuple[Any, ...]]:
    before = "o.answer" if old else "NULL"
    other = f"LEFT JOIN {old.table} o ON o.row_id = w.row_id" if old else ""
    query = (
        f"SELECT p.*, w.irregular, {before}, a.answer FROM {WANTED} w "
        f"JOIN {PAST} p ON p.{ROW} = w.row_id "
        f"LEFT JOIN {new.table} a ON a.row_id = w.row_id {other} ORDER BY w.row_id"
    )
    with closing(work.warehouse.connection.cursor()) as cursor:
        cursor.execute(query)
        while chunk := cursor.fetchmany(CHUNK):
            yield from chunk


def _agree(found: Replayed | Unread, old: Outcome | None, new: Outcome, number: int) -> None:
    """End the run where SQL found another outcome than the engine."""
    if isinstance(found, Replayed):
        replies = found.found
        if replies.new.outcome is new and old in (None, replies.old.outcome):
            return
    raise Disagreement(f"SQL and the engine answer row {number} otherwise")
