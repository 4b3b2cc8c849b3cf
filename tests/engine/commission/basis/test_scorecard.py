"""Scorecards: exact scores, item by item, or a fault that says what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.commission.pay_nodes import MODEL, number, people, stretch
from remit_dsl import expressions as x
from remit_dsl.pay import Item, Scorecard
from remit_dsl.source import NOWHERE
from remit_dsl.types import NUMBER, PERCENT
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.scorecard import Score, score

MARCH = Period("month", 2026 * 12 + 2)
F = Fraction
Bound = Fraction | int | None


def item(
    name: str,
    weight: Fraction | int,
    target: Fraction | int = 1,
    higher: bool = True,
    floor: Bound = None,
    cap: Bound = None,
    least: Bound = None,
    value: x.Expression | None = None,
) -> Item:
    def read(n: Bound) -> x.Expression | None:
        return None if n is None else number(n, PERCENT)

    return Item(
        name, None, number(weight, PERCENT), higher, number(target, NUMBER), read(floor),
        read(cap), read(least), value, NUMBER, NOWHERE,
    )  # fmt: skip


def card(*items: Item, mode: str | None = None, step: Fraction | int | None = None) -> Scorecard:
    return Scorecard(
        name="sales.appraisal", label=None, of=("sales.rep",), period="month", items=items,
        mode=mode, step=None if step is None else number(step, PERCENT), source=None,
        policy="sales", span=NOWHERE,
    )  # fmt: skip


def measured(**values: Fraction | int) -> Dataset:
    measures = {("a", MARCH, name): F(value) for name, value in values.items()}
    return people(stretch("a"), measures=measures)


def scored(scorecard: Scorecard, **values: Fraction | int) -> Score:
    return score(MODEL, scorecard, measured(**values), "a", MARCH)


def attained(value: Fraction | int, **written: Any) -> Fraction | None:
    return scored(card(item("it", 1, **written)), it=value).value


# --- known answers -------------------------------------------------------------------------


def test_a_weighted_score_with_its_items() -> None:
    found = scored(
        card(
            item("sales", F(2, 5), 100_000, floor=0, cap=F(6, 5)),
            item("lost", F(1, 10), 2, higher=False, floor=0, cap=1, least=F(3, 5)),
            item("visits", F(1, 2), 40),
            mode="half up",
            step=F(1, 1000),
        ),
        sales=130_000,
        lost=1,
        visits=25,
    )
    assert found.exact == F(2, 5) * F(6, 5) + F(1, 10) + F(1, 2) * F(5, 8) == F("0.8925")
    assert found.value == F("0.893")
    assert found.as_of == date(2026, 3, 31)
    sales, lost, visits = found.items
    assert (sales.attainment, sales.counted, sales.note) == (F(13, 10), F(6, 5), "cap")
    assert (lost.attainment, lost.counted, lost.points) == (F(3, 2), 1, F(1, 10))
    assert (visits.attainment, visits.counted, visits.note) == (F(5, 8), F(5, 8), "")


@pytest.mark.parametrize(
    ("value", "written", "expected"),
    [
        (50, {"target": 100}, F(1, 2)),
        (150, {"target": 100}, F(3, 2)),
        (150, {"target": 100, "cap": 1}, 1),
        (-10, {"target": 100}, F(-1, 10)),
        (-10, {"target": 100, "floor": 0}, 0),
        (60, {"target": 100, "least": F(3, 5)}, F(3, 5)),
        (59, {"target": 100, "least": F(3, 5)}, 0),
        # the threshold is of what was attained, whatever the floor lifts it to
        (59, {"target": 100, "least": F(3, 5), "floor": F(7, 10)}, 0),
        (1, {"target": 2, "higher": False}, F(3, 2)),
        (2, {"target": 2, "higher": False}, 1),
        (3, {"target": 2, "higher": False}, F(1, 2)),
        (5, {"target": 2, "higher": False}, F(-1, 2)),
        (5, {"target": 2, "higher": False, "floor": 0}, 0),
        (0, {"target": 0, "higher": False}, 1),
        (0, {"target": 0, "higher": False, "cap": F(9, 10)}, F(9, 10)),
        (1, {"target": 0, "higher": False}, 0),
        (1, {"target": 0, "higher": False, "floor": F(1, 5)}, F(1, 5)),
        (1, {"target": 0, "higher": False, "floor": F(1, 5), "least": F(1, 10)}, 0),
    ],
)
def test_attainment(value: int, written: dict[str, Any], expected: Fraction) -> None:
    assert attained(value, **written) == expected


def test_a_score_that_is_not_rounded_is_exact() -> None:
    assert attained(1, target=3) == F(1, 3)


def test_an_item_with_a_value_of_its_own_needs_no_measure() -> None:
    value = x.Fact(NOWHERE, NUMBER, ("payee", "weight"))
    found = score(
        MODEL, card(item("it", 1, 4, value=value)), people(stretch("a", weight=3)), "a", MARCH
    )
    assert found.value == F(3, 4)


def test_the_day_is_the_last_on_which_he_holds_the_position() -> None:
    value = x.Fact(NOWHERE, NUMBER, ("payee", "weight"))
    data = people(
        stretch("a", weight=1, until=date(2026, 3, 10)),
        stretch("a", weight=2, start=date(2026, 3, 10), until=date(2026, 3, 20)),
        stretch("a", weight=9, start=date(2026, 3, 20), position="sales.lead"),
    )
    found = score(MODEL, card(item("it", 1, value=value)), data, "a", MARCH)
    assert (found.as_of, found.value) == (date(2026, 3, 19), 2)


# --- faults --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scorecard", "said"),
    [
        (card(item("it", F(9, 10))), "the weights make 90%, and not 100%"),
        (
            card(item("it", 1), item("no", 0)),
            "no: the data `measures` has no `no` of `a` for 2026-03",
        ),
        (card(item("it", 1, target=0)), "it: the target is not above 0"),
        (card(item("it", 1, target=-1, higher=False)), "it: the target is not above 0"),
        (card(item("it", 2), item("it", -1)), "it: the weight is negative"),
        (card(item("it", 1, floor=1, cap=F(1, 2))), "it: the floor is above the cap"),
        (card(item("it", 1), mode="half up", step=0), "the step of rounding is not above 0"),
        (card(), "the weights make 0%, and not 100%"),
    ],
)
def test_faults(scorecard: Scorecard, said: str) -> None:
    found = scored(scorecard, it=1)
    assert (found.fault, found.value) == (said, None)


def test_what_was_read_before_a_fault_is_shown() -> None:
    found = scored(card(item("it", F(1, 2)), item("missing", F(1, 2), 7)), it=1)
    first, second = found.items
    assert first.points == F(1, 2)
    assert (second.target, second.value, second.points) == (7, None, None)


def test_a_fact_of_the_payee_that_is_not_given() -> None:
    value = x.Fact(NOWHERE, NUMBER, ("payee", "weight"))
    data = people(stretch("a", weight=None))
    found = score(MODEL, card(item("it", 1, value=value)), data, "a", MARCH)
    assert found.fault == "it: `payee.weight` of `a` is not given on 2026-03-31"


@pytest.mark.parametrize("until", [None, date(2026, 3, 1)])
def test_who_does_not_hold_the_position_has_no_score(until: date | None) -> None:
    position = "sales.lead" if until is None else "sales.rep"
    data = replace(
        measured(it=1), people=people(stretch("a", position=position, until=until)).people
    )
    found = score(MODEL, card(item("it", 1)), data, "a", MARCH)
    assert found.fault == "`a` is not `rep` on any day of 2026-03"
    assert found.value is None


def test_a_period_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError):
        score(MODEL, card(item("it", 1)), measured(it=1), "a", Period("year", 2026))


# --- properties ----------------------------------------------------------------------------

NUMBERS = st.fractions(-50, 50, max_denominator=20)


@st.composite
def cards(draw: st.DrawFn) -> Scorecard:
    shares = draw(st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(any))
    items = []
    for n, share in enumerate(shares):
        low, high = sorted(draw(st.tuples(st.fractions(0, 1), st.fractions(0, 2))))
        items.append(
            item(
                f"i{n}",
                F(share, sum(shares)),
                draw(st.fractions(F(1, 10), 50, max_denominator=20)),
                draw(st.booleans()),
                draw(st.sampled_from([None, low])),
                draw(st.sampled_from([None, high])),
                draw(st.sampled_from([None, F(1, 2)])),
            )
        )
    return card(*items)


@given(cards(), st.data())
def test_the_score_is_the_sum_of_the_points_in_any_order(
    scorecard: Scorecard, data: st.DataObject
) -> None:
    values = {i.name: data.draw(NUMBERS) for i in scorecard.items}
    found = scored(scorecard, **values)
    assert found.value == sum(i.weight * i.counted for i in found.items)
    mixed = replace(scorecard, items=tuple(data.draw(st.permutations(scorecard.items))))
    assert scored(mixed, **values).value == found.value


@given(cards(), st.data(), st.fractions(0, 50, max_denominator=20))
def test_better_is_never_worse(scorecard: Scorecard, data: st.DataObject, more: Fraction) -> None:
    values = {i.name: data.draw(NUMBERS) for i in scorecard.items}
    better = {i.name: values[i.name] + (more if i.higher else -more) for i in scorecard.items}
    low, high = scored(scorecard, **values).value, scored(scorecard, **better).value
    assert low is not None
    assert high is not None
    assert high >= low
