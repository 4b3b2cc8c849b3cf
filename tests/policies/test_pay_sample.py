"""The sample company's appraisal and targets, over its own directory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from remit_api.pay_data.opening import open_data
from remit_api.wiring import load_program
from remit_engine.commission.basis.dataset import Dataset, EventRow
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.scorecard import Score, score
from remit_engine.commission.reading.needs import Needs
from remit_engine.commission.reference import run
from remit_engine.commission.targets.allocation import allocate, quotas
from remit_engine.commission.targets.allocation_result import Allocated, totals
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower

PACK = Path(__file__).parents[2] / "policies"
YEAR = Period("year", 2026)
MARCH = Period("month", 2026 * 12 + 2)
DISTRICTS = {
    "beijing": {"han.mei"},
    "hebei": {"deng.rui", "feng.bo"},
    "pudong": {"wang.fang", "zhao.na"},
    "minhang": {"lin.tao"},
    "jiangsu": {"qian.li"},
}
FULL = {
    "planned_target": "1", "actual_sales": "300_000", "new_customers": "4",
    "customer_visits": "20", "phone_calls": "200", "weekly_orders": "5", "growth_rate": "0.1",
    "added_customers": "10", "lost_customers": "2", "conduct": "1", "reports_done": "1",
    "replies": "1",
}  # fmt: skip


@cache
def model() -> Model:
    return lower(load_program([PACK / "sales", PACK / "common"])[0])


@cache
def people() -> Dataset:
    attributes = {"region", "trained"}
    return open_data(str(PACK / "sales"), model(), wanted=Needs(people=attributes))


@cache
def targets() -> Allocated:
    return allocate(model(), model().program.allocations["sales.targets.target_2026"], people())


def appraised(**changed: str) -> Score:
    values = {**FULL, **changed}
    measures = {("wang.fang", MARCH, item): Fraction(v) for item, v in values.items()}
    data = Dataset({}, people().people, measures=measures)
    card = model().program.scorecards["sales.appraisal.appraisal"]
    return score(model(), card, data, "wang.fang", MARCH)


# --- targets -------------------------------------------------------------------------------


def test_the_year_is_split_to_quarters_months_districts_and_people() -> None:
    found = targets()
    assert found.amount == 132_000_000
    assert sum(found.cells.values()) == 132_000_000
    assert all(n % 1000 == 0 for n in found.cells.values())
    for kind in ("month", "quarter", "year"):
        whole = totals(found.cells, 0, kind)
        for depth in (1, 2):
            sums: dict[Period, Fraction] = dict.fromkeys((p for p, _ in whole), Fraction(0))
            for (period, _), amount in totals(found.cells, depth, kind).items():
                sums[period] += amount
            assert sums == {period: amount for (period, _), amount in whole.items()}


def test_each_district_with_people_has_a_target_and_no_other() -> None:
    held: dict[str, set[str]] = {}
    for (_, (district, *who)), amount in totals(targets().cells, 2, None).items():
        if amount:
            held.setdefault(district, set()).update(who)
    assert held == DISTRICTS


def test_the_quarters_of_the_first_issue_follow_the_season() -> None:
    first = targets().versions[0]
    quarters = totals(first.cells, 0, "quarter")
    assert [quarters[q, ()] / first.amount for q in YEAR.parts("quarter")] == [
        Fraction(n, 100) for n in (20, 25, 25, 30)
    ]


def test_who_comes_in_february_has_a_part_from_then_on_at_the_cost_of_his_district() -> None:
    first, february, _ = targets().versions
    assert february.start == date(2026, 2, 1)
    assert february.amount == first.amount
    given = per_person(february.cells)
    assert given["feng.bo"] > 0
    before = per_person(first.cells)["deng.rui"]
    assert abs(given["deng.rui"] + given["feng.bo"] - before) <= 1000


def per_person(cells: Mapping[object, Fraction]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for (_, (_, person)), amount in cells.items():  # type: ignore[misc, attr-defined]
        found[person] = found.get(person, Fraction(0)) + amount
    return found


def test_the_raise_in_july_leaves_the_first_half_as_it_was() -> None:
    _, before, after = targets().versions
    assert after.start == date(2026, 7, 1)
    for (period, places), amount in before.cells.items():
        if period.start < after.start:
            assert after.cells[period, places] == amount
    assert after.amount - before.amount == 12_000_000


def test_targets_are_quotas_of_people() -> None:
    found = quotas(targets(), "quarter")
    assert sum(found.values()) == 132_000_000
    assert found["wang.fang", Period("quarter", 2026 * 4)] == 3_361_000


# --- appraisal -----------------------------------------------------------------------------


def test_the_form_has_the_twelve_items_of_the_sources() -> None:
    card = model().program.scorecards["sales.appraisal.appraisal"]
    assert [item.name for item in card.items] == list(FULL)
    assert [item.name for item in card.items if not item.higher] == ["lost_customers"]
    assert "sample values" in (card.source or "")


def test_every_target_met_is_the_whole_score() -> None:
    assert appraised().value == 1


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"planned_target": "1.5"}, "1.04"),
        ({"planned_target": "0.59"}, "0.8"),
        ({"actual_sales": "150_000"}, "0.9"),
        ({"lost_customers": "0"}, "1"),
        ({"lost_customers": "3"}, "0.975"),
        ({"lost_customers": "9"}, "0.95"),
        ({"growth_rate": "-0.2"}, "0.9"),
        ({"conduct": "0.5"}, "0.95"),
        ({"weekly_orders": "4.5", "customer_visits": "17"}, "0.988"),
    ],
)
def test_scores(changed: dict[str, str], expected: str) -> None:
    assert appraised(**changed).value == Fraction(expected)


def test_a_region_is_appraised_by_the_quarter() -> None:
    card = model().program.scorecards["sales.appraisal.regional_appraisal"]
    quarter = Period("quarter", 2026 * 4)
    values = {
        "sales_amount": "1.1",
        "growth_rate": "0.05",
        "satisfaction": "0.9",
        "teamwork": "0.8",
    }
    measures = {("he.ping", quarter, item): Fraction(v) for item, v in values.items()}
    found = score(
        model(), card, Dataset({}, people().people, measures=measures), "he.ping", quarter
    )
    assert found.value == Fraction("0.93")


# --- pay -----------------------------------------------------------------------------------


def sale(id: str, net: str, **changed: object) -> EventRow:
    facts = {
        "id": id,
        "date": date(2026, 3, 5),
        "net": Fraction(net),
        "seller": "wang.fang",
        "owner": "sales.organisation.sales_representative",
        "team": "east",
        "product_line": "electronics",
        "collected_on": date(2026, 3, 20),
        "returned_on": None,
    }
    return EventRow(id, {**facts, **changed}, f"sale.csv:{id}")


def paid(
    plan: str, *sales: EventRow, period: Period = MARCH, lateness: tuple[EventRow, ...] = ()
) -> dict[str, Fraction | None]:
    """What a plan of the sample gives by person; every item of the appraisal is at its target."""
    sellers = ("wang.fang", "lin.tao", "feng.bo", "deng.rui")
    data = Dataset(
        {"sales.pay.Sale": sales, "sales.pay.Lateness": lateness},
        paid_people().people,
        measures={
            (who, month, item): Fraction(value)
            for who in sellers
            for month in period.parts("month")
            for item, value in FULL.items()
        },
    )
    found = run(model(), data, [f"sales.pay.{plan}"], period)
    assert [s.fault for s in found.statements.values() if s.fault] == []
    return {
        person: s.due
        for (name, person, _), s in found.statements.items()
        if name == f"sales.pay.{plan}" and s.due
    }


@cache
def paid_people() -> Dataset:
    attributes = {"region", "trained", "market", "cost_share"}
    return open_data(str(PACK / "sales"), model(), wanted=Needs(people=attributes))


def test_own_sales_are_paid_by_the_target_the_market_the_cost_and_the_appraisal() -> None:
    # 1% of 1,000,000 is within 80% of the quarter's 3,361,000; mature coast 1.00, cost 2%: 1.05
    assert paid("field_sales", sale("1", "1_000_000"))["wang.fang"] == 10_500


def test_what_is_not_collected_is_held_and_the_draw_advances() -> None:
    found = paid("field_sales", sale("1", "1_000_000", collected_on=None))
    assert found["wang.fang"] == 3_000


def test_a_return_in_the_month_takes_all_of_it_back() -> None:
    back = sale("1", "1_000_000", returned_on=date(2026, 3, 25))
    assert paid("field_sales", back)["wang.fang"] == 3_000


def test_the_cap_of_the_month() -> None:
    assert paid("field_sales", sale("1", "20_000_000"))["wang.fang"] == 80_000


def test_the_team_is_the_result_of_who_leads_it() -> None:
    sold = sale("1", "1_000_000")
    assert paid("supervisor_override", sold) == {"lin.tao": 2_000}
    assert paid("manager_override", sold)["li.wei"] == 1_000


def test_an_account_of_the_director_is_nobodys_sale_and_two_per_mille_for_the_team() -> None:
    big = sale("1", "1_000_000.10", owner="sales.organisation.sales_director")
    assert paid("big_account_fee", big) == {"lin.tao": 1_000, "wang.fang": 1_000}
    assert "wang.fang" not in {who for who, due in paid("field_sales", big).items() if due != 3_000}


def test_more_than_the_quarters_target_is_rewarded_once_more() -> None:
    # quota 3,361,000; 4,033,200 is 120% of it: 0.8% of the 672,200 above
    quarter = Period.of("quarter", date(2026, 3, 1))
    found = paid("quarterly_accelerator", sale("1", "4_033_200"), period=quarter)
    assert found["wang.fang"] == Fraction("5377.60")


def test_being_late_costs_everybody_the_same() -> None:
    late = tuple(
        EventRow(who, {"id": who, "date": date(2026, 3, 2), "person": who}, "")
        for who in ("wang.fang", "li.wei")
    )
    assert paid("deductions", lateness=late) == {"li.wei": -50, "wang.fang": -50}
