"""Reading the ledger: one row, pages of rows, what a replay needs, all of it as lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.people.directory import Directory
from remit_engine.reading.json_reader import read_json
from remit_engine.reading.request_reader import read_request
from remit_engine.request import Request
from remit_engine.rules.ir import Model
from remit_engine.storage import entries, tables
from remit_engine.storage.canonical import canonical
from remit_engine.storage.counting import OnRecord
from remit_engine.storage.entries import DECISION, GENESIS, Entry
from remit_engine.storage.faults import Conflict, NotKept

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: every member that is given has to fit. person: who decides, asks, or called.
    since, until: days, both included."""

    person: str | None = None
    actor: str | None = None
    caller: str | None = None
    requester: str | None = None
    action: str | None = None
    verb: str | None = None
    outcome: str | None = None
    kind: str | None = None
    since: date | None = None
    until: date | None = None


EVERYTHING = Wanted()


def entry(connection: Connection, id: str) -> Entry:
    """The row of an id; raises NotKept."""
    found = entries.found(connection, [id]).get(id)
    if found is None:
        raise NotKept(f"there is no decision `{id}`")
    return found


def reversal_of(connection: Connection, id: str) -> Entry | None:
    """The row that gave back what a decision used up."""
    asked = sql.select(tables.decision).where(tables.decision.c.reverses == id)
    row = connection.execute(asked).mappings().one_or_none()
    return None if row is None else entries.entry_of(row)


def page(
    connection: Connection, wanted: Wanted = EVERYTHING, *, before: int | None = None, limit: int
) -> list[Entry]:
    """The latest rows that fit, the last first. before: only those with a smaller `seq`; the page
    after this one is asked for with the `seq` of its last row."""
    c = tables.decision.c
    asked = sql.select(tables.decision).where(*_conditions(wanted)).order_by(c.seq.desc())
    if before is not None:
        asked = asked.where(c.seq < before)
    return [entries.entry_of(row) for row in connection.execute(asked.limit(limit)).mappings()]


def counted(connection: Connection, wanted: Wanted = EVERYTHING) -> int:
    """How many rows fit."""
    asked = sql.select(sql.func.count()).select_from(tables.decision)
    return connection.scalar(asked.where(*_conditions(wanted))) or 0


def _conditions(wanted: Wanted) -> Iterator[sql.ColumnElement[bool]]:
    c = tables.decision.c
    if wanted.person is not None:
        of = (c.actor, c.caller, c.requester)
        yield sql.or_(*(column == wanted.person for column in of))
    for name in ("actor", "caller", "requester", "action", "verb", "outcome", "kind"):
        value = getattr(wanted, name)
        if value is not None:
            yield c[name] == value
    if wanted.since is not None:
        yield c.day >= wanted.since
    if wanted.until is not None:
        yield c.day <= wanted.until


def request_of(found: Entry, model: Model, directory: Directory) -> Request:
    """The request of a row, with the totals that were read for it: what a replay asks again. Raises
    Conflict for a reversal, InvalidRequest where this text does not know what it speaks of."""
    if found.kind != DECISION:
        raise Conflict(f"`{found.id}` is no decision", "ask for the one that it reverses")
    document = read_json(found.request)
    request = read_request({**document, "as_of": found.day}, model, directory)
    if not json.loads(found.totals):
        return request
    return replace(request, used=totals_of(found))


def totals_of(found: Entry) -> OnRecord:
    """The totals that were read for a row."""
    read = json.loads(found.totals)
    return OnRecord(
        {
            who: {name: Fraction(used) for name, used in totals.items()}
            for who, totals in read.items()
        }
    )


def rows(
    connection: Connection, first: int = 1, last: int | None = None
) -> Iterator[Mapping[str, Any]]:
    """Rows in order as they stand in the database, amounts as text, whoever altered them."""
    c = tables.decision.c
    columns = [_raw(column) for column in c]
    asked = sql.select(*columns).where(c.seq >= first).order_by(c.seq)
    if last is not None:
        asked = asked.where(c.seq <= last)
    result = connection.execute(asked, execution_options={"yield_per": CHUNK})
    for row in result.mappings():
        yield dict(row)


def _raw(column: sql.Column[Any]) -> sql.ColumnElement[Any]:
    """A column read without looking at what it should be."""
    return sql.type_coerce(column, sql.types.NullType()).label(column.name)


def lines(connection: Connection, first: int = 1, last: int | None = None) -> Iterator[str]:
    """The rows as JSON, one a line; `verified_lines` reads them without a store."""
    for row in rows(connection, first, last):
        yield canonical(row)


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that is not what was recorded. seq, id: as it says itself, where it does. what: which
    part of the store it is about."""

    seq: int | None
    id: str | None
    message: str
    what: str = "decision"


def checked(
    found: Iterator[Mapping[str, Any]], after: tuple[int, str] = (0, GENESIS)
) -> Iterator[tuple[Mapping[str, Any], list[Broken]]]:
    """Rows in their order, each with what is wrong with it. after: number and hash of the row
    before the first."""
    seq, hash = after
    for row in found:
        yield row, list(_wrong(row, seq, hash))
        seq = row["seq"] if isinstance(row["seq"], int) else seq + 1
        hash = row["hash"]


def _wrong(row: Mapping[str, Any], seq: int, hash: str) -> Iterator[Broken]:
    number, id = row.get("seq"), row.get("id")
    about = (number if isinstance(number, int) else None, id if isinstance(id, str) else None)
    if number != seq + 1:
        yield Broken(*about, f"row {seq + 1} should be here: rows are gone or were put in")
    elif row.get("previous") != hash:
        yield Broken(*about, "it does not follow the row before it: one of them was altered")
    if not _fits(row):
        yield Broken(*about, "it was altered: its hash does not fit")


def _fits(row: Mapping[str, Any]) -> bool:
    if set(row) != set(entries.NAMES):
        return False
    try:
        return bool(entries.hash_of(row) == row["hash"])
    except (TypeError, ValueError):  # what stands there is nothing that we write
        return False


def verified_lines(text: Iterator[str]) -> Iterator[Broken]:
    """What is wrong with exported lines; they may begin anywhere, and then say after which row."""
    before: tuple[int, str] | None = None
    for number, line in enumerate(text, 1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or "seq" not in row or "hash" not in row:
            yield Broken(None, None, f"line {number} is no row of a ledger")
            continue
        if before is None:
            before = (row["seq"] - 1, row.get("previous", "")) if row["seq"] != 1 else (0, GENESIS)
        for _, wrong in checked(iter([row]), before):
            yield from wrong
        before = (row["seq"], row["hash"])
