"""Looking for what was published, and in development for files that were changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from remit_api.failures import Failure, InvalidPolicy
from remit_api.files import files_under
from remit_api.http.authzen_mapping import AuthzenMapping, read_mapping
from remit_api.http.desk import Desk, desk_of_files
from remit_api.http.published import standing_desk
from remit_api.http.service import Service
from remit_api.http.settings import Settings
from remit_api.wiring import find_directory
from remit_dsl.render import human
from remit_engine.storage import holds, watch_state
from remit_engine.storage.opening import reading
from remit_engine.storage.revisions import revision

EVERY = 0.2
"""Seconds between two looks."""
log = logging.getLogger("remit.http")
Seen = dict[Path, tuple[int, int]]


async def watching(service: Service) -> None:
    """Looks until it is cancelled; a fault is said, and the desk that stands goes on answering."""
    seen = _seen(service.settings)
    while True:
        await asyncio.sleep(EVERY)
        try:
            await run_in_threadpool(look, service)
            if service.settings.reload and service.desk.version is None:
                seen = await run_in_threadpool(look_at_files, service, seen)
        except Exception as fault:
            log.error("what is published cannot be seen", exc_info=fault)


def look(service: Service) -> None:
    """Takes over what was published, and what is held, since."""
    with reading(service.store) as connection:
        stands, edition = revision(connection), watch_state.holds(connection)
    if stands != service.desk.revision or edition != service.desk.edition:
        renewed(service)


def renewed(service: Service) -> Desk:
    """The desk of what stands in the store, taken over by the service. One at a time: of two that
    read what stood at different moments, the later must not be overtaken."""
    with service.exchange:
        before = service.desk
        with reading(service.store) as connection:
            desk = before
            if revision(connection) != before.revision:
                service.desk = desk = standing_desk(connection, before)
                service.authzen = _mapping(service)
            elif watch_state.holds(connection) != before.edition:
                service.desk = desk = before.holding(holds.standing(connection))
    if desk.revision != before.revision:
        log.info("revision %d stands, policy %s", desk.revision, desk.digest)
    if desk.edition != before.edition:
        log.info("%d holds stand, edition %d", len(desk.engine.holds), desk.edition)
    return desk


def _mapping(service: Service) -> AuthzenMapping:
    """How AuthZEN's questions are put, as the file says it now; one with faults leaves what stood
    before, and is told."""
    try:
        return read_mapping(service.settings.authzen)
    except Failure as fault:
        where = service.settings.authzen
        log.error("%s has faults, and the mapping before it stands: %s", where, fault.message)
        return service.authzen


def look_at_files(service: Service, seen: Seen) -> Seen:
    """Takes over files that were changed; a text with errors leaves the desk, and is told."""
    now = _seen(service.settings)
    if now == seen:
        return seen
    settings = service.settings
    try:
        found = desk_of_files(settings.policies, settings.directory)
        with service.exchange, reading(service.store) as connection:
            service.desk = standing_desk(connection, found)
            service.authzen = _mapping(service)
    except InvalidPolicy as fault:
        shown = "\n".join(human(d, fault.sources.get) for d in fault.diagnostics)
        log.error("the files have errors, and the text before them stands\n%s", shown)
    except Failure as fault:
        log.error("the files cannot be read, and the text before them stands: %s", fault.message)
    else:
        log.info("the files were changed, policy %s", service.desk.digest)
    return now


def _seen(settings: Settings) -> Seen:
    """Every file an answer hangs on, with when it was written and how long it is."""
    found: Seen = {}
    for path in _files(settings):
        try:
            stat = path.stat()
        except OSError:  # it went away between two looks, and that is a change too
            continue
        found[path] = (stat.st_mtime_ns, stat.st_size)
    return found


def _files(settings: Settings) -> Iterator[Path]:
    yield from files_under(settings.policies, ".remit", ".csv")
    directory = settings.directory or find_directory(settings.policies)
    if directory is not None:
        yield directory
    if settings.authzen is not None:
        yield settings.authzen
