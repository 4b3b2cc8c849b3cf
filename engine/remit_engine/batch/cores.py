"""Work on plain values shared between this process and a forked one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def shared(work: Callable[[A], B], items: Sequence[A]) -> list[B]:
    """What becomes of each item, in their order; every second one is left to a child.

    Nothing is handed over but results. The child may not touch a database or a thread of this
    process. Where it cannot be had, or fails, all is done here, and so raises here.
    """
    if sys.platform != "linux" or (os.cpu_count() or 1) < 2 or len(items) < 2:
        return [work(item) for item in items]
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(send, work, items[1::2]), daemon=True)
    child.start()
    send.close()
    try:
        found: list[B] = [work(items[0])] * len(items)
        found[2::2] = [work(item) for item in items[2::2]]
        found[1::2] = _received(receive) or [work(item) for item in items[1::2]]
        return found
    finally:
        child.terminate()
        child.join()


def _received(receive: Connection) -> list[B] | None:
    try:
        found: list[B] | None = receive.recv()
    except EOFError:
        return None
    return found


def _child(send: Connection, work: Callable[[A], B], items: Sequence[A]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it ends it
    try:
        found = [work(item) for item in items]
    except Exception:
        send.send(None)  # it is done again where it can be told
        return
    send.send(found)
