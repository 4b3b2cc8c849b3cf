"""The service over the sample sales pack: an SQLite file, a clock that tests set, callers by name.

`service.client("wang.fang")` asks as Wang Fang, a representative; `PEOPLE` lists the callers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.testclient import TestClient

from remit_api.http.app import create_app
from remit_api.http.desk import Desk, desk_of_files
from remit_api.http.identity.caller import Caller
from remit_api.http.service import Service
from remit_api.http.settings import Settings

ROOT = Path(__file__).parents[3]
SALES = (ROOT / "policies/sales", ROOT / "policies/common")
CALLER = "x-test-caller"


def caller(name: str, *roles: str, person: bool = True) -> Caller:
    """A caller the tests trust."""
    return Caller(name if person else None, name, frozenset(roles), how="trusted")


PEOPLE = {
    found.name: found
    for found in (
        caller("wang.fang", "representative"),
        caller("lin.tao", "representative"),
        caller("li.wei", "representative"),
        caller("zhang.min", "representative"),
        caller("sun.qiang", "representative"),
        caller("gao.yuan", "representative"),
        caller("chen.jing", "finance"),
        caller("zhou.lei", "finance"),
        caller("ma.lin", "administrator"),
        caller("shu.fen", "administrator"),
        caller("auditor", "auditor", person=False),
        caller("shop", "machine", person=False),
    )
}


@dataclass
class SetClock:
    """A clock that stands where a test puts it."""

    day: date = date(2026, 2, 10)
    moment: datetime = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)

    def today(self) -> date:
        return self.day

    def now(self) -> datetime:
        return self.moment

    def set(self, day: date) -> None:
        """Nine in the morning of a day."""
        self.day = day
        self.moment = datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


def named_caller(request: Request) -> Caller | None:
    """The caller a test names in a header."""
    return PEOPLE.get(request.headers.get(CALLER, ""))


@dataclass
class Served:
    """A running application."""

    app: FastAPI
    clock: SetClock
    http: TestClient

    @property
    def service(self) -> Service:
        found: Service = self.app.state.service
        return found

    def client(self, name: str) -> Asking:
        """Asks as somebody of `PEOPLE`."""
        assert name in PEOPLE
        return Asking(self.http, {CALLER: name})


@dataclass
class Asking:
    """Asks as one caller."""

    http: TestClient
    headers: dict[str, str]

    def request(self, method: str, path: str, **more: object) -> httpx2.Response:
        given = more.pop("headers", None) or {}
        assert isinstance(given, dict)
        return self.http.request(method, path, headers={**self.headers, **given}, **more)  # type: ignore[arg-type]

    def get(self, path: str, **more: object) -> httpx2.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: object) -> httpx2.Response:
        return self.request("POST", path, **more)

    def put(self, path: str, **more: object) -> httpx2.Response:
        return self.request("PUT", path, **more)

    def delete(self, path: str, **more: object) -> httpx2.Response:
        return self.request("DELETE", path, **more)


def settings_at(folder: Path) -> Settings:
    """The settings of a service over the sample pack with its file in a folder."""
    return Settings(
        policies=SALES,
        directory=None,
        database=f"sqlite:///{folder / 'remit.db'}",
        trusted_caller=named_caller,
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings over a fresh SQLite file."""
    return settings_at(tmp_path)


@pytest.fixture(scope="session")
def desk() -> Desk:
    """The desk of the sample pack, read once."""
    return desk_of_files(SALES, None)


@pytest.fixture
def service(settings: Settings, desk: Desk) -> Iterator[Served]:
    """The service over a fresh SQLite file."""
    clock = SetClock()
    app = create_app(settings, clock, desk)
    with TestClient(app) as http:
        yield Served(app, clock, http)


@pytest.fixture
def stranger(settings: Settings, desk: Desk) -> Iterator[TestClient]:
    """A client of a service that trusts nobody."""
    with TestClient(create_app(replace(settings, trusted_caller=None), SetClock(), desk)) as http:
        yield http
