"""`/metrics`: what the process counts, for Prometheus."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from remit_api.http.access import Access, Guard
from remit_api.http.measures import MEDIA_TYPE
from remit_api.http.service import ServiceOf

router = APIRouter(tags=["health"])
Reading = Annotated[Access, Depends(Guard("measurements", "read"))]


@router.get("/metrics", summary="Figures for Prometheus")
def metrics(access: Reading, service: ServiceOf) -> Response:
    """Requests, how long they took, what was recorded, how many wait."""
    access.require_any()
    return Response(service.measures.text(), media_type=MEDIA_TYPE)
