"""The company's day."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from remit_api.http import clock
from remit_api.http.clock import SystemClock


@pytest.mark.parametrize(
    ("zone", "last", "before", "after"),
    [
        ("UTC", 1_770_767_999.9, date(2026, 2, 10), date(2026, 2, 11)),
        ("Asia/Shanghai", 1_770_739_199.9, date(2026, 2, 10), date(2026, 2, 11)),
        ("Asia/Kathmandu", 1_770_747_299.9, date(2026, 2, 10), date(2026, 2, 11)),
    ],
)
def test_the_day_changes_at_midnight_of_the_zone(
    zone: str, last: float, before: date, after: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    now: Any = last
    monkeypatch.setattr(clock, "time", lambda: now)
    made = SystemClock(ZoneInfo(zone))
    assert made.today() == before
    now = last + 0.1
    assert made.today() == after
    now = last  # somebody set the clock back
    assert made.today() == before
