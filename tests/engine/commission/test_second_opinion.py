"""The reference against a second opinion, written from docs/pay.md alone: every amount is equal."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.commission.datasets import dataset
from engine.commission.plans import plan_text
from engine.commission.programs import model, program
from engine.commission.second_opinion import Key, opinion
from engine.generators import examples
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.reference import run
from remit_engine.commission.statement import Run

LAST_DAY = date(2024, 12, 31)


def told(found: Run) -> tuple[dict[Key, dict[str, Fraction | None] | None], set[tuple[str, str]]]:
    """Statements by person and period, None where one is at fault, and the rows at fault."""
    statements = {k: None if s.fault else dict(s.amounts) for k, s in found.statements.items()}
    # a pool without members has no row: it is told by its period and group
    rows = {
        (u.plan, u.place or f"{u.reason.split(':')[0]} {u.event}")
        for u in found.uncounted
        if u.fault
    }
    return statements, rows


@settings(
    max_examples=examples(100, 3000), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.integers(0, 10**9))
def test_two_readings_of_the_page_pay_the_same(seed: int) -> None:
    text = plan_text(Random(seed)).text
    data = dataset(Random(seed), program(text))
    plans = program(text).plans
    through = Period.of(next(iter(plans.values())).period, LAST_DAY)
    statements, rows = told(run(model(text), data, [*plans], through))
    second = opinion(model(text), data, [*plans], through)
    assert second.statements == statements
    assert second.rows == rows
