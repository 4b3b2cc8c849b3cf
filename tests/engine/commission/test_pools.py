"""Section 9: pools, to the last cent."""

from __future__ import annotations

import pytest

from engine.commission.paying import Paid, pay

POOL = """
commission plan {
  pays rep
  period month
  from Sale by date
  credit net
  pool 2‰ of credit rounded half up to 0.01
  share HOW
}
"""
PEOPLE = """person position weight team from until
ann rep 1 a - -
bob rep 1 a - -
cai rep 4 a - 2026-01-31
dai rep 3 b 2026-01-16 -"""
SALE = "id date net team\n1 2026-01-05 5000 a\n2 2026-01-06 20 b"


def pooled(how: str, sale: str = SALE, people: str = PEOPLE, through: str = "2026-01") -> Paid:
    if "remainders" not in how:
        how += "\n  remainders to largest"
    return pay(POOL.replace("HOW", how), through, people=people, sale=sale)


def dues(found: Paid, period: str = "2026-01") -> dict[str, str]:
    return {
        p: found.due(p, period)[0] for p in ("ann", "bob", "cai", "dai") if found.has(p, period)
    }


def test_equally_among_those_there_on_the_last_day() -> None:
    # 10.04 among three: 3.34666…; two cents are left, for ann and bob
    found = pooled("equally")
    assert dues(found) == {"ann": "3.35", "bob": "3.35", "dai": "3.34"}
    assert found.amounts("ann", "2026-01", "credit", "entitled", "net", "held") == [
        "5020.00", "3.35", "3.35", "0.00",
    ]  # fmt: skip


def test_remainders_in_order_are_differences_of_rounded_cumulatives() -> None:
    # 3.35 (3.3467); 6.69 (6.6933) - 3.35; 10.04 - 6.69
    found = pooled("equally\nremainders in order")
    assert dues(found) == {"ann": "3.35", "bob": "3.34", "dai": "3.35"}


def test_by_weight() -> None:
    # 10.04 by 1:1:3 is 2.008, 2.008, 6.024: two cents are left, to the largest fractions
    assert dues(pooled("by weight payee.weight")) == {"ann": "2.01", "bob": "2.01", "dai": "6.02"}


def test_by_days_active_whoever_was_there() -> None:
    # 31, 31, 30 and 16 of 108 days of 10.04: 2.8818…, 2.8818…, 2.7888…, 1.4874…
    found = pooled("by days active")
    assert dues(found) == {"ann": "2.88", "bob": "2.88", "cai": "2.79", "dai": "1.49"}


GROUPED = "equally\ngroup team = payee.team"


def test_a_group_shares_its_own_lines() -> None:
    found = pooled(GROUPED)
    assert dues(found) == {"ann": "5.00", "bob": "5.00", "dai": "0.04"}
    assert [line.event for line in found.statement("dai", "2026-01").lines] == ["2"]


def test_a_group_without_lines_has_nothing() -> None:
    assert dues(pooled(GROUPED, sale="id date net team\n1 2026-01-05 5000 a"))["dai"] == "0.00"


def test_a_negative_pool_is_shared_as_its_positive_counterpart() -> None:
    found = pooled("equally", sale="id date net team\n1 2026-01-05 -5020 a")
    assert dues(found) == {"ann": "-3.35", "bob": "-3.35", "dai": "-3.34"}


def test_money_without_members_is_a_fault() -> None:
    found = pooled(GROUPED, sale="id date net team\n1 2026-01-05 5000 c")
    (wrong,) = found.run.uncounted
    assert wrong.fault
    assert wrong.reason == "2026-01: the pool of `c` has 10.00 CNY and no members"
    assert dues(found) == {"ann": "0.00", "bob": "0.00", "dai": "0.00"}


@pytest.mark.parametrize(
    ("weight", "why"),
    [
        ("-1", "the weight of `bob` is below 0"),
        ("-", "the weight of `bob` needs `payee.weight`, which is not given"),
    ],
)
def test_a_weight_that_makes_no_sense_is_a_fault_of_the_whole_pool(weight: str, why: str) -> None:
    people = PEOPLE.replace("bob rep 1", f"bob rep {weight}")
    found = pooled("by weight payee.weight", people=people)
    assert found.fault("ann", "2026-01") == f"`ann`, 2026-01: {why}"
    assert found.fault("bob", "2026-01") == f"`bob`, 2026-01: {why}"


def test_weights_that_are_all_0_share_nothing_out() -> None:
    people = "person position weight\nann rep 0\nbob rep 0"
    found = pooled("by weight payee.weight", people=people)
    assert found.fault("ann", "2026-01") == "`ann`, 2026-01: all weights of the pool are 0"


def test_a_row_of_no_group_and_a_member_of_none_are_faults() -> None:
    found = pooled(GROUPED, sale="id date net team\n1 2026-01-05 5000 -")
    assert found.reasons == ["the pool needs `team`, which is not given"]
    people = PEOPLE.replace("bob rep 1 a", "bob rep 1 -")
    found = pooled(GROUPED, people=people)
    assert "needs `payee.team`" in found.fault("bob", "2026-01")
    assert found.due("ann", "2026-01") == ["10.00"]
