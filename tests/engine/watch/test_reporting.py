"""One person's duty over years: what is asked of it hangs on the days, not on all that is past."""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter
from typing import Any

import pytest

from engine.watch.following import day, held, people, row, short, watcher
from remit_engine.watch import reporting
from remit_engine.watch.watcher import Watcher

DAILY = "duty sales_manager reports to sales_director daily with Report by author"
SINCE = day("2020-01-01")


def daily() -> Watcher:
    staff = people(ann=[held("sales_manager")], max=[held("sales_director")])
    return watcher(DAILY, staff, since=SINCE)


@pytest.fixture
def looked(monkeypatch) -> list[Any]:
    """Every period that was looked at."""
    seen: list[Any] = []
    for name in ("first", "last", "reach"):
        monkeypatch.setattr(reporting, f"_{name.upper()}", spying(attrgetter(name), seen))
    return seen


def spying(read: Any, seen: list[Any]) -> Any:
    def key(period: Any) -> Any:
        seen.append(period)
        return read(period)

    return key


def report(after: int) -> dict[str, Any]:
    on = SINCE + timedelta(days=after)
    return row("Report", on.isoformat(), f"p{after}", author="ann")


@pytest.mark.parametrize("years", [1, 4])
def test_a_day_without_a_report_looks_at_a_few_periods(looked: list[Any], years: int) -> None:
    w, days = daily(), 365 * years
    assert len(w.advance(SINCE + timedelta(days=days))) == days
    assert len(looked) < 60 * days  # of a thousand that lack one, halving finds it in ten looks


def test_a_report_looks_at_a_few_periods(looked: list[Any]) -> None:
    w, last = daily(), 1_000
    today = SINCE + timedelta(days=last)
    w.advance(today)
    looked.clear()
    told = short(w.tell([report(last)], today).happenings)
    assert told == []  # it is that of the day
    again = row("Report", today.isoformat(), author="ann")
    told = short(w.tell([again], today).happenings)
    assert [line.split("/")[-1] for line in told] == ["2020-01-01"]
    assert len(looked) < 200


def test_a_late_report_asks_again_from_its_day_on(looked: list[Any]) -> None:
    w, last = daily(), 1_000
    today = SINCE + timedelta(days=last)
    w.advance(today)
    looked.clear()
    before = w.messages
    told = short(w.tell([report(last - 3)], today).happenings)
    assert [line.split(" ")[1] for line in told] == ["withdrawn"]
    assert w.messages - before < 10
    assert len(looked) < 20 * last  # periods are only begun again
