"""Runs in a process of their own: what they keep, and that nothing is left of one that ends early.

Each process takes a second to start, so there are few of these.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from api.http.pay.conftest import PATH, SALES, Paying, at_once
from remit_api.http.computing import child
from remit_api.http.computing.process import in_process
from remit_api.http.computing.task import EVENTS, Failed, Stopped, Task, now
from remit_engine.commission.basis.periods import Period
from remit_engine.storage import jobs, runs
from remit_engine.storage.jobs import Order, State
from remit_engine.storage.opening import reading, writing

JANUARY = Period.parse("2026-01")


def task_of(paying: Paying, **order: Any) -> Task:
    """A job that this process has taken, with all that is read for it."""
    assert JANUARY is not None
    service = paying.service
    paying.service.jobs.stop()
    wanted: dict[str, Any] = {
        "by": "chen.jing", "person": "chen.jing", "plan": "all", "period": JANUARY,
        "data": "erp", "engine": "auto",
    }  # fmt: skip
    with writing(service.store) as connection:
        jobs.ordered(connection, Order(**{**wanted, **order}), now())
        job = jobs.claimed(connection, "here", now())
    assert job is not None
    place = None if job.order.data == EVENTS else str(paying.data)
    desk, address = service.desk, service.settings.database
    return Task(job, desk.model, desk.directory, address, place, paying.clock.today())


def kept(paying: Paying, task: Task) -> tuple[State, int]:
    """How the job stands, and how many runs there are."""
    with reading(paying.service.store) as connection:
        return jobs.found(connection, task.job.id).state, len(runs.listed(connection, 10))


def test_it_keeps_what_is_kept_here(paying: Paying) -> None:
    told: list[tuple[str, int, int]] = []
    task = task_of(paying)
    assert in_process(task, lambda *phase: told.append(phase), lambda: False) == 1
    assert kept(paying, task) == (State.DONE, 1)
    assert {"reading sale.csv", "computing people", "keeping"} <= {phase for phase, _, _ in told}
    assert at_once(task_of(paying), lambda *_: None, lambda: False) == 2
    client = paying.client("auditor")
    first, second = (client.get(f"{PATH}/runs/{run}/statements").json()["items"] for run in (1, 2))
    assert first == second != []


def test_it_tells_why_there_is_no_run(paying: Paying) -> None:
    paying.sales(SALES.replace("40000", "4o000"))
    task = task_of(paying)
    result = in_process(task, lambda *_: None, lambda: False)
    assert isinstance(result, Failed)
    assert result.problem["detail"] == "one thing is wrong with the data `erp`"
    assert kept(paying, task) == (State.RUNNING, 0)


def test_what_is_to_stop_is_killed(paying: Paying) -> None:
    begun: list[str] = []
    task = task_of(paying)
    result = in_process(task, lambda phase, *_: begun.append(phase), lambda: bool(begun))
    assert isinstance(result, Stopped)
    assert kept(paying, task) in ((State.RUNNING, 0), (State.DONE, 1))


def test_it_ends_with_the_service_that_started_it(paying: Paying) -> None:
    """The input of the process is closed, as it is when the service is killed."""
    task = task_of(paying)
    started = subprocess.Popen(
        [sys.executable, "-m", child.__name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert started.stdin is not None
    child.send(task, started.stdin)
    started.stdin.close()
    code = started.wait(60)
    state, count = kept(paying, task)
    assert (code, state, count) in ((1, State.RUNNING, 0), (0, State.DONE, 1))


def test_a_process_that_dies_is_told(paying: Paying, monkeypatch: pytest.MonkeyPatch) -> None:
    task = task_of(paying)
    monkeypatch.setattr(child, "__name__", "no_such_module")
    result = in_process(task, lambda *_: None, lambda: False)
    assert isinstance(result, Failed)
    assert result.problem["detail"] == "the process that computed it ended with 1"
