"""Allocations: exact in every direction, near their shares, the past kept to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.commission.pay_nodes import (
    LEAVES,
    MODEL,
    allocation,
    by_person,
    by_region,
    by_time,
    number,
    people,
    stretch,
)
from remit_dsl.pay import Allocation
from remit_engine.commission.apportionment import parts
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.figure import PayFault
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.targets.allocation import allocate, quotas
from remit_engine.commission.targets.allocation_result import Allocated, Cell, totals

NOBODY = people()
EVEN = (1,) * 12
SEASON = (8, 6, 9, 8, 8, 9, 7, 7, 10, 9, 9, 10)
JULY = date(2026, 7, 1)


def month(number: int) -> Period:
    return Period("month", 2026 * 12 + number - 1)


def by_month(found: Allocated) -> list[Fraction]:
    sums = totals(found.cells, 0, "month")
    return [sums[month(n), ()] for n in range(1, 13)]


def fault(target: Allocation, data: Dataset = NOBODY) -> str:
    with pytest.raises(PayFault) as raised:
        allocate(MODEL, target, data)
    return raised.value.message


# --- known answers -------------------------------------------------------------------------


def test_months_by_season() -> None:
    found = allocate(MODEL, allocation(120_000, by_time("month", SEASON), step=100), NOBODY)
    assert by_month(found) == [1200 * n for n in SEASON]
    assert found.currency == "CNY"
    assert found.unit == "month"


def test_months_of_a_year_that_do_not_divide_evenly() -> None:
    found = allocate(MODEL, allocation(100, by_time("month", EVEN)), NOBODY)
    assert by_month(found) == [9] * 4 + [8] * 8


def test_remainders_in_order_spread_over_the_year() -> None:
    target = allocation(100, by_time("month", EVEN), remainders="order")
    assert by_month(allocate(MODEL, target, NOBODY)) == [8, 9, 8, 8, 9, 8, 8, 9, 8, 8, 9, 8]


def test_quarters_first_then_months_within_them() -> None:
    quarters = by_time("quarter", (1, 2, 3, 4))
    months = by_time("month", (1, 1, 1, 1, 2, 1, 0, 0, 5, 1, 1, 1))
    found = allocate(MODEL, allocation(1000, quarters, months), NOBODY)
    sums = totals(found.cells, 0, "quarter")
    assert [sums[q, ()] for q in sorted({p for p, _ in sums})] == [100, 200, 300, 400]
    assert by_month(found) == [34, 33, 33, 50, 100, 50, 0, 0, 300, 134, 133, 133]


def test_quarters_alone() -> None:
    found = allocate(MODEL, allocation(10, by_time("quarter", (1, 1, 1, 1))), NOBODY)
    assert [found.cells[Period("quarter", 2026 * 4 + n), ()] for n in range(4)] == [3, 3, 2, 2]


def test_regions_alone_have_the_year() -> None:
    found = allocate(MODEL, allocation(100, by_region((1, 2, 3, 4))), NOBODY)
    year = Period("year", 2026)
    assert found.cells == {(year, (r,)): n for r, n in zip(LEAVES, (10, 20, 30, 40), strict=True)}


def test_months_and_regions_at_once() -> None:
    target = allocation(1_000_000, by_time("month", SEASON), by_region((3, 3, 3, 1)), step=1000)
    found = allocate(MODEL, target, NOBODY)
    assert by_month(found) == [10_000 * n for n in SEASON]
    regions = totals(found.cells, 1, None)
    year = Period("year", 2026)
    assert [regions[year, (r,)] for r in LEAVES] == [300_000, 300_000, 300_000, 100_000]
    assert found.cells[month(1), ("west",)] == 8_000


def test_a_region_that_weighs_nothing_gets_nothing_in_any_month() -> None:
    found = allocate(
        MODEL, allocation(77, by_time("month", SEASON), by_region((1, 0, 1, 1))), NOBODY
    )
    assert all(not n for (_, places), n in found.cells.items() if places == ("hebei",))


def test_people_of_a_region_make_its_row() -> None:
    data = people(stretch("b", "west", 1), stretch("a", "west", 2), stretch("c", "beijing", 5))
    target = allocation(901, by_time("month", EVEN), by_region((1, 0, 0, 2)), by_person(True))
    found = allocate(MODEL, target, data)
    year = Period("year", 2026)
    assert totals(found.cells, 2, None) == {
        (year, ("beijing", "c")): 300, (year, ("west", "a")): 401, (year, ("west", "b")): 200,
    }  # fmt: skip
    assert [axis.kind for axis in found.axes] == ["enum", "person"]


def test_holders_of_the_positions_on_the_first_day() -> None:
    data = people(
        stretch("early", until=date(2026, 1, 1)),
        stretch("there"),
        stretch("late", start=date(2026, 1, 2)),
        stretch("head", position="sales.head"),
    )
    found = allocate(MODEL, allocation(10, by_person()), data)
    assert found.cells == {(Period("year", 2026), ("there",)): 10}


# --- amendments ----------------------------------------------------------------------------


def test_an_amendment_keeps_the_past_and_splits_the_rest() -> None:
    target = allocation(1200, by_time("month", EVEN), amend=[(JULY, 1800)])
    found = allocate(MODEL, target, NOBODY)
    assert by_month(found) == [100] * 6 + [200] * 6
    first, second = found.versions
    assert (first.amount, first.kept, second.amount, second.kept) == (1200, 0, 1800, 600)
    assert second.source == "memo"
    assert sum(first.cells.values()) == 1200


def test_several_amendments_build_on_one_another_whatever_their_order() -> None:
    changes = [(date(2026, 10, 1), Fraction(2100)), (JULY, Fraction(1800))]
    target = allocation(1200, by_time("month", EVEN), amend=changes)
    found = allocate(MODEL, target, NOBODY)
    assert by_month(found) == [100] * 6 + [200] * 3 + [300] * 3
    assert [v.start for v in found.versions] == [date(2026, 1, 1), JULY, date(2026, 10, 1)]


def test_an_amendment_inside_a_quarter_leaves_its_first_month() -> None:
    quarters, months = by_time("quarter", (1, 1, 1, 1)), by_time("month", EVEN)
    target = allocation(1200, quarters, months, amend=[(date(2026, 5, 1), 1200 + 800)])
    assert by_month(allocate(MODEL, target, NOBODY)) == [100] * 4 + [200] * 8


def test_who_came_by_the_amendment_has_a_part_and_who_left_keeps_his() -> None:
    data = people(stretch("left", until=JULY), stretch("came", start=date(2026, 3, 1)))
    target = allocation(1200, by_time("month", EVEN), by_person(), amend=[(JULY, 1200)])
    found = allocate(MODEL, target, data)
    year = Period("year", 2026)
    assert totals(found.cells, 1, None) == {(year, ("left",)): 600, (year, ("came",)): 600}


# --- quotas --------------------------------------------------------------------------------


def test_quotas_of_a_person_in_two_regions_are_added() -> None:
    data = people(
        stretch("a", "west"), stretch("a", "beijing", position="sales.lead"), stretch("b", "west")
    )
    lines = (by_region((1, 0, 0, 2)), by_person(True, ("sales.rep", "sales.lead")))
    found = allocate(MODEL, allocation(3600, by_time("month", EVEN), *lines), data)
    assert sum(n for (who, _), n in quotas(found, "month").items() if who == "a") == 2400
    assert quotas(found, "year") == {
        ("a", Period("year", 2026)): 2400,
        ("b", Period("year", 2026)): 1200,
    }
    assert quotas(found, "quarter")["a", Period("quarter", 2026 * 4)] == 600


def test_no_quota_without_people_or_for_shorter_periods() -> None:
    regions = allocate(MODEL, allocation(10, by_region(EVEN[:4])), NOBODY)
    with pytest.raises(PayFault, match="not by person"):
        quotas(regions, "year")
    quarters = allocation(10, by_time("quarter", EVEN[:4]), by_person())
    with pytest.raises(PayFault, match="by quarter"):
        quotas(allocate(MODEL, quarters, people(stretch("a"))), "month")


# --- faults --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (allocation(-1, by_time("month", EVEN)), "the amount is negative"),
        (allocation(150, by_time("month", EVEN), step=100), "not made of whole steps"),
        (allocation(1, by_time("month", EVEN), step=0), "the steps are not above 0"),
        (allocation(1, by_time("month", (0,) * 12)), "all weights of 2026 are zero"),
        (allocation(0, by_time("month", (0,) * 12)), "all weights of 2026 are zero"),
        (allocation(1, by_time("month", (-1, *EVEN[1:]))), "the weight of `2026-01` is negative"),
        (allocation(1, by_region((0, 0, 0, 0))), "all weights by `region` are zero"),
        (allocation(1, by_region((1, -2, 1, 1))), "the weight of `hebei` is negative"),
        (
            allocation(1, by_time("quarter", (1, 1, 1, 1)), by_time("month", (0, 0, 0, *EVEN[3:]))),
            "all weights of 2026-Q1 are zero",
        ),
        (allocation(9, by_time("month", EVEN), amend=[(date(2026, 7, 2), 9)]), "begins no month"),
        (
            allocation(9, by_time("quarter", EVEN), amend=[(date(2026, 8, 1), 9)]),
            "begins no quarter",
        ),
        (allocation(9, by_region(EVEN[:4]), amend=[(JULY, 9)]), "begins no year of 2026"),
        (allocation(9, by_time("month", EVEN), amend=[(date(2027, 1, 1), 9)]), "of 2026"),
        (
            allocation(9, by_time("month", EVEN), amend=[(JULY, 9), (JULY, 8)]),
            "more than one amount",
        ),
        (
            allocation(1200, by_time("month", EVEN), amend=[(JULY, 599)]),
            "what is past makes 600 already",
        ),
        (
            allocation(1200, by_time("month", (*EVEN[:6], *(0,) * 6)), amend=[(JULY, 1300)]),
            "all weights of the periods are zero",
        ),
        (allocation(1, by_person()), "nobody is `rep` on 2026-01-01, and 1 is there"),
    ],
)
def test_faults_without_people(target: Allocation, said: str) -> None:
    assert said in fault(target)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (people(stretch("a", "west", 0)), "all weights by `person` of `west` are zero"),
        (people(stretch("a", "west", -1)), "the weight of `a` is negative"),
        (people(stretch("a", "west", None)), "`payee.weight` of `a` is not given on 2026-01-01"),
        (people(stretch("a", "east")), "the region of `a` on 2026-01-01 is `east`"),
        (people(stretch("a")), "the region of `a` on 2026-01-01 is nothing"),
        (people(stretch("a", "beijing")), "nobody of `west` is `rep`"),
        (people(stretch("a", "west", 1), stretch("a", "west", 2)), "not give him the same weight"),
    ],
)
def test_faults_of_people(data: Dataset, said: str) -> None:
    assert said in fault(allocation(5, by_region((0, 0, 0, 1)), by_person(True)), data)


def test_an_amount_that_was_never_fixed_is_a_fault() -> None:
    broken = replace(number(1), value="many")
    assert fault(replace(allocation(1, by_time("month", EVEN)), amount=broken)) == (
        "`many` is not a number"
    )


def test_nothing_to_split_needs_nobody() -> None:
    found = allocate(MODEL, allocation(0, by_time("month", EVEN), by_person()), NOBODY)
    assert found.cells == {}


# --- properties ----------------------------------------------------------------------------

WEIGHT = st.integers(0, 9) | st.fractions(0, 5, max_denominator=7)


@st.composite
def targets(draw: st.DrawFn, **more: Any) -> tuple[Allocation, Dataset]:
    """Any shape there is: time or not, by enum or not, by people or not."""
    lines = []
    if draw(st.booleans()):
        lines.append(by_time("quarter", draw(st.lists(st.integers(1, 9), min_size=4, max_size=4))))
    if draw(st.booleans()):
        months = draw(st.lists(WEIGHT, min_size=12, max_size=12))
        if not all(any(months[i : i + 3]) for i in range(0, 12, 3)):
            months = [*EVEN]
        lines.append(by_time("month", months))
    data = NOBODY
    regional = draw(st.booleans())
    if regional:
        weights = draw(st.lists(WEIGHT, min_size=4, max_size=4).filter(any))
        lines.append(by_region(weights))
    if not lines or draw(st.booleans()):
        lines.append(by_person(regional))
        everywhere = [stretch(f"p{n}", r, draw(st.integers(1, 5))) for n, r in enumerate(LEAVES)]
        others = draw(st.lists(st.tuples(st.sampled_from(LEAVES), WEIGHT), max_size=6))
        more_people = [stretch(f"q{n}", r, w) for n, (r, w) in enumerate(others)]
        data = people(*everywhere, *more_people)
    step = draw(st.sampled_from([1, 1000, Fraction(1, 100)]))
    amount = step * draw(st.integers(0, 10_000))
    rule = draw(st.sampled_from(["largest", "order"]))
    return allocation(amount, *lines, step=step, remainders=rule, **more), data


@given(targets())
def test_every_sum_is_exact_and_every_cell_near_its_share(case: tuple[Allocation, Dataset]) -> None:
    target, data = case
    found = allocate(MODEL, target, data)
    assert sum(found.cells.values(), Fraction(0)) == found.amount
    assert all(n >= 0 and (n / found.step).denominator == 1 for n in found.cells.values())
    for depth in range(len(found.axes)):
        assert_split(found, depth)


def assert_split(found: Allocated, depth: int) -> None:
    """Below each place: sums by period are the place's, and cells near `row * column / whole`."""
    above = totals(found.cells, depth, found.unit)
    below = totals(found.cells, depth + 1, found.unit)
    years, columns = totals(found.cells, depth, None), totals(found.cells, depth + 1, None)
    sums: dict[Cell, Fraction] = defaultdict(Fraction)
    year = Period("year", found.year)
    for (period, places), amount in below.items():
        sums[period, places[:-1]] += amount
        whole = years[year, places[:-1]]
        row, column = above[period, places[:-1]], columns[year, places]
        exact = row * column / whole / found.step if whole else Fraction(0)
        assert floor(exact) <= amount / found.step <= ceil(exact)
    assert sums == above


@given(targets(), st.randoms())
def test_the_order_of_the_data_does_not_matter(case: tuple[Allocation, Dataset], rnd: Any) -> None:
    target, data = case
    ids = list(data.people)
    rnd.shuffle(ids)
    mixed = replace(data, people={i: data.people[i] for i in ids})
    assert allocate(MODEL, target, mixed).cells == allocate(MODEL, target, data).cells


@given(
    st.lists(WEIGHT, min_size=4, max_size=4).filter(any),
    st.lists(
        st.tuples(st.integers(1, 11), st.integers(0, 500)), max_size=4, unique_by=lambda t: t[0]
    ),
    st.integers(0, 5000),
    st.sampled_from(["largest", "order"]),
)
def test_amendments_keep_the_past_to_the_cent(
    regions: list[Fraction], changes: list[tuple[int, int]], amount: int, rule: str
) -> None:
    amended, reached = [], amount
    for passed, more in sorted(changes):
        reached += more
        amended.append((date(2026, passed + 1, 1), Fraction(reached)))
    lines = (by_time("month", SEASON), by_region(regions), by_person(True))
    data = people(*(stretch(f"p{n}", r, n + 1) for n, r in enumerate(LEAVES * 2)))
    found = allocate(MODEL, allocation(amount, *lines, remainders=rule, amend=amended), data)
    assert found.amount == reached
    for before, after in zip(found.versions, found.versions[1:], strict=False):
        past = kept(before.cells, after.start)
        assert past == kept(after.cells, after.start)
        assert after.kept == sum(past.values())
        assert sum(after.cells.values()) == after.amount
        left = [n for n in range(1, 13) if month(n).start >= after.start]
        rest = parts(int(after.amount - after.kept), [Fraction(SEASON[n - 1]) for n in left], rule)
        sums = totals(after.cells, 0, "month")
        assert [sums[month(n), ()] for n in left] == rest


def kept(cells: Mapping[Cell, Fraction], day: date) -> dict[Cell, Fraction]:
    return {cell: n for cell, n in cells.items() if cell[0].start < day}


@given(targets())
def test_quotas_make_what_people_were_given(case: tuple[Allocation, Dataset]) -> None:
    found = allocate(MODEL, *case)
    if not any(axis.kind == "person" for axis in found.axes):
        return
    for kind in ("month", "quarter", "year"):
        if kind == "year" or found.unit in ("month", kind):
            assert sum(quotas(found, kind).values()) == found.amount
