"""Scales as numbers: boundaries on either side, and positions below 0."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit_engine.commission.scale.ladder import Ladder
from remit_engine.commission.statement import TierPart


def ladder(*tiers: tuple[str, str | None, str]) -> Ladder:
    return Ladder(
        tuple(side for side, _, _ in tiers),
        tuple(None if bound is None else Fraction(bound) for _, bound, _ in tiers),
        tuple(Fraction(rate) for _, _, rate in tiers),
    )


UP_TO = ladder(("up to", "1000", "0.01"), ("up to", "2000", "0.02"), ("over", None, "0.03"))
UNDER = ladder(("under", "1000", "0.01"), ("under", "2000", "0.02"), ("over", None, "0.03"))
POINTS = ladder(
    ("under", None, "0"), ("at", "100", "0.02"), ("at", "200", "0.06"), ("over", None, "0.1")
)


def earned(of: Ladder, start: str, end: str) -> Fraction:
    parts = of.marginal(Fraction(start), Fraction(end))
    return sum((p.amount * p.rate for p in parts), Fraction(0))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("0", "1000", "10"),
        ("0", "1001", "10.02"),
        ("999", "1001", "0.03"),
        ("0", "2500", "45"),  # 10 + 20 + 15
        ("1000", "2000", "20"),
        ("2500", "0", "-45"),
        ("0", "-500", "-5"),  # the first rate holds below 0
        ("-500", "500", "10"),
    ],
)
@pytest.mark.parametrize("of", [UP_TO, UNDER])
def test_marginal_is_the_same_on_either_side_of_a_bound(
    of: Ladder, start: str, end: str, expected: str
) -> None:
    assert earned(of, start, end) == Fraction(expected)


def test_parts_name_the_tier_and_what_it_covers() -> None:
    assert UP_TO.marginal(Fraction(900), Fraction(2100)) == (
        TierPart(0, Fraction(100), Fraction("0.01")),
        TierPart(1, Fraction(1000), Fraction("0.02")),
        TierPart(2, Fraction(100), Fraction("0.03")),
    )


@pytest.mark.parametrize(
    ("position", "up_to", "under"),
    [("-1", 0, 0), ("999.99", 0, 0), ("1000", 0, 1), ("1000.01", 1, 1), ("2000", 1, 2)],
)
def test_up_to_includes_its_bound_and_under_does_not(position: str, up_to: int, under: int) -> None:
    assert UP_TO.tier(Fraction(position)) == up_to
    assert UNDER.tier(Fraction(position)) == under


@pytest.mark.parametrize(
    ("position", "rate"),
    [
        ("99.99", "0"),
        ("100", "0.02"),
        ("125", "0.03"),
        ("150", "0.04"),
        ("200", "0.06"),
        ("200.01", "0.1"),
    ],
)
def test_interpolated_rates_lie_on_lines_between_points(position: str, rate: str) -> None:
    assert POINTS.interpolated(Fraction(position))[1] == Fraction(rate)


@given(st.lists(st.fractions(-3000, 3000, max_denominator=100), min_size=1, max_size=8))
def test_marginal_adds_up_however_the_way_is_cut(steps: list[Fraction]) -> None:
    at, total = Fraction(0), Fraction(0)
    for step in steps:
        parts = UP_TO.marginal(at, at + step)
        assert sum((p.amount for p in parts), Fraction(0)) == step
        total += sum((p.amount * p.rate for p in parts), Fraction(0))
        at += step
    whole = UP_TO.marginal(Fraction(0), at)
    assert total == sum((p.amount * p.rate for p in whole), Fraction(0))
