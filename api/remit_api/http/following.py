"""Keeping the watcher of this process at what stands: another text, other people, what others have
kept."""

from __future__ import annotations

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from remit_api.http.service import Service

EVERY = 1.0
"""Seconds between two looks."""
log = logging.getLogger("remit.http")


async def following(service: Service) -> None:
    """Looks until it is cancelled."""
    while True:
        await asyncio.sleep(EVERY)
        await run_in_threadpool(settled, service)


def settled(service: Service) -> None:
    """One look; a fault is said, and who tells an entry tries again."""
    try:
        service.follower.look()
    except Exception as fault:
        log.error("what the watches say cannot be brought up to date", exc_info=fault)
