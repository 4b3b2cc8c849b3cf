"""kill -9 of the watching process, and of the process that matches for it: nothing is lost, nothing
said twice, and the alerts are those of a run that nobody disturbed.

REMIT_KILLS: how often each is killed (2).
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.watch.follower import MANY
from engine.watch.libraries import needs_durable

TESTS = Path(__file__).parents[2]
KILLS = int(os.environ.get("REMIT_KILLS", "2"))


@dataclass
class Run:
    """A follower. child: the process that matches, 0 where there is none."""

    process: subprocess.Popen[str]
    child: int
    last: str = ""

    def entries(self, number: int) -> int:
        """Wait until it has taken so many more; gives how many it took before it was done."""
        assert self.process.stdout is not None
        for taken in range(number):
            self.last = self.process.stdout.readline()
            if not self.last.startswith("at "):
                return taken
        return number

    def end(self) -> tuple[str, list[str]]:
        """To its end: how many answers were corrected, and the alerts."""
        if not self.last.startswith("done"):
            self.entries(sys.maxsize)
        self.process.wait()
        _, mismatches, _, alerts = self.last.split(maxsplit=3)
        return mismatches, json.loads(alerts)

    def kill(self) -> None:
        """With SIGKILL."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def started(database: Path, matcher: str) -> Run:
    process = subprocess.Popen(
        [sys.executable, "-m", "engine.watch.follower", str(database), matcher],
        cwd=TESTS,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    word, child = process.stdout.readline().split()
    assert word == "ready"
    return Run(process, int(child))


def said(database: Path) -> list[tuple[int, str]]:
    """What happened, entry by entry, as it was kept."""
    with closing(sqlite3.connect(database)) as kept:
        return kept.execute("select n, text from said order by rowid").fetchall()


@dataclass
class Undisturbed:
    """What is said, and the alerts."""

    said: list[tuple[int, str]]
    alerts: list[str]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> Undisturbed:
    database = tmp_path_factory.mktemp("undisturbed") / "kept.db"
    _, alerts = started(database, "plain").end()
    assert len(alerts) > 20
    return Undisturbed(said(database), alerts)


def databases(folder: Path) -> Iterator[Path]:
    number = 0
    while True:
        yield folder / f"kept{number}.db"
        number += 1


def gone(process: int, seconds: float = 10) -> bool:
    """Whether a process ends by itself."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def child_of(run: Run) -> int | None:
    """The process that matches for a follower now."""
    found = subprocess.run(
        ["pgrep", "-P", str(run.process.pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    return int(found[0]) if found else None


def as_undisturbed(run: Run, database: Path, undisturbed: Undisturbed) -> None:
    """The run comes to its end, and all is as if nothing had happened."""
    mismatches, alerts = run.end()
    assert mismatches == "0"
    assert alerts == undisturbed.alerts
    assert said(database) == undisturbed.said


@needs_durable
def test_a_watching_process_that_is_killed_goes_on_where_it_was(tmp_path, undisturbed) -> None:
    chance, kills = random.Random(6), 0
    for database in databases(tmp_path):
        while kills < KILLS:
            run, some = started(database, "durable"), chance.randrange(MANY // 3)
            if run.entries(some) < some:
                break  # it is done
            time.sleep(chance.uniform(0, 0.002))
            run.kill()
            kills += 1
            assert gone(run.child), "the process that matches outlives the one that asks"
        as_undisturbed(started(database, "durable"), database, undisturbed)
        if kills >= KILLS:
            break
    print(f"\n{kills} times SIGKILL to the watching process")


@needs_durable
def test_a_matching_process_that_is_killed_is_not_missed(tmp_path, undisturbed) -> None:
    chance, kills = random.Random(7), 0
    for database in databases(tmp_path):
        run = started(database, "durable")
        while kills < KILLS:
            some = chance.randrange(MANY // 3)
            if run.entries(some) < some:
                break
            time.sleep(chance.uniform(0, 0.002))
            child = child_of(run)
            if child is not None:
                with suppress(ProcessLookupError):  # it may be done by now
                    os.kill(child, signal.SIGKILL)
                kills += 1
        as_undisturbed(run, database, undisturbed)
        if kills >= KILLS:
            break
    print(f"\n{kills} times SIGKILL to the matching process")
