"""The log of the watcher in the store: in the order it came, in one chain that shows what was
altered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sql
from alembic import command

from engine.storage.stores import address, store
from engine.storage.watchers import MOMENT, alert, begin
from remit_engine.storage import alerts, audit, events, schema, tables, watch_log, watch_state
from remit_engine.storage.events import KeptEvent
from remit_engine.storage.faults import Corrupt, NotKept
from remit_engine.storage.opening import connected, open_store, reading, upgraded, writing
from remit_engine.storage.watch_log import Told

DAY = date(2026, 2, 10)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def kept(request, tmp_path):
    with store(request.param, tmp_path) as opened:
        yield opened


def observed(entry: str = "o1", id: str = "c-1", **more: Any) -> Told:
    document = {"kind": "w.Customer", "id": id, "entry": entry, "facts": {"exposure": 81}, **more}
    return Told(
        kind="w.Customer", id=id, event=None, entry=entry, day=DAY, clock=DAY, received=MOMENT,
        by="erp", document=document,
    )  # fmt: skip


def told(connection: sql.Connection, id: str = "i-1") -> Told:
    body = '{"facts":{"amount":"5"},"people":[]}'
    event, _ = events.tell(
        connection, KeptEvent("w.Invoice", id, "2026-02-10", MOMENT, "erp", body)
    )
    document = {"kind": "w.Invoice", "on": "2026-02-10", "facts": {"id": id, "amount": 5}}
    return Told(
        kind="w.Invoice", id=id, event=event.seq, entry=None, day=DAY, clock=DAY,
        received=MOMENT, by="erp", document=document,
    )  # fmt: skip


def fill(kept: sql.Engine) -> None:
    with writing(kept) as connection:
        watch_log.add(connection, observed("o1"))
        watch_log.add(connection, told(connection))
        watch_log.add(connection, observed("o2", "c-2"))


def test_entries_are_read_in_order_as_they_were_told(kept, monkeypatch):
    monkeypatch.setattr(watch_log, "CHUNK", 2)
    fill(kept)
    with reading(kept) as connection:
        found = list(watch_log.after(connection, 0))
        assert [(e.seq, e.told.kind, e.told.id) for e in found] == [
            (1, "w.Customer", "c-1"), (2, "w.Invoice", "i-1"), (3, "w.Customer", "c-2")
        ]  # fmt: skip
        assert found[0].told == observed("o1")
        assert [e.seq for e in watch_log.after(connection, 2)] == [3]
        assert watch_log.last(connection) == 3
        assert watch_log.observation(connection, "o2") == found[2]
        with pytest.raises(NotKept, match="no observation `i-1`"):
            watch_log.observation(connection, "i-1")
        listed = [e.told.entry for e in watch_log.observations(connection, 9)]
        assert listed == ["o2", "o1"]
        assert [e.seq for e in watch_log.observations(connection, 9, id="c-1")] == [1]
        assert watch_log.observations(connection, 9, before=3, kind="w.Customer")[0].seq == 1
        assert watch_log.observations(connection, 9, by="shop") == []


def test_numbers_are_kept_exact(kept):
    facts = {"whole": 10**40, "part": Decimal("0.10"), "list": [-(10**30)], "yes": True}
    with writing(kept) as connection:
        watch_log.add(connection, observed(facts=facts))
    with reading(kept) as connection:
        (found,) = watch_log.after(connection, 0)
    assert found.told.document["facts"] == facts
    assert found.told.document["facts"]["yes"] is True


@pytest.mark.parametrize("twice", ["observation", "event"])
def test_nothing_is_kept_twice(kept, twice):
    fill(kept)
    with writing(kept) as connection:
        again = observed("o1") if twice == "observation" else told(connection)
    with pytest.raises(sql.exc.IntegrityError), writing(kept) as connection:
        watch_log.add(connection, again)
    with reading(kept) as connection:
        assert watch_log.last(connection) == 3


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE watch_entry SET clock = '2026-02-11' WHERE seq = 1",
         [(1, "this entry was altered")]),
        ("UPDATE watch_entry SET body = replace(body, '81', '82') WHERE seq = 3",
         [(3, "this entry was altered")]),
        ("UPDATE event SET body = replace(body, '5', '6')", [(2, "its event was altered")]),
        ("UPDATE event SET happened = '2026-02-09'", [(2, "its event was altered")]),
        ("DELETE FROM watch_entry WHERE seq = 2", [(3, "the entry before it is gone or altered")]),
        ("DELETE FROM watch_entry WHERE seq = 1", [(2, "the entry before it is gone or altered")]),
    ],
)  # fmt: skip
def test_what_was_altered_is_named(kept, change, found):
    fill(kept)
    with reading(kept) as connection:
        assert list(watch_log.verified(connection)) == []
    with writing(kept) as connection:
        connection.exec_driver_sql(change)
    with reading(kept) as connection:
        assert [(a.seq, a.message) for a in watch_log.verified(connection)] == found
        broken = audit.verified(connection).broken
        assert [(b.seq, b.what) for b in broken] == [(found[0][0], "entry")]


def test_an_entry_that_is_no_json_is_told(kept):
    fill(kept)
    with writing(kept) as connection:
        connection.execute(tables.watch_entry.update().values(body="{"))
        with pytest.raises(Corrupt, match="entry 1 of the watcher's log cannot be read") as caught:
            list(watch_log.after(connection, 0))
    assert caught.value.help == "`remit db verify` says more"


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_store_from_before_there_was_a_log_is_adopted(kind, tmp_path):
    """Events and alerts stay as they are; the clock begins when the service does."""
    url = address(kind, tmp_path)
    opened = connected(url)
    with writing(opened) as connection:
        command.upgrade(schema._config({"connection": connection}), "0009")
        body = '{"facts":{},"people":[]}'
        event = KeptEvent("w.Invoice", "i-1", "2026-02-10", MOMENT, "erp", body)
        events.tell(connection, event)
        connection.exec_driver_sql("INSERT INTO watch_state (id, holds) VALUES (1, 4)")
    begin(opened, alert())
    assert upgraded(opened) == "0009"
    opened.dispose()
    again = open_store(url)
    with reading(again) as connection:
        assert events.found(connection, "w.Invoice", "i-1").happened == "2026-02-10"
        assert [k.alert for k in alerts.everything(connection)] == [alert()]
        assert (watch_state.holds(connection), watch_state.since(connection)) == (5, None)
        assert watch_log.last(connection) == 0
        assert not audit.verified(connection).broken
    with writing(again) as connection:
        watch_state.begin(connection, DAY)
        assert (watch_state.clock(connection), watch_state.since(connection)) == (DAY, DAY)
    again.dispose()


def test_what_was_cut_off_is_found_by_the_last_hash(kept):
    fill(kept)
    with reading(kept) as connection:
        before = audit.verified(connection)
    assert (before.entries, before.ends_with(before.told[:12])) == (3, True)
    with writing(kept) as connection:
        connection.exec_driver_sql("DELETE FROM watch_entry WHERE seq = 3")
        after = audit.verified(connection)
    assert not after.broken
    assert not after.ends_with(before.told)
