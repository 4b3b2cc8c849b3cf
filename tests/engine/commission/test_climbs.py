"""Where people stand on their scales."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.asking import loaded
from engine.commission.paying import ANN, HOUSE, dataset, plan
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.climb import Climb
from remit_engine.commission.climbs import climbs
from remit_engine.commission.reference import run
from remit_engine.commission.statement import Statement
from remit_engine.rules.lower import lower

F = Fraction
TIERS = "{ up to 80% -> 1%  up to 100% -> 1.5%  over -> 3% }"
SALES = """id date net seller returned_on
S1 2026-01-10 700 ann -
S2 2026-02-10 900 ann 2026-02-20
S3 2026-02-11 400 ann -"""


def stood(
    items: str, through: str = "2026-02", sale: str = SALES
) -> tuple[Climb | None, Statement]:
    """Ann's place on the scale of a plan, and her statement."""
    program = loaded(HOUSE + plan(items))
    model, data, period = lower(program), dataset(program, ANN, sale=SALES), Period.parse("2026-02")
    assert period is not None
    found = run(model, data, ["pay.plan"], period)
    placed = climbs(model, data, found, ["pay.plan"], period)
    return placed.get(("pay.plan", "ann")), found.statements["pay.plan", "ann", period]


def steps(scale: str) -> str:
    return f"quota 1_000\nearned = {scale}\npayable = earned rounded half up to 0.01"


def test_the_position_of_a_quarter_so_far_against_the_whole_quota():
    climb, of = stood(steps(f"marginal rates on credit against quota quarter to date {TIERS}"))
    assert climb is not None
    assert (climb.position, climb.against, climb.at) == (2000, ("quota", F(3000)), 0)
    assert [(r.text, r.low, r.high) for r in climb.rungs] == [
        ("up to 80%", None, 2400), ("up to 100%", 2400, 3000), ("over", 3000, None),
    ]  # fmt: skip
    assert climb.next is not None
    assert (climb.next.needed, climb.next.rung.rate) == (400, F(15, 1000))
    assert ("position after", "2,000.00 CNY") in read_by(of, "earned")


def test_what_returns_lower_is_taken_off():
    lowered = "\nreverse returned_on at the rate paid lowering attainment"
    scale = f"whole rates on credit against quota {TIERS}"
    climb, of = stood(steps(scale) + lowered)
    assert climb is not None
    assert (climb.position, climb.at) == (400, 0)
    assert ("position after", "400.00 CNY") in read_by(of, "earned")
    assert climb.next is not None
    assert climb.next.gain == 800 * (F(15, 1000) - F(1, 100))


def test_a_scale_on_another_amount():
    tiers = "{ up to 50% -> 1%  over -> 2% }"
    items = f"quota 1_000\nattainment = credit / quota\nshare = whole rates on (attainment) {tiers}"
    climb, _ = stood(f"{items}\npayable = credit * 1% rounded half up to 0.01")
    assert climb is not None
    assert (climb.base, climb.unit) == ("attainment", "percent")
    assert (climb.position, climb.at) == (F(13, 10), 1)


def test_between_two_points():
    points = "{ under -> 0%  at 1_000 -> 1%  at 2_000 -> 3%  over -> 3% }"
    climb, of = stood(steps(f"interpolated rates on credit {points}"))
    assert climb is not None
    assert (climb.position, climb.at, climb.next) == (1300, 2, None)
    assert of.lines[0].parts[0].tier == climb.at


@pytest.mark.parametrize("over", ["per line", "per team"])
def test_a_scale_that_starts_anew_within_the_period_is_no_ladder(over):
    climb, _ = stood(steps(f"marginal rates on credit {over} {{ up to 500 -> 1%  over -> 2% }}"))
    assert climb is None


def test_nobody_at_fault_is_placed():
    items = steps(f"marginal rates on credit against quota {TIERS}").replace("1_000", "0")
    climb, of = stood(items)
    assert of.fault is not None
    assert climb is None


def read_by(statement: Statement, name: str) -> tuple[tuple[str, str], ...]:
    return next(stage.inputs for stage in statement.stages if stage.name == name)
