"""Processes that record at the same time, and processes killed while they do.

REMIT_RACES: how often two processes race (20); REMIT_KILLS: how many are killed (2).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sql

from engine.storage.ledgers import LATER, court, ledger, outcomes, pending
from engine.storage.stores import address
from remit_engine.storage import audit, history, tables
from remit_engine.storage.opening import open_store, reading

TESTS = Path(__file__).parents[2]
RACES = int(os.environ.get("REMIT_RACES", "20"))
KILLS = int(os.environ.get("REMIT_KILLS", "2"))


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    return address(request.param, tmp_path)


def process(*words: str) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-m", "engine.storage.bookkeeper", *words],
        cwd=TESTS,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def ask(asked: subprocess.Popen[str], line: str) -> None:
    assert asked.stdin is not None
    asked.stdin.write(f"{line}\n")
    asked.stdin.flush()


def answer(asked: subprocess.Popen[str]) -> int:
    assert asked.stdout is not None
    return int(asked.stdout.readline())


def test_of_two_processes_that_want_the_last_ten_thousand_one_gets_it(url):
    open_store(url).dispose()
    pair = [process("told", url) for _ in range(2)]
    winners: list[int] = []
    for n in range(RACES):
        day = date(2000 + n // 12, n % 12 + 1, 1 + n % 28)
        wanted = "6000 1" if n % 2 else "1000 7"  # the whole at once, and both in parts
        for each in pair[:: 1 if n % 3 else -1]:
            ask(each, f"{day} {wanted}")
        found = [answer(each) for each in pair]
        assert sum(found) == (1 if n % 2 else 10), f"round {n}: {found}"
        winners.append(found.index(max(found)))
    for each in pair:
        each.communicate()
    store = open_store(url)
    with reading(store) as connection:
        found = audit.verified(connection)
    assert not found.broken
    assert found.rows == sum(2 if n % 2 else 14 for n in range(RACES))
    store.dispose()


def test_what_a_killed_process_said_it_recorded_is_there(url):
    chance = random.Random(7)
    said: set[str] = set()
    for n in range(KILLS):
        # the store is that of the processes before: each begins where one was killed
        killed = process("busy", url, str(n))
        time.sleep(chance.uniform(0.05, 0.6))
        killed.send_signal(signal.SIGKILL)
        assert killed.stdout is not None
        lines = killed.stdout.read().split("\n")
        killed.wait()
        said |= {id for line in lines[:-1] for id in line.split()}  # the last line may be cut short
        check(url, said)
    assert said


def check(url: str, said: set[str]) -> None:
    """Nothing that was acknowledged is lost, the chain holds, and totals are what was permitted."""
    store = open_store(url)
    with reading(store) as connection:
        found = audit.verified(connection)
        assert not found.broken
        rows = list(history.rows(connection))
        assert said <= {row["id"] for row in rows}
        c = tables.consumption.c
        kept = connection.scalars(sql.select(c.amount).where(c.dimension == ""))
        permits = [Fraction(row["consumed"]) for row in rows if row["outcome"] == "permit"]
        assert sum(kept, Fraction(0)) == sum(permits, Fraction(0))
    # and it goes on, with totals as they should be
    vendor = f"new {len(rows)}"
    asked = [pending("max", n, on=date(2030, 1, 1), vendor=vendor, house=LATER) for n in (2, 1999)]
    assert outcomes(ledger(store).record(asked, court(LATER))) == ["permit", "escalate"]
    store.dispose()
