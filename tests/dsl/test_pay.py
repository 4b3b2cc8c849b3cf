"""Pay in the text: every form of docs/pay.md becomes complete nodes of the program."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from remit_dsl.expressions import Constant, DefinitionValue, Fact, ParameterValue, Variable, walk
from remit_dsl.loader import check_text
from remit_dsl.pay import Plan, Scale
from remit_dsl.program import Program
from remit_dsl.types import INTEGER, PERCENT, money

EVERY_FORM = Path(__file__).with_name("pay") / "every_form.remit"


@pytest.fixture(scope="module")
def program() -> Program:
    found, faults = check_text(EVERY_FORM.read_text(encoding="utf-8"))
    assert faults == []
    assert found is not None
    return found


def plan(program: Program, short: str) -> Plan:
    return program.plans[f"pay.sales.{short}"]


def facts(expression) -> set[tuple[str, ...]]:
    return {e.path for e in walk(expression) if isinstance(e, Fact)}


def test_events_and_their_links(program: Program) -> None:
    assert set(program.events) == {"pay.sales.Sale", "pay.sales.Payment", "pay.sales.Refund"}
    payment = program.events["pay.sales.Payment"]
    assert payment.links == {"sale": "pay.sales.Sale"}
    assert payment.fields["sale"].type.kind == "text"
    assert program.events["pay.sales.Sale"].fields["collected_on"].optional


def test_the_head_of_a_plan(program: Program) -> None:
    sales = plan(program, "field_sales")
    assert sales.pays == ("pay.sales.sales_representative", "pay.sales.sales_supervisor")
    assert (sales.period, sales.currency, sales.event, sales.by) == (
        "month", "CNY", "pay.sales.Sale", "date",
    )  # fmt: skip
    assert (sales.start, sales.until) == (date(2026, 1, 1), date(2027, 1, 1))
    assert sales.condition is not None
    assert facts(sales.condition) == {("net",), ("payee", "region")}
    assert sales.leavers == 30
    assert sales.source == "S003 part 12"


def test_credit_in_its_four_forms(program: Program) -> None:
    forms = {
        short: (credit.to, credit.field, credit.on, credit.overlap)
        for short in ("field_sales", "covered", "split_plan", "overlap_plan", "fee")
        if (credit := plan(program, short).credit) is not None
    }
    assert forms == {
        "field_sales": ("field", ("seller",), None, False),
        "covered": ("owner", ("account", "id"), "date", False),
        "split_plan": ("splits", None, None, False),
        "overlap_plan": ("splits", None, None, True),
        "fee": ("pool", None, None, False),
    }


def test_quotas(program: Program) -> None:
    sales = plan(program, "field_sales").quota
    assert sales is not None
    assert sales.value is not None
    assert sales.by_days_active
    assert facts(sales.value) == {("payee", "grade")}
    sources = [q.source for s in ("split_plan", "covered") if (q := plan(program, s).quota)]
    assert sources == ["targets", "pay.sales.target_2026"]


def test_steps_and_scales(program: Program) -> None:
    sales = plan(program, "field_sales")
    assert [s.name for s in sales.steps] == ["attainment", "earned", "bonus", "factor", "payable"]
    attainment, earned, bonus, factor, payable = (s.value for s in sales.steps)
    assert isinstance(attainment, DefinitionValue)
    assert isinstance(earned, Scale)
    assert (earned.kind, earned.base, earned.over) == ("marginal", None, "quarter to date")
    assert isinstance(earned.against, Fact)
    assert earned.against.path == ("quota",)
    assert [t.side for t in earned.tiers] == ["up to", "up to", "under", "over"]
    first = earned.tiers[0]
    assert isinstance(first.bound, Constant)
    assert first.bound.type == PERCENT
    assert (first.bound.value, first.bound.type) == (Fraction(4, 5), PERCENT)
    assert isinstance(earned.tiers[-1].rate, ParameterValue)
    assert earned.tiers[-1].bound is None
    assert isinstance(bonus, Scale)
    assert bonus.base is not None
    assert bonus.base.type == money("CNY")
    assert bonus.tiers[-1].side == "over"
    assert not isinstance(factor, Scale)
    assert facts(factor) == {("attainment",)}
    assert not isinstance(payable, Scale)
    assert payable.type == money("CNY")
    assert facts(payable) == {("earned",), ("factor",), ("scorecard", "pay.sales.appraisal")}


def test_the_stages_after_the_steps(program: Program) -> None:
    sales = plan(program, "field_sales")
    assert sales.cap is not None
    assert sales.cap.per == "year"
    assert isinstance(sales.floor, Constant)
    assert sales.floor.value == 0
    assert sales.guarantee is not None
    assert sales.guarantee.until_month == 6
    draw = sales.draw
    assert draw is not None
    assert draw.recoverable
    assert draw.at_most is not None
    assert (draw.from_month, draw.until_month) == (4, 12)
    kept = plan(program, "covered").draw
    assert kept is not None
    assert not kept.recoverable
    assert kept.from_month == 1


def test_hold_and_reversal(program: Program) -> None:
    sales = plan(program, "field_sales")
    assert sales.hold is not None
    assert (sales.hold.kind, sales.hold.field) == ("date", "collected_on")
    shapes = [(r.kind, r.field, r.window, r.months, r.of, r.lowering) for r in sales.reversals]
    assert shapes == [
        ("date", "returned_on", 90, False, "date", True),
        ("amount", None, None, False, None, False),
        ("absent", "collected_on", 90, False, "due", False),
    ]
    refund = sales.reversals[1].followed
    assert refund is not None
    assert (refund.event, refund.link, refund.amount, refund.date) == (
        "pay.sales.Refund", "sale", "amount", "date",
    )  # fmt: skip
    kinds = [hold.kind for s in ("covered", "split_plan") if (hold := plan(program, s).hold)]
    assert kinds == ["covered", "pro rata"]


def test_scales_over_a_field_and_with_points(program: Program) -> None:
    by_team = plan(program, "split_plan").steps[0].value
    assert isinstance(by_team, Scale)
    assert by_team.over == "team"
    pace = plan(program, "covered").steps[0].value
    assert isinstance(pace, Scale)
    assert pace.kind == "interpolated"
    assert [(t.side, t.bound is None) for t in pace.tiers] == [
        ("under", True), ("at", False), ("at", False), ("over", True),
    ]  # fmt: skip


def test_overrides(program: Program) -> None:
    over = plan(program, "manager_override")
    assert (over.base, over.reports, over.event, over.credit) == (
        "pay.sales.field_sales", "direct", None, None,
    )  # fmt: skip
    assert plan(program, "all_override").reports == "all"
    payable = over.steps[0].value
    assert not isinstance(payable, Scale)
    assert facts(payable) == {("reports",), ("credit",), ("paid",)}


def test_pools(program: Program) -> None:
    pool = plan(program, "fee").pool
    assert pool is not None
    assert pool.weight is not None
    assert (pool.share, pool.group, pool.remainders) == ("weight", ("team", ("team",)), "order")
    others = [(p.share, p.remainders) for s in ("fee2", "fee3") if (p := plan(program, s).pool)]
    assert others == [("equally", "largest"), ("days", "largest")]


def test_scorecards(program: Program) -> None:
    card = program.scorecards["pay.sales.appraisal"]
    assert (card.of, card.period, card.mode) == (
        ("pay.sales.sales_representative",), "month", "half up",
    )  # fmt: skip
    assert isinstance(card.step, Constant)
    assert card.step.value == Fraction(1, 1000)
    met, lost = card.items
    assert met.higher
    assert not lost.higher
    assert met.value is None
    assert lost.value is not None
    assert lost.least is not None


def test_allocations(program: Program) -> None:
    target = program.allocations["pay.sales.target_2026"]
    assert (target.year, target.remainders) == (2026, "largest")
    time, region, person = target.dimensions
    assert (time.kind, time.unit, time.name) == ("time", "month", "month")
    months = [e for e in walk(time.weight) if isinstance(e, Variable)]
    assert [(v.name, v.type) for v in months] == [("month", INTEGER)]
    assert (region.kind, region.type and region.type.name) == ("enum", "pay.sales.Region")
    assert (person.kind, person.positions, person.within) == (
        "person", ("pay.sales.sales_representative",), ("region",),
    )  # fmt: skip
    assert isinstance(person.weight, Variable)
    assert (person.weight.name, person.weight.path) == ("payee", ("weight",))
    (amendment,) = target.amendments
    assert (amendment.start, amendment.source) == (date(2026, 7, 1), "memo 7")
