"""Processes that tell entries at the same time, and are killed while they do: nothing is half kept,
and what is kept follows from the log.

REMIT_KILLS: how many are killed (2), two at a time.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sql

from engine.storage.stores import address
from remit_api.http.desk import desk_of_files
from remit_api.watching.rebuilding import rebuilt
from remit_engine.storage import alerts, audit, holds, outbox, tables, watch_log
from remit_engine.storage.opening import open_store, reading
from remit_engine.watch.alert import Status
from remit_engine.watch.holding import holds_of

from .watch_service import watch_settings

TESTS = Path(__file__).parents[2]
KILLS = int(os.environ.get("REMIT_KILLS", "2"))


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(address(request.param, tmp_path))


def teller(url: str, folder: Path, number: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "api.http.watch_teller", url, str(folder), number],
        cwd=TESTS,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_killed_tellers_leave_nothing_half_kept(url: str, tmp_path: Path) -> None:
    (folder,) = watch_settings(tmp_path).policies
    open_store(url).dispose()
    chance, said = random.Random(11), set[str]()
    for n in range((KILLS + 1) // 2):
        pair = [teller(url, folder, f"{n}-{m}") for m in range(2)]
        for each in pair:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.3, 1.2))
        for each in pair:
            each.send_signal(signal.SIGKILL)
        for each in pair:
            assert each.stdout is not None
            said |= set(each.stdout.read().split("\n")[:-1])  # the last may be cut short
            each.wait()
        check(url, folder, said)
    assert said


def check(url: str, folder: Path, said: set[str]) -> None:
    """All that was acknowledged is in the log, and alerts, holds and messages are what a watcher
    says that is built from it."""
    store, desk = open_store(url), desk_of_files([folder], None)
    with reading(store) as connection:
        assert not audit.verified(connection).broken
        entries = list(watch_log.after(connection, 0))
        assert said <= {e.told.entry or e.told.id for e in entries}
        found = rebuilt(connection, desk.model.program, desk.directory)
        assert found.seq == len(entries)
        assert not found.unread
        kept = list(alerts.everything(connection))
        standing = {k.alert.id: k.alert.cleared for k in kept if k.status is not Status.WITHDRAWN}
        assert standing == {a.id: a.cleared for a in found.watcher.alerts}
        held = {(h.alert, h.restraint.action, h.value) for h in holds.standing(connection).holds}
        assert held == {
            (a.id, h.restraint.action, h.value)
            for a in found.watcher.alerts
            if a.cleared is None
            for h in holds_of(a, a.began, desk.model.program)
        }
        lines = Counter(
            f"{alert}:{edition}:here"
            for alert, edition in connection.execute(
                sql.select(tables.alert_event.c.alert, tables.alert_event.c.edition)
            )
        )
        told = Counter(m.message.id for m in outbox.listed(connection, 1_000_000))
        assert told == lines
        assert kept
    store.dispose()
