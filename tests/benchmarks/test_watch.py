"""Watching a year of events of ten thousand customers, in memory, by the plain matcher.

    make bench, or pytest tests/benchmarks/test_watch.py
    REMIT_WATCH_EVENTS=1000000 pytest tests/benchmarks/test_watch.py

Events a second and memory are printed and not asserted: one machine is twice as fast as the other.
"""

from __future__ import annotations

import os
import resource
import time
from datetime import date
from itertools import islice

import pytest

from benchmarks.watched_events import STAFF, TEXT, events
from remit_dsl.loader import check_text
from remit_engine.watch.watcher import Watcher

COUNT = int(os.environ.get("REMIT_WATCH_EVENTS", "100000"))
CUSTOMERS = int(os.environ.get("REMIT_WATCH_KEYS", "10000"))
BATCH = 1_000


@pytest.mark.bench
@pytest.mark.parametrize("late", [0.0, 0.02], ids=["in order", "some late"])
def test_a_year_of_events(late: float) -> None:
    program, _ = check_text(TEXT.read_text(encoding="utf-8"))
    assert program is not None
    watcher, before = Watcher(program, STAFF), memory()
    stream, happened, refused = events(COUNT, CUSTOMERS, late), 0, 0
    begin, cpu = time.perf_counter(), time.process_time()
    while batch := list(islice(stream, BATCH)):
        today = max(date.fromisoformat(e.get("on") or e["date"]) for e in batch)
        told = watcher.tell(batch, max(today, watcher.today or today))
        happened += len(told.happenings)
        refused += sum(t.status == "refused" for t in told.taken)
    wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
    print(
        f"\n{COUNT:_} events, {CUSTOMERS:_} customers, {late:.0%} late: {wall:.1f} s, "
        f"{COUNT / wall:_.0f} a second ({COUNT / cpu:_.0f} a second of CPU), "
        f"{memory() - before:.0f} MB, {happened:_} happenings"
    )
    assert refused == 0
    assert happened > 0


def memory() -> float:
    """The most that was held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
