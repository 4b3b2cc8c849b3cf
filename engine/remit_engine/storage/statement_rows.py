"""Statements as rows of the store, and back. What comes back equals what was kept."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_dsl.source import Span
from remit_engine.commission.closed.document import (
    amount,
    digest,
    part_document,
    statement_document,
)
from remit_engine.commission.statement import (
    AMOUNTS,
    Line,
    Movement,
    Stage,
    Statement,
    TierPart,
)
from remit_engine.storage import tables
from remit_engine.storage.tables import Row

CHUNK = 500
"""So many statements are written or read at a time."""
PARTS = (tables.stage, tables.line, tables.movement)
Details = Mapping[str, Mapping[int, Sequence[Row]]]


def write(connection: Connection, run: int, statements: Iterable[Statement]) -> int:
    """Keep the statements of a run; returns how many there were."""
    first = (connection.scalar(sql.select(sql.func.max(tables.statement.c.id))) or 0) + 1
    count = 0
    for chunk in _chunks(statements):
        ids = range(first + count, first + count + len(chunk))
        rows = [_statement_row(i, run, s) for i, s in zip(ids, chunk, strict=True)]
        connection.execute(tables.statement.insert(), rows)
        numbered = list(zip(ids, chunk, strict=True))
        stages = [
            {**_at(i, n), **_stage_row(p)} for i, s in numbered for n, p in enumerate(s.stages)
        ]
        lines = [{**_at(i, n), **_line_row(p)} for i, s in numbered for n, p in enumerate(s.lines)]
        moved = [
            {**_at(i, n), **_movement_row(p)}
            for i, s in numbered
            for n, p in enumerate(s.movements)
        ]
        for table, parts in zip(PARTS, (stages, lines, moved), strict=True):
            if parts:
                connection.execute(table.insert(), parts)
        count += len(chunk)
    return count


def _at(statement: int, position: int) -> dict[str, int]:
    return {"statement": statement, "position": position}


def read(
    connection: Connection, *conditions: sql.ColumnElement[bool], details: bool = True
) -> Iterator[tuple[Row, Statement]]:
    """The statements that fit, each with its row, by plan, period and person. Without `details`
    they have no stages, lines and movements."""
    c = tables.statement.c
    asked = sql.select(tables.statement).where(*conditions).order_by(c.plan, c.period, c.person)
    rows = connection.execute(asked).mappings().all()
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        ids = [row["id"] for row in chunk] if details else []
        found = {t.name: _details(connection, t, ids) for t in PARTS}
        for row in chunk:
            yield row, _statement(row, found)


def page(
    connection: Connection, after: int | None, limit: int, *conditions: sql.ColumnElement[bool]
) -> list[tuple[int, Statement]]:
    """The first statements behind an id that fit, with their ids, without their stages, lines and
    movements."""
    c = tables.statement.c
    asked = sql.select(c.id).where(c.id > (after or 0), *conditions).order_by(c.id).limit(limit)
    ids = list(connection.scalars(asked))
    found = {row["id"]: s for row, s in read(connection, c.id.in_(ids), details=False)}
    return [(id, found[id]) for id in ids]


def _chunks(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
    chunk: list[Statement] = []
    for statement in statements:
        chunk.append(statement)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _details(
    connection: Connection, table: sql.Table, ids: Sequence[int]
) -> Mapping[int, Sequence[Row]]:
    if not ids:
        return {}
    asked = (
        sql.select(table)
        .where(table.c.statement.in_(ids))
        .order_by(table.c.statement, table.c.position)
    )
    found: dict[int, list[Row]] = defaultdict(list)
    for row in connection.execute(asked).mappings():
        found[row["statement"]].append(row)
    return found


def _statement_row(id: int, run: int, statement: Statement) -> dict[str, Any]:
    steps = {name: amount(value) for name, value in statement.steps.items()}
    return {
        "id": id,
        "run": run,
        "plan": statement.plan,
        "person": statement.person,
        "period": statement.period,
        **{name: statement.amounts.get(name) for name in AMOUNTS},
        "steps": json.dumps(steps, ensure_ascii=False),
        "fault": statement.fault,
        "digest": digest(statement_document(statement)),
    }


def _stage_row(stage: Stage) -> dict[str, Any]:
    s = stage.span
    return {
        "name": stage.name,
        "rule": stage.rule,
        "span": json.dumps([s.file, s.line, s.column, s.start, s.end]) if s else None,
        "inputs": json.dumps(stage.inputs, ensure_ascii=False),
        "value": stage.value,
        "kind": stage.kind,
        "note": stage.note,
    }


def _line_row(line: Line) -> dict[str, Any]:
    return {
        "event": line.event,
        "kind": line.kind,
        "day": line.day,
        "credit": line.credit,
        "earned": line.earned,
        "parts": json.dumps([part_document(part) for part in line.parts]),
        "share": line.share,
        "place": line.place,
    }


def _movement_row(movement: Movement) -> dict[str, Any]:
    return {
        "event": movement.event,
        "kind": movement.kind,
        "counted": movement.counted,
        "amount": movement.amount,
        "day": movement.day,
    }


def _statement(row: Row, details: Details) -> Statement:
    id = row["id"]
    steps = json.loads(row["steps"])
    return Statement(
        row["plan"],
        row["person"],
        row["period"],
        {name: row[name] for name in AMOUNTS},
        {name: None if value is None else Fraction(value) for name, value in steps.items()},
        tuple(_stage(r) for r in details["stage"].get(id, ())),
        tuple(_line(r) for r in details["line"].get(id, ())),
        tuple(_movement(r) for r in details["movement"].get(id, ())),
        row["fault"],
    )


def _stage(row: Row) -> Stage:
    span = Span(*json.loads(row["span"])) if row["span"] else None
    inputs = tuple((name, value) for name, value in json.loads(row["inputs"]))
    return Stage(row["name"], row["rule"], span, inputs, row["value"], row["kind"], row["note"])


def _line(row: Row) -> Line:
    parts = tuple(
        TierPart(part["tier"], Fraction(part["amount"]), Fraction(part["rate"]))
        for part in json.loads(row["parts"])
    )
    shown = (row["event"], row["kind"], row["day"], row["credit"], row["earned"])
    return Line(*shown, parts, row["share"], row["place"])


def _movement(row: Row) -> Movement:
    counted = row["counted"]
    return Movement(row["event"], row["kind"], counted, row["amount"], row["day"])
