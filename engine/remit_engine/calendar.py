"""Exact date arithmetic with stated month rules."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def add_months(day: date, months: int, rule: str) -> date:
    """`day` plus months; `clipped`: to the month's last day, `rolled`: to the first of the next.

    Raises OverflowError past year 9999 or before year 1.
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("date out of range")
    last = monthrange(year, month0 + 1)[1]
    if day.day <= last:
        return date(year, month0 + 1, day.day)
    clipped = date(year, month0 + 1, last)
    return clipped if rule == "clipped" else clipped + timedelta(days=1)


def whole_months(start: date, end: date) -> int:
    """Complete months from start to end; negative when end is earlier."""
    if end < start:
        return -whole_months(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months, "clipped") <= end else months - 1


def period_start(day: date, unit: str) -> date:
    """First day of the week (Monday), month, quarter or year."""
    match unit:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        case "year":
            return date(day.year, 1, 1)
    raise ValueError(f"no such period: {unit}")


def period_end(day: date, unit: str) -> date:
    """Last day of the week, month, quarter or year."""
    start = period_start(day, unit)
    if unit == "week":
        return start + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    if start.year == 9999 and start.month + months > 12:
        return date(9999, 12, 31)
    return add_months(start, months, "clipped") - timedelta(days=1)
