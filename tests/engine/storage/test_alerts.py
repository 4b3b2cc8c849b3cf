"""Alerts and holds in the store: kept once, changed by the log and by people, verified."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sql

from engine.storage.ledgers import DAY, court, ledger, outcomes, pending
from engine.storage.stores import address, store
from engine.storage.watchers import (
    FREEZE,
    MOMENT,
    REVIEW,
    WHO,
    alert,
    begin,
    clear,
    happening,
    held,
    keep,
    keep_in,
)
from remit_engine.storage import alerts, audit, holds, tables, watch_state
from remit_engine.storage.alerts import Saying
from remit_engine.storage.faults import Conflict, Corrupt, NotKept
from remit_engine.storage.opening import open_store, reading, writing
from remit_engine.watch.alert import Status, Turn

NEXT = DAY + timedelta(days=1)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def kept(request, tmp_path):
    with store(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture
def file(tmp_path):
    with store("sqlite", tmp_path) as opened:
        yield opened


def of(kept, id="alr_1"):
    with reading(kept) as connection:
        return alerts.found(connection, id)


def told(kept, id="alr_1"):
    with reading(kept) as connection:
        return [(t.kind, t.by, t.text) for t in alerts.history(connection, id)]


def standing(kept):
    with reading(kept) as connection:
        found = holds.standing(connection)
        assert found.edition == watch_state.holds(connection)
        return [(h.subject, h.since) for h in found.holds]


def altered(kept):
    with reading(kept) as connection:
        return [(b.what, b.id, b.message) for b in audit.verified(connection).broken]


def do(kept, what, *args):
    with writing(kept) as connection:
        return what(connection, *args)


# --- what the log says -------------------------------------------------------------------------


def test_an_alert_is_kept_with_all_of_it(kept):
    about = alert(keys=("V1",), row="i-1", late=True, restraints=(FREEZE,))
    said = keep(kept, happening(Turn.BEGUN, about))
    assert said is not None
    found = of(kept)
    assert (found.alert, found.status, found.owner) == (about, Status.OPEN, "house.director")
    assert (said.kind, said.by, said.day, said.body["late"]) == ("begun", None, DAY, True)
    (hold,) = do(kept, holds.of_alert, "alr_1")
    assert hold.hold == held(happening(Turn.BEGUN, about))[0]
    assert hold.stands
    assert not altered(kept)


def test_nothing_is_said_twice(kept):
    """As after a restart, when the log is read anew."""
    about = begin(kept)
    assert keep(kept, happening(Turn.BEGUN, about)) is None
    assert clear(kept, about) is not None
    assert clear(kept, about) is None
    cleared = replace(about, cleared=DAY)
    assert keep(kept, happening(Turn.WITHDRAWN, cleared)) is not None
    assert keep(kept, happening(Turn.WITHDRAWN, cleared)) is None
    assert [kind for kind, _, _ in told(kept)] == ["begun", "cleared", "withdrawn"]
    assert not altered(kept)


def test_what_is_not_committed_was_never_said(kept):
    def crash():
        with writing(kept) as connection:
            keep_in(connection, happening(Turn.BEGUN, alert()))
            raise RuntimeError("the process dies")

    with pytest.raises(RuntimeError, match="the process dies"):
        crash()
    with pytest.raises(NotKept, match="no alert `alr_1`"):
        of(kept)
    assert standing(kept) == []
    begin(kept)
    assert [kind for kind, _, _ in told(kept)] == ["begun"]


def test_an_alert_ends_and_its_holds_with_it(kept):
    about = begin(kept)
    assert standing(kept) == [("V1", DAY)]
    clear(kept, about, NEXT)
    assert (of(kept).status, of(kept).alert.cleared) == (Status.CLEARED, NEXT)
    assert standing(kept) == []
    (hold,) = do(kept, holds.of_alert, "alr_1")
    assert (hold.ending, hold.ended_on, hold.by) == ("cleared", NEXT, None)


def test_a_late_entry_moves_the_day_of_its_end(kept):
    about = begin(kept)
    clear(kept, about, NEXT)
    clear(kept, about, DAY)
    assert of(kept).alert.cleared == DAY
    assert [kind for kind, _, _ in told(kept)] == ["begun", "cleared", "cleared"]


def test_a_late_entry_takes_the_ground_of_its_end_away(kept):
    about = begin(kept)
    clear(kept, about)
    keep(kept, happening(Turn.REOPENED, about, NEXT))
    assert (of(kept).status, of(kept).alert.cleared) == (Status.OPEN, None)
    assert standing(kept) == [("V1", NEXT)]
    assert keep(kept, happening(Turn.REOPENED, about, NEXT)) is None
    clear(kept, about, NEXT)
    first, second = do(kept, holds.of_alert, "alr_1")
    assert second.hold.id == f"{first.hold.id}.2"
    assert not altered(kept)


def test_what_was_withdrawn_may_begin_again(kept):
    about = begin(kept)
    keep(kept, happening(Turn.WITHDRAWN, about))
    assert (of(kept).status, standing(kept)) == (Status.WITHDRAWN, [])
    keep(kept, happening(Turn.BEGUN, about, NEXT))
    assert (of(kept).status, standing(kept)) == (Status.OPEN, [("V1", NEXT)])


def test_what_ended_under_another_text_may_begin_again(kept):
    """The watcher of the new text never knew it, or knew it as over: what it says now holds."""
    about = begin(kept)
    clear(kept, about)
    keep(kept, happening(Turn.BEGUN, about, NEXT))
    assert (of(kept).status, of(kept).alert.cleared) == (Status.OPEN, None)
    assert standing(kept) == [("V1", NEXT)]
    keep(kept, happening(Turn.WITHDRAWN, about, NEXT))
    keep(kept, happening(Turn.REOPENED, about, NEXT))
    assert (of(kept).status, standing(kept)) == (Status.OPEN, [("V1", NEXT)])
    assert keep(kept, happening(Turn.BEGUN, about, NEXT)) is None
    assert not altered(kept)


def test_an_alert_that_was_over_before_it_was_said_holds_nothing(kept):
    """A late entry may bring both: first that it began, then that it was cleared."""
    about = begin(kept)
    clear(kept, about)
    assert standing(kept) == []
    assert of(kept).status is Status.CLEARED


# --- what people do ----------------------------------------------------------------------------


def test_somebody_sees_to_an_alert(kept):
    begin(kept)
    assert do(kept, alerts.acknowledge, "alr_1", WHO).status is Status.ACKNOWLEDGED
    do(kept, alerts.acknowledge, "alr_1", WHO)  # twice is once
    do(kept, alerts.give, "alr_1", "house.manager", "he knows them", WHO)
    assert of(kept).owner == "house.manager"
    closed = do(kept, alerts.close, "alr_1", "paid by hand", WHO)
    assert (closed.status, closed.note) == (Status.CLOSED, "paid by hand")
    assert told(kept) == [
        ("begun", None, None), ("acknowledged", "dee", None),
        ("given", "dee", "he knows them"), ("closed", "dee", "paid by hand"),
    ]  # fmt: skip
    assert standing(kept) == [("V1", DAY)], "closing lifts nothing"
    assert not altered(kept)


@pytest.mark.parametrize(
    ("act", "args", "message"),
    [
        (alerts.acknowledge, (), "nothing to acknowledge"),
        (alerts.close, ("again",), "is closed already"),
        (alerts.give, ("house.clerk", "why"), "nobody has to see to it"),
    ],
)
def test_what_is_closed_is_closed(file, act, args, message):
    begin(file)
    do(file, alerts.close, "alr_1", "done", WHO)
    with pytest.raises(Conflict, match=message):
        do(file, act, "alr_1", *args, WHO)


def test_a_closing_note_stays_whatever_the_log_says(kept):
    about = begin(kept)
    do(kept, alerts.close, "alr_1", "paid by hand", WHO)
    clear(kept, about)
    found = of(kept)
    assert (found.status, found.note, found.alert.cleared) == (Status.CLOSED, "paid by hand", DAY)
    keep(kept, happening(Turn.REOPENED, about))
    assert (of(kept).status, of(kept).alert.cleared) == (Status.CLOSED, None)
    keep(kept, happening(Turn.WITHDRAWN, about))
    assert (of(kept).status, of(kept).note) == (Status.WITHDRAWN, "paid by hand")


def test_a_hold_is_lifted_by_somebody_for_a_reason(kept):
    about = begin(kept, alert(restraints=(FREEZE, REVIEW)))
    freeze, review = (k.hold.id for k in do(kept, holds.of_alert, "alr_1"))
    lifted = do(kept, alerts.lift, freeze, "the bank has confirmed", WHO)
    assert (lifted.ending, lifted.by, lifted.because) == ("lifted", "dee", "the bank has confirmed")
    with pytest.raises(Conflict, match="ended on 2026-03-15: it was lifted"):
        do(kept, alerts.lift, freeze, "again", WHO)
    with pytest.raises(NotKept, match="no hold `hld_x`"):
        do(kept, alerts.lift, "hld_x", "why", WHO)
    with reading(kept) as connection:
        assert [h.id for h in holds.standing(connection).holds] == [review]
        assert [k.hold.id for k in holds.listed(connection, 9, stands=False)] == [freeze]
        assert [k.hold.id for k in holds.listed(connection, 9, value="V1")] == [review, freeze]
        assert not holds.listed(connection, 9, value="V2")
    # it stays lifted while it is the same alert
    clear(kept, about)
    keep(kept, happening(Turn.REOPENED, about, NEXT))
    with reading(kept) as connection:
        assert [h.id for h in holds.standing(connection).holds] == [f"{review}.2"]
    assert told(kept)[1] == ("lifted", "dee", "the bank has confirmed")
    assert not altered(kept)


def test_what_was_lifted_is_known_by_what_it_held(kept):
    """Another text holds something else where the freeze stood that was lifted, and the freeze
    stands behind it."""
    about = begin(kept)
    (freeze,) = (k.hold.id for k in do(kept, holds.of_alert, "alr_1"))
    do(kept, alerts.lift, freeze, "the bank has confirmed", WHO)
    moved = replace(FREEZE, span=replace(FREEZE.span, line=7))
    keep(kept, happening(Turn.WITHDRAWN, about, NEXT))
    keep(kept, happening(Turn.BEGUN, replace(about, restraints=(REVIEW, moved)), NEXT))
    with reading(kept) as connection:
        (stands,) = holds.standing(connection).holds
    assert (stands.id, stands.restraint.kind) == (f"{freeze}.2", "require")
    # of another key nothing was lifted
    keep(kept, happening(Turn.WITHDRAWN, about, NEXT))
    keep(kept, happening(Turn.BEGUN, replace(about, keys=("V2",)), NEXT))
    with reading(kept) as connection:
        assert [h.value for h in holds.standing(connection).holds] == ["V2"]
    assert not altered(kept)


def test_lists_and_their_filters(kept):
    begin(kept)
    begin(kept, alert("alr_2", "V2", severity="info", owner="house.clerk", rule="house.vendors.2"))
    begin(kept, alert("alr_3", "V2", owner=None))
    do(kept, alerts.close, "alr_3", "done", WHO)
    with reading(kept) as connection:

        def ids(**wanted):
            return [k.alert.id for k in alerts.listed(connection, 9, **wanted)]

        assert ids() == ["alr_3", "alr_2", "alr_1"]
        assert ids(status=["open"]) == ["alr_2", "alr_1"]
        assert ids(severity="info") == ids(rule="house.vendors.2") == ["alr_2"]
        assert ids(subject="V2") == ["alr_3", "alr_2"]
        assert ids(owner=["house.director", "house.clerk"]) == ["alr_2", "alr_1"]
        (first,) = alerts.listed(connection, 1)
        assert [k.alert.id for k in alerts.listed(connection, 1, first.number)] == ["alr_2"]
        assert [k.alert.id for k in alerts.everything(connection)] == ["alr_1", "alr_2", "alr_3"]


# --- what is altered is found ------------------------------------------------------------------

ALTERED = {
    "status": ("UPDATE alert SET status = 'cleared'", "alr_1", "is not what was left"),
    "owner": ("UPDATE alert SET owner = 'house.clerk'", "alr_1", "is not what was left"),
    "document": ("UPDATE alert SET document = '{}'", "alr_1", "is not what was left"),
    "hold ended": ("UPDATE hold SET ended = 0", "alr_1", "is not what was left"),
    "hold of another": ("UPDATE hold SET value = 'V9'", "alr_1", "is not what was left"),
    "hold gone": ("DELETE FROM hold", "alr_1", "is not what was left"),
    "who": ("UPDATE alert_event SET \"by\" = 'ann' WHERE seq = 2", "alr_1", "event was altered"),
    "event gone": ("DELETE FROM alert_event WHERE seq = 1", "alr_1", "is gone or altered"),
}


@pytest.mark.parametrize("what", ALTERED)
def test_what_was_altered_is_named(file, what):
    begin(file)
    do(file, alerts.acknowledge, "alr_1", WHO)
    statement, id, message = ALTERED[what]
    with writing(file) as connection:
        connection.exec_driver_sql(statement)
    found = altered(file)
    assert [(kind, of) for kind, of, _ in found][:1] == [("alert", id)]
    assert message in found[0][2]


def test_an_alert_that_is_gone_is_missed(file):
    begin(file)
    with writing(file) as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = 1")
        connection.exec_driver_sql("DELETE FROM hold")
        connection.exec_driver_sql("DELETE FROM alert_event")
        connection.exec_driver_sql("DELETE FROM alert")
    assert not altered(file), "nothing is left that could tell"
    with pytest.raises(NotKept):
        of(file)


def test_what_cannot_be_read_says_so(file):
    begin(file)
    with writing(file) as connection:
        connection.exec_driver_sql("UPDATE alert SET document = '{}'")
        connection.exec_driver_sql("UPDATE hold SET document = '{}'")
    with pytest.raises(Corrupt, match="the alert `alr_1` cannot be read"):
        of(file)
    with pytest.raises(Corrupt, match=r"the hold `hld_.*` cannot be read"):
        standing(file)


# --- the ledger --------------------------------------------------------------------------------


def judged(kept, *asked):
    return outcomes(ledger(kept).record(list(asked), court()))


def test_what_is_recorded_sees_what_is_held(kept):
    book, judge = ledger(kept), court()
    assert outcomes(book.record([pending("ann", 10)], judge)) == ["permit"]
    about = begin(kept)
    both = [pending("ann", 10), pending("ann", 10, vendor="V2")]
    assert outcomes(book.record(both, judge)) == ["deny", "permit"]
    assert outcomes(book.record([pending("ann", 10, vendor=None)], judge)) == ["incomplete"]
    clear(kept, about)
    assert outcomes(book.record([pending("ann", 10)], judge)) == ["permit"]


def test_a_step_that_is_asked_for_is_recorded_as_needed(kept):
    begin(kept, alert(restraints=(REVIEW,)))
    assert judged(kept, pending("ann", 10)) == ["needs"]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_another_process_sees_it_with_the_next_recording(kind, tmp_path):
    """It has a desk of its own, which knows nothing of the freeze yet."""
    url = address(kind, tmp_path)
    one, other = open_store(url), open_store(url)
    book, judge = ledger(other), court()
    assert outcomes(book.record([pending("ann", 10)], judge)) == ["permit"]
    about = begin(one)
    assert outcomes(book.record([pending("ann", 10)], judge)) == ["deny"]
    (hold,) = do(one, holds.of_alert, about.id)
    do(one, alerts.lift, hold.hold.id, "the bank has confirmed", WHO)
    assert outcomes(book.record([pending("ann", 10)], judge)) == ["permit"]
    one.dispose()
    other.dispose()


def test_what_was_held_when_a_row_was_made_is_known_later(kept):
    book, judge = ledger(kept), court()
    rows = book.record([pending("ann", 10)], judge)
    about = begin(kept)
    rows += book.record([pending("ann", 10)], judge)
    clear(kept, about)
    keep(kept, happening(Turn.REOPENED, about))
    clear(kept, about, NEXT)  # in between nothing was recorded
    rows += book.record([pending("ann", 10)], judge)
    assert outcomes(rows) == ["permit", "deny", "permit"]
    with reading(kept) as connection:
        then = [len(holds.at(connection, row.entry.seq)) for row in rows]
    assert then == [0, 1, 0]


def test_a_person_without_a_chance_to_write_it_is_refused_by_the_store(file):
    begin(file)
    with pytest.raises(sql.exc.StatementError, match="cannot be kept"):
        do(file, alerts.close, "alr_1", "a\0b", Saying("dee", DAY, MOMENT))
    assert of(file).status is Status.OPEN


def test_the_tables_of_this_subject():
    names = {"alert", "alert_event", "hold", "outbox", "watch_state"}
    assert names <= set(tables.metadata.tables)
