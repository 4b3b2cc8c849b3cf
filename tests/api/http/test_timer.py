"""What time does while nobody looks, by one process of several."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sql
from starlette.testclient import TestClient

from api.http.test_approval_requests import make
from remit_api.http import timer as timers
from remit_api.http.app import create_app
from remit_api.http.timer import LEASE, Timer, keeping_time
from remit_engine.storage import approvals, tables, watch_state
from remit_engine.storage.opening import reading, writing

from .conftest import Served

OVERDUE, OVER = date(2026, 2, 14), date(2026, 3, 12)


def kinds(service: Any, id: str) -> list[str]:
    """What the history says, without anybody asking the service for it."""
    with reading(service.service.store) as connection:
        assert list(approvals.verified(connection)) == []
        return [told.event.kind for told in approvals.history(connection, id)]


def state(service: Any, id: str) -> str:
    with reading(service.service.store) as connection:
        return str(approvals.found(connection, id).request.state)


@pytest.fixture
def beside(service: Any, settings: Any, desk: Any) -> Iterator[Served]:
    """Another process over the same store, with the same clock."""
    app = create_app(settings, service.clock, desk)
    with TestClient(app) as http:
        yield Served(app, service.clock, http)


def test_what_is_late_goes_up_and_then_expires(service: Any) -> None:
    id, timer = make(service)["id"], Timer(service.service)
    assert timer.look() == 0
    service.clock.set(OVERDUE)
    assert timer.look() == 1
    assert "overdue" in kinds(service, id)
    assert timer.look() == 0  # it was done once
    service.clock.set(OVER)
    assert timer.look() == 1
    assert kinds(service, id)[-1] == "expired"
    assert state(service, id) == "expired"


def test_one_of_two_processes_does_it(service: Any, beside: Served) -> None:
    first, second = Timer(service.service), Timer(beside.service)
    one = make(service)["id"]
    service.clock.set(OVERDUE)
    assert first.look() == 1
    service.clock.set(OVER)
    assert first.look() == 1
    assert state(service, one) == "expired"
    other = make(service)["id"]
    late = service.clock.moment + timedelta(days=4)
    service.clock.day = late.date()  # the moment stands: the first has the lease still
    assert second.look() == 0
    assert "overdue" not in kinds(service, other)
    service.clock.moment += timedelta(seconds=LEASE - 1)
    assert second.look() == 0
    service.clock.moment += timedelta(seconds=1)  # the first was never seen again
    assert second.look() == 1
    assert kinds(service, other).count("overdue") == kinds(beside, other).count("overdue") > 0


def test_a_process_that_ends_hands_the_work_over(service: Any, beside: Served) -> None:
    first, second = Timer(service.service), Timer(beside.service)
    make(service)
    service.clock.set(OVERDUE)
    assert first.look() == 1
    service.clock.day = OVER
    assert second.look() == 0
    first.end()
    assert second.look() == 1


def test_one_that_cannot_be_read_stops_no_other_and_is_said_once(
    service: Any, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = make(service)["id"], make(service)["id"]
    table = tables.approval_request
    with writing(service.service.store) as connection:
        changed = table.update().where(table.c.id == broken)
        connection.execute(changed.values(document=json.dumps({"id": 1})))
    service.clock.set(OVER)
    timer = Timer(service.service)
    with caplog.at_level(logging.ERROR, logger="remit.http"):
        assert timer.look() == 1
        assert timer.look() == 0
    assert state(service, sound) == "expired"
    said = [r.getMessage() for r in caplog.records]
    assert said == [f"time cannot change the request for approval {broken}"]


def test_answers_to_keys_are_forgotten_after_a_day(service: Any) -> None:
    body = {"action": "discount", "facts": {}}
    ask = service.client("wang.fang").post
    ask("/v1/decisions", json=body, headers={"Idempotency-Key": "k"})
    timer, table = Timer(service.service), tables.idempotency
    with reading(service.service.store) as connection:
        made = datetime.fromisoformat(connection.scalar(sql.select(table.c.made)))
    for hours, kept in ((24, 1), (25, 0)):
        service.clock.moment = made + timedelta(hours=hours)
        timer.look()
        with reading(service.service.store) as connection:
            assert connection.scalar(sql.select(sql.func.count()).select_from(table)) == kept


def test_it_goes_on_after_a_fault(
    service: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks: list[int] = []

    class Faulty(Timer):
        def look(self) -> int:
            looks.append(len(looks))
            if len(looks) == 1:
                raise OSError("the store is away")
            if len(looks) == 3:
                raise asyncio.CancelledError
            return 0

    monkeypatch.setattr(timers, "EVERY", 0)
    with (
        caplog.at_level(logging.ERROR, logger="remit.http"),
        pytest.raises(asyncio.CancelledError),
    ):
        asyncio.run(asyncio.wait_for(keeping_time(Faulty(service.service)), 20))
    assert looks == [0, 1, 2]
    assert "what time has done cannot be written" in caplog.text


def test_a_day_is_begun_for_the_watches_by_who_has_the_lease(service: Any, beside: Served) -> None:
    first, second = Timer(service.service), Timer(beside.service)

    def shown() -> date | None:
        with reading(service.service.store) as connection:
            return watch_state.clock(connection)

    service.clock.set(OVERDUE)
    first.look()
    assert shown() == OVERDUE
    service.clock.day = OVER  # midnight, a moment later
    second.look()
    assert shown() == OVERDUE, "the lease is the first one's"
    first.look()
    assert shown() == OVER
    second.look()
    with beside.service.follower.seeing() as (_, _, followed):
        assert followed.watcher.today == OVER
