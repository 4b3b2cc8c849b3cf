"""Delivering what waits in the outbox, while the service answers."""

from __future__ import annotations

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from remit_api.delivery.delivering import Deliverer
from remit_api.http.service import Service

EVERY = 1.0
"""Seconds between two looks."""
log = logging.getLogger("remit.http")


async def delivering(service: Service) -> None:
    """Looks until it is cancelled; what is claimed and not delivered then is tried again later."""
    deliverer = Deliverer(service.store, service.follower.channels, service.clock.now)
    while True:
        await asyncio.sleep(EVERY)
        try:
            await run_in_threadpool(deliverer.look)
        except Exception as fault:
            log.error("the outbox cannot be delivered", exc_info=fault)
