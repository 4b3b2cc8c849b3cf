"""Random plans check, use all of the language, and their data are such as a reader accepts."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from random import Random

from hypothesis import given, settings

from engine.commission.datasets import bounds, dataset
from engine.commission.plans import FEATURES, HOUSE, PlanText, plan_text, plan_texts
from engine.commission.programs import program
from engine.generators import examples
from remit_engine.commission.basis.dataset import Dataset, Stretch

SIMPLE = (
    HOUSE
    + """
commission c {
  pays rep
  period month
  from Sale by date
  credit net split by credits total 100%
  earned = marginal rates on credit { up to 1_000 -> 1%  over -> 2% }
  payable = earned rounded half up to 0.01
}
"""
)


@settings(max_examples=examples(40, 1500))
@given(plan_texts())
def test_every_text_checks(text: PlanText) -> None:
    assert {p.short for p in program(text.text).plans.values()} == set(text.plans)


def test_every_feature_is_written_and_can_be_left_out() -> None:
    seen: Counter[str] = Counter()
    for seed in range(600):
        seen.update(plan_text(Random(seed)).features)
    assert set(seen) == set(FEATURES)
    without = ("pool", "override", "hold date", "targets", "whole", "credit split", "year")
    for seed in range(200):
        assert not plan_text(Random(seed), without).features & set(without)


def test_amounts_reach_bounds() -> None:
    """Running totals of a seller land on the bound, a cent below and a cent above."""
    found = program(SIMPLE)
    assert bounds(found) == (Fraction(1000),)
    beside: set[Fraction] = set()
    for seed in range(60):
        rows = dataset(Random(seed), found).events["pay.Sale"]
        totals: Counter[tuple[object, int, int]] = Counter()
        for row in rows:
            key = (row.facts["seller"], row.facts["date"].year, row.facts["date"].month)
            totals[key] += row.facts["net"]
            beside.add(totals[key] - 1000)
    assert {Fraction(0), Fraction(1, 100), Fraction(-1, 100)} <= beside


def test_data_hold_what_is_hard() -> None:
    rows, people = [], []
    for seed in range(60):
        data = dataset(Random(seed), program(SIMPLE))
        rows += data.events["pay.Sale"]
        people += [s for stretches in data.people.values() for s in stretches]
    assert any(row.facts["net"] < 0 for row in rows)
    assert any(row.facts["net"] == 0 for row in rows)
    assert any(row.facts["date"] == date(2024, 2, 29) for row in rows)
    assert any(row.facts["returned_on"] is None for row in rows)
    assert any(s.until is not None for s in people)
    assert any(s.managers for s in people)
    assert any(s.start is not None and s.start.day != 1 for s in people)


def test_nobody_is_above_himself() -> None:
    for seed in range(40):
        data = dataset(Random(seed), program(SIMPLE))
        for day in (date(2024, 1, 1), date(2024, 2, 29), date(2024, 8, 1)):
            for person in data.people:
                assert person not in _above(data, person, day)


def _above(data: Dataset, person: str, day: date) -> set[str]:
    found: set[str] = set()
    pending = [person]
    while pending:
        for s in data.people.get(pending.pop(), ()):
            new = set(_managers(s, day)) - found
            found |= new
            pending += new
    return found


def _managers(s: Stretch, day: date) -> tuple[str, ...]:
    return s.managers if s.covers(day) else ()
