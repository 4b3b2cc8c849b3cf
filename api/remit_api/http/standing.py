"""Answers that nobody keeps, with the totals as they stand in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.request import Request
from remit_engine.storage import entries
from remit_engine.storage.counting import FromLedger, unit_of
from remit_engine.storage.court import Court
from remit_engine.storage.opening import reading, writing
from remit_engine.storage.usage import OpenUsage, Usage

Answer = TypeVar("Answer")


def keeps_totals(court: Court, request: Request) -> bool:
    """Whether an answer hangs on totals that the ledger knows: it takes a look at the store."""
    return not request.totals and bool(court.totals(request.action))


def with_totals(
    court: Court, store: sql.Engine, request: Request, ask: Callable[[Request], Answer]
) -> Answer:
    """What `ask` says to a request that sees the totals of the ledger, where its action keeps some
    and it states none of its own."""
    if not keeps_totals(court, request):
        return ask(request)
    wanted = [span.dimension for span in court.spans(request.action, request.as_of)]
    with reading(store) as connection:
        usage = _usage(connection)
        if all(one in usage.dimensions[request.action] for one in wanted):
            return ask(_seeing(usage, court, request))
    with writing(store) as connection:  # nobody has added these up yet
        usage = _usage(connection)
        usage.require(request.action, wanted)
        return ask(_seeing(usage, court, request))


def _usage(connection: Connection) -> OpenUsage:
    return Usage().open(connection, entries.head_of(connection))


def _seeing(usage: OpenUsage, court: Court, request: Request) -> Request:
    measure = court.model.actions[request.action].action.measure
    assert measure is not None, "what keeps totals has a measure"
    spans = court.spans(request.action, request.as_of)
    return replace(request, used=FromLedger(usage, request, spans, unit_of(measure)))
