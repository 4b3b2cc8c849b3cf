"""Whether closed periods are still what was closed; what was altered is found and named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.commission.closed.dispute import Dispute
from remit_engine.commission.closed.document import difference_document, digest, statement_document
from remit_engine.storage import closings, disputes, runs, seals, statement_rows, tables
from remit_engine.storage.closings import ClosingHead
from remit_engine.storage.faults import NotKept
from remit_engine.storage.runs import RunHead
from remit_engine.storage.seals import GENESIS


@dataclass(frozen=True, slots=True)
class Altered:
    """Something of a closed period that is not what was closed. person: whose statement or
    difference, None where it is about the whole closing."""

    closing: int
    plan: str
    period: str
    person: str | None
    message: str


def verified(connection: Connection) -> Iterator[tuple[ClosingHead, tuple[Altered, ...]]]:
    """Each closing in order, with what is altered of it."""
    before = GENESIS
    for head in closings.heads(connection):
        yield head, tuple(_closing(connection, head, before))
        before = head.hash


@dataclass(frozen=True, slots=True)
class AlteredDispute:
    """A dispute that is not what was said. number: its own."""

    number: int
    message: str


def verified_disputes(connection: Connection) -> tuple[int, str, tuple[AlteredDispute, ...]]:
    """How many disputes there are, the last hash of their chain, and what is altered."""
    chain = seals.chain(connection)
    numbers = connection.scalars(sql.select(tables.dispute.c.id).order_by(tables.dispute.c.id))
    found = {number: _dispute(connection, number) for number in numbers.all()}
    wrong = dict.fromkeys(seals.broken(connection, found))
    last = chain[-1].hash if chain else seals.GENESIS
    return len(found), last, tuple(AlteredDispute(n, said) for n, said in wrong)


def _dispute(connection: Connection, number: int) -> Dispute | None:
    try:
        return disputes.of_number(connection, number)
    except (ValueError, TypeError, LookupError, ZeroDivisionError, NotKept):
        return None


def _closing(connection: Connection, head: ClosingHead, before: str) -> Iterator[Altered]:
    if head.previous != before:
        yield _about(head, "the closing before it is gone or was altered")
    found = [*_statements(connection, head), *_differences(connection, head)]
    yield from found
    if not found:
        yield from _whole(connection, head)


def _statements(connection: Connection, head: ClosingHead) -> Iterator[Altered]:
    c = tables.statement.c
    rows = connection.execute(
        sql.select(c.id, c.person, c.digest).where(*closings.own(head)).order_by(c.person)
    ).all()
    if len(rows) != head.statements:
        yield _about(head, f"{head.statements} statements were closed, {len(rows)} are there")
    for start in range(0, len(rows), statement_rows.CHUNK):
        chunk = rows[start : start + statement_rows.CHUNK]
        told = _digests(connection, [id for id, _, _ in chunk])
        for id, person, kept in chunk:
            if told[id] != kept:
                yield _about(head, f"the statement of {person} was altered", person)


def _digests(connection: Connection, ids: list[int]) -> dict[int, str | None]:
    """The digest of each statement as it is now; None where it cannot even be read."""
    try:
        found = statement_rows.read(connection, tables.statement.c.id.in_(ids))
        return {row["id"]: digest(statement_document(s)) for row, s in found}
    except (ValueError, TypeError, LookupError, ZeroDivisionError):
        if len(ids) == 1:
            return {ids[0]: None}
        return {id: told for i in ids for id, told in _digests(connection, [i]).items()}


def _differences(connection: Connection, head: ClosingHead) -> Iterator[Altered]:
    c = tables.difference.c
    rows = connection.execute(
        sql.select(c.id, c.person, c.period, c.digest).where(*closings.posted(head)).order_by(c.id)
    ).all()
    if len(rows) != head.differences:
        yield _about(head, f"{head.differences} differences were closed, {len(rows)} are there")
    for id, person, period, kept in rows:
        if _difference_digest(connection, id) != kept:
            yield _about(head, f"the difference of {person} for {period} was altered", person)


def _difference_digest(connection: Connection, id: int) -> str | None:
    try:
        (found,) = runs.differences(connection, tables.difference.c.id == id)
    except (ValueError, TypeError, LookupError, ZeroDivisionError, NotKept):
        return None
    return digest(difference_document(found))


def _whole(connection: Connection, head: ClosingHead) -> Iterator[Altered]:
    """The closing itself, once every part is what it says it is."""
    s, d = tables.statement.c, tables.difference.c
    paid = connection.execute(sql.select(s.person, s.digest).where(*closings.own(head)))
    posted = connection.scalars(
        sql.select(d.digest).where(*closings.posted(head)).order_by(d.id)
    ).all()
    try:
        run: RunHead | None = runs.head_of(connection, head.run)
    except (NotKept, ValueError):
        run = None
    digests = {row.person: row.digest for row in paid}
    if run is None or closings.hash_of(head, run, digests, posted) != head.hash:
        yield _about(head, "it is not what was closed: its hash does not fit")


def _about(head: ClosingHead, message: str, person: str | None = None) -> Altered:
    return Altered(head.number, head.plan, str(head.period), person, message)
