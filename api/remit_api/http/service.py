"""Everything a route needs, in one place: it hangs on `request.app.state.service`."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Annotated

import sqlalchemy as sql
from fastapi import Depends, Request

from remit_api.http.authzen_mapping import AuthzenMapping
from remit_api.http.clock import Clock
from remit_api.http.computing.runner import JobRunner
from remit_api.http.computing.shelf import DataShelf
from remit_api.http.desk import Desk
from remit_api.http.follower import Follower
from remit_api.http.identity.key_ring import KeyRing
from remit_api.http.measures import Measures
from remit_api.http.recorder import Recorder
from remit_api.http.roles import Roles
from remit_api.http.settings import Settings
from remit_engine.storage.ledger import Ledger


@dataclass(slots=True)
class Service:
    """The parts of one process. `desk` is exchanged whole: take it once for each request. exchange:
    held by whoever exchanges it.

    roles: the policy of the service. keys: who changes a key in the store says so to the ring.
    ledger: for writers of other things; what is decided goes to the recorder. authzen: how its
    questions are put to the policy. follower: what watches say. jobs: computes the runs of pay
    that are asked for.
    shelf: data of pay for questions.
    """

    settings: Settings
    store: sql.Engine
    desk: Desk
    clock: Clock
    roles: Roles
    keys: KeyRing
    ledger: Ledger
    recorder: Recorder
    measures: Measures
    authzen: AuthzenMapping
    follower: Follower
    jobs: JobRunner
    shelf: DataShelf
    exchange: Lock = field(default_factory=Lock)


def service_of(request: Request) -> Service:
    """The service a request came to."""
    found: Service = request.app.state.service
    return found


async def _service(request: Request) -> Service:
    return service_of(request)


ServiceOf = Annotated[Service, Depends(_service)]
"""The service, as a parameter of a route."""
