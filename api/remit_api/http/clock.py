"""What day it is for the company, and which moment it is for the record."""

from __future__ import annotations

from datetime import UTC, date, datetime
from time import time
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
        self._kept = (0, date.min)

    def today(self) -> date:
        """The company's day, found once a second: it changes at a full one."""
        second, day = self._kept
        now = int(time())
        if now != second:
            day = datetime.fromtimestamp(now, self._zone).date()
            self._kept = (now, day)
        return day

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)
