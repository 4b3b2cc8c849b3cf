"""Catala's threshold rules as Remit policies, and the facts of its semantics."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engine.asking import House
from remit_dsl.diagnostics import Diagnostic, errors
from remit_dsl.loader import load_texts

CASES = json.loads((Path(__file__).parent / "data" / "catala.json").read_text("utf-8"))["cases"]
DAY = date(2026, 3, 1)

GAMING = """
policy gaming "Community gaming" { currency AUD }
enum Organisation { Charitable NonProfit ProfitOrg PublicObject }

action art_union { gross_proceeds money  organisation Organisation  proceeds_to_benefit money
  total_prizes money  largest_money_prize money  holds_authority boolean }
authority art_union {
  anyone may approve when proceeds_to_benefit >= 30% of gross_proceeds
    and organisation in (Charitable, NonProfit, PublicObject) and holds_authority
  nobody may approve when total_prizes <= 30_000         because "the prizes do not exceed $30,000"
  nobody may approve when largest_money_prize > 30_000   because "a money prize exceeds $30,000"
}

action charity_housie { gross_proceeds money  organisation Organisation  proceeds_to_benefit money
  total_prizes money  expenses money  tickets_each integer }
authority charity_housie {
  anyone may approve when organisation = Charitable
  nobody may approve when proceeds_to_benefit < 12.5% of gross_proceeds
  nobody may approve when expenses > 12.5% of gross_proceeds
  nobody may approve when total_prizes > min(10_000, 75% of gross_proceeds)
  nobody may approve when tickets_each > 48
}

action club_bingo { registered_club boolean  prizes_per_game money  bonus_prize_offered boolean
  bonus_prize money  money_in_prizes boolean  limit on prizes_per_game }
authority club_bingo {
  anyone may approve up to 70 when registered_club and not money_in_prizes
  nobody may approve when bonus_prize_offered and bonus_prize > 70
}

action draw_lottery { gross_proceeds money  organisation Organisation  proceeds_to_benefit money
  total_prizes money  limit on total_prizes }
authority draw_lottery {
  anyone may approve up to 30_000 when organisation in (Charitable, NonProfit)
  nobody may approve when proceeds_to_benefit < 40% of gross_proceeds
}

action no_draw_lottery { gross_proceeds money  organisation Organisation  proceeds_to_benefit money
  total_prizes money  tickets integer  limit on total_prizes }
authority no_draw_lottery {
  anyone may approve up to 5_000 when organisation in (Charitable, NonProfit) and tickets <= 3_000
  nobody may approve when proceeds_to_benefit < 40% of gross_proceeds
}

action progressive_lottery { largest_money_prize money  total_prizes money  holds_authority boolean
  limit on largest_money_prize }
authority progressive_lottery {
  anyone may approve up to 7_000 when total_prizes <= 30_000 or holds_authority
}
position clerk
"""
DISCOUNT = """
policy tax "Employee discounts" { currency USD }
enum Kind { Property Services }
action benefit { kind Kind  customer_price money  employee_price money
  aggregate_cost money optional }
define discount: money = customer_price - employee_price
define gross_profit_percentage: percent = (customer_price - aggregate_cost) / customer_price
define largest_allowed_discount: money = min(discount,
  if kind = Services then 20% of customer_price else gross_profit_percentage * customer_price)
"""


@pytest.fixture(scope="module")
def gaming() -> House:
    return House(GAMING)


@pytest.mark.parametrize(
    "case",
    [c for c in CASES if c["rule"] != "employee_discount"],
    ids=lambda c: f"{c['rule']} {c['case']}",
)
def test_community_gaming(gaming: House, case: dict[str, Any]) -> None:
    facts = {"money_in_prizes": case["facts"].get("money_in_prizes"), **case["facts"]}
    found = gaming.outcome("clerk", case["rule"], **facts)
    assert found in ("permit", "deny"), "every fact is given, so it can be said"
    assert (found == "permit") is case["expected"]["permitted"]


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["rule"] == "employee_discount"], ids=lambda c: c["case"]
)
def test_the_largest_employee_discount(case: dict[str, Any]) -> None:
    engine = House(DISCOUNT).compiled
    given = {k: v if k == "kind" else Fraction(v) for k, v in case["facts"].items()}
    for name, expected in case["expected"].items():
        assert engine.value(name, given, DAY).value == Fraction(expected)


def test_services_do_not_ask_for_the_cost() -> None:
    """The condition decides first, so the branch not taken may lack its facts."""
    engine = House(DISCOUNT).compiled
    facts = {"kind": "Services", "customer_price": Fraction(1500), "employee_price": Fraction(1000)}
    assert engine.value("largest_allowed_discount", facts, DAY).value == 300
    asked = engine.value("largest_allowed_discount", {**facts, "kind": "Property"}, DAY)
    assert asked.missing == ("aggregate_cost",)


@pytest.mark.parametrize(
    ("prizes", "permitted"), [("30000", False), ("30000.01", True), ("29999.99", False)]
)
def test_exceeds_is_not_at_least(gaming: House, prizes: str, permitted: bool) -> None:
    facts = {"gross_proceeds": 100_000, "organisation": "Charitable", "proceeds_to_benefit": 30_000,
             "largest_money_prize": 30_000, "holds_authority": True}  # fmt: skip
    found = gaming.outcome("clerk", "art_union", **facts, total_prizes=Fraction(prizes))
    assert (found == "permit") is permitted


# --- semantics ---------------------------------------------------------------------------------


def value(kind: str, expression: str, more: str = "") -> Any:
    engine = House(f"policy p {{ currency CNY }} {more} define x: {kind} = {expression}").compiled
    return engine.value("x", {}, DAY).value


def faults(text: str) -> list[Diagnostic]:
    return errors(load_texts({"p.remit": f"policy p {{ currency CNY }} {text}"})[1])


@pytest.mark.parametrize(
    ("kind", "expression", "expected"),
    [
        (
            "money",
            "250_000_000 CNY * ((123.54 / 8_548_650.96) * 0.2%) rounded half up to 0.01",
            "7.23",
        ),
        ("money", "0.15 CNY * 2.0", "0.30"),
        ("number", "84.648665 rounded half up to 1", "85"),
        ("number", "4.368297 rounded half up to 1", "4"),
        ("number", "1.0 + 4.0 / 100.0", "1.04"),
        ("boolean", "1 / 3 * 3 = 1", True),
        ("duration", "days from 2002-09-30 to 2019-01-01", "5937"),
        ("date", "end of month of 2019-01-01", date(2019, 1, 31)),
        ("date", "2018-05-31 - 1 month rolled", date(2018, 5, 1)),
        ("date", "2018-05-31 - 1 month clipped", date(2018, 4, 30)),
        ("boolean", "2000-02-29 + 18 years rolled <= 2018-03-01", True),
        ("boolean", "2000-02-29 + 18 years clipped <= 2018-02-28", True),
    ],
)
def test_exact_values(kind: str, expression: str, expected: Any) -> None:
    found = value(kind, expression)
    assert found == (Fraction(expected) if isinstance(expected, str) else expected)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("define x: money = 2 CNY * 3 CNY", "E0303"),
        ("define x: date = 2025-01-31 + 1 month", None),
        ("define x: boolean = 1 month < 2 days", "E0305"),
        ("define x: boolean = 2024-01-16 - 0 days <= 0 days", None),
    ],
)
def test_errors_of_type_show_both_sides(text: str, code: str | None) -> None:
    wrong = faults(text)
    assert len(wrong) == 1
    assert code is None or wrong[0].code == code


def test_no_rule_applies_is_an_error_with_a_place_never_null() -> None:
    (wrong,) = faults("table y (x: money) gives integer unique { at least 1_000 -> 1 }")
    assert (wrong.code, wrong.span.line) == ("E0422", 1)


def test_the_gap_comes_with_what_falls_into_it() -> None:
    (gap,) = faults(
        "table y (x: money) gives integer unique { "
        "between 1_000 and 9_999.99 -> 0  over 9_999.99 -> 1 }"
    )
    assert gap.code == "E0422"
    assert "`x`" in gap.message


def test_the_overlap_comes_with_what_falls_into_both() -> None:
    (overlap,) = faults(
        "table y (x: money) gives integer unique { up to 1_000 -> 1  at least 1_000 -> 0 }"
    )
    assert overlap.code == "E0421"
    assert "1_000" in overlap.message or "1,000" in overlap.message or "1000" in overlap.message


def test_cases_that_overlap_conflict() -> None:
    """A rate table with a row for 6 and a row for all above 5."""
    wrong = faults(
        "table rate (n: integer) gives percent unique { "
        "up to 1 -> 50%  2 -> 30%  3 -> 40%  4 -> 50%  5 -> 30%  6 -> 30%  over 5 -> 40% }"
    )
    assert [d.code for d in wrong] == ["E0421"]


@pytest.mark.parametrize(("y", "expected"), [(0, 0), (1, 1), (2, 2), (9, 2)])
def test_from_the_special_to_the_general(y: int, expected: int) -> None:
    """Exceptions to exceptions are rows above the rows they except from."""
    engine = House("policy p { currency CNY } table t (y: integer) gives integer first "
                   "{ at least 2 -> 2  1 -> 1  any -> 0 }").compiled  # fmt: skip
    assert engine.value("t", {"y": Fraction(y)}, DAY).value == expected


def test_two_rows_with_the_same_value_do_not_conflict_in_a_collection() -> None:
    engine = House("policy p { currency CNY } table t (y: integer) gives integer collect max "
                   "{ any -> 0  at least 2 -> 0 }").compiled  # fmt: skip
    assert engine.value("t", {"y": Fraction(2)}, DAY).value == 0
