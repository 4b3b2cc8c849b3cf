"""CPU time in interleaved rounds, so that other work on the machine meets all alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import process_time_ns

ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Run:
    """Something to time: a function that answers `count` requests."""

    function: Callable[[], object]
    count: int


def cpu(run: Run) -> float:
    """Microseconds of CPU for one request, in one go."""
    begin = process_time_ns()
    run.function()
    return (process_time_ns() - begin) / run.count / 1_000


def interleaved(runs: Mapping[str, Run], rounds: int = ROUNDS) -> dict[str, float]:
    """Microseconds of CPU for one request: the median over rounds, each of all runs in turn.

    A run goes twice and the second time counts: what ran before it has left the caches.
    """
    found: dict[str, list[float]] = {name: [] for name in runs}
    gc.collect()
    gc.freeze()  # what was prepared is not looked through again and again
    for _ in range(rounds):
        for name, run in runs.items():
            run.function()
            found[name].append(cpu(run))
    gc.unfreeze()
    return {name: median(times) for name, times in found.items()}
