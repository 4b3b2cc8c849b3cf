"""Parts that sum to the whole."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from remit_engine.commission.sharing import half_up, in_order, largest
from remit_engine.rounding import rounded

CENT = Fraction(1, 100)
ONE = Fraction(1)
WEIGHTS = st.lists(st.fractions(0, 50, max_denominator=12), min_size=1, max_size=9).filter(any)
CENTS = st.integers(-100_000, 100_000).map(lambda n: n * CENT)


def test_in_order_takes_differences_of_rounded_cumulatives() -> None:
    # 33.33, then 66.67 (66.666…) - 33.33, then 100 - 66.67
    parts = in_order(Fraction(100), [ONE, ONE, ONE], CENT)
    assert parts == (Fraction("33.33"), Fraction("33.34"), Fraction("33.33"))


def test_largest_gives_the_cents_left_to_the_largest_fractions() -> None:
    # 10.00 by 1:1:4 is 1.666…, 1.666…, 6.666…; two cents are left, ties go to the first
    parts = largest(Fraction(10), [ONE, ONE, Fraction(4)], CENT)
    assert parts == (Fraction("1.67"), Fraction("1.67"), Fraction("6.66"))


def test_a_negative_pool_is_shared_as_its_positive_counterpart() -> None:
    parts = largest(Fraction("-0.05"), [ONE, ONE, ONE], CENT)
    assert parts == (Fraction("-0.02"), Fraction("-0.02"), Fraction("-0.01"))


def test_in_order_shares_nothing_where_the_weights_cancel() -> None:
    assert in_order(Fraction(7), [ONE, -ONE], CENT) == (0, 0)


@given(CENTS, WEIGHTS)
def test_both_rules_sum_to_the_whole(total: Fraction, weights: list[Fraction]) -> None:
    assert sum(largest(total, weights, CENT)) == total
    assert sum(in_order(total, weights, CENT)) == total


@given(CENTS, WEIGHTS)
def test_largest_is_never_a_cent_off(total: Fraction, weights: list[Fraction]) -> None:
    whole = sum(weights)
    for part, weight in zip(largest(total, weights, CENT), weights, strict=True):
        assert abs(part - total * weight / whole) < CENT


@given(st.fractions(-(10**6), 10**6, max_denominator=3000), st.sampled_from([ONE, CENT, CENT / 10]))
def test_half_up_is_the_rounding_of_the_language(value: Fraction, cent: Fraction) -> None:
    assert half_up(value, cent) == rounded(value, "half up", cent)
    tie = half_up(value, cent) + cent / 2
    assert half_up(tie, cent) == rounded(tie, "half up", cent)
