"""Windows of days: where they begin, and when a row has left them. Days are ordinals."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from remit_dsl.watch import Window
from remit_engine import calendar

FIRST, LAST = date.min.toordinal(), date.max.toordinal()


@lru_cache(maxsize=10_000)
def begins(window: Window, today: int) -> int:
    """The first day inside the window on a day."""
    match window.unit:
        case "ever":
            return FIRST
        case "day":
            return today
        case "days":
            return max(FIRST, today - window.length + 1)
        case "months":
            return _months(today, -window.length) + 1
    return calendar.period_start(date.fromordinal(today), window.unit).toordinal()


@lru_cache(maxsize=10_000)
def leaves(window: Window, day: int) -> int | None:
    """The first day on which a row of a day is outside again; None where it stays inside."""
    match window.unit:
        case "ever":
            return None
        case "day":
            found = day + 1
        case "days":
            found = day + window.length
        case "months":
            found = _months(day, window.length)
            while found < LAST and begins(window, found) <= day:  # the 31st is in short months
                found += 1
        case unit:
            found = calendar.period_end(date.fromordinal(day), unit).toordinal() + 1
    return found if found <= LAST and begins(window, found) > day else None


@lru_cache(maxsize=10_000)
def after(day: int, length: int, unit: str) -> int:
    """A day so many days or months later: in months the same day, else the month's last."""
    return min(LAST, day + length) if unit == "days" else _months(day, length)


def _months(day: int, months: int) -> int:
    try:
        return calendar.add_months(date.fromordinal(day), months, "clipped").toordinal()
    except OverflowError:
        return FIRST - 1 if months < 0 else LAST
