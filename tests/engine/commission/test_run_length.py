"""A run goes through at most a hundred years, counted exactly, and says which period is odd."""

from __future__ import annotations

from datetime import date

import pytest

from remit_engine.commission.basis.periods import Period, TooLong, start_of_run

FIRST = {"month": date(2026, 3, 31), "quarter": date(2026, 1, 1), "year": date(2026, 12, 31)}


@pytest.mark.parametrize(("kind", "most"), [("month", 1200), ("quarter", 400), ("year", 100)])
def test_a_hundred_years_and_no_period_more(kind: str, most: int) -> None:
    start = Period.of(kind, FIRST[kind])
    last = Period(kind, start.index + most - 1)
    assert start_of_run(FIRST[kind], last) == start
    with pytest.raises(TooLong, match=f"from {start}, the first .* to {last.next} are more"):
        start_of_run(FIRST[kind], last.next)


def test_data_that_begin_later_or_never() -> None:
    month = Period("month", 2026 * 12)
    assert start_of_run(None, month) == month
    assert start_of_run(date(9999, 12, 31), month) == month
    far = Period.parse("9999-12")
    assert far is not None
    assert start_of_run(None, far) == far
