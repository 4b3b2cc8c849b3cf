"""Runs that were asked for: each is taken once, and only who has it keeps what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from engine.commission.runs import JANUARY, run_of, statement
from engine.storage.stores import keep, store
from remit_engine.storage import audit, jobs, runs
from remit_engine.storage.faults import Conflict, NotKept
from remit_engine.storage.jobs import Job, Order, State
from remit_engine.storage.opening import reading, writing

ORDER = Order("chen.jing", "chen.jing", "all", JANUARY, "events", "auto")
T = [f"2026-02-01T00:00:{n:02}.000000+00:00" for n in range(60)]
RUN = run_of([statement("field", "ann", JANUARY, 100)])
PROBLEM = {"detail": "the service was stopped"}


@pytest.fixture(params=["sqlite", "postgres"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with store(request.param, tmp_path) as found:
        yield found


def ordered(kept: Engine) -> Job:
    with writing(kept) as connection:
        return jobs.ordered(connection, ORDER, T[0])


def claimed(kept: Engine, worker: str = "a", at: int = 1) -> Job | None:
    with writing(kept) as connection:
        return jobs.claimed(connection, worker, T[at])


def taken(kept: Engine) -> Job:
    ordered(kept)
    found = claimed(kept)
    assert found is not None
    return found


def finish(kept: Engine, job: Job) -> int:
    """Keeps a run and ends its job, as one."""
    with writing(kept) as connection:
        number = keep(connection, RUN, JANUARY)
        jobs.done(connection, job, number, ["`ann` is there since always"], T[9])
        return number


def now(kept: Engine, job: Job) -> Job:
    with reading(kept) as connection:
        return jobs.found(connection, job.id)


def counted(kept: Engine) -> int:
    with reading(kept) as connection:
        return len(runs.listed(connection, 10))


def test_each_is_taken_once_in_the_order_they_came(kept: Engine) -> None:
    first, second = ordered(kept), ordered(kept)
    assert (first.state, first.order, first.id != second.id) == (State.QUEUED, ORDER, True)
    taken = [claimed(kept, "a"), claimed(kept, "b"), claimed(kept, "c")]
    assert [None if t is None else (t.id, t.worker) for t in taken] == [
        (first.id, "a"), (second.id, "b"), None,
    ]  # fmt: skip


def test_its_run_is_kept_with_its_end(kept: Engine) -> None:
    job = taken(kept)
    number = finish(kept, job)
    after = now(kept, job)
    assert (after.state, after.run, after.ended) == (State.DONE, number, T[9])
    assert after.notes == ("`ann` is there since always",)
    with reading(kept) as connection:
        made = jobs.maker_of(connection, number)
        assert made is not None
        assert (made.by, made.person, made.job) == ("chen.jing", "chen.jing", job.id)
        assert jobs.maker_of(connection, number + 1) is None
        assert not audit.verified(connection).broken
    with writing(kept) as connection:
        connection.exec_driver_sql("UPDATE run_maker SET person = 'somebody'")
        (broken,) = audit.verified(connection).broken
    assert broken.what == "run maker"


def test_who_lost_it_keeps_nothing(kept: Engine) -> None:
    job = taken(kept)
    with writing(kept) as connection:
        jobs.stopped(connection, job, T[2])
    other = claimed(kept, "b")
    assert other is not None
    with pytest.raises(Conflict, match="nothing is kept"):
        finish(kept, job)
    assert counted(kept) == 0
    with writing(kept) as connection:
        assert jobs.told(connection, job, None, T[3]) is State.FAILED
        assert jobs.failed(connection, job, PROBLEM, T[3]).state is State.RUNNING
    finish(kept, other)
    assert counted(kept) == 1


def test_what_is_cancelled_keeps_nothing(kept: Engine) -> None:
    job = taken(kept)
    with writing(kept) as connection:
        assert jobs.cancelled(connection, job.id, T[2]).state is State.CANCELLING
        assert jobs.told(connection, job, ("reading", 1, 2), T[3]) is State.CANCELLING
    with pytest.raises(Conflict, match="nothing is kept"):
        finish(kept, job)
    with writing(kept) as connection:
        jobs.stopped(connection, job, T[4])
    after = now(kept, job)
    assert (after.state, after.problem, after.run, counted(kept)) == (
        State.CANCELLED, None, None, 0,
    )  # fmt: skip
    waits = ordered(kept)
    with writing(kept) as connection:
        assert jobs.cancelled(connection, waits.id, T[5]).state is State.CANCELLED
        assert jobs.cancelled(connection, waits.id, T[6]).ended == T[5]
    assert claimed(kept) is None


def test_what_has_ended_is_not_cancelled(kept: Engine) -> None:
    job = taken(kept)
    finish(kept, job)
    with writing(kept) as connection, pytest.raises(Conflict, match="the job is done"):
        jobs.cancelled(connection, job.id, T[10])
    with reading(kept) as connection, pytest.raises(NotKept, match="no job `job_x`"):
        jobs.found(connection, "job_x")


def test_whoever_says_nothing_has_lost_it(kept: Engine) -> None:
    job, beating = taken(kept), taken(kept)
    with writing(kept) as connection:
        assert jobs.told(connection, beating, ("computing people", 3, 9), T[20]) is State.RUNNING
        assert jobs.pending(connection, T[10])
        assert jobs.abandoned(connection, T[10], PROBLEM, T[21]) == 1
        assert not jobs.pending(connection, T[10])
        assert jobs.abandoned(connection, T[10], PROBLEM, T[21]) == 0
    lost = now(kept, job)
    assert (lost.state, lost.problem, lost.ended) == (State.FAILED, PROBLEM, T[21])
    assert now(kept, beating).progress == ("computing people", 3, 9)
    with pytest.raises(Conflict):
        finish(kept, job)


def test_lists_have_the_latest_first(kept: Engine) -> None:
    every = [ordered(kept) for _ in range(3)]
    with reading(kept) as connection:
        assert jobs.waiting(connection) == 3
        page = jobs.listed(connection, 2)
        rest = jobs.listed(connection, 2, before=page[-1].number, by="chen.jing")
        assert jobs.listed(connection, 2, by="somebody") == []
    assert [j.id for j in (*page, *rest)] == [j.id for j in reversed(every)]
