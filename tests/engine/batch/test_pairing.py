"""Stretches cut into one another, and work shared with a child."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit_engine.batch.cores import shared
from remit_engine.batch.pairing import crossed
from remit_engine.compile.sql_bands import LEAST, MOST

POINTS = st.lists(st.integers(-20, 20), unique=True, max_size=6).map(sorted)


def covering(starts: list[int]) -> list[tuple[int, int, int]]:
    begins = [LEAST, *starts]
    ends = [s - 1 for s in starts] + [MOST]
    return [(b, e, n) for n, (b, e) in enumerate(zip(begins, ends, strict=True))]


@given(POINTS, POINTS)
def test_every_number_keeps_what_stands_there(one: list[int], other: list[int]) -> None:
    left, right = covering(one), covering(other)
    found = list(crossed(left, right))
    assert (found[0][0], found[-1][1]) == (LEAST, MOST)
    for at in (LEAST, *range(-22, 23), MOST):
        ((a, b),) = [(a, b) for low, high, a, b in found if low <= at <= high]
        assert [n for low, high, n in left if low <= at <= high] == [a]
        assert [n for low, high, n in right if low <= at <= high] == [b]


@pytest.mark.parametrize("count", range(5))
def test_shared_work_comes_back_in_order(count: int) -> None:
    assert shared(lambda n: n * n, range(count)) == [n * n for n in range(count)]


def test_a_fault_is_raised_here_whoever_met_it() -> None:
    with pytest.raises(ZeroDivisionError):
        shared(lambda n: 1 // n, [1, 0])


def test_a_child_that_dies_is_done_without() -> None:
    here = os.getpid()

    def work(n: int) -> int:
        if os.getpid() != here:
            os._exit(9)
        return n

    assert shared(work, [1, 2, 3]) == [1, 2, 3]
