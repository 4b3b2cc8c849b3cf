"""Section 3: the scale on credit, with numbers worked out by hand."""

from __future__ import annotations

import pytest

from engine.commission.paying import Paid, pay, plan

TIERS = "up to 1_000 -> 1%  up to 2_000 -> 2%  over -> 3%"


def scaled(kind: str, tiers: str, over: str = "", more: str = "") -> str:
    scale = f"earned = {kind} rates on credit {over} {{ {tiers.replace('  ', chr(10))} }}"
    return plan(f"{scale}\npayable = earned rounded half up to 0.01\n{more}")


def sales(*rows: str) -> str:
    """Rows `day net` of ann."""
    lines = [f"{i} 2026-{row.split()[0]} {row.split()[1]} ann" for i, row in enumerate(rows, 1)]
    return "\n".join(["id date net seller", *lines])


def one_month(text: str, *rows: str) -> str:
    return pay(text, "2026-01", sale=sales(*rows)).due("ann", "2026-01")[0]


@pytest.mark.parametrize(
    ("net", "marginal", "whole_up_to", "whole_under"),
    [
        ("999.99", "10.00", "10.00", "10.00"),  # 9.9999
        ("1000", "10.00", "10.00", "20.00"),
        ("1000.01", "10.00", "20.00", "20.00"),  # 10.0002; 20.0002
        ("2000", "30.00", "40.00", "60.00"),
        ("2500", "45.00", "75.00", "75.00"),
        ("-300", "-3.00", "-3.00", "-3.00"),  # the first rate holds below 0
    ],
)
def test_boundaries(net: str, marginal: str, whole_up_to: str, whole_under: str) -> None:
    under = TIERS.replace("up to", "under")
    assert one_month(scaled("marginal", TIERS), f"01-05 {net}") == marginal
    assert one_month(scaled("marginal", under), f"01-05 {net}") == marginal
    assert one_month(scaled("whole", TIERS), f"01-05 {net}") == whole_up_to
    assert one_month(scaled("whole", under), f"01-05 {net}") == whole_under


def test_a_negative_credit_goes_back_down_the_tiers() -> None:
    found = pay(scaled("marginal", TIERS), "2026-01", sale=sales("01-05 1500", "01-06 -700"))
    lines = found.statement("ann", "2026-01").lines
    # 1500: 10 + 10; -700: back over 500 at 2 % and 200 at 1 %
    assert [line.earned for line in lines] == [20, -12]
    assert [(p.tier, p.amount) for p in lines[1].parts] == [(0, -200), (1, -500)]


def test_quarter_to_date_over_three_months() -> None:
    found = pay(
        scaled("marginal", TIERS, "quarter to date"),
        "2026-04",
        sale=sales("01-10 900", "02-10 900", "03-10 900", "04-10 900"),
    )
    # 9; 100 at 1 % and 800 at 2 %; 200 at 2 % and 700 at 3 %; a quarter begins
    assert found.due("ann", "2026-01", "2026-02", "2026-03", "2026-04") == [
        "9.00", "17.00", "25.00", "9.00",
    ]  # fmt: skip


def test_year_to_date_goes_on_over_quarters() -> None:
    found = pay(
        scaled("marginal", TIERS, "year to date"), "2026-04", sale=sales("01-10 1900", "04-10 300")
    )
    assert found.due("ann", "2026-04") == ["8.00"]  # 100 at 2 %, 200 at 3 %


def test_whole_with_true_up() -> None:
    found = pay(
        scaled("whole", TIERS, "quarter to date"),
        "2026-03",
        sale=sales("01-10 800", "02-10 600", "03-10 700"),
    )
    # 800 at 1 %; 600 at 2 % and 800 gain 1 %; 700 at 3 % and 1400 gain 1 %
    assert found.due("ann", "2026-01", "2026-02", "2026-03") == ["8.00", "20.00", "35.00"]
    true_ups = [
        line.earned
        for month in "123"
        for line in found.statement("ann", f"2026-0{month}").lines
        if line.kind == "true-up"
    ]
    assert true_ups == [8, 14]


def test_whole_true_up_down_after_a_negative_month() -> None:
    found = pay(
        scaled("whole", TIERS, "quarter to date"), "2026-02", sale=sales("01-10 1500", "02-10 -600")
    )
    # January 1500 at 2 % = 30; to date 900 at 1 % = 9, so February takes 21 back
    assert found.due("ann", "2026-01", "2026-02") == ["30.00", "-21.00"]


INTERPOLATED = "under -> 0%  at 1_000 -> 1%  at 2_000 -> 3%  over -> 5%"


@pytest.mark.parametrize(
    ("net", "due"),
    [
        ("999.99", "0.00"),
        ("1000", "10.00"),
        ("1500", "30.00"),  # 2 %
        ("2000", "60.00"),
        ("2000.01", "100.00"),  # 5 % of 2000.01 is 100.0005
    ],
)
def test_interpolated_at_points_and_between(net: str, due: str) -> None:
    assert one_month(scaled("interpolated", INTERPOLATED), f"01-05 {net}") == due


def test_interpolated_to_date_trues_up() -> None:
    found = pay(
        scaled("interpolated", INTERPOLATED, "quarter to date"),
        "2026-02",
        sale=sales("01-10 1000", "02-10 500"),
    )
    assert found.due("ann", "2026-01", "2026-02") == ["10.00", "20.00"]  # 1500 at 2 % is 30


def test_per_line_begins_anew_with_each() -> None:
    rows = ("01-05 1500", "01-06 1500")
    assert one_month(scaled("marginal", TIERS, "per line"), *rows) == "40.00"
    assert one_month(scaled("whole", TIERS, "per line"), *rows) == "60.00"
    assert one_month(scaled("marginal", TIERS), *rows) == "60.00"


def test_per_field_takes_lines_of_one_value_together() -> None:
    table = """id date net seller key
        1 2026-01-05 900 ann a
        2 2026-01-06 900 ann b
        3 2026-01-07 900 ann a"""
    found = pay(scaled("marginal", TIERS, "per key"), "2026-01", sale=table)
    assert found.due("ann", "2026-01") == ["35.00"]  # a: 10 + 16; b: 9


def test_rates_are_those_of_the_day_of_the_line() -> None:
    tiers = "up to 1_000 -> rate  over -> 2 * rate"
    found = pay(scaled("marginal", tiers), "2026-01", sale=sales("01-15 500", "01-16 1000"))
    # 500 at 1 %; 500 at 2 % and 500 at 4 %
    assert found.due("ann", "2026-01") == ["35.00"]
    assert one_month(scaled("whole", tiers), "01-15 500", "01-16 1000") == "50.00"  # 2 %, 4 %


def test_per_line_points_are_those_of_the_day_of_the_line() -> None:
    points = "under -> rate  at 1_000 -> rate  over -> 2 * rate"
    rows = ("01-15 1000", "01-16 1000")
    assert one_month(scaled("interpolated", points, "per line"), *rows) == "30.00"  # 1 %, 2 %
    assert one_month(scaled("interpolated", points), *rows) == "80.00"  # both at 4 %, now


AGAINST = "against quota"
QUOTA = "quota from targets"
SHARES = "up to 80% -> 1%  up to 100% -> 2%  over -> 3%"


def against(over: str = "", quota: str = QUOTA) -> str:
    return scaled("marginal", SHARES, f"{AGAINST} {over}", quota)


def test_bounds_are_shares_of_the_quota() -> None:
    targets = "person period amount\nann 2026-01 1000"
    found = pay(against(), "2026-01", sale=sales("01-05 1200"), targets=targets)
    assert found.due("ann", "2026-01") == ["18.00"]  # 8 + 4 + 6


def test_to_date_the_quota_is_that_of_the_whole_quarter() -> None:
    targets = "person period amount\nann 2026-01 1000\nann 2026-02 2000\nann 2026-03 3000"
    found = pay(
        against("quarter to date"),
        "2026-02",
        sale=sales("01-05 4800", "02-05 1300"),
        targets=targets,
    )
    assert found.due("ann", "2026-01", "2026-02") == ["48.00", "27.00"]  # 1200 at 2 %, 100 at 3 %


def test_a_fault_in_the_first_month_of_a_quarter_lasts_to_its_end() -> None:
    targets = "person period amount\n" + "\n".join(f"ann 2026-0{m} 1000" for m in (2, 3, 4))
    found = pay(
        scaled("marginal", TIERS, "quarter to date", QUOTA),
        "2026-04",
        sale=sales("01-05 1500", "02-05 500", "04-05 500"),
        targets=targets,
    )
    assert "no quota for 2026-01" in found.fault("ann", "2026-01")
    assert "stands on the statement for 2026-01" in found.fault("ann", "2026-02")
    assert "stands on the statement for 2026-0" in found.fault("ann", "2026-03")
    assert found.due("ann", "2026-04") == ["5.00"]


def test_a_quota_counts_only_periods_in_the_plan() -> None:
    people = "person position from\nann rep 2026-02-01"
    found = pay(
        against("quarter to date", "quota 1_000"),
        "2026-02",
        people=people,
        sale="id date net seller\n1 2026-02-05 2000 ann",
    )
    assert found.due("ann", "2026-02") == ["24.00"]  # of 2000: 1600 at 1 %, 400 at 2 %


def test_by_days_active() -> None:
    people = "person position from\nann rep 2026-02-15"
    found = pay(
        against("", "quota 1_000 by days active"),
        "2026-02",
        people=people,
        sale="id date net seller\n1 2026-02-20 500 ann",
    )
    assert found.amounts("ann", "2026-02", "quota", "due") == [
        "500.00",
        "6.00",
    ]  # 14 of 28 days; 4 + 2


@pytest.mark.parametrize("quota", ["0", "0 - 5"])
def test_a_quota_that_is_not_above_0_is_a_fault(quota: str) -> None:
    found = pay(against("", f"quota {quota}"), "2026-01", sale=sales("01-05 100"))
    assert "not above 0" in found.fault("ann", "2026-01")


def test_no_quota_is_a_fault_of_that_statement_alone() -> None:
    people = "person position\nann rep\nbob rep"
    found = pay(
        against(),
        "2026-01",
        people=people,
        sale=sales("01-05 100"),
        targets="person period amount\nann 2026-01 1000",
    )
    assert found.due("ann", "2026-01") == ["1.00"]
    assert (
        found.fault("bob", "2026-01")
        == "`bob`, 2026-01: `targets` gives `bob` no quota for 2026-01"
    )


# --- returns that lower attainment ---------------------------------------------------------


def returned(rows: str, through: str, over: str = "", kind: str = "marginal") -> Paid:
    text = scaled(kind, TIERS, over, "reverse returned_on at the rate paid lowering attainment")
    return pay(text, through, sale="id date net seller returned_on\n" + rows)


def test_a_return_lowers_the_position_of_lines_after_it() -> None:
    found = returned(
        "1 2026-01-05 1000 ann 2026-01-10\n2 2026-01-10 500 ann -\n3 2026-01-11 600 ann -",
        "2026-01",
    )
    # 1: 10, taken back at what it had; 2: same day, before the return: 500 at 2 %;
    # 3: from 500: 500 at 1 %, 100 at 2 %
    assert [(x.event, x.kind, x.earned) for x in found.statement("ann", "2026-01").lines] == [
        ("1", "sale", 10), ("2", "sale", 10), ("1", "lowered", 0), ("3", "sale", 7),
    ]  # fmt: skip
    assert found.amounts("ann", "2026-01", "entitled", "reversed", "due") == [
        "27.00",
        "-10.00",
        "17.00",
    ]


def test_a_return_of_an_earlier_window_lowers_nothing() -> None:
    rows = "1 2026-01-05 1000 ann 2026-02-01\n2 2026-02-02 1000 ann -"
    assert returned(rows, "2026-02").due("ann", "2026-02") == ["0.00"]  # 10 - 10
    to_date = returned(rows, "2026-02", "quarter to date")
    assert to_date.due("ann", "2026-02") == ["0.00"]  # lowered to 0 first: 10, and 10 back
    later = returned(rows.replace("02-01", "02-03"), "2026-02", "quarter to date")
    assert later.due("ann", "2026-02") == ["10.00"]  # 1000 at 2 %, and 10 back


def test_a_whole_scale_is_decided_by_what_is_left() -> None:
    rows = "1 2026-01-05 1000 ann 2026-01-20\n2 2026-01-06 900 ann -"
    found = returned(rows, "2026-01", kind="whole")
    # 900 are left: 1 % on both lines, and that of the return is taken back
    assert found.amounts("ann", "2026-01", "entitled", "reversed") == ["19.00", "-10.00"]


# --- scales on another amount -------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "tiers", "due"),
    [
        ("marginal", TIERS, "30.00"),
        ("whole", TIERS, "40.00"),
        ("interpolated", INTERPOLATED, "60.00"),
    ],
)
def test_a_scale_on_a_step_takes_it_as_one_amount(kind: str, tiers: str, due: str) -> None:
    rows = tiers.replace("  ", "\n")
    text = plan(
        f"twice = 2 * credit\nearned = {kind} rates on twice {{ {rows} }}\n"
        "payable = earned rounded half up to 0.01"
    )
    assert one_month(text, "01-05 600", "01-06 400") == due
