"""Computing a run in a process of its own: the service goes on answering, and what is cancelled
ends at once."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any, Protocol

import msgspec

from remit_api.http.computing import child
from remit_api.http.computing.task import Failed, Result, Stop, Stopped, Task, internal
from remit_api.pay.running import Phase

LOOK = 0.25
"""Seconds between two looks whether to leave off."""


class Computer(Protocol):
    """By what runs are computed."""

    def __call__(self, task: Task, told: Phase, stop: Stop) -> Result:
        """What came of a task."""
        ...


def in_process(task: Task, told: Phase, stop: Stop) -> Result:
    """Compute a task in a process of its own; it is killed where it is to stop."""
    started = subprocess.Popen(
        [sys.executable, "-m", child.__name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # what a terminal sends the service is for the service
    )
    if started.stdin is None or started.stdout is None:
        raise TypeError("a process without pipes")
    lines: Queue[bytes | None] = Queue()
    Thread(target=_read, args=(started.stdout, lines), daemon=True).start()
    try:
        with contextlib.suppress(BrokenPipeError):  # it ended at once; its exit code is told below
            child.send(task, started.stdin)
        return _followed(started, lines, told, stop)
    finally:
        started.kill()
        started.wait()
        with contextlib.suppress(BrokenPipeError):
            started.stdin.close()


def _read(stream: IO[bytes], lines: Queue[bytes | None]) -> None:
    with stream:
        for line in stream:
            lines.put(line)
    lines.put(None)


def _followed(
    started: subprocess.Popen[bytes], lines: Queue[bytes | None], told: Phase, stop: Stop
) -> Result:
    while not stop():
        try:
            line = lines.get(timeout=LOOK)
        except Empty:
            continue
        if line is None:
            code = started.wait()
            return Failed(internal(f"the process that computed it ended with {code}"))
        found: dict[str, Any] = msgspec.json.decode(line)
        if "run" in found:
            return int(found["run"])
        if "problem" in found:
            return Failed(found["problem"])
        told(*found["phase"])
    return Stopped()
