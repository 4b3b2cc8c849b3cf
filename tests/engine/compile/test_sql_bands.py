"""Capped grants alone take a shorter way to the same bands."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from remit_engine.compile.sql_bands import (
    ANYWHERE,
    LEAST,
    MOST,
    Plain,
    _falling,
    _turning,
    _unbarred,
    answer_at,
    bands,
    reach,
)

ENDS = st.one_of(st.integers(-5, 5), st.sampled_from([LEAST, MOST - 1, MOST]))


def capped(index: int, most: int) -> Plain:
    rule = cast("Any", SimpleNamespace(index=index, positions=None))
    lets = (LEAST, most)
    return Plain(rule, None, ANYWHERE, lets, lets, bars=False, silent=False, capped=True)


@given(st.lists(ENDS, max_size=6))
def test_both_ways_lead_to_the_same_bands(ends: list[int]) -> None:
    rules = [capped(i, end) for i, end in enumerate(ends)]
    found = list(bands(rules))
    assert found == list(_falling(rules)) == list(_turning(rules))
    for (low, high), answer in found:
        assert answer == answer_at(rules, low) == answer_at(rules, high)


@given(st.lists(ENDS, min_size=1, max_size=6))
def test_capped_grants_reach_as_far_as_the_highest(ends: list[int]) -> None:
    rules = [capped(i, end) for i, end in enumerate(ends)]
    lets = set(_unbarred(rules, [], frozenset({"p"})))
    assert lets == {(LEAST, end) for end in ends}
    for (low, high), able in reach(rules, ["p"]):
        assert able is any(low <= end for end in ends)
        assert able is any(high <= end for end in ends)
