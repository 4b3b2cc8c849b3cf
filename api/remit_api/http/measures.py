"""What the service counts, for Prometheus. Each process counts for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
MEDIA_TYPE = CONTENT_TYPE_LATEST


class Measures:
    """Counters of one process. Labels hold names of routes, never what somebody sent."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self._requests = Counter(
            "remit_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "remit_http_request_seconds",
            "From the head of a request to the end of its answer.",
            ("route",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._counted: dict[tuple[str, str, int], Counter] = {}
        self._timed: dict[str, Histogram] = {}
        self._recorded = Counter(
            "remit_decisions_recorded",
            "Decisions kept in the ledger by this process.",
            ("outcome",),
            registry=self.registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered."""
        key = (method, route, status)  # of what we name: there are only so many
        if key not in self._counted:
            self._counted[key] = self._requests.labels(*key)
        if route not in self._timed:
            self._timed[route] = self._seconds.labels(route)
        self._counted[key].inc()
        self._timed[route].observe(seconds)

    def recorded(self, outcomes: Iterable[str]) -> None:
        """Decisions were kept."""
        for outcome in outcomes:
            self._recorded.labels(outcome).inc()

    def watch(self, name: str, what: str, value: Callable[[], float]) -> None:
        """A figure that is looked at whenever the measures are read."""
        Gauge(name, what, registry=self.registry).set_function(value)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)
