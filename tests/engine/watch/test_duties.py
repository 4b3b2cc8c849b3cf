"""Duties: who is missing a report, from which day on, and what ends it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.watch.following import HEAD, day, held, people, row, standing, tell, watcher
from remit_engine.watch.watcher import Watcher

REPORT = "with Report by author where (kind = monthly_report)"


def duty(text: str, head: str = HEAD, since: str = "03-01", **staff: Any) -> Watcher:
    staff = staff or {"ann": [held("sales_manager")], "max": [held("sales_director")]}
    return watcher(f"duty {text}", people(**staff), head, since=day(since))


_numbers = iter(range(1, 1_000_000))


def report(on: str, who: str = "ann", kind: str | None = "monthly_report") -> dict[str, Any]:
    facts = {"date": day(on).isoformat(), "author": who} | ({"kind": kind} if kind else {})
    return {"kind": "Report", "id": f"p{next(_numbers)}", "facts": facts}


def monthly(**more: Any) -> Watcher:
    text = f"sales_manager reports to sales_director monthly by day 5 {REPORT} notify board"
    return duty(text, **more)


def test_a_report_is_missing_at_the_start_of_the_day_after() -> None:
    w = monthly()
    assert tell(w, "04-05") == []
    assert tell(w, "04-06") == ["04-06 begun sales_manager.monthly ann/2026-03-01"]
    (alert,) = w.alerts
    assert (alert.kind, alert.subject, alert.severity) == ("duty", "ann", "info")
    assert alert.notify == ("w.sales_director", "w.board")
    assert alert.people == ("Ann", "Max")
    assert [(c.text, c.left, c.right) for c in alert.compared] == [
        ("Report by 2026-04-05", "none", "1")
    ]


def test_the_last_day_is_in_time_and_later_clears() -> None:
    w = monthly()
    assert tell(w, "04-20", report("04-05")) == []
    assert tell(w, "05-10") == ["05-06 begun sales_manager.monthly ann/2026-04-01"]
    assert tell(w, "05-20", report("05-20")) == [
        "05-20 cleared sales_manager.monthly ann/2026-04-01"
    ]
    assert tell(w, "06-06") == ["06-06 begun sales_manager.monthly ann/2026-05-01"]


def test_a_report_is_about_the_month_before_then_this_one_then_what_is_long_past() -> None:
    w = monthly()
    assert len(tell(w, "06-09", report("04-05"))) == 2  # April's and May's are missing
    assert tell(w, "06-10", report("06-10")) == [
        "06-10 cleared sales_manager.monthly ann/2026-05-01"
    ]
    assert tell(w, "06-11", report("06-11")) == []  # June's, early
    assert tell(w, "06-12", report("06-12")) == [
        "06-12 cleared sales_manager.monthly ann/2026-04-01"
    ]
    assert tell(w, "07-06") == []


def test_one_report_stands_for_one_period() -> None:
    w = monthly()
    # 3 April is a day of April and in time for March: it is March's
    assert tell(w, "05-06", report("04-03")) == ["05-06 begun sales_manager.monthly ann/2026-04-01"]


def test_what_is_no_such_report_does_not_count() -> None:
    w = monthly()
    entries = [report("04-01", kind="daily_report"), report("04-01", who="max")]
    assert tell(w, "04-06", *entries) == ["04-06 begun sales_manager.monthly ann/2026-03-01"]


def test_a_report_that_may_count_leaves_it_unknown() -> None:
    w = monthly()
    assert tell(w, "04-30", report("04-01", kind=None)) == []
    assert tell(w, "05-06") == []  # it may be April's as well
    assert tell(w, "06-06") == ["06-06 begun sales_manager.monthly ann/2026-05-01"]


def test_subjects_are_those_who_hold_it_for_the_whole_of_the_period() -> None:
    w = monthly(
        ann=[held("sales_manager", "03-01", "04-01")],
        bob=[held("sales_manager", "03-02")],
        cat=[held("sales_manager", None, "03-15"), held("sales_manager", "03-15")],
        dan=[held("board")],
    )
    assert tell(w, "04-06") == [
        "04-06 begun sales_manager.monthly ann/2026-03-01",
        "04-06 begun sales_manager.monthly cat/2026-03-01",
    ]


def test_periods_before_the_first_day_of_the_clock_are_not_asked() -> None:
    assert tell(monthly(since="03-02"), "05-05") == []


def test_periods_lie_within_the_days_of_the_policy() -> None:
    head = HEAD.replace(
        "currency CNY }", "currency CNY  effective from 2026-03-15 until 2026-05-31 }"
    )
    assert tell(monthly(head=head), "12-31") == ["05-06 begun sales_manager.monthly ann/2026-04-01"]


@pytest.mark.parametrize(
    ("frequency", "first", "begun"),
    [
        ("daily", "03-01", ["03-02", "03-03", "03-04"]),  # a Sunday too
        ("weekly by friday", "02-28", ["03-07", "03-14", "03-21"]),
        ("weekly by monday", "03-03", ["03-10", "03-17", "03-24"]),
        ("monthly by day 5", "03-01", ["04-06", "05-06", "06-06"]),
        ("quarterly by day 10", "01-01", ["04-11", "07-11", "10-11"]),
        ("yearly by day 31", "01-01", ["2027-02-01", "2028-02-01", "2029-02-01"]),
    ],
)
def test_every_frequency(frequency: str, first: str, begun: list[str]) -> None:
    w = duty(f"sales_manager reports to board {frequency} with Report by author", since=first)
    w.advance(day(begun[-1]))
    assert [a.began for a in w.alerts] == [day(b) for b in begun]
    assert w.alerts[0].row == day(first).isoformat()


def test_at_once_is_the_day_itself_or_the_next() -> None:
    text = (
        "quick: sales_manager reports to board at once after Sale by seller with Report by author"
    )
    w = duty(text)
    sale = {"ship_to": "east", "account": "c-1", "seller": "ann"}
    entries = [
        row("Sale", "03-01", "s1", **sale),
        report("03-02"),
        row("Sale", "03-05", "s2", **sale),
    ]
    assert tell(w, "03-06", *entries) == []
    assert tell(w, "03-07") == ["03-07 begun quick ann/s2"]
    assert tell(w, "03-09", report("03-09")) == ["03-09 cleared quick ann/s2"]
    assert tell(w, "03-20", row("Sale", "03-10", "s3", **{**sale, "seller": "max"})) == []


def test_two_occasions_of_one_day_need_two_reports() -> None:
    text = (
        "quick: sales_manager reports to board at once after Sale by seller with Report by author"
    )
    w = duty(text)
    sale = {"ship_to": "east", "account": "c-1", "seller": "ann"}
    entries = [report("03-01"), *(row("Sale", "03-01", id, **sale) for id in ("s1", "s2"))]
    assert tell(w, "03-03", *entries) == ["03-03 begun quick ann/s2"]


def test_a_report_that_was_for_an_older_occasion_is_not_taken_from_it() -> None:
    text = (
        "quick: sales_manager reports to board at once after Sale by seller with Report by author"
    )
    w = duty(text)
    sale = {"ship_to": "east", "account": "c-1", "seller": "ann"}
    assert tell(w, "03-07", row("Sale", "03-01", "s1", **sale)) == ["03-03 begun quick ann/s1"]
    assert tell(w, "03-08", report("03-08")) == ["03-08 cleared quick ann/s1"]
    assert tell(w, "03-09", row("Sale", "03-08", "s2", **sale)) == []
    assert tell(w, "03-10") == ["03-10 begun quick ann/s2"]


def test_a_late_report_takes_the_ground_away() -> None:
    w = monthly()
    assert tell(w, "04-06") == ["04-06 begun sales_manager.monthly ann/2026-03-01"]
    assert tell(w, "04-06", report("04-05")) == [
        "04-06 withdrawn sales_manager.monthly ann/2026-03-01"
    ]
    assert standing(w) == []


def test_without_evidence_nothing_is_said() -> None:
    assert tell(duty("sales_manager reports to board daily"), "12-31") == []


@pytest.mark.parametrize(
    ("frequency", "first", "missed"),
    [
        ("daily", "9999-12-01", 30),
        ("daily", "9999-12-31", 0),
        ("weekly by friday", "9999-12-01", 3),  # the 31st is a Friday
        ("weekly by friday", "9999-12-31", 0),
        ("monthly by day 5", "9999-12-31", 0),
        ("yearly by day 5", "9999-12-01", 0),
    ],
)
def test_the_calendar_may_end(frequency: str, first: str, missed: int) -> None:
    text = f"duty d: sales_manager reports to sales_director {frequency} with Report by author"
    w = watcher(text, people(ann=[held("sales_manager")]), since=day(first))
    assert len(tell(w, "9999-12-31")) == missed
