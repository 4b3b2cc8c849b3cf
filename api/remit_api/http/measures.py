"""What the service counts, for Prometheus. Each process counts for itself; `gathering` brings
workers of one port together."""

from __future__ import annotations

import asyncio
import collections
import logging
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool

from remit_api.http.gathering import Gathering

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
MEDIA_TYPE = CONTENT_TYPE_LATEST
EVERY = 1.0
"""Seconds after which a worker leaves its figures anew."""
log = logging.getLogger("remit.http")
_ENDS = (*map(str, BUCKETS), "+Inf")


class Requests(Collector):
    """Requests answered, and how long they took. They are counted in the event loop alone, so that
    plain numbers do; the counters of the library take a lock for each."""

    def __init__(self) -> None:
        self._counted: dict[tuple[str, str, int], int] = {}
        self._timed: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered. Labels are what we name: there are only so many."""
        key = (method, route, status)
        self._counted[key] = self._counted.get(key, 0) + 1
        if route not in self._timed:
            self._timed[route] = [0] * len(_ENDS)
        self._timed[route][bisect_left(BUCKETS, seconds)] += 1
        self._seconds[route] = self._seconds.get(route, 0.0) + seconds

    def collect(self) -> Iterator[Metric]:
        """What Prometheus is told; copies are taken, for another thread may ask."""
        count = CounterMetricFamily(
            "remit_http_requests", "Requests answered.", labels=("method", "route", "status")
        )
        for (method, route, status), number in self._counted.copy().items():
            count.add_metric((method, route, str(status)), number)
        yield count
        time = HistogramMetricFamily(
            "remit_http_request_seconds",
            "From the head of a request to the end of its answer.",
            labels=("route",),
        )
        for route, total in self._seconds.copy().items():
            sums = accumulate(self._timed[route].copy())
            time.add_metric((route,), list(zip(_ENDS, sums, strict=True)), total)
        yield time


class Measures:
    """Counters of one process. Labels hold names of routes, never what somebody sent. folder: where
    workers that share a port tell each other; None for a process alone."""

    def __init__(self, folder: Path | None = None) -> None:
        self.registry = CollectorRegistry()
        self._others = None if folder is None else Gathering(folder)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        requests = Requests()
        self.registry.register(requests)
        self.answered = requests.answered
        self._recorded = Counter(
            "remit_decisions_recorded",
            "Decisions kept in the ledger by this process.",
            ("outcome",),
            registry=self.registry,
        )

    def recorded(self, outcomes: Iterable[str]) -> None:
        """Decisions were kept."""
        for outcome, number in collections.Counter(outcomes).items():
            self._recorded.labels(outcome).inc(number)

    def watch(self, name: str, what: str, value: Callable[[], float]) -> None:
        """A figure that is looked at whenever the measures are read."""
        Gauge(name, what, registry=self.registry).set_function(value)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        if self._others is None:
            return generate_latest(self.registry)
        self.leave()
        return self._others.text()

    def leave(self) -> None:
        """Leave the figures for the other workers, where there are some."""
        if self._others is not None:
            self._others.write(generate_latest(self.registry))


async def leaving(measures: Measures) -> None:
    """Leaves the figures again and again, until it is cancelled; a fault is said."""
    while True:
        try:
            await run_in_threadpool(measures.leave)
        except OSError as fault:
            log.error("the figures of this worker cannot be left", exc_info=fault)
        await asyncio.sleep(EVERY)
