"""Disputes in the store: opened, and ended by one answer."""

from __future__ import annotations

import sqlalchemy as sql
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from remit_engine.commission.basis.periods import Period
from remit_engine.commission.closed.dispute import Answer, Dispute, Settled, Status
from remit_engine.storage import seals, tables
from remit_engine.storage.faults import NotKept
from remit_engine.storage.tables import Row


def opened(connection: Connection, dispute: Dispute) -> Dispute:
    """Keep a new dispute; it comes back with its number."""
    kept = connection.execute(
        tables.dispute.insert(),
        {
            "plan": dispute.plan,
            "person": dispute.person,
            "period": dispute.period,
            "line": dispute.line,
            "expected": dispute.expected,
            "reason": dispute.reason,
            "by": dispute.by,
            "day": dispute.on,
            "deadline": dispute.deadline,
        },
    )
    key = kept.inserted_primary_key
    made = of_number(connection, int(key[0]) if key else 0)
    seals.add(connection, made, seals.OPENED)
    return made


def ended(connection: Connection, number: int, answer: Answer) -> Dispute:
    """Keep the end of a dispute; raises what `Dispute.answered` does, NotKept without a dispute."""
    after = of_number(connection, number).answered(answer)
    row = {"dispute": number, "status": answer.status.value, "outcome": answer.outcome}
    try:
        connection.execute(
            tables.dispute_answer.insert(), {**row, "by": answer.said_by, "day": answer.on}
        )
    except IntegrityError:
        raise Settled(f"dispute {number} was settled by somebody else meanwhile") from None
    seals.add(connection, after, seals.ENDED)
    return after


def of_number(connection: Connection, number: int) -> Dispute:
    """A dispute; raises NotKept when there is none of the number."""
    found = listed(connection, number=number)
    if not found:
        raise NotKept(f"there is no dispute {number} in the store")
    return found[0]


def listed(
    connection: Connection,
    *,
    number: int | None = None,
    plan: str | None = None,
    person: str | None = None,
    of: Period | None = None,
) -> list[Dispute]:
    """The disputes that fit, in the order they were opened."""
    d, a = tables.dispute, tables.dispute_answer
    asked = (
        sql.select(
            d,
            a.c.status,
            a.c.outcome,
            a.c.by.label("answered_by"),
            a.c.day.label("answered_on"),
        )
        .outerjoin(a, a.c.dispute == d.c.id)
        .order_by(d.c.id)
    )
    wanted = {d.c.id: number, d.c.plan: plan, d.c.person: person, d.c.period: of}
    asked = asked.where(*(column == value for column, value in wanted.items() if value is not None))
    return [_dispute(row) for row in connection.execute(asked).mappings()]


def _dispute(row: Row) -> Dispute:
    answer = None
    if row["status"] is not None:
        status = Status(row["status"])
        answer = Answer(status, row["outcome"], row["answered_by"], row["answered_on"])
    key = (row["id"], row["plan"], row["person"], row["period"], row["line"])
    told = (row["expected"], row["reason"], row["by"], row["day"], row["deadline"])
    return Dispute(*key, *told, answer)
