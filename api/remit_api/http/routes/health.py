"""Is the process alive, and can it answer? For load balancers; without identity."""

from __future__ import annotations

import sqlalchemy as sql
from fastapi import APIRouter

from remit_api.http.refusals import NotReady
from remit_api.http.service import ServiceOf

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the process alive?")
async def alive() -> dict[str, str]:
    """Says `ok` while the process answers at all."""
    return {"status": "ok"}


@router.get("/readyz", summary="Can it answer?")
def ready(service: ServiceOf) -> dict[str, str | int]:
    """Says from what it answers; 503 while the store does not answer."""
    try:
        with service.store.connect() as connection:
            connection.execute(sql.select(1))
    except sql.exc.SQLAlchemyError:
        raise NotReady("the store does not answer now") from None
    desk = service.desk
    return {"status": "ready", "policy": desk.digest, "revision": desk.revision}
