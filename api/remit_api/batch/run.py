"""A batch from its first row to its summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from remit_api.batch import csv_rows, json_rows, parquet_rows
from remit_api.batch.results import Record, Write, failed, open_results, record
from remit_api.batch.row import Row, Rows
from remit_api.failures import MissingFile, WrongUse, shown
from remit_api.question import Question
from remit_api.question_reader import NO_PERSON, read_question
from remit_engine.decision import Outcome
from remit_engine.engine import Engine
from remit_engine.request import InvalidRequest

READERS: dict[str, Callable[[Path], Rows]] = {
    ".csv": csv_rows.read,
    ".jsonl": json_rows.read,
    ".ndjson": json_rows.read,
    ".parquet": parquet_rows.read,
}

MOST_ERRORS = 3
"""So many errors of rows stand in the summary; all are in the results."""


@dataclass(slots=True)
class Summary:
    """What became of a batch. first_errors: the rows and the errors of the first to fail.
    strangers: so many rows name a person nobody knows."""

    rows: int = 0
    errors: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    first_errors: list[tuple[int, str]] = field(default_factory=list)
    strangers: int = 0
    ignored: Counter[str] = field(default_factory=Counter)

    def unused(self) -> list[str]:
        """What was said in every answered row and belongs to nothing: a misspelt column, say."""
        answered = self.rows - self.errors
        return sorted(path for path, rows in self.ignored.items() if rows == answered)


def open_batch(path: Path) -> Rows:
    """The requests of a file, by its ending."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        endings = ", ".join(READERS)
        raise WrongUse(f"`{path}` is not a file of requests", f"use a file ending in {endings}")
    if path.is_dir():
        raise WrongUse(f"`{path}` is a folder", "name a file of requests in it")
    if not path.is_file():
        raise MissingFile(path, f"there is no file `{path}`")
    return reader(path)


def run(
    rows: Rows,
    out: Path,
    engine: Engine,
    defaults: Question,
    today: date,
    progress: Callable[[int], None],
) -> Summary:
    """Answer every row into a file; a row that cannot be answered carries its error."""
    summary = Summary()
    with open_results(out, rows.ids) as write:
        for row in rows.rows:
            _count(summary, row, _answered(row, engine, defaults, today, summary), write)
            progress(row.position)
    return summary


def _answered(
    row: Row, engine: Engine, defaults: Question, today: date, summary: Summary
) -> Record:
    if row.question is None:
        return failed(row.number, row.ids, row.error or "the row cannot be read")
    try:
        question = row.question.over(defaults)
        request = read_question(question, engine.model, engine.directory, today, lenient=True)
        decision = engine.decide(request)
        summary.ignored.update(set(decision.ignored) - {f"facts.{name}" for name in row.ids})
        return record(row.number, row.ids, decision, question)
    except InvalidRequest as fault:
        return failed(row.number, row.ids, "; ".join(map(shown, fault.problems)))
    except Exception as fault:  # one bad row must not cost the other million
        error = f"remit itself failed on this row: {type(fault).__name__}: {fault}"
        return failed(row.number, row.ids, error)


def _count(summary: Summary, row: Row, answer: Record, write: Write) -> None:
    summary.rows += 1
    error = answer.get("error")
    if error is None:
        summary.outcomes[Outcome(answer["outcome"])] += 1
    else:
        summary.errors += 1
        summary.strangers += NO_PERSON in error
        if len(summary.first_errors) < MOST_ERRORS:
            summary.first_errors.append((row.number, error))
    write(answer)
