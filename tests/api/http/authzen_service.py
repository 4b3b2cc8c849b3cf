"""The service over the policy of the AuthZEN certification scenario."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from starlette.testclient import TestClient

from remit_api.http.app import create_app
from remit_api.http.settings import Settings

from .conftest import ROOT, Served, SetClock, settings_at

RECORDS = ROOT / "examples/authzen"


def record_settings(folder: Path) -> Settings:
    """Settings over `examples/authzen`, known by an address of its own."""
    return replace(
        settings_at(folder),
        policies=(RECORDS,),
        authzen=RECORDS / "authzen.yaml",
        public_url="https://pdp.example.com",
    )


@contextmanager
def served(settings: Settings) -> Iterator[Served]:
    """A running application."""
    clock = SetClock()
    app = create_app(settings, clock)
    with TestClient(app) as http:
        yield Served(app, clock, http)
