"""Watching a year of events of ten thousand customers, in memory, by either matcher.

    make bench, or pytest tests/benchmarks/test_watch.py -s
    REMIT_WATCH_EVENTS=1000000 pytest tests/benchmarks/test_watch.py -s

Events a second and memory are printed and not asserted: one machine is twice as fast as the other.
"""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass
from datetime import date
from itertools import islice
from multiprocessing import get_context

import pytest

from benchmarks.watched_events import STAFF, TEXT, events
from engine.watch.libraries import needs_durable
from remit_dsl.loader import check_text
from remit_engine.watch.choosing import DURABLE, PLAIN, choose
from remit_engine.watch.rulesets import rulesets
from remit_engine.watch.watcher import Watcher

COUNT = int(os.environ.get("REMIT_WATCH_EVENTS", "100000"))
CUSTOMERS = int(os.environ.get("REMIT_WATCH_KEYS", "10000"))
BATCH = 1_000


@dataclass
class Figures:
    """seconds: by the clock on the wall. cpu: seconds of both processes. memory, child: the most
    that was held, in MB, by this process and by the one that matches."""

    seconds: float
    cpu: float
    memory: float
    child: float
    happened: int
    refused: int
    mismatches: int


@pytest.mark.bench
@pytest.mark.parametrize("late", [0.0, 0.02], ids=["in order", "some late"])
@pytest.mark.parametrize("matcher", [PLAIN, pytest.param(DURABLE, marks=needs_durable)])
def test_a_year_of_events(matcher: str, late: float) -> None:
    with get_context("fork").Pool(1) as alone:  # so that memory is that of this run
        found = alone.apply(followed, (matcher, late))
    child = f" and {found.child:.0f} MB in the child" if matcher == DURABLE else ""
    print(
        f"\n{matcher}, {COUNT:_} events, {CUSTOMERS:_} customers, {late:.0%} late: "
        f"{found.seconds:.1f} s, {COUNT / found.seconds:_.0f} a second "
        f"({COUNT / found.cpu:_.0f} a second of CPU), {found.memory:.0f} MB{child}, "
        f"{found.happened:_} happenings"
    )
    assert (found.refused, found.mismatches) == (0, 0)
    assert found.happened > 0


def followed(matcher: str, late: float) -> Figures:
    """All events told, a thousand at a time."""
    program, _ = check_text(TEXT.read_text(encoding="utf-8"))
    assert program is not None
    watcher = Watcher(program, STAFF, choose(rulesets(program), matcher).matcher)
    before = memory(resource.RUSAGE_SELF)
    stream, happened, refused = events(COUNT, CUSTOMERS, late), 0, 0
    begin, cpu = time.perf_counter(), time.process_time()
    while batch := list(islice(stream, BATCH)):
        today = max(date.fromisoformat(e.get("on") or e["date"]) for e in batch)
        told = watcher.tell(batch, max(today, watcher.today or today))
        happened += len(told.happenings)
        refused += sum(t.status == "refused" for t in told.taken)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    held = memory(resource.RUSAGE_SELF) - before
    watcher.close()
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Figures(
        seconds=seconds,
        cpu=cpu + spent.ru_utime + spent.ru_stime,
        memory=held,
        child=memory(resource.RUSAGE_CHILDREN),
        happened=happened,
        refused=refused,
        mismatches=watcher.mismatches,
    )


def memory(whose: int) -> float:
    """The most that was held so far, in MB."""
    return resource.getrusage(whose).ru_maxrss / 1024
