"""Windows of days and months: where they begin, and when a row has left them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from remit_dsl.watch import Window
from remit_engine.watch.windows import FIRST, LAST, after, begins, leaves


def n(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("window", "today", "begin"),
    [
        (Window("days", 1), "2026-03-10", "2026-03-10"),
        (Window("days", 30), "2026-03-30", "2026-03-01"),
        (Window("days", 30), "2028-03-01", "2028-02-01"),  # through a leap day
        (Window("months", 1), "2026-03-15", "2026-02-16"),
        (Window("months", 1), "2026-03-31", "2026-03-01"),  # no 31 February: after its last
        (Window("months", 1), "2026-03-28", "2026-03-01"),
        (Window("months", 1), "2028-03-29", "2028-03-01"),
        (Window("months", 12), "2029-02-28", "2028-02-29"),
        (Window("months", 12), "2028-02-29", "2027-03-01"),
        (Window("day"), "2026-03-10", "2026-03-10"),
        (Window("week"), "2026-03-15", "2026-03-09"),  # a Sunday; its Monday
        (Window("week"), "2026-03-16", "2026-03-16"),
        (Window("month"), "2028-02-29", "2028-02-01"),
        (Window("quarter"), "2026-06-30", "2026-04-01"),
        (Window("year"), "2026-12-31", "2026-01-01"),
    ],
)
def test_a_window_begins(window: Window, today: str, begin: str) -> None:
    assert date.fromordinal(begins(window, n(today))).isoformat() == begin


@pytest.mark.parametrize(
    "window",
    [
        *(Window("days", length) for length in (1, 2, 30, 365)),
        *(Window("months", length) for length in (1, 2, 6, 12, 13)),
        *(Window(unit) for unit in ("day", "week", "month", "quarter", "year")),
    ],
    ids=lambda w: f"{w.length or ''}{w.unit}",
)
def test_a_row_leaves_on_the_first_day_that_begins_behind_it(window: Window) -> None:
    first = date(2027, 11, 20)
    for offset in range(200):  # over the end of a year, and a leap day
        day = (first + timedelta(days=offset)).toordinal()
        out = leaves(window, day)
        assert out is not None
        assert begins(window, out - 1) <= day < begins(window, out)


def test_what_was_ever_is_never_left() -> None:
    assert begins(Window("ever"), n("2026-03-01")) == FIRST
    assert leaves(Window("ever"), n("2026-03-01")) is None


def test_the_ends_of_the_calendar_are_no_fault() -> None:
    assert begins(Window("months", 5), n("0001-02-01")) == FIRST
    assert begins(Window("days", 500), n("0001-02-01")) == FIRST
    assert leaves(Window("months", 5), n("9999-12-01")) is None
    assert leaves(Window("year"), n("9999-12-01")) is None
    assert after(n("9999-12-01"), 60, "days") == LAST
    assert after(n("9999-12-01"), 60, "months") == LAST


@pytest.mark.parametrize(
    ("day", "length", "unit", "last"),
    [
        ("2026-01-10", 60, "days", "2026-03-11"),
        ("2028-01-31", 1, "months", "2028-02-29"),
        ("2027-01-31", 1, "months", "2027-02-28"),
        ("2028-02-29", 12, "months", "2029-02-28"),
    ],
)
def test_days_and_months_after_a_day(day: str, length: int, unit: str, last: str) -> None:
    assert date.fromordinal(after(n(day), length, unit)).isoformat() == last
