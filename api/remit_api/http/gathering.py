"""What workers that share a port have counted, told together: whichever is asked tells of all.

Each worker writes its figures into one folder, and reads those of the others when it is asked.
Counts are sums, also of workers that ended; a figure of the moment has the `pid` of its worker.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

ENDING = ".prom"
SUMMED = frozenset({"counter", "histogram"})
BEGUN = "_created"
"""When a counter began, as the library tells beside it: of several workers it says nothing."""
Labels = tuple[tuple[str, str], ...]


class Gathering(Collector):
    """The figures of all workers. folder: of this port alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def write(self, figures: bytes) -> None:
        """Leave the figures of this worker for the others: the whole text, or the one before."""
        file = self._folder / f"{os.getpid()}{ENDING}"
        beside = file.with_suffix(".part")
        beside.write_bytes(figures)
        beside.replace(file)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """The families of all workers, merged."""
        families: dict[str, Metric] = {}
        values: dict[tuple[str, str, Labels], float] = {}
        for pid, alive, text in self._left():
            for family in text_string_to_metric_families(text):
                summed = family.type in SUMMED
                if family.name.endswith(BEGUN) or not (summed or alive):
                    continue
                families.setdefault(
                    family.name, Metric(family.name, family.documentation, family.type)
                )
                for sample in family.samples:
                    labels = sample.labels if summed else {**sample.labels, "pid": str(pid)}
                    key = (family.name, sample.name, tuple(sorted(labels.items())))
                    values[key] = values.get(key, 0.0) + sample.value
        for (name, sample_name, of), value in values.items():
            families[name].add_sample(sample_name, dict(of), value)
        yield from families.values()

    def _left(self) -> Iterator[tuple[int, bool, str]]:
        """What each worker left: its number, whether it lives, its figures."""
        for file in sorted(self._folder.glob(f"*{ENDING}")):
            pid = int(file.stem)
            yield pid, _lives(pid), file.read_text("utf-8")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
