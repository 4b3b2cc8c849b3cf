"""Running the service under Uvicorn: one process, or several that share an address."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOL_SOCKET, socket
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from remit_api.http import logs
from remit_api.http.app import create_app
from remit_api.http.memory import settle
from remit_api.http.oidc import Oidc
from remit_api.http.settings import Settings

HANDED = "REMIT_SERVE"
"""The variable by which a worker learns its settings from the process that started it."""
TRACED = "remit_api.http.telemetry"
"""Where workers come from that tell OpenTelemetry of every request; loaded by them alone."""
DRAIN = 20
"""Seconds that requests under way have to end when the service stops."""
SILENT = 60
"""Seconds after which a worker that says nothing is taken for hung and started anew. Less, and on a
busy machine workers would be ended while they start, again and again."""
KEPT_BACK = ("trusted_caller",)


def listening(settings: Settings) -> socket:
    """The address of the service, taken before anybody is told of it; raises OSError where another
    has it. Nobody is answered yet."""
    family = AF_INET6 if ":" in settings.host else AF_INET
    found = socket(family)
    try:
        found.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        found.bind((settings.host, settings.port))
        found.listen()
    except OSError:
        found.close()
        raise
    found.set_inheritable(True)
    return found


def run(settings: Settings, app: FastAPI, taken: socket) -> None:
    """Serves until the process is told to stop. app: used where one process serves. taken: what
    `listening` gave."""
    shared: dict[str, Any] = {
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "timeout_graceful_shutdown": DRAIN,
        "timeout_worker_healthcheck": SILENT,
        "log_config": None,
    }
    logs.begin()
    if settings.workers == 1:
        settle()
        _served(uvicorn.Server(uvicorn.Config(app, **shared)), taken)
        return
    module = __name__ if settings.traces is None else TRACED
    with TemporaryDirectory(prefix="remit-measures-") as folder:
        os.environ[HANDED] = handed(replace(settings, measures=Path(folder)))
        config = uvicorn.Config(
            f"{module}:worker", factory=True, workers=settings.workers, **shared
        )
        Multiprocess(config, sockets=[taken]).run()


def _served(server: uvicorn.Server, taken: socket) -> None:
    with suppress(KeyboardInterrupt):  # it has ended what was under way
        server.run(sockets=[taken])
    if not server.started:
        sys.exit("the application did not start")


def worker() -> FastAPI:
    """The application of a worker process."""
    logs.begin()
    app = create_app(received(os.environ[HANDED]))
    settle()
    return app


def handed(settings: Settings) -> str:
    """Settings as text for another process; who is trusted is never handed on."""
    values = {f.name: getattr(settings, f.name) for f in fields(settings)}
    for name in KEPT_BACK:
        del values[name]
    values["policies"] = [str(path) for path in settings.policies]
    values["directory"] = None if settings.directory is None else str(settings.directory)
    values["authzen"] = None if settings.authzen is None else str(settings.authzen)
    values["channels"] = None if settings.channels is None else str(settings.channels)
    values["measures"] = None if settings.measures is None else str(settings.measures)
    values["zone"] = settings.zone.key
    policy, oidc = settings.service_policy, settings.oidc
    values["service_policy"] = None if policy is None else str(policy)
    values["oidc"] = None if oidc is None else oidc.as_dict()
    return json.dumps(values)


def received(text: str) -> Settings:
    """The settings of a text made by `handed`."""
    values: Mapping[str, Any] = json.loads(text)
    made = {
        "policies": tuple(Path(path) for path in values["policies"]),
        "directory": None if values["directory"] is None else Path(values["directory"]),
        "authzen": None if values["authzen"] is None else Path(values["authzen"]),
        "channels": None if values["channels"] is None else Path(values["channels"]),
        "measures": None if values["measures"] is None else Path(values["measures"]),
        "zone": ZoneInfo(values["zone"]),
        "service_policy": None
        if values["service_policy"] is None
        else Path(values["service_policy"]),
        "oidc": None if values["oidc"] is None else Oidc.of_dict(values["oidc"]),
        "cors": tuple(values["cors"]),
        "pay_data": tuple((name, place) for name, place in values["pay_data"]),
    }
    return Settings(**{**values, **made})
