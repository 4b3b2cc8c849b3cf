"""The changes of what the service answers from: versions, publications, delegations, keys.

Whoever writes such a row notes in the same transaction how it was left; the notes are one chain of
hashes that is only added to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.storage import tables
from remit_engine.storage.canonical import canonical, fingerprint

GENESIS = "0" * 64
"""What stands before the first change."""
CHUNK = 1_000
KEPT: Mapping[str, sql.Table] = {
    str(table.name): table
    for table in (
        tables.policy_version,
        tables.directory_version,
        tables.publication,
        tables.revision,
        tables.delegation,
        tables.api_key,
        tables.idempotency,
        tables.run_maker,
    )
}
"""Whose changes are noted."""


@dataclass(frozen=True, slots=True)
class AlteredRow:
    """A row that is not what was left. what: of which table; key: of the row. seq: of the change,
    where it is the chain itself."""

    what: str
    key: str
    message: str
    seq: int | None = None


# --- noting -------------------------------------------------------------------------------------


def noted(connection: Connection, table: sql.Table, *where: sql.ColumnElement[bool]) -> None:
    """Note rows as they stand now, in the writing transaction that changed them."""
    added(connection, table, list(_raw(connection, table, *where)))


def added(connection: Connection, table: sql.Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Note rows as they are given: every column, as it stands in the database."""
    _append(connection, ((str(table.name), key_of(table, row), mark_of(row)) for row in rows))


def taken_out(connection: Connection, table: sql.Table, *where: sql.ColumnElement[bool]) -> int:
    """Delete rows and note it, in a writing transaction; how many they were."""
    asked = sql.select(*table.primary_key).where(*where).order_by(*table.primary_key)
    keys = [list(row) for row in connection.execute(asked)]
    if keys:
        connection.execute(table.delete().where(*where))
        _append(connection, [(str(table.name), canonical(keys), None)])
    return len(keys)


def key_of(table: sql.Table, row: Mapping[str, Any]) -> str:
    """The key of a row, as it is noted."""
    return canonical([row[column.name] for column in table.primary_key])


def mark_of(row: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a row. What is absent is left out, so that a column added
    later leaves the marks of rows from before."""
    return fingerprint(canonical({k: v for k, v in row.items() if v is not None}))


def hash_of(row: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of all members of a change but `hash`."""
    return fingerprint(canonical({k: v for k, v in row.items() if k != "hash"}))


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last change; 0 and GENESIS while there is none."""
    c = tables.change.c
    row = connection.execute(sql.select(c.seq, c.hash).order_by(c.seq.desc()).limit(1)).first()
    return (0, GENESIS) if row is None else (row.seq, row.hash)


def _append(connection: Connection, notes: Iterable[tuple[str, str, str | None]]) -> None:
    seq, previous = head(connection)
    rows = []
    for subject, key, mark in notes:
        seq += 1
        row: dict[str, Any] = {
            "seq": seq, "subject": subject, "key": key, "mark": mark, "previous": previous
        }  # fmt: skip
        row["hash"] = previous = hash_of(row)
        rows.append(row)
    if rows:
        connection.execute(tables.change.insert(), rows)


# --- verifying ----------------------------------------------------------------------------------


def verified(connection: Connection) -> Iterator[AlteredRow]:
    """Every change and every row of the tables anew, with what is wrong."""
    stands: dict[tuple[str, str], str] = {}
    for row in _raw(connection, tables.change):
        _stand(row, stands)
    yield from _chain(connection)
    for table in KEPT.values():
        yield from _rows(connection, table, stands)
    for subject, key in sorted(stands):
        yield AlteredRow(_named(subject), key, "it is gone")


def _chain(connection: Connection) -> Iterator[AlteredRow]:
    number, before = 0, GENESIS
    for row in _raw(connection, tables.change):
        seq = row["seq"] if isinstance(row["seq"], int) else None
        about = ("change", str(row["key"]))
        if row["seq"] != number + 1 or row["previous"] != before:
            yield AlteredRow(*about, "the change before it is gone or was altered", seq)
        if not _fits(row):
            yield AlteredRow(*about, "this change was altered: its hash does not fit", seq)
        number, before = number + 1 if seq is None else seq, row["hash"]


def _fits(row: Mapping[str, Any]) -> bool:
    try:
        return bool(hash_of(row) == row["hash"])
    except (TypeError, ValueError):  # what stands there is nothing that we write
        return False


def _stand(row: Mapping[str, Any], stands: dict[tuple[str, str], str]) -> None:
    subject, key = str(row["subject"]), str(row["key"])
    if row["mark"] is not None:
        stands[subject, key] = str(row["mark"])
        return
    try:
        for gone in json.loads(key):
            stands.pop((subject, canonical(gone)), None)
    except (ValueError, TypeError):  # it is no list of keys: the chain says that it was altered
        return


def _rows(
    connection: Connection, table: sql.Table, stands: dict[tuple[str, str], str]
) -> Iterator[AlteredRow]:
    for row in _raw(connection, table):
        try:
            key, mark = key_of(table, row), mark_of(row)
        except (TypeError, ValueError):  # what stands there is nothing that we write
            yield AlteredRow(_named(table.name), str(dict(row))[:200], "it was altered")
            continue
        noted = stands.pop((table.name, key), None)
        if noted is None:
            yield AlteredRow(_named(table.name), key, "it was put in: no change says so")
        elif noted != mark:
            yield AlteredRow(_named(table.name), key, "it was altered")


def _named(subject: str) -> str:
    return subject.replace("_", " ")


def _raw(
    connection: Connection, table: sql.Table, *where: sql.ColumnElement[bool]
) -> Iterator[Mapping[str, Any]]:
    """Rows in order of their keys as they stand in the database, whoever altered them."""
    columns = [sql.type_coerce(c, sql.types.NullType()).label(c.name) for c in table.c]
    asked = sql.select(*columns).where(*where).order_by(*table.primary_key)
    result = connection.execute(asked, execution_options={"yield_per": CHUNK})
    for row in result.mappings():
        yield dict(row)
