"""What somebody had to report: the periods of the alerts, and those that have their report."""

from __future__ import annotations

from random import Random

from engine.watch.following import day, held, people, row, tell, watcher
from engine.watch.streams import house_and_stream
from remit_engine.watch.reports import State
from remit_engine.watch.watcher import Watcher

QUICK = (
    "duty quick: sales_manager reports to board at once after Sale by seller with Report by author"
)
MONTHLY = "duty monthly: sales_manager reports to board monthly by day 5 with Report by author"
SALE = {"ship_to": "east", "account": "c-1", "seller": "ann"}


def told(w: Watcher) -> list[tuple[str, str, str | None]]:
    return [(r.row, r.state.value, r.entry) for r in w.reports()]


def of(text: str) -> Watcher:
    return watcher(text, people(ann=[held("sales_manager")]), since=day("03-01"))


def test_a_month_is_due_overdue_and_reported_late() -> None:
    w = of(MONTHLY)
    tell(w, "04-05")
    assert told(w) == [("2026-03-01", "due", None), ("2026-04-01", "due", None)]
    tell(w, "04-06")
    assert told(w) == [("2026-03-01", "overdue", None), ("2026-04-01", "due", None)]
    tell(w, "04-07", row("Report", "04-07", "p1", author="ann"))
    assert told(w) == [("2026-03-01", "reported", "p1"), ("2026-04-01", "due", None)]
    (reported, _) = w.reports(person="ann", duty="w.monthly")
    assert (reported.on, reported.last) == (day("04-07"), day("04-05"))
    assert list(w.reports(person="max")) == list(w.reports(duty="w.other")) == []


def test_a_report_that_comes_late_is_there_as_if_it_had_been_in_time() -> None:
    w = of(MONTHLY)
    tell(w, "05-06", row("Report", "05-01", "p1", author="ann"))
    assert told(w)[:2] == [("2026-03-01", "overdue", None), ("2026-04-01", "reported", "p1")]
    tell(w, "05-06", row("Report", "04-02", "p2", author="ann"))
    assert told(w)[:2] == [("2026-03-01", "reported", "p2"), ("2026-04-01", "reported", "p1")]


def test_a_report_before_what_it_is_about_on_the_same_day() -> None:
    w = of(QUICK)
    tell(w, "03-02", row("Report", "03-02", "p1", author="ann"), row("Sale", "03-02", "s1", **SALE))
    assert told(w) == [("s1", "reported", None)]
    tell(w, "03-04", row("Sale", "03-03", "s2", **SALE))
    assert told(w)[1:] == [("s2", "due", None)]
    tell(w, "03-05")
    assert told(w)[1:] == [("s2", "overdue", None)]


def test_what_is_overdue_is_what_alerts_say() -> None:
    """On random streams, with late entries and reports that may count."""
    seen = 0
    for number in range(60):
        house, steps = house_and_stream(Random(number))
        w = Watcher(house.model.program, house.directory)
        for step in steps:
            w.tell([] if step.document is None else [step.document], step.today)
        open_ = {(a.watch, a.subject, a.row) for a in w.alerts if a.cleared is None}
        open_ = {one for one in open_ if one[2] is not None and one[0] in duties_of(w)}
        reports = list(w.reports())
        sure = {
            (r.duty.name, r.person, r.row)
            for r in reports
            if r.state is State.OVERDUE and not r.unsure and r.duty.event is not None
        }
        overdue = {(r.duty.name, r.person, r.row) for r in reports if r.state is State.OVERDUE}
        assert sure <= open_ <= overdue, house
        seen += len(sure)
    assert seen > 20


def duties_of(w: Watcher) -> set[str]:
    return {r.duty.name for r in w.reports()}
