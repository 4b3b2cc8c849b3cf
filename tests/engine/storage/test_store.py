"""Runs, closings and disputes in SQLite and in PostgreSQL."""

from __future__ import annotations

import re
import tempfile
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sql
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from engine.commission.runs import (
    FEBRUARY,
    JANUARY,
    MARCH,
    PLANS,
    run_of,
    runs,
    statement,
    statements,
)
from engine.storage.stores import DAY, closed, keep, store
from remit_engine.commission.closed.changes import Change
from remit_engine.commission.closed.dispute import Answer, Dispute, Settled, Status
from remit_engine.commission.statement import Uncounted
from remit_engine.storage import closings, disputes, tables
from remit_engine.storage import runs as kept_runs
from remit_engine.storage.faults import AlreadyClosed, AtFault, NotKept, OutOfOrder, Stale
from remit_engine.storage.opening import open_store, reading, writing
from remit_engine.storage.verification import verified

FOLDER = tempfile.TemporaryDirectory(prefix="remit-stores-")


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request, tmp_path):
    with store(request.param, tmp_path) as opened:
        yield opened


def january(due=100):
    return run_of([statement("field", "ann", JANUARY, due, {"S1": 1000})])


def test_a_run_comes_back_as_it_was(engine):
    missed = Uncounted("field", "S9", "sale.csv:9", "no net", False)
    run = run_of([statement("field", "ann", JANUARY, "10.05", {"S1": 1000})], [missed])
    with writing(engine) as connection:
        number = keep(connection, run, JANUARY)
    with reading(engine) as connection:
        head = kept_runs.head_of(connection, number)
        assert (head.period, head.policy, head.engine) == (JANUARY, "digest", "python")
        assert head.plans == dict.fromkeys(PLANS, "CNY")
        (found,) = kept_runs.statements(connection, number, "field", JANUARY)
        assert found == run.statements["field", "ann", JANUARY]
        assert kept_runs.uncounted(connection, number) == (missed,)
        assert kept_runs.latest(connection, "field", JANUARY) == number


@given(st.lists(statements, max_size=6, unique_by=lambda s: (s.plan, s.person, s.period)))
@settings(max_examples=25)
def test_statements_of_any_content_come_back(found):
    engine = _sqlite()
    with writing(engine) as connection:
        number = keep(connection, run_of(found), MARCH)
    with reading(engine) as connection:
        back = list(kept_runs.statements(connection, number, None, None))
    key = lambda s: (s.plan, str(s.period), s.person)  # noqa: E731
    assert sorted(back, key=key) == sorted(found, key=key)
    engine.dispose()


def test_amounts_are_kept_as_exact_text(engine):
    third = Fraction(1, 3)
    with writing(engine) as connection:
        keep(connection, run_of([statement("field", "ann", JANUARY, third)]), JANUARY)
        raw = connection.exec_driver_sql("SELECT due FROM statement").scalar_one()
    assert raw == "1/3"
    kinds = {c.name: c.type for t in tables.metadata.tables.values() for c in t.columns}
    assert not [n for n, kind in kinds.items() if isinstance(kind, sql.Float | sql.Numeric)]


def test_a_closed_period_stays_and_later_runs_give_differences(engine):
    first = closed(engine, january(), JANUARY)
    late = run_of([statement("field", "ann", JANUARY, 130, {"S1": 1000, "S2": 300})])
    with writing(engine) as connection:
        second = keep(connection, late, FEBRUARY)
    with reading(engine) as connection:
        (paid,) = kept_runs.statements(connection, first, "field", JANUARY)
        (found,) = kept_runs.differences(connection, tables.difference.c.run == second)
    assert paid.due == 100
    assert (found.amount, found.posted, found.old.run, found.new.run) == (30, FEBRUARY, 1, 2)
    assert Change("line", "S2", "credit", None, Fraction(300)) in found.changes


def test_a_difference_is_paid_once(engine):
    closed(engine, january(), JANUARY)
    late = run_of([statement("field", "ann", JANUARY, 130), statement("field", "ann", FEBRUARY, 1)])
    closed(engine, late, FEBRUARY)
    with writing(engine) as connection:
        again = keep(connection, late, MARCH)
        assert not kept_runs.differences(connection, tables.difference.c.run == again)
        _, february = closings.heads(connection)
    assert (february.statements, february.differences) == (1, 1)


def test_what_cannot_be_closed(engine):
    number = closed(engine, january(), JANUARY)
    both = run_of([statement("field", "ann", p, 5) for p in (JANUARY, FEBRUARY, MARCH)])
    with writing(engine) as connection:
        with pytest.raises(AlreadyClosed, match="`field` is closed for 2026-01"):
            closings.close(connection, number, "field", JANUARY, "fay")
        later = keep(connection, both, MARCH)
        with pytest.raises(OutOfOrder, match="`field` is still open for 2026-02"):
            closings.close(connection, later, "field", MARCH, "fay")
        with pytest.raises(NotKept, match="run 77 has no plan `field`"):
            closings.close(connection, 77, "field", FEBRUARY, "fay")


def test_the_first_period_that_pays_is_closed_first(engine):
    both = run_of([statement("field", "ann", p, 5) for p in (JANUARY, FEBRUARY)])
    with writing(engine) as connection:
        number = keep(connection, both, FEBRUARY)
        with pytest.raises(OutOfOrder, match="still open for 2026-01"):
            closings.close(connection, number, "field", FEBRUARY, "fay")
        for period in (JANUARY, FEBRUARY):
            closings.close(connection, number, "field", period, "fay")


def test_a_run_from_before_a_closing_cannot_close(engine):
    both = run_of([statement("field", "ann", p, 5) for p in (JANUARY, FEBRUARY)])
    with writing(engine) as connection:
        older = keep(connection, both, FEBRUARY)
    closed(engine, january(), JANUARY)
    with writing(engine) as connection, pytest.raises(Stale, match="closed for 2026-01 after run"):
        closings.close(connection, older, "field", FEBRUARY, "fay")


def test_faults_are_not_closed(engine):
    broken = run_of([statement("field", "ann", JANUARY, None, fault="no quota for ann")])
    with writing(engine) as connection:
        number = keep(connection, broken, JANUARY)
        with pytest.raises(AtFault) as caught:
            closings.close(connection, number, "field", JANUARY, "fay")
    assert caught.value.obstacles == ("ann, 2026-01: no quota for ann",)


def test_a_closed_statement_that_cannot_be_computed_any_more_keeps_the_plan_open(engine):
    closed(engine, january(), JANUARY)
    broken = run_of(
        [
            statement("field", "ann", JANUARY, None, fault="no quota for ann"),
            statement("field", "ann", FEBRUARY, 5),
        ]
    )
    with writing(engine) as connection:
        number = keep(connection, broken, FEBRUARY)
        with pytest.raises(AtFault):
            closings.close(connection, number, "field", FEBRUARY, "fay")


def test_of_two_that_close_at_once_one_does(engine):
    with writing(engine) as connection:
        numbers = [keep(connection, january(due), JANUARY) for due in (5, 6)]
    told: list[str] = []
    start = threading.Barrier(2)

    def close(number):
        start.wait()
        try:
            with writing(engine) as connection:
                closings.close(connection, number, "field", JANUARY, "fay")
                told.append("closed")
        except AlreadyClosed:
            told.append("refused")

    threads = [threading.Thread(target=close, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["closed", "refused"]
    with reading(engine) as connection:
        assert [found for _, found in verified(connection)] == [()]


def test_many_runs_at_once_are_all_kept(engine):
    def keep_one(due):
        with writing(engine) as connection:
            keep(connection, january(due), JANUARY)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(keep_one, range(1, 13)))
    with reading(engine) as connection:
        dues = [
            s.due for n in range(1, 13) for s in kept_runs.statements(connection, n, None, None)
        ]
    assert sorted(dues) == list(range(1, 13))


def test_a_transaction_that_fails_leaves_nothing(engine):
    def fail():
        with writing(engine) as connection:
            keep(connection, january(), JANUARY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with reading(engine) as connection:
        for table in tables.metadata.tables.values():
            assert connection.scalar(sql.select(sql.func.count()).select_from(table)) == 0


def test_our_code_only_ever_adds(engine):
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda c, cur, text, *more: said.append(text))
    closed(engine, january(), JANUARY)
    closed(engine, january(7), FEBRUARY)
    with writing(engine) as connection:
        number = disputes.opened(connection, _dispute()).number
        disputes.ended(connection, number, Answer(Status.ACCEPTED, "yes", "fay", DAY))
        list(verified(connection))
    assert len(said) > 20
    assert not [s for s in said if re.match(r"\s*(update|delete|drop|alter)", s, re.IGNORECASE)]


@pytest.mark.parametrize(
    ("spoiled", "told"),
    [
        ("UPDATE statement SET due='999' WHERE person='ann'", "the statement of ann was altered"),
        ("UPDATE statement SET due='many' WHERE person='ann'", "the statement of ann was altered"),
        ("UPDATE line SET credit='1' WHERE event='S2'", "the statement of bob was altered"),
        ("UPDATE stage SET rule='x' WHERE statement=1", "the statement of ann was altered"),
        ("DELETE FROM line WHERE event='S2'", "the statement of bob was altered"),
        ("UPDATE closing SET by='eve' WHERE id=1", "it is not what was closed"),
        ("UPDATE run SET policy='p' WHERE id=1", "it is not what was closed"),
        ("UPDATE difference SET amount='1'", "the difference of ann for 2026-01 was altered"),
    ],
)
def test_tampering_is_found_and_named(engine, spoiled, told):
    start = [
        statement("field", "ann", JANUARY, 100, {"S1": 1000}),
        statement("field", "bob", JANUARY, 50, {"S2": 500}),
    ]
    closed(engine, run_of(start), JANUARY)
    closed(
        engine,
        run_of([replace(start[0], amounts={**start[0].amounts, "due": Fraction(90)}), start[1]]),
        FEBRUARY,
    )
    with reading(engine) as connection:
        assert [found for _, found in verified(connection)] == [(), ()]
    with engine.begin() as connection:
        assert connection.exec_driver_sql(spoiled).rowcount > 0
    with reading(engine) as connection:
        messages = [each.message for _, found in verified(connection) for each in found]
    assert any(told in message for message in messages), messages


def test_a_closing_that_is_gone_is_missed(engine):
    for period in (JANUARY, FEBRUARY, MARCH):
        closed(engine, january(), period)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM closing WHERE id=2")
    with reading(engine) as connection:
        found = {head.number: told for head, told in verified(connection)}
    assert found[1] == ()
    assert [each.message for each in found[3]] == ["the closing before it is gone or was altered"]


@given(st.data())
@settings(max_examples=15)
def test_differences_add_up_through_the_store(data):
    engine = _sqlite()
    months = (JANUARY, FEBRUARY, MARCH)
    for period in months:
        with writing(engine) as connection:
            number = keep(connection, data.draw(runs(months)), MARCH)
            for plan in PLANS:
                closings.close(connection, number, plan, period, "fay")
    new = data.draw(runs(months))
    with writing(engine) as connection:
        keep(connection, new, MARCH)
        paid = closings.read(connection, PLANS)
        posted: dict[object, Fraction] = defaultdict(Fraction)
        for d in kept_runs.differences(connection):
            posted[d.plan, d.person, d.period] += d.amount
    for closing in paid:
        for person in {*closing.statements, *(p for _, p, _ in new.statements)}:
            key = (closing.plan, person, closing.period)
            was = closing.statements[person].due if person in closing.statements else 0
            now = new.statements[key].due if key in new.statements else 0
            assert posted[key] == now - was
    engine.dispose()


def _dispute(**changed):
    told = Dispute(
        None, "field", "ann", JANUARY, "S1", Fraction(1200), "the discount was mine", "ann", DAY,
        date(2026, 4, 16),
    )  # fmt: skip
    return replace(told, **changed)


def test_a_dispute_is_opened_and_answered_once(engine):
    with writing(engine) as connection:
        first = disputes.opened(connection, _dispute())
        second = disputes.opened(connection, _dispute(person="bob", line=None, expected=None))
        assert (first, second.number) == (_dispute(number=1), 2)
        answer = Answer(Status.REJECTED, "the list price counts", "fay", date(2026, 4, 9))
        assert disputes.ended(connection, 1, answer).status is Status.REJECTED
        with pytest.raises(Settled, match="dispute 1 was rejected on 2026-04-09 by fay"):
            disputes.ended(connection, 1, answer)
        with pytest.raises(NotKept, match="there is no dispute 3"):
            disputes.ended(connection, 3, answer)
    with reading(engine) as connection:
        assert disputes.listed(connection, person="ann")[0].answer == answer
        assert [d.number for d in disputes.listed(connection, of=JANUARY)] == [1, 2]
        assert disputes.listed(connection, plan="bonus") == []


def test_a_dispute_is_overdue_after_its_deadline():
    assert not _dispute().overdue(date(2026, 4, 16))
    assert _dispute().overdue(date(2026, 4, 17))
    ended = _dispute().answered(Answer(Status.WITHDRAWN, "", "ann", DAY))
    assert not ended.overdue(date(2027, 1, 1))


def test_sqlite_writes_ahead(tmp_path):
    with store("sqlite", tmp_path) as engine, reading(engine) as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def _sqlite():
    return open_store(f"sqlite:///{Path(tempfile.mkdtemp(dir=FOLDER.name)) / 'pay.db'}")
