"""Requests for approval in the store: kept as they are, found by whom they wait for, verified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sql
from sqlalchemy.engine import Connection, Engine

from engine.approvals.benches import DAY, Walk, walk
from engine.storage.stores import store
from remit_engine.approvals.life import Change, Event, State
from remit_engine.storage import approvals, audit, tables
from remit_engine.storage.approvals import Kept
from remit_engine.storage.faults import NotKept, Unstorable
from remit_engine.storage.opening import reading, writing

NOW = "2026-03-02T09:00:00.000000+00:00"


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with store(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    with store("sqlite", tmp_path) as opened:
        yield opened


def make(connection: Connection, id: str = "apr_1", at: Walk | None = None) -> Walk:
    """A request made and kept."""
    at = at or walk("ann", 500, id=id)
    approvals.open_request(connection, Change(at.request, tuple(at.events)), NOW, "dec_1")
    at.events.clear()
    return at


def keep(connection: Connection, at: Walk) -> Kept:
    """What was done on a walk since, kept."""
    before = approvals.found(connection, at.request.id)
    after = approvals.keep(connection, before, Change(at.request, tuple(at.events)), NOW)
    at.events.clear()
    return after


def test_what_is_kept_is_what_it_was(kept: Engine) -> None:
    with writing(kept) as connection:
        at = make(connection)
        at.does("su", "endorse").does("dag", "review", note="fine, 好")
        keep(connection, at)
    with reading(kept) as connection:
        found = approvals.found(connection, "apr_1")
        assert found.request == at.request
        assert found.request.question == at.request.question
        assert (found.number, found.origin) == (1, "dec_1")
        told = approvals.history(connection, "apr_1")
        assert [t.event.kind for t in told] == ["opened", "endorse", "review"]
        assert (told[2].event.on_behalf_of, told[2].event.text) == ("kim", "fine, 好")
        assert list(approvals.verified(connection)) == []
        with pytest.raises(NotKept, match="`apr_2`"):
            approvals.found(connection, "apr_2")


def test_inboxes_follow_the_steps(kept: Engine) -> None:
    with writing(kept) as connection:
        at = make(connection)

        def waits(person: str, *positions: str) -> list[set[str]]:
            held = [f"house.{p}" for p in positions]
            return [set(s) for _, s in approvals.waiting(connection, person, held, 10)]

        assert waits("su", "supervisor") == [{"s1"}]
        assert waits("mo", "manager") == [], "the decision comes after the endorsement"
        assert waits("ned", "auditor", "manager") == [{"s3"}]
        keep(connection, at.does("su", "endorse"))
        assert waits("ned", "auditor", "manager") == [{"s2", "s3"}]
        keep(connection, at.gives("s3", "dag", by="kim"))
        assert (waits("dag"), waits("kim", "auditor")) == ([{"s3"}], [])
        keep(connection, at.withdraws("ann"))
        assert waits("dag", "auditor", "manager") == []
        assert list(approvals.verified(connection)) == []


def test_lists_are_paged_and_narrowed(kept: Engine) -> None:
    with writing(kept) as connection:
        for i in range(5):
            make(connection, f"apr_{i}")
        keep(connection, again(connection, "apr_3").withdraws("ann"))

        def ids(*args: int, **narrowed: object) -> list[str]:
            found = approvals.listed(connection, *args, **narrowed)  # type: ignore[arg-type]
            return [k.request.id for k in found]

        assert ids(2) == ["apr_4", "apr_3"]
        assert ids(2, 4) == ["apr_2", "apr_1"]
        assert ids(9, state="withdrawn") == ["apr_3"]
        assert ids(9, of=["bob"]) == []
        assert len(ids(9, of=["ann"], action="house.pay")) == 5


def again(connection: Connection, id: str) -> Walk:
    at = walk("ann", 500, id=id)
    at.request = approvals.found(connection, id).request
    at.events.clear()
    return at


def test_the_late_are_found(kept: Engine) -> None:
    with writing(kept) as connection:
        at = make(connection)
        due = at.request.waiting[0].due
        assert approvals.late(connection, due) == []
        assert approvals.late(connection, due + timedelta(days=1)) == ["apr_1"]
        keep(connection, at.waits((due - DAY).days + 1))
        assert approvals.late(connection, at.day) == []
        assert approvals.late(connection, at.request.expires) == ["apr_1"]
        at.day = at.request.expires
        keep(connection, at.waits(0))
        assert at.request.state is State.EXPIRED
        assert approvals.late(connection, at.request.expires) == []


def test_a_comment_is_no_edition(kept: Engine) -> None:
    with writing(kept) as connection:
        make(connection)
        found = approvals.found(connection, "apr_1")
        comment = Event("comment", DAY, by="ann", text="please")
        after = approvals.keep(connection, found, Change(found.request, (comment,)), NOW)
        assert after.request.edition == found.request.edition
        assert approvals.history(connection, "apr_1")[-1].event == comment
        assert list(approvals.verified(connection)) == []
        bad = Event("comment", DAY, by="ann", text="no\0")
        with pytest.raises((Unstorable, sql.exc.StatementError)):
            approvals.keep(connection, found, Change(found.request, (bad,)), NOW)


TAMPERING = (
    ("UPDATE approval_event SET by = 'mo' WHERE seq = 2", 2, "this event was altered"),
    ("UPDATE approval_event SET body = '{}' WHERE seq = 1", 1, "this event was altered"),
    ("DELETE FROM approval_event WHERE seq = 2", 3, "the event before it is gone"),
    ("DELETE FROM approval_event WHERE seq = 3", None, "not what its last event left"),
    ("UPDATE approval_request SET question = '{}'", None, "not what its last event left"),
    ("UPDATE approval_request SET document = '{}'", None, "not what its last event left"),
    ("UPDATE approval_request SET state = 'approved'", None, "a column of it says something else"),
    ("UPDATE approval_request SET requester = 'bob'", None, "a column of it says something else"),
    ("DELETE FROM approval_waiting", None, "waits for others"),
    ("UPDATE approval_waiting SET name = 'house.clerk' WHERE step = 's2'", None, "waits for"),
)


@pytest.mark.parametrize(("statement", "seq", "says"), TAMPERING)
def test_tampering_is_found(sqlite: Engine, statement: str, seq: int | None, says: str) -> None:
    with writing(sqlite) as connection:
        at = make(connection)
        keep(connection, at.does("su", "endorse"))
        keep(connection, at.does("kim", "review"))
        connection.execute(sql.text(statement))
        found = list(approvals.verified(connection))
        whole = audit.verified(connection).broken
    assert [(a.request, a.seq) for a in found][:1] == [("apr_1", seq)]
    assert [(b.what, b.id, b.seq) for b in whole][:1] == [("request for approval", "apr_1", seq)]
    assert says in found[0].message


def test_a_request_that_is_gone_is_missed(sqlite: Engine) -> None:
    with writing(sqlite) as connection:
        make(connection)
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=1")
        connection.execute(tables.approval_waiting.delete())
        connection.execute(tables.approval_request.delete())
        found = list(approvals.verified(connection))
        connection.rollback()
    assert [a.message for a in found] == ["it is gone, and its history is there"]
