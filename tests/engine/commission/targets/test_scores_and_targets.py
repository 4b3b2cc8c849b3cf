"""Scorecards and allocations as plans read them."""

from __future__ import annotations

from engine.commission.paying import pay, plan

CARD = """
scorecard appraisal {
  of rep
  period month
  item met { weight 60%  higher is better  target 100  floor 0%  cap 120% }
  item lost { weight 40%  lower is better  target 2  floor 0%  cap 100% }
  score rounded half up to 0.1%
}
"""
SALE = "id date net seller\n1 2026-01-05 1000 ann"


def test_a_score_is_a_factor() -> None:
    text = CARD + plan("payable = 10% of credit * appraisal rounded half up to 0.01")
    measures = "person period item value\nann 2026-01 met 110\nann 2026-01 lost 3"
    # 60 % of 110 % and 40 % of 50 %: 86 %
    assert pay(text, "2026-01", sale=SALE, measures=measures).due("ann", "2026-01") == ["86.00"]


def test_a_score_that_is_not_there_is_a_fault_of_the_statement() -> None:
    text = CARD + plan("payable = 10% of credit * appraisal rounded half up to 0.01")
    found = pay(
        text, "2026-01", sale=SALE, measures="person period item value\nann 2026-01 met 110"
    )
    assert found.fault("ann", "2026-01").startswith("`ann`, 2026-01: `appraisal` has no score: ")


ALLOCATION = """
allocation yearly {
  amount  12_000
  year    2026
  by month  weight 1
  by person of rep  weight payee.weight
  in steps of 100
  remainders to largest
}
"""


def test_a_quota_from_an_allocation() -> None:
    text = ALLOCATION + plan(
        "quota from yearly\nattainment = credit / quota\n"
        "payable = attainment * 100 CNY rounded half up to 0.01"
    )
    people = "person position weight\nann rep 4\nbob rep 1"
    found = pay(text, "2026-01", people=people, sale=SALE)
    assert found.amounts("ann", "2026-01", "quota", "due") == ["800.00", "125.00"]


def test_an_allocation_that_fails_is_a_fault_of_the_statements() -> None:
    text = ALLOCATION + plan("quota from yearly\npayable = quota rounded half up to 0.01")
    found = pay(text, "2026-01", people="person position weight\nann rep -1", sale=SALE)
    assert "`pay.yearly` gives no quotas" in found.fault("ann", "2026-01")
