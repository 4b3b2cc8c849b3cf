"""Asking only what may have changed is the same as asking everything, at every point and day."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.watch.following import HEAD, day, watcher
from engine.watch.random_logs import FEWER, STAFF, entries, on, shuffled
from remit_engine.watch import points
from remit_engine.watch.asks import ask
from remit_engine.watch.entry import Entry, day_at
from remit_engine.watch.subject import Subject
from remit_engine.watch.watcher import Watcher
from remit_engine.watch.world import Ask, World

PARAMETER = "parameter line: money { from 2026-01-01 -> 12  from 2026-03-09 -> 8 }\n"
TEXT = """
watch c on Customer {
  a: when exposure over line and (region = east or region in (west, east)) notify board
  b: when count of Return where (date over as_of - 4 days) over 1 notify board
  c: when sum of Return.amount within month + exposure over 40 notify board
       until count of Complaint within week = 0
  d: when Return followed by Complaint where (date under as_of) within 1 month notify board
  e: when an Invoice stays sum of Payment.amount within 4 days = 0 2 days after due notify board
  f: when an Invoice stays (date under as_of - 6 days) 1 day after due and exposure over line
       notify board
  g: when an Invoice where (amount > 5) stays count of Payment where (amount > 5) = 0
       1 day after due notify board until exposure under 5
  h: when 2 Return within quarter and not (2 Complaint within 2 days) notify board
  i: when days from 2026-03-01 to as_of over 9 days and exposure over 4 notify board
}
watch s on Sale { when seller holds sales_manager and date over as_of - 5 days notify board }
watch s2 on Invoice {
  when sum of Payment.amount within 5 days under amount notify board
  when a Payment stays amount over 5 2 days after date notify board
}
watch p on Return by product { when 3 Return within 10 days or 2 Return within day notify board }
"""


def careful(subject: Subject, place: int, entry: Entry | None, world: World) -> list[Ask]:
    """Looks at the whole log at every point, and at the start of every day."""
    subject.rewind(place, world)
    subject.day = 0
    asks = ask(subject, place, entry, world)
    subject.next = day_at(place) + 1
    return asks


def fresh() -> Watcher:
    return watcher(TEXT, STAFF, HEAD + PARAMETER, since=day("03-01"))


@FEWER
@given(seed=st.integers(0, 2**32))
def test_asking_less_says_the_same(seed: int) -> None:
    rng = random.Random(seed)
    log = entries(rng, 20, rng.randint(3, 30))
    log = shuffled(rng, log) if rng.random() < 0.5 else sorted(log, key=on)
    quick = fresh()
    said = quick.tell(log, day("03-28"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(points, "ask", careful)
        slow = fresh()
        assert slow.tell(log, day("03-28")) == said
    assert slow.alerts == quick.alerts
    assert quick.asked <= slow.asked
