"""The process that computes one run: `python -m remit_api.http.computing.child`.

It is handed its task on standard input and writes lines of JSON: how far it is, then what came of
it. When whoever started it is gone, it ends, and what it has not kept by then is not kept.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from io import FileIO
from typing import IO

import msgspec

from remit_api.http import logs
from remit_api.http.computing.task import Failed, Task, computed, failure
from remit_engine.storage.opening import open_store

LENGTH = 8
"""Bytes that say how long the task is."""


def send(task: Task, to: IO[bytes]) -> None:
    """Hand a task to a process; the other end stays open for as long as it is wanted."""
    text = pickle.dumps(task)
    to.write(len(text).to_bytes(LENGTH))
    to.write(text)
    to.flush()


def main() -> None:
    """Computes the task of standard input."""
    # not buffered: a thread that waits in a buffer cannot be left alone at the end
    given, out = FileIO(sys.stdin.fileno(), closefd=False), sys.stdout.buffer
    logs.begin()
    length = int.from_bytes(_exactly(given, LENGTH))
    task = pickle.loads(_exactly(given, length))  # from the process that started this one
    threading.Thread(target=_end_with, args=(given,), daemon=True).start()
    lock = threading.Lock()

    def say(line: object) -> None:
        with lock:
            out.write(msgspec.json.encode(line) + b"\n")
            out.flush()

    try:
        store = open_store(task.database)
        try:
            number = computed(task, store, lambda *phase: say({"phase": phase}))
        finally:
            store.dispose()
        say({"run": number})
    except Exception as fault:
        found: Failed = failure(fault, task.job.order.data)
        say({"problem": found.problem})


def _exactly(given: FileIO, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        piece = given.read(size - len(found))
        if not piece:
            raise EOFError("the task was not handed over whole")
        found += piece
    return bytes(found)


def _end_with(given: FileIO) -> None:
    """Nobody writes more: the end of the input is the end of who started this."""
    given.read(1)
    os._exit(1)


if __name__ == "__main__":
    main()
