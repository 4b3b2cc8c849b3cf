"""The hashes of disputes: one for each opening and each end, in one chain that is only added to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.commission.closed.dispute import Dispute
from remit_engine.commission.closed.document import digest, dispute_document
from remit_engine.storage import tables

OPENED, ENDED = "opened", "ended"
GENESIS = "0" * 64
"""What stands before the first of a chain."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What was said of a dispute at one time. number: in the chain."""

    number: int
    dispute: int
    event: str
    hash: str
    previous: str


def add(connection: Connection, dispute: Dispute, event: str) -> None:
    """Seal a dispute as it is. To be called in a writing transaction."""
    c = tables.dispute_seal.c
    last = connection.scalar(sql.select(c.hash).order_by(c.id.desc()).limit(1))
    previous = last or GENESIS
    row = {"dispute": dispute.number, "event": event, "previous": previous}
    hash = _hash(dispute, event, previous)
    connection.execute(tables.dispute_seal.insert(), {**row, "hash": hash})


def chain(connection: Connection) -> list[Seal]:
    """All seals in order."""
    c = tables.dispute_seal.c
    asked = sql.select(c.id, c.dispute, c.event, c.hash, c.previous).order_by(c.id)
    return [Seal(*row) for row in connection.execute(asked)]


def broken(
    connection: Connection, disputes: dict[int, Dispute | None]
) -> Iterator[tuple[int, str]]:
    """(dispute, what is wrong with it), of all that does not fit what was sealed. disputes: by
    number, None for one that cannot be read."""
    before = GENESIS
    sealed: set[tuple[int, str]] = set()
    for seal in chain(connection):
        sealed.add((seal.dispute, seal.event))
        if seal.previous != before:
            yield seal.dispute, f"what was sealed before it was {seal.event} is gone or was altered"
        dispute = disputes.get(seal.dispute)
        if dispute is None:
            yield seal.dispute, "it is gone, or cannot be read"
        elif _hash(dispute, seal.event, seal.previous) != seal.hash:
            yield seal.dispute, f"it is not what was {seal.event}"
        before = seal.hash
    for number, dispute in disputes.items():
        ended = dispute is not None and dispute.answer is not None
        for event in (OPENED, *((ENDED,) if ended else ())):
            if (number, event) not in sealed:
                yield number, f"nothing seals that it was {event}"


def _hash(dispute: Dispute, event: str, previous: str) -> str:
    then = replace(dispute, answer=None) if event == OPENED else dispute
    return digest({"event": event, "previous": previous, "dispute": dispute_document(then)})
