"""A large Parquet file of past requests, replayed in SQL: the same result as row by row.

Both texts judge the whole file in the warehouse, and what became of it is counted there. Rows that
SQL has no exact form for, and the changed rows that are shown or listed, go through the replay of
rows; where that finds another outcome than SQL did, the run ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from remit_api.batch.parquet_rows import row_of
from remit_api.batch.results import Write
from remit_api.batch.row import LISTS, id_columns
from remit_api.past.asking import ERROR, OUTCOME, RESULTS
from remit_api.past.labels import load_labels
from remit_api.past.leaves import TEXT, Leaf, NotFlat, leaves
from remit_api.past.replay import Replay, Replayed, Side
from remit_api.past.staging import AMOUNT, PARTIES, RECORDED, ROW, Staging
from remit_api.past.summary import Summary, told
from remit_engine.batch.judge import BatchJudge, Judged
from remit_engine.decision import Outcome
from remit_engine.impact import (
    Group,
    MoneyFact,
    Reply,
    named,
    recorded,
    replied,
    steps_by_rule,
)
from remit_engine.warehouse.duckdb import DuckDB, literal

CHUNK = 1_024
CENT = 10_000
"""Steps of one in the staged money."""
MEMORY = "3GB"
"""What the tables may take; the rest goes to disk."""
PAST, NEW, OLD, BOTH, WANTED = "past", "new_requests", "old_requests", "both_answers", "wanted"

Progress = Callable[[str, int, int], None]


class Disagreement(RuntimeError):
    """SQL and the engine answered a row otherwise."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers of one text: a table of them by row, and what each number stands for."""

    requests: str
    judged: Judged | None
    replies: tuple[Reply, ...]

    @property
    def table(self) -> str:
        """`row_id, answer`."""
        return f"{self.requests}_answers"


def run_in_sql(
    path: Path, replay: Replay, summary: Summary, write: Write, progress: Progress
) -> None:
    """Replay a file into a summary. Raises NotFlat where rows have to be read one by one."""
    with DuckDB(memory_limit=MEMORY) as warehouse:
        _SqlReplay(warehouse, path, replay, summary, write, progress).run()


class _SqlReplay:
    def __init__(
        self,
        warehouse: DuckDB,
        path: Path,
        replay: Replay,
        summary: Summary,
        write: Write,
        progress: Progress,
    ) -> None:
        self.warehouse, self.replay, self.summary = warehouse, replay, summary
        self.write, self.progress = write, progress
        self.names = self._columns(f"read_parquet({literal(str(path))})")
        source = f"read_parquet({literal(str(path))}, file_row_number = true)"
        warehouse.view(
            PAST,
            f"SELECT * EXCLUDE (file_row_number), file_row_number AS {ROW} FROM {source}",
        )
        self.leaves = leaves(warehouse, f"(SELECT * EXCLUDE ({ROW}) FROM {PAST})")
        self._refuse_what_sql_does_not_know()

    def run(self) -> None:
        """Judge, count, and bring back what has to be seen."""
        self.progress("reading", 0, 1)
        new = self._answered(NEW, self.replay.new)
        old = None if self.replay.old is None else self._answered(OLD, self.replay.old)
        self._joined(new, old)
        pairs = self._counted(new, old)
        self._unused()
        self._wanted(old, pairs)
        self._brought_back(new, old)

    def _columns(self, source: str) -> list[str]:
        relation = self.warehouse.connection.sql(f"SELECT * FROM {source} LIMIT 0")
        taken = {ROW, "file_row_number"}
        if any(name.lower() in taken for name in relation.columns):
            raise NotFlat("a column has a name that is needed here")
        return list(relation.columns)

    def _refuse_what_sql_does_not_know(self) -> None:
        if self.replay.defaults.words.facts:
            raise NotFlat("facts of the command line")
        for side in self.replay.sides:
            for action in side.program.actions.values():
                if not action.fields.keys().isdisjoint((OUTCOME, ERROR)):
                    raise NotFlat("a fact that is called as a column of results")

    # --- answers ----------------------------------------------------------------------------------

    def _answered(self, requests: str, side: Side) -> Answered:
        judge = BatchJudge(self.warehouse, side.engine.model, side.engine.directory)
        staging = Staging(
            self.warehouse, PAST, self.leaves, self.replay.defaults, side, judge.columns,
            judge.others, self.replay.money_in if side is self.replay.new else None,
        )  # fmt: skip
        if not staging.stage(requests):
            columns = (("row_id", "BIGINT"), ("answer", "BIGINT"))
            self.warehouse.load(f"{requests}_answers", columns, [])
            return Answered(requests, None, ())
        of = f"under {side.name}"
        judged = judge.judge(
            requests,
            f"{requests}_answers",
            lambda what, done, whole: self.progress(f"{what} {of}", done, whole),
        )
        steps = steps_by_rule(side.engine.model)
        replies = tuple(replied(outcome, set(rules), steps) for outcome, rules in judged.answers)
        return Answered(requests, judged, replies)

    # --- counts -----------------------------------------------------------------------------------

    def _joined(self, new: Answered, old: Answered | None) -> None:
        """The rows that both texts answer (or one text, and an outcome is recorded)."""
        if new.judged is None:
            columns = (("row_id", "BIGINT"), ("action", "TEXT"))
            self.warehouse.load(BOTH, columns, [])
            return
        other = f"JOIN {old.table} o ON o.row_id = n.row_id" if old else ""
        before = "o.answer" if old else f"n.{RECORDED}"
        self.warehouse.create(
            BOTH,
            f"SELECT n.row_id, n.action, n.verb, n.actor, n.as_of, n.{AMOUNT}, n.{RECORDED}, "
            f"{before} AS before, a.answer FROM {NEW} n JOIN {new.table} a ON a.row_id = n.row_id "
            f"{other} WHERE a.answer IS NOT NULL AND {before} IS NOT NULL",
        )

    def _counted(self, new: Answered, old: Answered | None) -> list[tuple[Any, Any, str]]:
        """Count all regular rows; the pairs of old and new that are a change, each with it."""
        if new.judged is None:
            return []
        load_labels(self.warehouse, "labels", f"{NEW}{PARTIES}", self.replay.new.engine.directory)
        query = (
            f"SELECT action, verb, label, before, answer, {RECORDED}, count(*), count({AMOUNT}), "
            f"sum({AMOUNT}) FROM {BOTH} r "
            "LEFT JOIN labels l ON l.party = r.actor AND r.as_of >= l.start AND r.as_of < l.until "
            "GROUP BY ALL"
        )
        pairs: dict[tuple[Any, Any], str] = {}
        for row in self.warehouse.rows(query):
            group = self._count(row, new, old)
            if group.changed:
                pairs[row[3], row[4]] = str(group.change)
        return [(before, after, change) for (before, after), change in sorted(pairs.items())]

    def _count(self, row: tuple[Any, ...], new: Answered, old: Answered | None) -> Group:
        action, verb, label, before, after, outcome, rows, priced, amount = row
        reply = new.replies[after]
        other = old.replies[before] if old else recorded(Outcome(before), reply)
        group = Group.of(action, verb, label or named(()), other, reply)
        fact = self.replay.money_in(action)
        currency = fact.currency if fact else None
        counts, summary = self.summary.counts, self.summary
        if priced:
            counts.add(group, Fraction(int(amount), CENT), currency, priced)
        if rows > priced:
            counts.add(group, None, currency, rows - priced)
        summary.rows += rows
        if outcome is not None:
            summary.recorded += rows
            summary.otherwise += rows * (outcome != other.outcome)
        return group

    def _unused(self) -> None:
        """Columns that no action of the rows knows."""
        for action, names in self._strange().items():
            counted = ", ".join(f"count({leaf.value})" for leaf in names.values())
            query = (
                f"SELECT {counted} FROM {PAST} p JOIN (SELECT row_id FROM {BOTH} "
                f"WHERE action = {literal(action)}) s ON s.row_id = p.{ROW}"
            )
            for found in self.warehouse.rows(query) if names else ():
                self.summary.unused.update({n: c for n, c in zip(names, found, strict=True) if c})

    def _strange(self) -> Mapping[str, Mapping[str, Leaf]]:
        """For each action, the columns it does not know under either text."""
        named = {**self.leaves.facts, **self.leaves.lists}
        whole = {
            name: leaf
            for name, leaf in named.items()
            if name not in (*RESULTS, *LISTS, *id_columns(self.names))
            and (leaf.type == TEXT or "." not in name)
        }
        return {
            action: {
                name: leaf
                for name, leaf in whole.items()
                if name.split(".", 1)[0] not in (self.replay.roots(action) or ())
            }
            for action in self.replay.new.program.actions
        }

    # --- rows that have to be seen ----------------------------------------------------------------

    def _wanted(self, old: Answered | None, pairs: list[tuple[Any, Any, str]]) -> None:
        """Rows that SQL does not answer, and changed rows: all for a list, else the first."""
        irregular = (
            f"SELECT p.{ROW} AS row_id, true AS irregular FROM {PAST} p "
            f"ANTI JOIN {BOTH} s ON s.row_id = p.{ROW}"
        )
        changed = f" UNION ALL {self._changed(old, pairs)}" if pairs else ""
        self.warehouse.create(WANTED, irregular + changed)

    def _changed(self, old: Answered | None, pairs: list[tuple[Any, Any, str]]) -> str:
        kind = "BIGINT" if old else "TEXT"
        columns = (("before", kind), ("after", "BIGINT"), ("change", "TEXT"))
        self.warehouse.load("pairs", columns, pairs)
        rows = f"{BOTH} r JOIN pairs q ON q.before = r.before AND q.after = r.answer"
        if self.summary.listing:
            return f"SELECT r.row_id, false FROM {rows}"
        limit = max(1, self.summary.limit)
        first = f"SELECT unnest(min(r.row_id, {limit})) AS row_id FROM {rows} GROUP BY q.change"
        return f"SELECT row_id, false FROM ({first})"

    def _brought_back(self, new: Answered, old: Answered | None) -> None:
        whole = self._length()
        ids = id_columns(self.names)
        for done, cells in enumerate(self._rows(new, old), 1):
            *values, number, irregular, before, after = cells
            row = row_of(number + 1, dict(zip(self.names, values, strict=True)), ids)
            found = self.replay.replayed(row)
            if not irregular:
                known = None if old is None else old.replies[before].outcome
                _agree(found, known, new.replies[after].outcome, number + 1)
            told(self.summary, found, self.write, counted=not irregular)
            self.progress("row by row", done, whole)

    def _length(self) -> int:
        ((rows,),) = self.warehouse.rows(f"SELECT count(*) FROM {WANTED}")
        return int(rows)

    def _rows(self, new: Answered, old: Answered | None) -> Iterator[tuple[Any, ...]]:
        before = "o.answer" if old else "NULL"
        other = f"LEFT JOIN {old.table} o ON o.row_id = w.row_id" if old else ""
        query = (
            f"SELECT p.*, w.irregular, {before}, a.answer FROM {WANTED} w "
            f"JOIN {PAST} p ON p.{ROW} = w.row_id "
            f"LEFT JOIN {new.table} a ON a.row_id = w.row_id {other} ORDER BY w.row_id"
        )
        with closing(self.warehouse.connection.cursor()) as cursor:
            cursor.execute(query)
            while chunk := cursor.fetchmany(CHUNK):
                yield from chunk


def _agree(found: Any, old: Outcome | None, new: Outcome, number: int) -> None:
    """End the run where SQL found another outcome than the engine."""
    said = isinstance(found, Replayed) and found.found.new.outcome is new
    if said and old is not None:
        said = found.found.old.outcome is old
    if not said:
        raise Disagreement(f"SQL and the engine answer row {number} otherwise")
