"""How far an engine is in a long statement, told while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from remit_engine.warehouse.warehouse import Warehouse, WarehouseTrouble

Phase = Callable[[str, int, int], None]
EVERY = 0.25
"""Seconds between two looks."""
WHOLE = 100


@contextmanager
def watched(warehouse: Warehouse, told: Phase) -> Iterator[Phase]:
    """A function to be told the phase, as `told` is; of a phase with one step or none, the
    statement that runs in it is told in percent, where the engine says how far it is."""
    watch = _Watch(warehouse, told)
    watch.start()
    try:
        yield watch.phase
    finally:
        watch.end()


class _Watch:
    """Looks from a thread of its own."""

    def __init__(self, warehouse: Warehouse, told: Phase) -> None:
        self._warehouse, self._told = warehouse, told
        self._now = ("", 0, 0)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="remit-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def phase(self, phase: str, done: int, of: int) -> None:
        with self._lock:
            self._now = (phase, done, of)
            self._told(phase, done, of)

    def _look(self) -> None:
        while not self._ended.wait(EVERY):
            try:
                part = self._warehouse.progress()
            except WarehouseTrouble:
                continue  # the statement itself says what is wrong
            with self._lock:
                phase, _, of = self._now
                if part is not None and phase and of < 2:
                    self._told(phase, int(part * WHOLE), WHOLE)
