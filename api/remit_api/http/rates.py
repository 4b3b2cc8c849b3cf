"""How often somebody may ask: a bucket of tokens for each caller, and for each address."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import monotonic

MOST_BUCKETS = 50_000
_NETWORK_BITS = 64


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of asking a bucket. remaining: whole requests that are left now. wait: seconds
    until there is one more, rounded up."""

    allowed: bool
    remaining: int
    wait: int


class Buckets:
    """A bucket for each name: `burst` requests at once, refilled by `rate` a second. The names
    that were asked least lately are forgotten where there are very many."""

    def __init__(
        self, rate: int, burst: int | None = None, seconds: Callable[[], float] = monotonic
    ) -> None:
        self.rate = rate
        self.burst = burst or 2 * rate
        self._seconds = seconds
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    @property
    def window(self) -> int:
        """Seconds in which an empty bucket is full again."""
        return ceil(self.burst / self.rate)

    def take(self, name: str) -> Taken:
        """Takes one from the bucket of a name."""
        now = self._seconds()
        tokens, seen = self._kept.pop(name, (float(self.burst), now))
        tokens = min(float(self.burst), tokens + (now - seen) * self.rate)
        allowed = tokens >= 1
        if allowed:
            tokens -= 1
        self._kept[name] = (tokens, now)
        if len(self._kept) > MOST_BUCKETS:
            self._kept.popitem(last=False)
        return Taken(allowed, int(tokens), max(1, ceil((1 - tokens) / self.rate)))


def network(address: str | None) -> str:
    """What is counted as one address: an IPv4 address, the /64 of an IPv6 address."""
    if address is None:
        return "local"
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(IPv6Address(int(found) >> _NETWORK_BITS << _NETWORK_BITS))
    return str(found)
