"""Date arithmetic with stated month rules."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit_engine.calendar import add_months, period_end, period_start, whole_months

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
D = date


@pytest.mark.parametrize(
    ("start", "months", "clipped", "rolled"),
    [
        (D(2026, 1, 31), 1, D(2026, 2, 28), D(2026, 3, 1)),
        (D(2024, 1, 31), 1, D(2024, 2, 29), D(2024, 3, 1)),
        (D(2026, 1, 28), 1, D(2026, 2, 28), D(2026, 2, 28)),
        (D(2026, 3, 31), -1, D(2026, 2, 28), D(2026, 3, 1)),
        (D(2024, 2, 29), 12, D(2025, 2, 28), D(2025, 3, 1)),
        (D(2026, 11, 30), 3, D(2027, 2, 28), D(2027, 3, 1)),
    ],
)
def test_adding_months(start: date, months: int, clipped: date, rolled: date) -> None:
    assert add_months(start, months, "clipped") == clipped
    assert add_months(start, months, "rolled") == rolled


def test_adding_past_the_calendar_is_refused() -> None:
    with pytest.raises(OverflowError):
        add_months(D(9999, 12, 1), 1, "clipped")


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (D(2026, 1, 15), D(2026, 2, 14), 0),
        (D(2026, 1, 15), D(2026, 2, 15), 1),
        (D(2026, 1, 31), D(2026, 2, 28), 1),
        (D(2026, 2, 15), D(2026, 1, 16), 0),
        (D(2026, 2, 15), D(2026, 1, 15), -1),
        (D(2024, 2, 29), D(2025, 2, 28), 12),
    ],
)
def test_whole_months(start: date, end: date, months: int) -> None:
    assert whole_months(start, end) == months


@given(days, st.sampled_from(["week", "month", "quarter", "year"]))
def test_a_day_lies_in_its_period_and_the_next_day_after_it_does_not(day: date, unit: str) -> None:
    start, end = period_start(day, unit), period_end(day, unit)
    assert start <= day <= end
    assert period_start(end, unit) == start
    assert period_start(date.fromordinal(end.toordinal() + 1), unit) == date.fromordinal(
        end.toordinal() + 1
    )


def test_the_week_begins_on_monday() -> None:
    assert period_start(D(2026, 11, 22), "week") == D(2026, 11, 16)
