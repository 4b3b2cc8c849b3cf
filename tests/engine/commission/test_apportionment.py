"""Parts that make their whole, and tables that add up both ways."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit_engine.commission.apportionment import crossed, parts, rounded_table

RULES = st.sampled_from(["largest", "order"])
WHOLES = st.integers(0, 10**9) | st.integers(0, 40)
WEIGHTS = st.lists(
    st.fractions(0, 1000, max_denominator=97) | st.just(Fraction(0)), min_size=1, max_size=12
).filter(any)


def fractions(*written: str | int) -> list[Fraction]:
    return [Fraction(w) for w in written]


# --- known answers -------------------------------------------------------------------------


def test_the_house_of_1790() -> None:
    """Hamilton's method over the first census: electowiki, Hamilton method, 60 seats."""
    people = fractions(
        630560, 475327, 432879, 353523, 331589, 278514, 236841, 206236, 179570, 141822, 85533,
        70835, 68705, 68446, 55540,
    )  # fmt: skip
    assert parts(60, people, "largest") == [11, 8, 7, 6, 6, 5, 4, 3, 3, 2, 1, 1, 1, 1, 1]


def test_five_counties() -> None:
    """solvely.ai, 42 seats of a legislature over Adams, Grant, Colton, Davis, Hayes."""
    people = fractions(247_000, 185_000, 459_000, 400_000, 413_000)
    assert parts(42, people, "largest") == [6, 5, 11, 10, 10]


@pytest.mark.parametrize(
    ("seats", "expected"), [(323, [183, 124, 14, 2]), (324, [184, 125, 13, 2])]
)
def test_the_alabama_paradox(seats: int, expected: list[int]) -> None:
    """electowiki, Alabama paradox: one seat more, and C has one less. It is so, and not promised
    otherwise."""
    assert parts(seats, fractions("56.7", "38.5", "4.2", "0.6"), "largest") == expected


@pytest.mark.parametrize(
    ("seats", "expected"),
    [(89, [27, 7, 16, 37, 2]), (90, [28, 7, 17, 37, 1]), (91, [28, 7, 17, 38, 1])],
)
def test_five_parties(seats: int, expected: list[int]) -> None:
    """For All Practical Purposes, 10th edition, question 14.45."""
    votes = fractions(5_576_330, 1_387_342, 3_334_241, 7_512_860, 310_968)
    assert parts(seats, votes, "largest") == expected


def test_ties_go_in_order() -> None:
    assert parts(2, fractions(1, 1, 1), "largest") == [1, 1, 0]
    assert parts(1, fractions(1, 1), "largest") == [1, 0]


def test_in_order_rounds_what_is_reached() -> None:
    assert parts(100, fractions(1, 1, 1), "order") == [33, 34, 33]
    assert parts(10, fractions(1, 1, 1, 1), "order") == [3, 2, 3, 2]


@pytest.mark.parametrize(
    ("whole", "weights"), [(-1, fractions(1)), (1, fractions(2, -1)), (1, fractions(0, 0)), (3, [])]
)
def test_what_makes_no_sense_is_refused(whole: int, weights: list[Fraction]) -> None:
    with pytest.raises(ValueError):
        parts(whole, weights, "largest")


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError):
        parts(1, fractions(1), "smallest")


def test_nothing_for_nobody() -> None:
    assert parts(0, [], "order") == []
    assert parts(0, fractions(0, 0), "largest") == [0, 0]


# --- parts ---------------------------------------------------------------------------------


@given(WHOLES, WEIGHTS, RULES)
def test_parts_make_the_whole_and_keep_near_their_shares(
    whole: int, weights: list[Fraction], rule: str
) -> None:
    found = parts(whole, weights, rule)
    assert sum(found) == whole
    for part, weight in zip(found, weights, strict=True):
        exact = whole * weight / sum(weights)
        assert floor(exact) <= part <= ceil(exact)
        assert weight or part == 0


@given(WHOLES, WEIGHTS, RULES, st.fractions(min_value=Fraction(1, 99), max_value=99))
def test_the_scale_of_weights_does_not_matter(
    whole: int, weights: list[Fraction], rule: str, scale: Fraction
) -> None:
    assert parts(whole, [w * scale for w in weights], rule) == parts(whole, weights, rule)


@given(WHOLES, WEIGHTS)
def test_more_weight_is_never_less(whole: int, weights: list[Fraction]) -> None:
    found = parts(whole, weights, "largest")
    ranked = sorted(zip(weights, found, strict=True))
    assert [part for _, part in ranked] == sorted(found)


@given(WHOLES, WEIGHTS, st.randoms())
def test_parts_go_with_their_weights(whole: int, weights: list[Fraction], rnd: object) -> None:
    order = list(range(len(weights)))
    rnd.shuffle(order)  # type: ignore[attr-defined]
    found = parts(whole, weights, "largest")
    shuffled = parts(whole, [weights[i] for i in order], "largest")
    assert sorted(zip((weights[i] for i in order), shuffled, strict=True)) == sorted(
        zip(weights, found, strict=True)
    )


@given(st.integers(0, 10**6), st.integers(0, 1000), WEIGHTS)
def test_in_order_what_is_reached_never_falls_when_there_is_more(
    whole: int, more: int, weights: list[Fraction]
) -> None:
    before, after = (parts(n, weights, "order") for n in (whole, whole + more))
    for i in range(len(weights)):
        assert sum(before[: i + 1]) <= sum(after[: i + 1])


# --- tables --------------------------------------------------------------------------------


def assert_adds_up(found: list[list[int]], rows: Sequence[int], columns: Sequence[int]) -> None:
    assert [sum(row) for row in found] == list(rows)
    assert [sum(column) for column in zip(*found, strict=True)] == list(columns)


@given(WHOLES, WEIGHTS, WEIGHTS, RULES)
def test_crossed_tables_add_up_and_keep_near(
    whole: int, down: list[Fraction], across: list[Fraction], rule: str
) -> None:
    rows, columns = parts(whole, down, rule), parts(whole, across, rule)
    found = crossed(rows, columns)
    assert_adds_up(found, rows, columns)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            exact = Fraction(row * column, whole or 1)
            assert floor(exact) <= found[i][j] <= ceil(exact)


@given(st.lists(st.lists(st.integers(0, 999), min_size=3, max_size=3), min_size=1, max_size=9))
def test_any_table_of_whole_sums_has_a_rounding(cells: list[list[int]]) -> None:
    table, corner = folded(cells, 100)
    found = rounded_table(table, 100)
    assert_adds_up(
        found,
        [sum(row) // 100 for row in table],
        [sum(column) // 100 for column in zip(*table, strict=True)],
    )
    for row, exact in zip(found, table, strict=True):
        for n, e in zip(row, exact, strict=True):
            assert e // 100 <= n <= -(-e // 100)
    assert corner == table[-1][-1]


def folded(cells: list[list[int]], base: int) -> tuple[list[list[int]], int]:
    """With one more row and column that make every sum a multiple of the base (Cox 1987)."""
    wide = [[*row, -sum(row) % base] for row in cells]
    last = [-sum(column) % base for column in zip(*wide, strict=True)]
    return [*wide, last], last[-1]


def test_a_table_of_another_text() -> None:
    """math.stackexchange, `Determine whether there is a valid rounding in a table of numbers`, with
    the sums given there. Its own answer is one of several; ours keeps what is nearly whole."""
    table = [[11998, 9083, 2919], [12983, 10872, 3145], [1019, 2045, 936]]
    found = rounded_table(table, 1000)
    assert_adds_up(found, (24, 27, 4), (26, 22, 7))
    assert found == [[12, 9, 3], [13, 11, 3], [1, 2, 1]]


def test_controlled_rounding_to_base_100() -> None:
    """Statistics Canada, `Controlled rounding`, table 2 (sex by marital status): the sums are
    rounded to a neighbour too, and the cell that is zero stays so."""
    inner = [[3615, 1205, 1205], [3615, 0, 2410]]
    table, _ = folded(inner, 1000)
    found = [row[:3] for row in rounded_table(table, 1000)[:2]]
    assert found[1][1] == 0
    for row, exact_row in zip(found, inner, strict=True):
        for n, exact in zip(row, exact_row, strict=True):
            assert exact // 1000 <= n <= -(-exact // 1000)
        assert sum(exact_row) // 1000 <= sum(row) <= -(-sum(exact_row) // 1000)
    assert 12 <= sum(map(sum, found)) <= 13


def test_shares_of_the_unrounded_totals_may_be_out_of_reach() -> None:
    """Why a cell is held against the totals as rounded (docs/pay.md): with 6 steps over 12:8:1 and
    7:11:7 the first row is 4 and every column 2, and no table keeps within a step of
    6 * 12/21 * 11/25 and the like. (Šíma, `Table rounding problem`, 1999: sums that are prescribed
    may have no rounding.)"""
    rows = parts(6, fractions(12, 8, 1), "largest")
    columns = parts(6, fractions(7, 11, 7), "largest")
    assert (rows, columns) == ([4, 2, 0], [2, 2, 2])
    exact = [[6 * p / 21 * q / 25 for q in fractions(7, 11, 7)] for p in fractions(12, 8, 1)]
    # the first row is full only with every cell rounded up, and then the second column overflows
    assert [ceil(e) for e in exact[0]] == [1, 2, 1]
    assert floor(exact[1][1]) == 1
    assert columns[1] < 2 + 1
    assert_adds_up(crossed(rows, columns), rows, columns)


def test_different_wholes_are_refused() -> None:
    with pytest.raises(ValueError):
        crossed([1, 2], [4])
    with pytest.raises(ValueError):
        rounded_table([[1, 2]], 2)
