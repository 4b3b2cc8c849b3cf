"""`/v1/audit`: is everything that was recorded what was recorded? And all of it, to keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Annotated, Any

import sqlalchemy as sql
from fastapi import APIRouter, Depends, Query, Response
from pydantic import StringConstraints
from starlette.responses import StreamingResponse

from remit_api.http.access import Access, Guard
from remit_api.http.replies import reply
from remit_api.http.service import ServiceOf
from remit_api.pay import verifying
from remit_engine.storage import approvals, audit, history
from remit_engine.storage.opening import reading

RESOURCE = "audit"
LINES = "application/x-ndjson"
router = APIRouter(prefix="/v1/audit", tags=[RESOURCE])
Verifying = Annotated[Access, Depends(Guard(RESOURCE, "verify"))]
Exporting = Annotated[Access, Depends(Guard(RESOURCE, "export"))]
First = Annotated[int, Query(ge=1, lt=2**63, description="The `seq` of the first record.")]
Last = Annotated[int | None, Query(ge=1, lt=2**63, description="The `seq` of the last record.")]
Expected = Annotated[
    list[Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{8,64}$")]] | None,
    Query(description="A last hash as it was written down elsewhere, or its beginning."),
]


@router.get("/verification", summary="Was anything altered?")
def verify(access: Verifying, service: ServiceOf, expect: Expected = None) -> Response:
    """Computes the hashes of all decisions anew, adds up all totals, looks at requests for
    approval, versions, publications, delegations, keys, closed periods of pay and disputes, and
    names each row that is not what was kept.

    What was cut off at the end is found only where last hashes were written down: `expect`, any
    number of times, that of decisions, changes, entries of the watches, closings or disputes.
    """
    access.require_any()
    with reading(service.store) as connection:
        found = audit.verified(connection)
        asked = list(approvals.verified(connection))
        pay = verifying.verify(connection)
    heads = [pay.last] if pay.closings else []
    heads += [pay.last_dispute] if pay.disputes else []
    fits = all(found.ends_with(one) or _begins(one, heads) for one in expect or ())
    document: dict[str, Any] = {
        "ok": fits and pay.sound and not (found.broken or asked),
        "decisions": found.rows,
        "last": found.head,
        "changes": found.changes,
        "last_change": found.changed,
        "entries": found.entries,
        "last_entry": found.told,
        "expected": fits,
        "closings": {"count": len(pay.closings), "last": pay.last},
        "disputes": {"count": pay.disputes, "last": pay.last_dispute},
        "altered": {
            "ledger": [asdict(told) for told in found.broken],
            "approvals": [asdict(told) for told in asked],
            "closings": [asdict(told) for told in pay.altered],
            "disputes": [asdict(told) for told in pay.altered_disputes],
        },
    }
    return reply(document)


@router.get(
    "/export",
    summary="The ledger as JSON lines",
    response_class=StreamingResponse,
    responses={200: {"content": {LINES: {"schema": {"type": "string"}}}}},
)
def export(
    access: Exporting, service: ServiceOf, first: First = 1, last: Last = None
) -> StreamingResponse:
    """One record a line, in order, as it stands in the store: whoever has the lines can compute
    their hashes without the store."""
    access.require_any()
    return StreamingResponse(_lines(service.store, first, last), media_type=LINES)


def _begins(expected: str, heads: Iterable[str]) -> bool:
    return any(head.startswith(expected.lower()) for head in heads)


def _lines(store: sql.Engine, first: int, last: int | None) -> Iterator[str]:
    with reading(store) as connection:
        for line in history.lines(connection, first, last):
            yield f"{line}\n"
