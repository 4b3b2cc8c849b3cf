"""Who has left: his late lines, his quota, his true-ups, and the overrides above him."""

from __future__ import annotations

from engine.commission.paying import pay, plan

SCALE = """marginal rates on credit against quota {over} {{ up to 100% -> 1%  over -> 2% }}
payable = earned rounded half up to 0.01
leavers keep 60 days"""


def scaled(quota: str, over: str = "") -> str:
    return plan(f"quota {quota}\nearned = {SCALE.format(over=over)}")


LEFT = "person position region from until\nann rep north 2026-01-01 2026-03-15"
"""her last day is 14 March: 14 of 31 days"""
SALE = "id date net seller\n1 2026-04-10 600 ann"


# --- the quota of a leaver -----------------------------------------------------------------


def test_a_quota_by_days_active_is_that_of_the_month_of_her_last_day() -> None:
    found = pay(scaled("310 by days active"), "2026-04", people=LEFT, sale=SALE)
    # 310 * 14 / 31 is 140: 140 at 1 %, 460 at 2 %
    assert found.amounts("ann", "2026-04", "quota", "due") == ["140.00", "10.60"]


def test_a_quarter_to_date_she_is_never_in_has_the_quota_of_her_last_quarter() -> None:
    text = scaled("100", "quarter to date")
    found = pay(text, "2026-04", people=LEFT, sale=SALE)
    # January to March make 300: 300 at 1 %, 300 at 2 %
    assert found.due("ann", "2026-04") == ["9.00"]
    by_days = pay(
        scaled("310 by days active", "quarter to date"), "2026-04", people=LEFT, sale=SALE
    )
    # 310 + 310 + 140 is 760: all of it at 1 %
    assert by_days.due("ann", "2026-04") == ["6.00"]


def test_a_quarter_in_which_she_was_active_for_a_month_is_as_it_was() -> None:
    people = "person position from until\nann rep 2026-01-01 2026-05-01"
    text, sale = scaled("100", "quarter to date"), "id date net seller\n1 2026-05-10 600 ann"
    # April alone: 100 at 1 %, 500 at 2 %
    assert pay(text, "2026-05", people=people, sale=sale).due("ann", "2026-05") == ["11.00"]


TARGETS = "person period amount\nann 2026-03 200"


def test_targets_are_those_of_her_last_month_unless_one_is_given() -> None:
    text = scaled("from targets")
    first = "\nann 2026-01 1\nann 2026-02 1"
    found = pay(text, "2026-04", people=LEFT, sale=SALE, targets=TARGETS + first)
    assert found.amounts("ann", "2026-04", "quota", "due") == ["200.00", "10.00"]
    given = TARGETS + first + "\nann 2026-04 400"
    found = pay(text, "2026-04", people=LEFT, sale=SALE, targets=given)
    assert found.amounts("ann", "2026-04", "quota", "due") == ["400.00", "8.00"]


def test_targets_by_days_active_are_by_those_of_her_last_month() -> None:
    targets = "person period amount\nann 2026-01 1\nann 2026-02 1\nann 2026-03 310\nann 2026-04 900"
    text = scaled("from targets by days active")
    found = pay(text, "2026-04", people=LEFT, sale=SALE, targets=targets)
    assert found.amounts("ann", "2026-04", "quota", "due") == ["140.00", "10.60"]


def test_a_leaver_without_any_target_is_at_fault() -> None:
    found = pay(scaled("from targets"), "2026-04", people=LEFT, sale=SALE)
    assert found.fault("ann", "2026-04") == (
        "`ann`, 2026-04: `targets` gives `ann` no quota for 2026-03"
    )


def test_a_plan_made_anew_each_year_knows_the_quota_of_who_left_before_it() -> None:
    people = "person position from until\nann rep 2025-01-01 2025-12-11"
    text = scaled("310 by days active").replace("pays rep", "pays rep\neffective from 2026-01-01")
    found = pay(text, "2026-01", people=people, sale="id date net seller\n1 2026-01-05 600 ann")
    # 10 of 31 days: 100 at 1 %, 500 at 2 %
    assert found.amounts("ann", "2026-01", "quota", "due") == ["100.00", "11.00"]


# --- true-up after leaving -----------------------------------------------------------------

WHOLE = plan(
    """quota 100
earned = whole rates on credit against quota quarter to date { up to 100% -> 1%  over -> 2% }
payable = earned rounded half up to 0.01
leavers keep 60 days"""
)
GONE = "person position from until\nann rep 2026-01-01 2026-01-21"


def test_who_has_left_is_trued_up_where_she_has_a_line() -> None:
    sale = "id date net seller\n1 2026-01-05 100 ann\n2 2026-03-10 50 ann"
    found = pay(WHOLE, "2026-03", people=GONE, sale=sale)
    # her quarter has the quota of January alone; March lifts all of it to 2 %
    assert found.due("ann", "2026-01", "2026-03") == ["1.00", "2.00"]
    assert not found.has("ann", "2026-02")
    kinds = [(x.kind, x.earned) for x in found.statement("ann", "2026-03").lines]
    assert kinds == [("sale", 1), ("true-up", 1)]


def test_who_has_left_is_not_trued_up_without_a_line() -> None:
    """The quota of the quarter is a tenth from March on, and she has a line no more."""
    text = WHOLE.replace("quota 100", "quota from targets").replace("keep 60", "keep 30")
    targets = "person period amount\nann 2026-01 100\nann 2026-02 100\nann 2026-03 100"
    sale = "id date net seller\n1 2026-01-05 100 ann\n2 2026-03-10 900 ann"
    found = pay(text, "2026-03", people=GONE, sale=sale, targets=targets)
    assert found.due("ann", "2026-01") == ["1.00"]
    assert not found.has("ann", "2026-03")
    assert found.reasons == ["`ann` is not in the plan on 2026-03-10"]


# --- overrides -----------------------------------------------------------------------------

OVERRIDE = """
commission above {
  pays manager
  period month
  on plan of direct reports
  payable = 10% of credit rounded half up to 0.01
}
"""
TEAM = """person position manager from until
ann rep mia 2026-01-01 2026-01-21
bob rep mia - -
mia manager - - -"""
RETURNED = plan(
    """payable = credit rounded half up to 0.01
reverse returned_on within 90 days of date at the rate paid
leavers keep 60 days"""
)


def test_late_lines_and_returns_of_a_leaver_move_no_override() -> None:
    sale = """id date net seller returned_on
1 2026-01-05 100 ann 2026-02-20
2 2026-02-05 300 ann -
3 2026-02-06 500 bob -"""
    found = pay(RETURNED + OVERRIDE, "2026-02", plans="above", people=TEAM, sale=sale)
    assert found.due("ann", "2026-01", "2026-02") == ["100.00", "200.00"]
    assert found.due("mia", "2026-01", "2026-02", plan="above") == ["10.00", "50.00"]
    assert [x.event for x in found.statement("mia", "2026-02", "above").lines] == ["bob"]


def test_the_month_a_report_leaves_in_still_counts() -> None:
    sale = "id date net seller\n1 2026-01-25 100 ann"
    found = pay(RETURNED + OVERRIDE, "2026-01", plans="above", people=TEAM, sale=sale)
    assert found.due("mia", "2026-01", plan="above") == ["10.00"]


def test_a_manager_who_left_before_the_end_is_paid_for_those_who_left_before_him() -> None:
    people = TEAM.replace("mia manager - - -", "mia manager - - 2026-01-25")
    sale = "id date net seller\n1 2026-01-10 100 ann\n2 2026-01-10 700 bob"
    found = pay(RETURNED + OVERRIDE, "2026-01", plans="above", people=people, sale=sale)
    assert found.due("mia", "2026-01", plan="above") == ["10.00"]
    assert [x.event for x in found.statement("mia", "2026-01", "above").lines] == ["ann"]
