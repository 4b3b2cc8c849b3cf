"""Sections 4 to 7: floor and cap, shares, hold and reversal, guarantee and draw."""

from __future__ import annotations

import pytest

from engine.asking import loaded
from engine.commission.paying import HOUSE, Paid, dataset, pay, plan
from remit_engine.commission.seniority import since_always

TEN = "payable = 10% of credit rounded half up to 0.01"
FROM = "person position from\nann rep 2026-01-01"
MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06")


def monthly(items: str, *nets: str, people: str = "person position\nann rep") -> Paid:
    """One sale of ann on the fifth of each month from January on."""
    rows = [f"{i} 2026-{i:02}-05 {net} ann" for i, net in enumerate(nets, 1)]
    sale = "\n".join(["id date net seller", *rows])
    return pay(plan(f"{TEN}\n{items}"), MONTHS[len(nets) - 1], people=people, sale=sale)


def over(found: Paid, name: str, count: int) -> list[str]:
    return [found.amounts("ann", m, name)[0] for m in MONTHS[:count]]


# --- floor and cap -------------------------------------------------------------------------


def test_floor_and_cap_of_a_period() -> None:
    found = monthly("floor 5\ncap 20", "10", "100", "500")
    assert over(found, "entitled", 3) == ["5.00", "10.00", "20.00"]
    assert over(found, "payable", 3) == ["1.00", "10.00", "50.00"]


def test_a_cap_per_year_leaves_what_is_left() -> None:
    found = monthly("cap 100 per year", "400", "-200", "700", "500", "100")
    # 40; -20; 70, and 90 are given; 10 of 50 are left; nothing
    assert over(found, "due", 5) == ["40.00", "-20.00", "70.00", "10.00", "0.00"]


def test_a_cap_per_quarter_begins_anew() -> None:
    found = monthly("cap 60 per quarter", "500", "500", "500", "500")
    assert over(found, "due", 4) == ["50.00", "10.00", "0.00", "50.00"]


# --- hold ----------------------------------------------------------------------------------

HELD = """id date net seller collected_on
1 2026-01-05 100 ann 2026-01-31
2 2026-01-06 200 ann 2026-02-01
3 2026-01-07 400 ann -"""


def test_hold_until_a_date() -> None:
    found = pay(plan(TEN + "\nhold until collected_on"), "2026-02", sale=HELD)
    assert found.amounts("ann", "2026-01", "entitled", "held", "due") == [
        "70.00",
        "-60.00",
        "10.00",
    ]
    assert found.amounts("ann", "2026-02", "entitled", "held", "due") == ["0.00", "20.00", "20.00"]
    (released,) = found.statement("ann", "2026-02").movements
    assert (released.event, released.kind, str(released.counted)) == ("2", "released", "2026-01")
    assert str(released.day) == "2026-02-01"


def paid(hold: str, payments: str, through: str = "2026-03") -> list[str]:
    sale = "id date net seller\n1 2026-01-05 100 ann"
    found = pay(plan(f"{TEN}\n{hold}"), through, sale=sale, payment=payments)
    return [found.due("ann", m)[0] for m in MONTHS[: int(through[-1])]]


PAYMENTS = """id sale date amount
a 1 2026-01-20 33.33
b 1 2026-02-20 33.33
c 1 2026-03-20 33.34"""


def test_hold_until_payments_cover_the_amount() -> None:
    hold = "hold until Payment.amount by date covers net"
    assert paid(hold, PAYMENTS) == ["0.00", "0.00", "10.00"]
    assert paid(hold, PAYMENTS.replace("33.34", "33.33")) == ["0.00", "0.00", "0.00"]
    bounced = PAYMENTS.replace("a 1 2026-01-20 33.33", "a 1 2026-01-20 100").replace("33.34", "-80")
    assert paid(hold, bounced) == ["10.00", "0.00", "-10.00"]


def test_hold_pro_rata_to_payments() -> None:
    hold = "hold pro rata to Payment.amount by date against net"
    # 3.333, 6.666, 10 rounded: 3.33, 6.67, 10
    assert paid(hold, PAYMENTS) == ["3.33", "3.34", "3.33"]
    assert paid(hold, PAYMENTS.replace("33.34", "90")) == ["3.33", "3.34", "3.33"]
    assert paid(hold, PAYMENTS.replace("33.34", "-90")) == ["3.33", "3.34", "-6.67"]


def test_a_payment_before_its_sale_counts_from_the_sale_on() -> None:
    sale = "id date net seller\n0 2026-01-01 10 ann\n1 2026-02-05 100 ann"
    payment = "id sale date amount\na 1 2026-01-20 40\nb 1 2026-03-01 60"
    hold = "hold pro rata to Payment.amount by date against net"
    found = pay(plan(f"{TEN}\n{hold}"), "2026-03", sale=sale, payment=payment)
    assert found.due("ann", "2026-01", "2026-02", "2026-03") == ["0.00", "4.00", "6.00"]


def test_an_amount_that_is_not_above_0_holds_nothing() -> None:
    sale = "id date net seller\n1 2026-01-05 -100 ann"
    for hold in (
        "until Payment.amount by date covers net",
        "pro rata to Payment.amount by date against net",
    ):
        found = pay(plan(f"{TEN}\nhold {hold}"), "2026-01", sale=sale)
        assert found.due("ann", "2026-01") == ["-10.00"]


def test_entitled_is_shared_by_what_lines_earned() -> None:
    items = """earned = marginal rates on credit {
      up to 100 -> 10%
      over -> 20%
    }
    payable = 1.5 * earned rounded half up to 0.01
    hold until collected_on"""
    sale = "id date net seller\n1 2026-01-05 100 ann\n2 2026-01-06 100 ann"
    lines = pay(plan(items), "2026-01", sale=sale).statement("ann", "2026-01").lines
    assert [line.share for line in lines] == [15, 30]


def test_shares_of_a_capped_amount_sum_to_it_to_the_cent() -> None:
    sale = "\n".join(["id date net seller", *(f"{i} 2026-01-05 50 ann" for i in "123")])
    found = pay(plan(f"{TEN}\ncap 10\nhold until collected_on"), "2026-01", sale=sale)
    shares = [str(float(line.share or 0)) for line in found.statement("ann", "2026-01").lines]
    assert shares == ["3.33", "3.34", "3.33"]


def test_where_weights_cancel_nothing_is_held() -> None:
    sale = "id date net seller\n1 2026-01-05 50 ann\n2 2026-01-06 -50 ann"
    found = pay(plan(f"{TEN}\nfloor 7\nhold until collected_on"), "2026-01", sale=sale)
    assert found.amounts("ann", "2026-01", "entitled", "held", "due") == ["7.00", "0.00", "7.00"]


# --- reversal ------------------------------------------------------------------------------


def sold(reverse: str, day: str, through: str = "2026-05") -> list[str]:
    """A sale of 5 January for 100 with a date (of return or collection), month by month."""
    sale = f"id date net seller returned_on collected_on\n1 2026-01-05 100 ann {day} {day}"
    found = pay(plan(f"{TEN}\n{reverse}"), through, sale=sale)
    return [found.due("ann", m)[0] for m in MONTHS[: int(through[-1])]]


RETURNED = "reverse returned_on within 90 days of date at the rate paid"


def test_a_return_reverses_up_to_the_last_day_of_its_window() -> None:
    # 5 April is 90 days after 5 January
    assert sold(RETURNED, "2026-04-05") == ["10.00", "0.00", "0.00", "-10.00", "0.00"]
    assert sold(RETURNED, "2026-04-06") == ["10.00", "0.00", "0.00", "0.00", "0.00"]
    assert sold(RETURNED, "2026-01-31")[:2] == ["0.00", "0.00"]
    without = "reverse returned_on at the rate paid"
    assert sold(without, "2026-05-31")[4] == "-10.00"


def refunded(reverse: str, refunds: str, more: str = "") -> Paid:
    sale = "id date net seller collected_on\n1 2026-01-05 100 ann 2026-03-01"
    text = plan(f"{TEN}\n{reverse} at the rate paid\n{more}")
    return pay(text, "2026-04", sale=sale, refund="id sale date amount\n" + refunds)


REFUND = "reverse Refund.amount by date against net"


def test_refunds_reverse_in_proportion() -> None:
    found = refunded(REFUND, "a 1 2026-02-05 33.33\nb 1 2026-03-05 90")
    # 10 * (1 - 0.3333) = 6.667 is 6.67; then nothing is left
    assert over(found, "due", 4) == ["10.00", "-3.33", "-6.67", "0.00"]
    assert [m.kind for m in found.statement("ann", "2026-02").movements] == ["reversed"]


def test_refunds_outside_the_window_do_not_count() -> None:
    found = refunded(f"{REFUND} within 31 days of date", "a 1 2026-02-05 20\nb 1 2026-02-06 50")
    assert over(found, "due", 3) == ["10.00", "-2.00", "0.00"]


def test_a_refund_taken_back_restores() -> None:
    found = refunded(REFUND, "a 1 2026-02-05 50\nb 1 2026-03-05 -50")
    assert over(found, "due", 3) == ["10.00", "-5.00", "5.00"]
    assert [m.kind for m in found.statement("ann", "2026-03").movements] == ["restored"]


def test_what_is_returned_before_it_was_collected_was_never_paid() -> None:
    found = refunded(REFUND, "a 1 2026-02-05 100", "hold until collected_on")
    # January: held. February: returned, and nothing was paid. March: released and reversed.
    assert over(found, "due", 4) == ["0.00", "0.00", "0.00", "0.00"]
    assert found.amounts("ann", "2026-03", "held", "reversed") == ["10.00", "-10.00"]
    assert found.amounts("ann", "2026-02", "held", "reversed") == ["0.00", "0.00"]


def test_part_returned_before_it_was_collected() -> None:
    found = refunded(REFUND, "a 1 2026-02-05 30", "hold until collected_on")
    assert over(found, "due", 4) == ["0.00", "0.00", "7.00", "0.00"]


def test_absent_then_given() -> None:
    unpaid = "reverse without collected_on 60 days after date at the rate paid"
    # 6 March is 60 days after 5 January
    assert sold(unpaid, "2026-05-10") == ["10.00", "0.00", "-10.00", "0.00", "10.00"]
    assert sold(unpaid, "-") == ["10.00", "0.00", "-10.00", "0.00", "0.00"]
    assert sold(unpaid, "2026-03-06") == ["10.00", "0.00", "0.00", "0.00", "0.00"]
    assert sold(unpaid, "2026-03-07") == ["10.00", "0.00", "0.00", "0.00", "0.00"]  # same period


def test_of_several_reversals_the_largest_holds() -> None:
    two = f"{REFUND} at the rate paid\nreverse returned_on"
    sale = "id date net seller returned_on\n1 2026-01-05 100 ann 2026-03-01"
    refund = "id sale date amount\na 1 2026-02-05 40\nb 1 2026-04-05 40"
    text = plan(f"{TEN}\n{two} at the rate paid")
    found = pay(text, "2026-04", sale=sale, refund=refund)
    assert over(found, "due", 4) == ["10.00", "-4.00", "-6.00", "0.00"]


def test_lines_of_a_leaver_still_move() -> None:
    people = "person position from until\nann rep - 2026-02-01"
    sale = "id date net seller collected_on\n1 2026-01-05 100 ann 2026-03-09"
    found = pay(plan(f"{TEN}\nhold until collected_on"), "2026-04", people=people, sale=sale)
    assert found.due("ann", "2026-01", "2026-03") == ["0.00", "10.00"]
    assert not found.has("ann", "2026-02")
    assert not found.has("ann", "2026-04")


# --- guarantee and draw --------------------------------------------------------------------


def test_a_guarantee_in_its_months() -> None:
    people = "person position from\nann rep 2025-12-31"
    found = monthly("guarantee 30 until month 3", "100", "400", "100", people=people)
    # December was month 1, so February is the last
    assert over(found, "due", 3) == ["30.00", "40.00", "10.00"]
    assert over(found, "guarantee", 3) == ["20.00", "0.00", "0.00"]


def test_a_draw_is_recovered_from_what_is_above_it() -> None:
    people = "person position from\nann rep 2026-01-10"
    text = "draw 50 recoverable from month 3 until month 4"
    found = monthly(text, "0", "200", "700", "600", "100", "1000", people=people)
    # advance 50, 30; month 3: 70 is 20 above; month 4: 60 is 10 above; then without a draw
    assert over(found, "advance", 6) == ["50.00", "30.00", "0.00", "0.00", "0.00", "0.00"]
    assert over(found, "recovered", 6) == ["0.00", "0.00", "20.00", "10.00", "10.00", "40.00"]
    assert over(found, "balance", 6) == ["50.00", "80.00", "60.00", "50.00", "40.00", "0.00"]
    assert over(found, "due", 6) == ["50.00", "50.00", "50.00", "50.00", "0.00", "60.00"]


def test_a_draw_is_recovered_at_most() -> None:
    people = "person position from\nann rep 2026-01-01"
    text = "draw 50 recoverable until month 1 at most 15"
    found = monthly(text, "0", "200", "300", "400", "500", people=people)
    assert over(found, "recovered", 5) == ["0.00", "15.00", "15.00", "15.00", "5.00"]
    assert over(found, "due", 5) == ["50.00", "5.00", "15.00", "25.00", "45.00"]


def test_what_is_below_zero_after_the_draw_is_owed() -> None:
    people = "person position from\nann rep 2026-01-01"
    found = monthly("draw 50 recoverable until month 1", "0", "-200", "100", people=people)
    assert over(found, "due", 3) == ["50.00", "-20.00", "0.00"]
    assert over(found, "balance", 3) == ["50.00", "50.00", "40.00"]


def test_a_draw_that_is_not_recoverable() -> None:
    people = "person position from\nann rep 2026-01-01"
    found = monthly("draw 50 not recoverable until month 2", "100", "700", "100", people=people)
    assert over(found, "due", 3) == ["50.00", "70.00", "10.00"]
    assert over(found, "balance", 3) == ["0.00", "0.00", "0.00"]


def test_months_of_quarters_are_those_of_their_first_month() -> None:
    people = "person position from\nann rep 2026-02-10"
    text = plan(TEN + "\nguarantee 100 until month 3", "quarter")
    sale = "id date net seller\n1 2026-02-20 10 ann"
    found = pay(text, "2026-Q3", people=people, sale=sale)
    # Q1 has 1, Q2 begins with month 3 (April), Q3 with 6
    assert found.due("ann", "2026-Q1", "2026-Q2", "2026-Q3") == ["100.00", "100.00", "0.00"]


# --- faults go on to what stands on them ---------------------------------------------------


@pytest.mark.parametrize(
    ("item", "later"),
    [
        ("draw 50 recoverable", [True, True, True]),
        ("cap 500 per quarter", [True, True, False]),
        ("floor 1", [False, False, False]),
    ],
)
def test_a_fault_is_passed_on_only_where_something_stands_on_it(
    item: str, later: list[bool]
) -> None:
    people = """person position weight from until
ann rep - - 2026-02-01
ann rep 1 2026-02-01 -"""
    text = plan(f"payable = payee.weight * credit rounded half up to 0.01\n{item}")
    sale = "\n".join(["id date net seller", *(f"{m} 2026-0{m}-05 100 ann" for m in "1234")])
    found = pay(text, "2026-04", people=people, sale=sale)
    assert "needs `payee.weight`" in found.fault("ann", "2026-01")
    assert [found.statement("ann", m).fault is not None for m in MONTHS[1:4]] == later


def test_a_line_of_a_faulty_statement_may_not_move_unseen() -> None:
    people = """person position weight from until
ann rep - - 2026-02-01
ann rep 1 2026-02-01 -"""
    text = plan("payable = payee.weight * credit rounded half up to 0.01\nhold until collected_on")
    sale = "id date net seller collected_on\n1 2026-01-05 100 ann 2026-03-05"
    found = pay(text, "2026-04", people=people, sale=sale)
    assert found.due("ann", "2026-02", "2026-04") == ["0.00", "0.00"]
    assert found.fault("ann", "2026-03") == (
        "`ann`, 2026-03: `1` moves, whose statement for 2026-01 is at fault"
    )


# --- below zero, and without a first day ---------------------------------------------------


def test_a_guarantee_fills_up_a_net_below_zero() -> None:
    found = monthly("guarantee 30", "-50", "1000", people=FROM)
    # -5 and 35; 100, and nothing more
    assert over(found, "guarantee", 2) == ["35.00", "0.00"]
    assert over(found, "due", 2) == ["30.00", "100.00"]


def test_a_draw_advances_what_a_net_below_zero_lacks() -> None:
    found = monthly("draw 30 recoverable until month 1", "-50", "200", "900", people=FROM)
    assert over(found, "advance", 3) == ["35.00", "0.00", "0.00"]
    assert over(found, "recovered", 3) == ["0.00", "20.00", "15.00"]
    assert over(found, "due", 3) == ["30.00", "0.00", "75.00"]


def test_a_draw_that_is_not_recoverable_bears_a_net_below_zero() -> None:
    found = monthly("draw 30 not recoverable", "-50", "900", people=FROM)
    assert over(found, "due", 2) == ["30.00", "90.00"]
    assert over(found, "balance", 2) == ["0.00", "0.00"]


def test_nothing_is_recovered_from_a_net_below_zero() -> None:
    found = monthly("draw 30 recoverable until month 1", "0", "-50", "900", people=FROM)
    assert over(found, "recovered", 3) == ["0.00", "0.00", "30.00"]
    assert over(found, "due", 3) == ["30.00", "-5.00", "60.00"]


def test_a_position_held_since_always_is_past_every_month() -> None:
    since = monthly("guarantee 30 until month 6", "10")
    assert over(since, "guarantee", 1) == ["0.00"]
    assert over(monthly("guarantee 30 until month 6", "10", people=FROM), "guarantee", 1) == [
        "29.00"
    ]


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ("guarantee 30 until month 6", ("ann", "bob")),
        ("draw 30 recoverable until month 6", ("ann", "bob")),
        ("cap if months_in_plan > 3 then 5 else 9", ("ann", "bob")),
        ("guarantee 30", ()),
        ("draw 30 recoverable from month 2", ()),
    ],
)
def test_who_holds_a_position_since_always_is_told_where_months_count(
    items: str, told: tuple[str, ...]
) -> None:
    program = loaded(HOUSE + plan(f"{TEN}\n{items}"))
    people = "person position from\nbob rep -\nann rep -\ncid rep 2026-01-01\nmia manager -"
    found = since_always(program.plans["pay.plan"], dataset(program, people).people)
    assert found == told
