"""A killed run leaves no result, or the whole one."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import sqlalchemy as sql

from engine.storage.keeper import MANY, SALES
from remit_engine.storage import closings, runs, tables
from remit_engine.storage.opening import open_store, reading
from remit_engine.storage.verification import verified

TESTS = Path(__file__).parents[2]


def killed(url: str, after: float) -> list[str]:
    """A keeper killed so long after it began; what it said it had kept."""
    process = subprocess.Popen(
        [sys.executable, "-m", "engine.storage.keeper", url],
        cwd=TESTS,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    said = process.stdout.read().split()
    process.wait()
    return said


def test_a_killed_run_leaves_nothing_or_the_whole(tmp_path):
    chance = random.Random(4)
    for attempt in range(20):
        url = f"sqlite:///{tmp_path / f'{attempt}.db'}"
        said = killed(url, chance.uniform(0, 0.4))
        engine = open_store(url)
        with reading(engine) as connection:
            heads = closings.heads(connection)
            assert {str(h.period) for h in heads} >= set(said), "what was acknowledged is lost"
            assert connection.scalar(sql.select(sql.func.count(tables.run.c.id))) == len(heads)
            for head in heads:
                found = list(runs.statements(connection, head.run, "field", head.period))
                assert len(found) == MANY == head.statements
                assert all(len(s.lines) == len(SALES) for s in found)
            assert not [told for _, found in verified(connection) for told in found]
        engine.dispose()
