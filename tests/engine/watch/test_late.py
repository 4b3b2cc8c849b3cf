"""Late entries and restarts: the alerts are a function of the log and the day."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.watch.following import (
    HEAD,
    day,
    on_customer,
    row,
    seen,
    standing,
    tell,
    watcher,
)
from engine.watch.random_logs import FEWER, STAFF, entries, on, shuffled
from remit_engine.watch.watcher import ClockBackError, Watcher

EVERY_KIND = """
watch c on Customer {
  full: when exposure over credit_line notify board until exposure under 50% of credit_line
  odd: when count of Return within 5 days = 2 notify board
  sums: when sum of Return.amount where (product = "p") within week over 20 notify board
  follows: when Complaint followed by Return within 4 days notify board
  again: when Return followed by Return where (product = "q") within 6 days notify board
  quiet: when count of Complaint within 6 days = 0 and exposure over 10 notify board
  old: when an Invoice stays sum of Payment.amount < amount 3 days after due and region = east
    notify board
}
watch s on Sale { when seller holds sales_manager notify board }
watch p on Return by product { when 3 Return within 10 days notify board }
duty sales_manager reports to board weekly by friday with Report by author
duty quick: sales_manager reports to board at once after Sale by seller with Report by author
"""


def fresh() -> Watcher:
    return watcher(EVERY_KIND, STAFF, since=day("03-01"))


def test_a_late_entry_begins_what_it_would_have_begun() -> None:
    w = on_customer("when 3 Return within 30 days notify board")
    assert tell(w, "03-05", *(row("Return", f"03-0{n}", f"r{n}") for n in (1, 3, 5))) == [
        "03-05 begun c.1 c-1"
    ]
    assert tell(w, "03-06", row("Return", "03-02", "r2")) == [
        "03-05 withdrawn c.1 c-1",
        "03-05 begun late c.1 c-1 of 03-03",
    ]
    assert standing(w) == ["c.1 c-1 03-03.."]


def test_a_late_entry_takes_the_ground_away() -> None:
    w = on_customer("when an Invoice stays sum of Payment.amount < amount 10 days after due "
                    "notify board")  # fmt: skip
    invoice = row("Invoice", "03-01", "i", due="2026-03-01", amount=100)
    assert tell(w, "03-12", invoice) == ["03-12 begun c.1 c-1/i"]
    assert tell(w, "03-20", row("Payment", "03-12", "y1", invoice="i", amount=40)) == []
    assert tell(w, "03-20", row("Payment", "03-11", "y2", invoice="i", amount=50)) == []
    assert tell(w, "03-20", row("Payment", "03-11", "y3", invoice="i", amount=50)) == [
        "03-20 withdrawn c.1 c-1/i of 03-12"
    ]
    assert standing(w) == []


def test_a_late_entry_moves_the_day_of_clearing_or_takes_it_back() -> None:
    w = on_customer("when exposure over credit_line notify board")
    entries = [seen("03-01", exposure=6, credit_line=5), seen("03-10", exposure=4)]
    assert tell(w, "03-12", *entries) == ["03-01 begun c.1 c-1", "03-10 cleared c.1 c-1"]
    assert tell(w, "03-12", seen("03-08", exposure=5)) == ["03-12 cleared c.1 c-1 of 03-08"]
    assert tell(w, "03-12", seen("03-07", credit_line=4)) == ["03-12 cleared c.1 c-1 of 03-10"]
    assert tell(w, "03-12", seen("03-09", credit_line=3)) == ["03-12 reopened c.1 c-1 of 03-01"]
    assert standing(w) == ["c.1 c-1 03-01.."]


def test_what_began_and_ended_behind_today_is_said_both() -> None:
    w = on_customer("when exposure over credit_line notify board")
    assert tell(w, "03-12", seen("03-01", exposure=4, credit_line=5)) == []
    assert tell(w, "03-12", seen("03-05", exposure=4), seen("03-03", exposure=6)) == [
        "03-12 begun late c.1 c-1 of 03-03",
        "03-12 cleared c.1 c-1 of 03-05",
    ]


def test_an_entry_behind_the_clock_is_late_and_one_of_today_is_not() -> None:
    w = on_customer("when exposure over credit_line notify board")
    w.advance(day("03-05"))
    told = w.tell([seen("03-04"), seen("03-05"), seen("03-07"), seen("03-06")], day("03-08"))
    assert [(t.status, t.clock.day) for t in told.taken] == [
        ("late", 5), ("accepted", 5), ("accepted", 7), ("late", 7),
    ]  # fmt: skip
    assert w.today == day("03-08")


def test_the_clock_does_not_go_back() -> None:
    w = fresh()
    w.advance(day("03-05"))
    with pytest.raises(ClockBackError) as caught:
        w.tell([], day("03-04"))
    assert str(caught.value) == "the clock shows 2026-03-05 and does not go back to 2026-03-04"


def test_an_earlier_first_makes_a_sequence_that_ends_with_its_window() -> None:
    w = on_customer("when Return followed by Return within 10 days notify board",
                    since=day("03-01"))  # fmt: skip
    assert tell(w, "03-12", row("Return", "03-12")) == []
    assert tell(w, "03-12", row("Return", "03-04")) == ["03-12 begun c.1 c-1"]
    assert tell(w, "03-14") == ["03-14 cleared c.1 c-1"]


# --- work ----------------------------------------------------------------------------------------

UNPAID = "when an Invoice stays sum of Payment.amount < amount 10 days after due notify board"


def invoices(number: int) -> list[dict[str, Any]]:
    days = [f"03-{1 + n * 28 // number:02}" for n in range(number)]
    return [
        row("Invoice", on, f"i{n}", due=day(on).isoformat(), amount=10) for n, on in enumerate(days)
    ]


def test_a_late_payment_asks_its_invoice_and_no_other() -> None:
    w = on_customer(UNPAID)
    w.tell(invoices(500), day("05-01"))
    assert len(w.alerts) == 500
    before, told = w.asked, w.messages
    assert tell(w, "05-01", row("Payment", "03-12", invoice="i40", amount=10)) == [
        "05-01 withdrawn c.1 c-1/i40 of 03-14"
    ]
    assert w.asked - before < 10
    assert w.messages - told < 10


def test_what_is_late_for_a_rule_leaves_the_others_alone() -> None:
    w = on_customer(UNPAID, "when 3 Return within 5 days notify board")
    w.tell([*invoices(500), *(row("Return", f"03-{n:02}") for n in (5, 7, 20))], day("05-01"))
    told = w.messages
    assert tell(w, "05-01", row("Return", "03-06")) == [
        "05-01 begun late c.2 c-1 of 03-07",
        "05-01 cleared c.2 c-1 of 03-10",
    ]
    assert w.messages - told < 10


REMINDER = "event Reminder { id: text  date: date  invoice: Invoice  customer: Customer }\n"
REMINDED = """watch c on Customer {
  when an Invoice stays count of Reminder by invoice >= 1 1 days after date
    and 1 Reminder by customer
    notify board
}
"""


def test_what_follows_a_late_row_is_not_asked_of_the_other_rows_again() -> None:
    w = watcher(REMINDED, head=HEAD + REMINDER)
    bills = [row("Invoice", on, id, due="2026-03-02", amount=9)
             for on, id in (("03-01", "i1"), ("03-06", "i2"))]  # fmt: skip
    reminders = [row("Reminder", on, f"m{on}", invoice="i1", customer="c-1")
                 for on in ("03-04", "03-05", "03-09")]  # fmt: skip
    assert tell(w, "03-10", bills[0], *reminders) == ["03-04 begun c.1 c-1/i1"]
    assert tell(w, "03-10", bills[1]) == []
    assert standing(w) == ["c.1 c-1/i1 03-04.."]


# --- random logs ---------------------------------------------------------------------------------


def stripped(watcher: Watcher) -> list[Any]:
    return [replace(a, late=False) for a in watcher.alerts]


@FEWER
@given(seed=st.integers(0, 2**32))
def test_alerts_hang_on_the_log_and_the_day_alone(seed: int) -> None:
    rng = random.Random(seed)
    log = entries(rng, 25, rng.randint(3, 40))
    in_order, other, piecemeal = fresh(), fresh(), fresh()
    in_order.tell(sorted(log, key=on), day("03-28"))
    mixed = shuffled(rng, log)
    said = list(other.tell(mixed, day("03-28")).happenings)
    while mixed:
        part, mixed = mixed[:3], mixed[3:]
        today = max(on(e) for e in part)
        piecemeal.tell(part, max(day(today), piecemeal.today or day("03-01")))
    piecemeal.advance(day("03-28"))
    assert stripped(other) == stripped(in_order)
    assert stripped(piecemeal) == stripped(in_order)
    assert heard(said) == {a.id for a in other.alerts if a.cleared is None}


def heard(said: list[Any]) -> set[str]:
    """The open alerts as one knows them who only hears what happens."""
    open: dict[str, Any] = {}
    for happening in said:
        alert = happening.alert
        match happening.turn:
            case "begun" | "reopened":
                assert alert.id not in open
                open[alert.id] = alert
            case "cleared" | "withdrawn":
                open.pop(alert.id, None)
    return set(open)


@FEWER
@given(seed=st.integers(0, 2**32))
def test_a_watcher_is_built_again_from_its_log(seed: int) -> None:
    rng = random.Random(seed)
    log = shuffled(rng, entries(rng, 20, rng.randint(1, 25)))
    first = fresh()
    told = first.tell(log, day("03-25"))
    kept = [
        (entry, taken.clock)
        for entry, taken in zip(log, told.taken, strict=True)
        if taken.status in ("accepted", "late")
    ]
    again = fresh()
    again.rebuild(kept, day("03-25"))
    assert again.alerts == first.alerts
    more = [row("Return", "03-18", "x1"), row("Complaint", "03-26", "x2")]
    assert again.tell(more, day("03-29")) == first.tell(more, day("03-29"))
    assert again.alerts == first.alerts
