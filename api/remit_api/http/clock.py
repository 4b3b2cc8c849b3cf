"""What day it is for the company, and which moment it is for the record."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """The only place where the service looks at the time."""

    def today(self) -> date:
        """The company's day."""

    def now(self) -> datetime:
        """The moment, in UTC."""


class SystemClock:
    """The machine's time, and the day in the company's time zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def today(self) -> date:
        """The company's day."""
        return datetime.now(self._zone).date()

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)
