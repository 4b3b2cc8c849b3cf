"""`/v1/audit`: is everything that was recorded what was recorded? And all of it, to keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

import sqlalchemy as sql
from fastapi import APIRouter, Depends, Query, Response
from starlette.responses import StreamingResponse

from remit_api.http.access import Access, Guard
from remit_api.http.replies import reply
from remit_api.http.service import ServiceOf
from remit_engine.storage import approvals, audit, history, verification
from remit_engine.storage.opening import reading

RESOURCE = "audit"
LINES = "application/x-ndjson"
router = APIRouter(prefix="/v1/audit", tags=[RESOURCE])
Verifying = Annotated[Access, Depends(Guard(RESOURCE, "verify"))]
Exporting = Annotated[Access, Depends(Guard(RESOURCE, "export"))]
First = Annotated[int, Query(ge=1, description="The `seq` of the first record.")]
Last = Annotated[int | None, Query(ge=1, description="The `seq` of the last record.")]
Expected = Annotated[
    str | None,
    Query(
        min_length=8, max_length=64, pattern="^[0-9a-fA-F]+$",
        description="A last hash as it was written down elsewhere, or its beginning.",
    ),
]  # fmt: skip


@router.get("/verification", summary="Was anything altered?")
def verify(access: Verifying, service: ServiceOf, expect: Expected = None) -> Response:
    """Computes the hashes of all decisions anew, adds up all totals, looks at requests for
    approval, versions, publications, delegations, keys, closed periods of pay and disputes, and
    names each row that is not what was kept.

    What was cut off at the end is found only where a last hash was written down: `expect`, that of
    decisions or that of changes.
    """
    access.require_any()
    with reading(service.store) as connection:
        found = audit.verified(connection)
        asked = list(approvals.verified(connection))
        closed = [told for _, all_ in verification.verified(connection) for told in all_]
        disputes, _, disputed = verification.verified_disputes(connection)
    fits = expect is None or found.ends_with(expect)
    document: dict[str, Any] = {
        "ok": fits and not (found.broken or asked or closed or disputed),
        "decisions": found.rows,
        "last": found.head,
        "changes": found.changes,
        "last_change": found.changed,
        "expected": fits,
        "disputes": disputes,
        "altered": {
            "ledger": [asdict(told) for told in found.broken],
            "approvals": [asdict(told) for told in asked],
            "closings": [asdict(told) for told in closed],
            "disputes": [asdict(told) for told in disputed],
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


def _lines(store: sql.Engine, first: int, last: int | None) -> Iterator[str]:
    with reading(store) as connection:
        for line in history.lines(connection, first, last):
            yield f"{line}\n"
