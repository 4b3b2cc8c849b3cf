"""The settings of the service, and how they reach its processes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sql

from remit_api.http.server import handed, received
from remit_api.http.settings import Settings


def test_a_worker_gets_the_settings_and_trusts_nobody(settings: Settings) -> None:
    given = replace(settings, zone=ZoneInfo("Asia/Shanghai"), workers=4, demo=True)
    given = replace(given, measures=Path("/tmp/figures"))
    given = replace(given, authzen=Path("authzen.yaml"), public_url="https://remit.example.com")
    given = replace(given, pay_data=(("erp", "/srv/pay"),), pay_at_once=2)
    assert given.trusted_caller is not None
    assert received(handed(given)) == replace(given, trusted_caller=None)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost"])
def test_loopback(settings: Settings, host: str) -> None:
    assert replace(settings, host=host).loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example", "127.0.0.1.example", ""])
def test_what_others_reach(settings: Settings, host: str) -> None:
    assert not replace(settings, host=host).loopback


def test_alive_and_ready(service: Any) -> None:
    assert service.http.get("/healthz").json() == {"status": "ok"}
    answer = service.http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["policy"] == service.service.desk.digest


def test_not_ready_without_its_store(service: Any) -> None:
    service.service.store = sql.create_engine("sqlite:////nowhere/remit.db")
    answer = service.http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:remit:problem:not_ready"
    assert answer.headers["retry-after"] == "1"
