"""Rows that stay as they are: each with an alert of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine.watch.following import day, on_customer, row, seen, standing, tell, watcher

UNPAID = "when an Invoice stays sum of Payment.amount < amount 10 days after due"


def invoice(on: str, id: str = "i", due: str | None = None, **more: Any) -> dict[str, Any]:
    last = (due and day(due)) or day(on)
    return row("Invoice", on, id, due=last.isoformat(), amount=more.pop("amount", 100), **more)


def paid(on: str, amount: int, id: str = "i") -> dict[str, Any]:
    return row("Payment", on, invoice=id, amount=amount)


def test_what_happens_on_the_last_day_is_still_in_time() -> None:
    w = on_customer(f"{UNPAID} notify board")
    assert tell(w, "03-11", invoice("03-01")) == []
    assert tell(w, "03-12") == ["03-12 begun c.1 c-1/i"]
    other = on_customer(f"{UNPAID} notify board")
    assert tell(other, "03-31", invoice("03-01"), paid("03-11", 100)) == []


def test_an_alert_of_a_row_ends_when_it_does_not_stay_so() -> None:
    w = on_customer(f"{UNPAID} notify board")
    assert tell(w, "03-12", invoice("03-01"), paid("03-05", 60)) == ["03-12 begun c.1 c-1/i"]
    assert tell(w, "03-14", paid("03-13", 39)) == []
    assert tell(w, "03-15", paid("03-15", 1)) == ["03-15 cleared c.1 c-1/i"]


def test_each_row_has_its_own() -> None:
    w = on_customer(f"{UNPAID} notify board")
    rows = [invoice("03-01", "a"), invoice("03-01", "b"), invoice("03-02", "c", customer="c-2")]
    assert tell(w, "03-20", *rows, paid("03-03", 100, "a")) == [
        "03-12 begun c.1 c-1/b",
        "03-13 begun c.1 c-2/c",
    ]
    assert [(a.subject, a.row) for a in w.alerts] == [("c-1", "b"), ("c-2", "c")]


def test_a_row_told_behind_its_days_is_asked_at_once() -> None:
    w = on_customer(f"{UNPAID} notify board")
    assert tell(w, "03-20", invoice("03-20", due="03-01")) == ["03-20 begun c.1 c-1/i"]


def test_months_go_to_the_same_day_or_the_last() -> None:
    w = on_customer("when an Invoice stays sum of Payment.amount < amount 1 month after due "
                    "notify board")  # fmt: skip
    tell(w, "2028-01-31", {**invoice("01-31"), "date": "2028-01-31", "due": "2028-01-31"})
    w.advance(day("2028-03-05"))
    assert [a.began for a in w.alerts] == [day("2028-03-01")]


def test_a_date_that_is_absent_never_comes() -> None:
    w = on_customer("when an Invoice stays amount over 5 2 days after paid_by notify board")
    assert tell(
        w, "2030-03-01", invoice("03-01", "a"), invoice("03-01", "b", paid_by="2026-03-02")
    ) == ["03-05 begun c.1 c-1/b"]


def test_the_other_side_of_and_is_asked_of_the_subject() -> None:
    w = on_customer(f"{UNPAID} and region = east notify board")
    assert tell(w, "03-20", invoice("03-01")) == []  # the region is not known
    assert tell(w, "03-21", seen("03-21", region="east")) == ["03-21 begun c.1 c-1/i"]
    assert tell(w, "03-22", seen("03-22", region="west")) == ["03-22 cleared c.1 c-1/i"]


def test_only_rows_that_are_meant_are_looked_at() -> None:
    w = on_customer("when an Invoice where (amount > 50) stays sum of Payment.amount < amount "
                    "10 days after due notify board")  # fmt: skip
    assert tell(w, "03-20", invoice("03-01", "a", amount=50), invoice("03-01", "b", amount=51)) == [
        "03-12 begun c.1 c-1/b"
    ]


def test_until_of_rows_is_asked_of_the_subject() -> None:
    w = on_customer(f"{UNPAID} notify board until region = west")
    assert tell(w, "03-20", invoice("03-01")) == ["03-12 begun c.1 c-1/i"]
    assert tell(w, "03-21", paid("03-21", 100)) == []
    assert tell(w, "03-22", seen("03-22", region="west")) == ["03-22 cleared c.1 c-1/i"]


def test_sums_of_rows_have_windows_too() -> None:
    w = on_customer("when an Invoice stays sum of Payment.amount within 5 days = 0 3 days after "
                    "due notify board")  # fmt: skip
    assert tell(w, "03-20", invoice("03-01"), paid("03-03", 1)) == ["03-08 begun c.1 c-1/i"]


def test_a_row_may_be_its_own_subject() -> None:
    w = watcher(f"watch i on Invoice {{ {UNPAID} notify board }}")
    assert tell(w, "03-20", invoice("03-01"), paid("03-15", 100)) == [
        "03-12 begun i.1 i/i",
        "03-15 cleared i.1 i/i",
    ]


def test_rows_may_belong_to_a_row() -> None:
    w = watcher("watch i on Invoice { when a Payment stays amount over 5 2 days after date "
                "notify board }")  # fmt: skip
    entries = [row("Payment", "03-01", "y", invoice="i", amount=6), invoice("03-02")]
    assert tell(w, "03-05", *entries) == ["03-04 begun i.1 i/y"]


def test_a_new_day_asks_only_who_has_something_to_say() -> None:
    w = on_customer(f"{UNPAID} notify board", "when 2 Return within 5 days notify board")
    tell(w, "03-01", *(invoice("03-01", f"i{n}", customer=f"c-{n}") for n in range(50)))
    asked = []
    for n in range(1, 30):
        before = w.asked
        w.advance(day("03-01") + timedelta(days=n))
        asked.append(w.asked - before)
    assert [n for n, count in enumerate(asked, 1) if count] == [11]
    assert asked[10] == 50
    assert len(standing(w)) == 50
