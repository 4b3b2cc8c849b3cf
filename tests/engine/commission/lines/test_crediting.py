"""Sections 1 and 2: who is in a plan, which lines count, and who is credited what."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.commission.paying import Paid, pay, plan

TEN = "payable = 10% of credit rounded half up to 0.01"
SPLIT = """
commission plan {
  pays rep
  period month
  from Sale by date
  credit CREDIT split by credits HOW
  payable = credit rounded half up to 0.01
}
"""
THREE = "person position\nann rep\nbob rep\ncai rep"
THIRDS = "id person share\n1 ann 1/3\n1 bob 1/3\n1 cai 1/3"


def split(how: str, credits: str, net: str = "100", credit: str = "net") -> Paid:
    text = SPLIT.replace("HOW", how).replace("CREDIT", credit)
    sale = f"id date net\n1 2026-01-05 {net}"
    return pay(text, "2026-01", people=THREE, sale=sale, credits=credits)


def credits(found: Paid) -> list[Fraction | None]:
    return [found.statement(p, "2026-01").amounts["credit"] for p in ("ann", "bob", "cai")]


def test_exact_shares_of_a_third() -> None:
    assert credits(split("total 100%", THIRDS)) == [Fraction(100, 3)] * 3


def test_rounded_shares_are_differences_of_rounded_cumulatives() -> None:
    found = split("total 100%", THIRDS, credit="net rounded half up to 0.01")
    assert credits(found) == [Fraction("33.33"), Fraction("33.34"), Fraction("33.33")]


def test_a_share_of_one_who_is_not_in_the_plan_is_told_and_the_others_keep_theirs() -> None:
    people = "person position\nann rep\nbob trainee\ncai rep"
    text = SPLIT.replace("HOW", "total 100%").replace("CREDIT", "net rounded half up to 0.01")
    found = pay(
        text, "2026-01", people=people, sale="id date net\n1 2026-01-05 100", credits=THIRDS
    )
    assert [found.due(p, "2026-01")[0] for p in ("ann", "cai")] == ["33.33", "33.33"]
    (left,) = found.run.uncounted
    assert (left.reason, left.fault) == ("`bob` is not in the plan on 2026-01-05", False)
    assert found.run.sound


@pytest.mark.parametrize(
    ("shares", "made"),
    [("1 ann 1/2\n1 bob 1/4", "75%"), ("1 ann 1\n1 bob 1/100", "101%"), ("", "0%")],
)
def test_shares_that_are_no_whole_are_a_fault_of_the_event(shares: str, made: str) -> None:
    found = split("total 100%", "id person share\n" + shares)
    (wrong,) = found.run.uncounted
    assert wrong.fault
    assert wrong.reason == f"the shares of `1` make {made}, not 100%"
    assert credits(found) == [0, 0, 0]


def test_shares_may_overlap() -> None:
    found = split("may overlap", "id person share\n1 ann 1\n1 bob 1/2")
    assert credits(found) == [100, 50, 0]
    assert split("may overlap", "id person share").run.sound


def test_lines_stand_in_the_order_of_day_and_id() -> None:
    sale = "id date net seller\nb 2026-01-09 1 ann\nz 2026-01-02 1 ann\na 2026-01-09 1 ann"
    found = pay(plan(TEN), "2026-01", sale=sale)
    assert [line.event for line in found.statement("ann", "2026-01").lines] == ["z", "a", "b"]


def test_the_condition_chooses_events() -> None:
    text = plan(TEN).replace("by date", "by date when net > 0")
    sale = "id date net seller\n1 2026-01-05 100 ann\n2 2026-01-05 -100 ann"
    found = pay(text, "2026-01", sale=sale)
    assert found.due("ann", "2026-01") == ["10.00"]
    assert found.run.uncounted == ()


def test_a_condition_may_read_the_payee() -> None:
    text = plan(TEN).replace("by date", 'by date when payee.team = "a"')
    people = "person position team\nann rep a\nbob rep b\ncai rep -"
    sale = "\n".join(["id date net seller", *(f"{p} 2026-01-05 100 {p}" for p in ("ann", "bob"))])
    found = pay(text, "2026-01", people=people, sale=sale)
    assert [found.due(p, "2026-01")[0] for p in ("ann", "bob")] == ["10.00", "0.00"]
    assert found.run.uncounted == ()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("1 2026-01-05 - ann", "the credit needs `net`, which is not given"),
        ("1 2026-01-05 100 -", "the credit needs `seller`, which is not given"),
        ("1 2026-01-05 100 eve", "nobody with the id `eve` is known"),
    ],
)
def test_what_a_row_lacks_is_its_fault_alone(row: str, why: str) -> None:
    found = pay(plan(TEN), "2026-01", sale=f"id date net seller\n2 2026-01-05 50 ann\n{row}")
    (wrong,) = found.run.uncounted
    assert (wrong.event, wrong.place, wrong.fault) == ("1", "sale.csv:3", True)
    assert wrong.reason == why
    assert found.due("ann", "2026-01") == ["5.00"]
    assert not found.run.sound


def test_an_event_without_its_date_is_not_counted_yet() -> None:
    text = plan(TEN).replace("by date", "by collected_on")
    sale = "id date net seller collected_on\n1 2026-01-05 100 ann -\n2 2026-01-05 50 ann 2026-02-03"
    found = pay(text, "2026-02", sale=sale)
    assert found.due("ann", "2026-02") == ["5.00"]
    assert found.run.uncounted == ()


# --- owners ---------------------------------------------------------------------------------

OWNED = plan(TEN).replace("to seller", "to owner of key on signed_on")
OWNERS = """key person from until
acme ann - 2026-01-10
acme bob 2026-01-10 -
busy ann - -
busy bob 2026-01-20 -"""


def owned(*sales: str) -> Paid:
    sale = "\n".join(["id date net key signed_on", *sales])
    return pay(OWNED, "2026-01", people=THREE, sale=sale, owners=OWNERS)


def test_the_owner_of_the_day_is_credited_from_his_first_day_on() -> None:
    found = owned("1 2026-01-20 100 acme 2026-01-09", "2 2026-01-20 200 acme 2026-01-10")
    assert [found.due(p, "2026-01")[0] for p in ("ann", "bob")] == ["10.00", "20.00"]


@pytest.mark.parametrize(
    ("sale", "why"),
    [
        ("1 2026-01-20 100 lost 2026-01-09", "`lost` is owned by nobody on 2026-01-09"),
        ("1 2026-01-20 100 busy 2026-01-20", "`busy` is owned by `ann` and `bob` on 2026-01-20"),
        ("1 2026-01-20 100 acme -", "the credit needs `signed_on`, which is not given"),
        ("1 2026-01-20 100 - 2026-01-09", "the credit needs `key`, which is not given"),
    ],
)
def test_no_one_owner_is_a_fault(sale: str, why: str) -> None:
    assert owned(sale).reasons == [why]


# --- in the plan, and leaving it ------------------------------------------------------------

LEFT = (
    "person position region from until\nann rep north - 2026-01-21\nann trainee north 2026-01-21 -"
)
LEAVER_SALES = """id date net seller
1 2026-01-20 100 ann
2 2026-01-21 100 ann
3 2026-02-19 100 ann
4 2026-02-20 100 ann"""


def test_the_last_day_in_the_plan_counts_and_the_next_does_not() -> None:
    found = pay(plan(TEN), "2026-02", people=LEFT, sale=LEAVER_SALES)
    assert found.due("ann", "2026-01") == ["10.00"]
    assert not found.has("ann", "2026-02")
    assert [u.event for u in found.run.uncounted] == ["2", "3", "4"]
    assert found.run.sound


def test_leavers_keep_lines_for_some_days() -> None:
    found = pay(plan(TEN + "\nleavers keep 30 days"), "2026-02", people=LEFT, sale=LEAVER_SALES)
    # his last day is 20 January; 19 February is 30 days after it
    assert found.due("ann", "2026-01", "2026-02") == ["20.00", "10.00"]
    assert [u.event for u in found.run.uncounted] == ["4"]
    assert found.statement("ann", "2026-02").amounts["guarantee"] == 0


def test_the_payee_of_a_line_is_that_of_its_day_and_of_a_statement_that_of_its_last() -> None:
    people = "person position weight from until\nann rep 1 - 2026-01-10\nann rep 3 2026-01-10 -"
    by_line = plan("payable = credit rounded half up to 0.01").replace(
        "credit net to", "credit (net * payee.weight) to"
    )
    sale = "id date net seller\n1 2026-01-09 100 ann\n2 2026-01-10 100 ann"
    assert pay(by_line, "2026-01", people=people, sale=sale).due("ann", "2026-01") == ["400.00"]
    at_end = plan("payable = credit * payee.weight rounded half up to 0.01")
    assert pay(at_end, "2026-01", people=people, sale=sale).due("ann", "2026-01") == ["600.00"]


def test_a_step_needs_a_fact_that_is_not_given() -> None:
    people = "person position weight\nann rep -\nbob rep 1"
    text = plan("payable = credit * payee.weight rounded half up to 0.01")
    found = pay(text, "2026-01", people=people, sale="id date net seller\n1 2026-01-09 100 ann")
    assert found.fault("ann", "2026-01") == (
        "`ann`, 2026-01: the step `payable` needs `payee.weight`, which is not given"
    )
    assert found.due("bob", "2026-01") == ["0.00"]


# --- effective days, and dated rates --------------------------------------------------------


def test_an_effective_dated_plan_counts_the_days_between() -> None:
    text = plan("effective from 2026-01-10 until 2026-02-10\n" + TEN)
    days = ("2026-01-09", "2026-01-10", "2026-02-09", "2026-02-10")
    sale = "\n".join(["id date net seller", *(f"{d} {d} 100 ann" for d in days)])
    found = pay(text, "2026-04", sale=sale)
    assert found.due("ann", "2026-01", "2026-02") == ["10.00", "10.00"]
    assert not found.has("ann", "2026-03")  # the plan is not in force


def test_a_statement_has_the_rate_of_its_last_day() -> None:
    text = plan("payable = rate * credit rounded half up to 0.01")
    sale = "id date net seller\n1 2026-01-05 100 ann"
    assert pay(text, "2026-01", sale=sale).due("ann", "2026-01") == ["2.00"]
    left = "person position from until\nann rep - 2026-01-16"
    assert pay(text, "2026-01", people=left, sale=sale).due("ann", "2026-01") == ["1.00"]


def test_a_run_begins_with_its_first_event() -> None:
    found = pay(plan(TEN), "2026-03", sale="id date net seller\n1 2026-02-05 100 ann")
    assert [str(k[2]) for k in found.run.statements] == ["2026-02", "2026-03"]


def test_a_quarter_and_a_year_are_periods_too() -> None:
    sale = "id date net seller\n1 2026-01-05 100 ann\n2 2026-03-31 100 ann\n3 2026-04-01 100 ann"
    assert pay(plan(TEN, "quarter"), "2026-Q1", sale=sale).due("ann", "2026-Q1") == ["20.00"]
    assert pay(plan(TEN, "year"), "2026", sale=sale).due("ann", "2026") == ["30.00"]
