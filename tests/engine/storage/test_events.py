"""Events in the store: each told once, read in the order they came."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.storage.stores import store
from remit_engine.storage import events
from remit_engine.storage.events import KeptEvent
from remit_engine.storage.faults import Conflict, NotKept
from remit_engine.storage.opening import writing

SALE = KeptEvent("pay.Sale", "1", "2026-02-09", "2026-02-10T09:00:00", "shop", '{"people":["ann"]}')


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def kept(request, tmp_path):
    with store(request.param, tmp_path) as opened:
        yield opened


def test_an_event_is_told_once(kept):
    with writing(kept) as connection:
        first, new = events.tell(connection, SALE)
        assert (new, replace(first, seq=0)) == (True, SALE)
        later = replace(SALE, received="2026-02-11T09:00:00", by="other")
        assert events.tell(connection, later) == (first, False)
        with pytest.raises(Conflict, match="another content"):
            events.tell(connection, replace(SALE, body='{"people":[]}'))
        other, new = events.tell(connection, replace(SALE, kind="pay.Visit"))
        assert new
        assert other.seq > first.seq
        assert events.found(connection, "pay.Sale", "1") == first
        with pytest.raises(NotKept, match="no event `2`"):
            events.found(connection, "pay.Sale", "2")


def test_they_are_read_in_order_and_by_whom_they_name(kept, monkeypatch):
    monkeypatch.setattr(events, "CHUNK", 2)
    with writing(kept) as connection:
        for n in range(5):
            person = "ann" if n % 2 else "a%n"
            body = f'{{"people":["{person}"]}}'
            events.tell(connection, replace(SALE, id=str(n), body=body, by=f"shop{n}"))
        every = list(events.after(connection, None))
        assert [e.id for e in every] == list("01234")
        assert [e.id for e in events.after(connection, every[2].seq)] == ["3", "4"]
        assert not list(events.after(connection, None, "pay.Visit"))
        assert [e.id for e in events.after(connection, None, None, ("shop0", '"ann"'))] == list(
            "013"
        )
        # a sign that means something to LIKE means itself
        assert [e.id for e in events.after(connection, None, None, ("x", '"a%n"'))] == list("024")
