"""Answers into CSV, JSON lines or Parquet; the file has its name only when it is whole."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import duckdb

from remit_api.batch.recorded import REQUEST, json_line, request_document
from remit_api.failures import FileTrouble, WrongUse
from remit_api.files import replacing
from remit_api.question import Question
from remit_engine.decision import Decision, Extent
from remit_engine.warehouse.duckdb import literal, one_file

Record = dict[str, Any]
Write = Callable[[Record], None]

LISTS = ("rules", "missing", "needs", "chain", "old_rules", "new_rules")
ANSWER = ("as_of", "outcome", "reason", "rules", "limit", "maximum", "missing", "needs", "chain")


def columns(ids: Sequence[str]) -> tuple[str, ...]:
    """The columns of a results file."""
    return ("row", *ids, *ANSWER, "error", REQUEST)


def record(number: int, ids: Mapping[str, str], decision: Decision, question: Question) -> Record:
    """One answered row, with the question, so that it can be asked again."""
    return {
        "row": number,
        **ids,
        "as_of": decision.as_of.isoformat(),
        "outcome": decision.outcome.value,
        "reason": decision.reason,
        "rules": [rule.id for rule in decision.rules],
        "limit": _text(decision.limit),
        "maximum": _text(decision.maximum),
        "missing": [fact.path for fact in decision.missing],
        "needs": [need.text for need in decision.needs],
        "chain": [f"{link.label}: {', '.join(link.people) or '?'}" for link in decision.chain],
        REQUEST: request_document(question),
    }


def failed(number: int, ids: Mapping[str, str], error: str) -> Record:
    """One row without an answer."""
    return {"row": number, **ids, "error": error}


def _text(extent: Extent | None) -> str | None:
    return extent.text if extent is not None else None


@contextmanager
def open_results(path: Path, ids: Sequence[str]) -> Iterator[Write]:
    """A place to write answers to; nothing stands under `path` until all are written."""
    with open_records(path, columns(ids)) as write:
        yield write


@contextmanager
def open_records(path: Path, names: Sequence[str]) -> Iterator[Write]:
    """The same for records with these columns."""
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        endings = ", ".join(WRITERS)
        raise WrongUse(f"`{path}` is not a file of results", f"use a file ending in {endings}")
    with replacing(path) as temporary, writer(temporary, names) as write:
        yield write


@contextmanager
def _csv(path: Path, names: Sequence[str]) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, restval="", lineterminator="\n")
        writer.writeheader()
        yield lambda record: writer.writerow({k: _cell(v) for k, v in record.items()})


def _cell(value: Any) -> Any:
    if isinstance(value, Mapping):
        return json_line(value)
    return "; ".join(value) if isinstance(value, list) else value


@contextmanager
def _jsonl(path: Path, names: Sequence[str]) -> Iterator[Write]:
    with path.open("w", encoding="utf-8") as stream:
        yield lambda record: _json_line(stream, record, names)


def _json_line(stream: TextIO, record: Record, names: Sequence[str]) -> None:
    whole = {name: record.get(name, [] if name in LISTS else None) for name in names}
    stream.write(json_line(whole) + "\n")


@contextmanager
def _parquet(path: Path, names: Sequence[str]) -> Iterator[Write]:
    """By way of JSON lines beside the target, which DuckDB turns round without holding them."""
    lines = path.with_name(path.name + ".jsonl")
    try:
        with _jsonl(lines, names) as write:
            yield write
        _to_parquet(lines, path, names)
    finally:
        lines.unlink(missing_ok=True)


def _to_parquet(lines: Path, path: Path, names: Sequence[str]) -> None:
    types = {name: _type(name) for name in names}
    described = ", ".join(f"{_quoted(name)}: '{type}'" for name, type in types.items())
    with duckdb.connect(config={"threads": 1}) as connection, _told(path):
        connection.execute(
            f"COPY (SELECT * FROM read_json({one_file(lines)}, format='newline_delimited', "
            f"hive_partitioning=false, maximum_object_size={1 << 26}, "
            f"columns={{{described}}})) TO {literal(str(path))} (FORMAT parquet)"
        )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """DuckDB's trouble with a file, as ours."""
    try:
        yield
    except duckdb.Error as fault:
        said = str(fault).split("\n", 1)[0]
        raise FileTrouble(path, f"the results cannot be written: {said}") from None


def _type(name: str) -> str:
    return "BIGINT" if name == "row" else "VARCHAR[]" if name in LISTS else "VARCHAR"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


WRITERS = {".csv": _csv, ".jsonl": _jsonl, ".ndjson": _jsonl, ".parquet": _parquet}
