"""Counts, sums, windows and sequences: worked by hand from docs/watch.md."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.watch.following import HEAD, day, on_customer, row, seen, short, standing, tell, watcher
from remit_engine.watch.watcher import Watcher


def returns(*days: str, **fields: object) -> list[dict[str, object]]:
    return [row("Return", on, **fields) for on in days]


def test_so_many_rows_within_days_today_included() -> None:
    w = on_customer("when 3 Return by customer within 30 days notify board")
    assert tell(w, "03-30", *returns("03-01", "03-15", "03-30")) == ["03-30 begun c.1 c-1"]
    assert tell(w, "03-31") == ["03-31 cleared c.1 c-1"]  # the one of 1 March has left
    other = on_customer("when 3 Return by customer within 30 days notify board")
    assert tell(other, "04-30", *returns("03-01", "03-15", "03-31")) == []


@pytest.mark.parametrize(
    ("window", "days", "begun", "cleared"),
    [
        ("2 days", ("03-10", "03-11"), "03-11", "03-12"),
        ("1 month", ("01-31", "02-28"), "02-28", "03-01"),  # 28 February, then 28 March
        ("1 month", ("2028-01-31", "2028-02-29"), "2028-02-29", "2028-03-01"),
        ("2 months", ("2027-12-31", "2028-02-28"), "2028-02-28", "2028-03-01"),
        ("day", ("03-10", "03-10"), "03-10", "03-11"),
        ("week", ("03-09", "03-15"), "03-15", "03-16"),  # Monday and Sunday
        ("month", ("03-01", "03-31"), "03-31", "04-01"),
        ("quarter", ("01-01", "03-31"), "03-31", "04-01"),
        ("year", ("01-01", "12-31"), "12-31", "2027-01-01"),
    ],
)
def test_windows_of_every_unit(
    window: str, days: tuple[str, str], begun: str, cleared: str
) -> None:
    w = on_customer(f"when 2 Return within {window} notify board")
    w.tell(returns(*days), day(days[-1]))
    w.advance(day("2028-12-31"))
    (alert,) = w.alerts
    assert (alert.began, alert.cleared) == (day(begun), day(cleared))


def test_two_rows_in_two_calendar_periods_do_not_meet() -> None:
    w = on_customer("when 2 Return within month notify board")
    assert tell(w, "04-30", *returns("03-31", "04-01")) == []


def test_what_was_ever_counts_for_ever() -> None:
    w = on_customer("when 2 Return notify board")
    assert tell(w, "2031-01-01", *returns("03-01", "2030-03-01")) == [
        "03-01 begun c.1 c-1"
    ]  # told in 2030
    assert w.alerts[0].began == day("2030-03-01")


def test_a_sum_over_a_line_exactly() -> None:
    w = on_customer("when sum of Return.amount within month over 0.3 notify board")
    entries = [row("Return", "03-01", amount=a) for a in (Decimal("0.1"), Decimal("0.2"))]
    assert tell(w, "03-01", *entries) == []
    assert tell(w, "03-01", row("Return", "03-01", amount=Decimal("0.0001"))) == [
        "03-01 begun c.1 c-1"
    ]


def test_only_rows_that_are_meant_are_counted() -> None:
    w = on_customer('when count of Return where (product = "p" and amount > 5) >= 2 notify board')
    entries = [
        row("Return", "03-01", product="q", amount=9),
        row("Return", "03-01", product="p", amount=5),
        row("Return", "03-01", product="p", amount=6),
        row("Return", "03-01", customer="c-2", product="p", amount=6),
    ]
    assert tell(w, "03-01", *entries) == []
    assert tell(w, "03-02", row("Return", "03-02", product="p", amount=7)) == [
        "03-02 begun c.1 c-1"
    ]


def test_a_count_with_a_row_in_doubt_is_unknown_until_it_leaves() -> None:
    w = on_customer("when count of Return where (amount > 5) within 5 days = 0 notify board")
    assert tell(w, "03-01", seen("03-01", exposure=1)) == ["03-01 begun c.1 c-1"]
    assert tell(w, "03-02", row("Return", "03-02")) == []  # it may count: it does not clear
    assert tell(w, "03-03", row("Return", "03-03", amount=6)) == ["03-03 cleared c.1 c-1"]
    assert tell(w, "03-07") == []  # the one in doubt has left
    assert tell(w, "03-08") == ["03-08 begun c.1 c-1"]


@pytest.mark.parametrize(
    ("condition", "sure", "doubtful", "begun"),
    [
        ("count of Return where (amount > 5) >= 3", 3, 1, True),
        ("count of Return where (amount > 5) >= 3", 2, 1, False),
        ("count of Return where (amount > 5) < 3", 1, 1, True),
        ("not (count of Return where (amount > 5) < 3)", 3, 1, True),
        ("2 < count of Return where (amount > 5)", 3, 2, True),
        ("count of Return where (amount > 5) = 3", 3, 1, False),
        ("count of Return where (amount > 5) != 3", 4, 1, True),
        ("count of Return where (amount > 5) > 2 and count of Return where (amount > 5) >= 3",
         3, 1, True),
        ("count of Return where (amount > 5) + 1 >= 3", 3, 1, False),  # not by itself
        ("sum of Return.amount >= 18", 3, 1, False),  # it may be anything
        ("count of Return >= count of Return where (amount > 5)", 3, 1, True),
    ],
)  # fmt: skip
def test_what_is_so_either_way_is_known(
    condition: str, sure: int, doubtful: int, begun: bool
) -> None:
    w = on_customer(f"when {condition} and exposure > 0 notify board")
    rows = [row("Return", "03-01", amount=6) for _ in range(sure)]
    rows += [row("Return", "03-01") for _ in range(doubtful)]
    assert bool(tell(w, "03-01", *rows, seen("03-01", exposure=1))) is begun


@pytest.mark.parametrize(
    ("line", "begun"),
    [("over 9", True), ("over 10", False), ("under 17", True), ("under 16", False)],
)
def test_a_sum_lies_between_what_it_may_be(line: str, begun: bool) -> None:
    head = HEAD.replace("amount: money optional }", "amount: money  sort: text optional }")
    w = on_customer(
        f'when sum of Return.amount where (sort = "a") {line} and exposure > 0 notify board',
        head=head,
    )
    rows = [row("Return", "03-01", amount=amount, **more) for amount, more in
            ((10, {"sort": "a"}), (6, {}), (100, {"sort": "b"}))]  # fmt: skip
    assert bool(tell(w, "03-01", *rows, seen("03-01", exposure=1))) is begun


def test_conditions_on_rows_may_hang_on_the_day() -> None:
    w = on_customer("when count of Invoice where (due < as_of) = 1 notify board")
    assert tell(w, "03-10", row("Invoice", "03-01", due="2026-03-05", amount=1)) == [
        "03-06 begun c.1 c-1"
    ]
    assert tell(w, "03-12", row("Invoice", "03-10", due="2026-03-11", amount=1)) == [
        "03-12 cleared c.1 c-1"
    ]


# --- sequences -----------------------------------------------------------------------------------


def follows() -> Watcher:
    return on_customer("when Complaint followed by Return within 14 days notify board")


def test_one_followed_by_another() -> None:
    w = follows()
    entries = [row("Complaint", "03-01"), row("Return", "03-14")]
    assert tell(w, "03-14", *entries) == ["03-14 begun c.1 c-1"]
    assert tell(w, "03-15") == ["03-15 cleared c.1 c-1"]  # the complaint has left


def test_both_lie_within_the_span() -> None:
    assert tell(follows(), "03-15", row("Complaint", "03-01"), row("Return", "03-15")) == []


def test_the_order_of_the_log_decides_on_one_day() -> None:
    w = follows()
    assert tell(w, "03-01", row("Return", "03-01"), row("Complaint", "03-01")) == []
    assert tell(w, "03-01", row("Return", "03-01")) == ["03-01 begun c.1 c-1"]


def test_the_second_has_to_be_meant() -> None:
    w = on_customer(
        "when Complaint followed by Return where (amount > 5) within 14 days notify board"
    )
    assert tell(w, "03-02", row("Complaint", "03-01"), row("Return", "03-02", amount=5)) == []
    assert tell(w, "03-03", row("Return", "03-03")) == []  # unknown
    assert tell(w, "03-04", row("Return", "03-04", amount=6)) == ["03-04 begun c.1 c-1"]


def test_one_kind_may_follow_itself() -> None:
    w = on_customer("when Return followed by Return within 3 days notify board")
    assert tell(w, "03-01", row("Return", "03-01")) == []
    assert tell(w, "03-03", row("Return", "03-03")) == ["03-03 begun c.1 c-1"]
    assert tell(w, "03-04") == ["03-04 cleared c.1 c-1"]


# --- whom rows belong to -------------------------------------------------------------------------


def test_every_value_of_a_field_is_a_subject() -> None:
    w = watcher("watch p on Return by product { when 2 Return within 5 days notify board }")
    entries = [row("Return", "03-01", product=p, customer=c) for p, c in
               (("pump", "c-1"), ("valve", "c-1"), ("pump", "c-2"))]  # fmt: skip
    assert tell(w, "03-01", *entries) == ["03-01 begun p.1 pump"]


def test_a_record_may_be_the_key() -> None:
    w = watcher("watch p on Return by customer { when 2 Return within 5 days notify board }")
    assert tell(w, "03-02", *returns("03-01", "03-02")) == ["03-02 begun p.1 c-1"]


def test_every_row_is_a_subject() -> None:
    w = watcher("watch i on Invoice { when sum of Payment.amount over amount notify board }")
    entries = [
        row("Payment", "03-01", invoice="i-1", amount=6),  # before what it pays
        row("Invoice", "03-02", "i-1", due="2026-04-01", amount=10),
        row("Invoice", "03-02", "i-2", due="2026-04-01", amount=10),
        row("Payment", "03-03", invoice="i-1", amount=4),
    ]
    assert tell(w, "03-03", *entries) == []
    assert tell(w, "03-04", row("Payment", "03-04", invoice="i-1", amount=1)) == [
        "03-04 begun i.1 i-1"
    ]


def test_a_subject_is_asked_from_the_first_entry_that_names_it_on() -> None:
    w = on_customer("when count of Complaint within 5 days = 0 notify board",
                    "when 9 Return within 5 days notify board")  # fmt: skip
    assert tell(w, "03-09", row("Complaint", "03-01")) == ["03-06 begun c.1 c-1"]
    assert tell(w, "03-10", row("Return", "03-10", customer="c-2")) == ["03-10 begun c.1 c-2"]
    assert (
        tell(w, "03-11", row("Invoice", "03-11", customer="c-3", due="2026-04-01", amount=1)) == []
    )
    assert standing(w) == ["c.1 c-1 03-06..", "c.1 c-2 03-10.."]


def test_fields_that_are_called_as_what_is_computed() -> None:
    head = (
        "policy w { owner board  currency CNY }\nposition board\n"
        "record Customer { id: text  count: integer  sequence: boolean }\n"
        "event Return { id: text  date: date  customer: Customer }\n"
    )
    w = watcher(
        "watch c on Customer { when count over 3 and sequence and count of Return >= 1 "
        "notify board }",
        head=head,
    )
    seen_ = {"kind": "Customer", "id": "c", "entry": "o", "on": "2026-03-01"}
    told = w.tell(
        [
            {**seen_, "facts": {"count": 4, "sequence": True}},
            {"kind": "Return", "id": "r", "date": "2026-03-01", "customer": {"id": "c"}},
        ],
        day("03-01"),
    )
    assert short(told.happenings) == ["03-01 begun c.1 c"]
