"""The application: its parts put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib.metadata import version

from fastapi import APIRouter, Depends, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from remit_api.delivery.reading import read_channels
from remit_api.http import entrance, problems
from remit_api.http.authzen_mapping import read_mapping
from remit_api.http.clock import Clock, SystemClock
from remit_api.http.computing.runner import JobRunner
from remit_api.http.computing.shelf import DataShelf
from remit_api.http.delivering import delivering
from remit_api.http.desk import Desk, desk_of_files
from remit_api.http.documented import document
from remit_api.http.fast_path import FastPath
from remit_api.http.follower import Follower
from remit_api.http.following import following, settled
from remit_api.http.identity.key_ring import KeyRing
from remit_api.http.measures import Measures, leaving
from remit_api.http.protection import require_answers
from remit_api.http.published import desk_of_store, standing_desk
from remit_api.http.queries import known_parameters
from remit_api.http.recorder import Outcome, Recorder
from remit_api.http.roles import open_roles
from remit_api.http.routes import (
    alerts,
    approval_requests,
    approvers,
    audit,
    authorities,
    authzen,
    closings,
    decisions,
    delegations,
    deliveries,
    directory,
    disputes,
    duties,
    events,
    health,
    holds,
    keys,
    limits,
    metrics,
    observations,
    policies,
    records,
    runs,
    statements,
    whatif,
)
from remit_api.http.service import Service
from remit_api.http.settings import Settings
from remit_api.http.timer import Timer, keeping_time
from remit_api.http.watching import renewed, watching
from remit_engine.storage.ledger import Ledger, Recorded
from remit_engine.storage.opening import open_store, reading

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    metrics.router,
    decisions.router,
    records.router,
    limits.router,
    approvers.router,
    authorities.router,
    approval_requests.router,
    delegations.router,
    authzen.router,
    policies.router,
    directory.router,
    audit.router,
    events.router,
    observations.router,
    alerts.router,
    holds.router,
    duties.router,
    deliveries.router,
    runs.router,
    statements.router,
    closings.router,
    disputes.router,
    whatif.router,
    keys.router,
)
"""Every resource. Add yours here."""

SUMMARY = "Sales authority as code: who may decide what, up to how much, and why."


class Application(FastAPI):
    """FastAPI with a fast path before it; without `entry` everything goes the long way."""

    entry: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        scope["app"] = self
        await (self.entry or super().__call__)(scope, receive, send)


def create_app(
    settings: Settings,
    clock: Clock | None = None,
    desk: Desk | None = None,
    outermost: Middleware | None = None,
) -> Application:
    """The service as an ASGI application. desk: that of the settings' files, where it was made
    already. outermost: what a request passes before all else. Raises InvalidPolicy and FileTrouble
    for the files, BadFacts for the channels, Refused for a policy of the service that leaves
    questions open, WrongUse for an address that others reach with nobody to say who they are, and
    what SQLAlchemy does for a database that cannot be opened."""
    app = Application(
        title="Remit",
        summary=SUMMARY,
        version=version("remit"),
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        # it would tell queries and texts of faults, which hold facts: see `telemetry`
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.service = service = _service(settings, clock, desk)
    problems.install(app)
    app.state.demo = entrance.demo(service) if settings.demo else ()
    admission = entrance.install(app, service)
    app.entry = FastPath(partial(FastAPI.__call__, app), service, admission)
    if outermost is not None:
        app.entry = outermost.cls(app.entry, *outermost.args, **outermost.kwargs)
    for router in ROUTERS:
        app.include_router(router, dependencies=[Depends(known_parameters)])
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    require_answers(app, service.roles, service.clock.today())
    return app


def _service(settings: Settings, clock: Clock | None, desk: Desk | None) -> Service:
    clock = clock or SystemClock(settings.zone)
    store = open_store(settings.database)
    with reading(store) as connection:
        found = desk_of_store(connection) or desk
        found = found or desk_of_files(settings.policies, settings.directory)
        found = standing_desk(connection, found)
    ledger, measures = Ledger(store, clock.now), Measures(settings.measures)
    service = Service(
        settings=settings,
        store=store,
        desk=found,
        clock=clock,
        roles=open_roles(settings.service_policy),
        keys=KeyRing(store, clock.now),
        ledger=ledger,
        recorder=Recorder(
            ledger,
            lambda: service.desk,
            lambda: renewed(service),
            settings.waiting,
            lambda outcomes: measures.recorded(_kept(outcomes)),
        ),
        measures=measures,
        authzen=read_mapping(settings.authzen),
        follower=Follower(
            store,
            clock,
            lambda: service.desk,
            lambda: renewed(service),
            read_channels(settings.channels),
            settings.matcher,
        ),
        jobs=JobRunner(store, settings, clock, lambda: service.desk),
        shelf=DataShelf(store, settings),
    )
    measures.watch(
        "remit_recorder_waiting", "Requests that wait.", lambda: service.recorder.waiting
    )
    measures.watch("remit_revision", "Which publication answers.", lambda: service.desk.revision)
    return service


def _kept(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """What was decided of all that was recorded just now."""
    return (o.entry.outcome for o in outcomes if isinstance(o, Recorded) and not o.replayed)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """While requests are taken: the recorder writes, publications are looked for, and what time
    does is written down."""
    service: Service = app.state.service
    service.recorder.start()
    service.jobs.start()
    timer = Timer(service)
    await run_in_threadpool(settled, service)
    beside = [watching(service), following(service), keeping_time(timer)]
    if service.follower.channels:
        beside.append(delivering(service))
    if service.settings.measures is not None:
        beside.append(leaving(service.measures))
    tasks = [asyncio.create_task(each) for each in beside]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await run_in_threadpool(timer.end)
        await run_in_threadpool(service.jobs.stop)
        await run_in_threadpool(service.recorder.stop)
        await run_in_threadpool(service.follower.close)
        with suppress(OSError):  # who started this worker may be gone, and the folder with him
            service.measures.leave()
        service.store.dispose()
