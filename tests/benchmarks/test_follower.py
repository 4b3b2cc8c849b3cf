"""Telling the service's follower entries one by one, each in a transaction of its own, and building
its watcher again from the log.

    pytest tests/benchmarks/test_follower.py -m bench -s

Figures are printed and not asserted: one machine, and one disk, is twice as fast as the other.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from api.http.conftest import SetClock
from api.http.watch_service import watch_settings
from api.http.watch_teller import DAYS, follower, tell
from engine.storage.stores import address
from remit_api.watching.rebuilding import rebuilt
from remit_engine.storage import watch_log
from remit_engine.storage.opening import open_store, reading, writing
from remit_engine.storage.watch_log import Told

TOLD, KEPT, CUSTOMERS = 500, 20_000, 1_000


def entry(n: int) -> dict[str, Any]:
    """An observation that leads to nothing."""
    facts = {"exposure": 10 + n % 7, "line": 100}
    day = DAYS[-1].isoformat()
    id = f"c-{n % CUSTOMERS}"
    return {"kind": "care.Customer", "id": id, "entry": f"e{n}", "on": day, "facts": facts}


@pytest.mark.bench
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_entries_told_and_read_again(kind: str, tmp_path: Path) -> None:
    (folder,) = watch_settings(tmp_path).policies
    url = str(address(kind, tmp_path))
    following = follower(url, folder, SetClock(DAYS[-1]))
    following.look()
    began, spent = time.perf_counter(), time.process_time()
    for n in range(TOLD):
        following.do(partial(tell, entry(n)))
    seconds, cpu = time.perf_counter() - began, time.process_time() - spent
    store = open_store(url)
    with writing(store) as connection:
        for n in range(TOLD, KEPT):
            document = entry(n)
            watch_log.add(
                connection,
                Told(
                    kind=document["kind"],
                    id=document["id"],
                    event=None,
                    entry=document["entry"],
                    day=DAYS[-1],
                    clock=DAYS[-1],
                    received="",
                    by="erp",
                    document=document,
                ),
            )
    with following.seeing() as (connection, desk, _):
        program, people = desk.model.program, desk.directory
    began = time.perf_counter()
    with reading(store) as connection:
        found = rebuilt(connection, program, people)
    again = time.perf_counter() - began
    store.dispose()
    print(
        f"\n{kind}: {TOLD / seconds:_.0f} entries a second told one by one "
        f"({TOLD / cpu:_.0f} a second of CPU), {KEPT / again:_.0f} a second read again"
    )
    assert (found.seq, found.unread) == (KEPT, frozenset())
