"""Requests made of cells lie in their cells, and those that hang on one another are solved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.columns import Values
from engine.analysis.complete import model_of
from engine.analysis.findings import DAY
from engine.asking import House
from engine.generators import ACTION, examples, written
from remit_engine.analysis.concrete import Maker
from remit_engine.analysis.formula import TooEntangled
from remit_engine.analysis.goal import Applies
from remit_engine.analysis.grid import Cell, TooManySteps
from remit_engine.analysis.judgement import SURE
from remit_engine.analysis.leftover import applies
from remit_engine.analysis.space import Space
from remit_engine.engine import Engine
from remit_engine.request import Request
from remit_engine.rules.ir import Rule

STEPS = 20_000
seen: Counter[str] = Counter()


def cells(space: Space, rule: Rule, position: str) -> Iterator[Cell]:
    """Cells in which a rule surely applies."""
    try:
        yield from islice(space.cells(Applies(SURE, (rule,), position), STEPS), 3)
    except (TooEntangled, TooManySteps):
        seen["given up"] += 1


@given(st.integers(0, 10**9))
@settings(max_examples=examples(15, 1_000))
def test_requests_lie_in_their_cells(seed: int) -> None:
    model = model_of(written(Random(seed)))
    space = Space(model, f"p.{ACTION}", DAY)
    maker = Maker(space, DAY, tries=4)
    for rule in model.actions[space.action].rules:
        position = min(rule.positions or model.program.positions)
        for cell in cells(space, rule, position):
            made = list(maker.requests(cell, rule.verb, position))
            seen["made" if made else "none"] += 1
            assert made or space.loose(cell)
            for request in made:
                assert Values(space, request).outside(cell) == []
                assert applies(rule, request, space, SURE)
                assert request.verb == rule.verb
                assert request.actor.positions == {position}


def test_most_cells_were_made_into_requests() -> None:
    """Runs after the test above, in this file's order; says nothing when run alone."""
    if seen:
        assert seen["made"] > 3 * seen["none"]


# --- by hand -------------------------------------------------------------------------------

HEAD = """
policy house { currency CNY  owner director }
position clerk { reports to director }
position director
enum Region { north { beijing hebei } east { shanghai } }
record Person { territory: set of Region  grade: integer optional }
record Line { amount: money  kind: Region  rate: percent }
record Order { total: money  used: money optional  region: Region  lines: list of Line
  delivered: date optional }
exchange USD to CNY { from 2026-01-01 -> 7.10 }
table factor (region: Region, count: integer) gives number first {
  north, under 3 -> 1.5
  any, any -> 2
}
action pay { amount money  count integer  urgent boolean  order Order  due date  foreign money USD
  vendor text  order_count integer  helper Person optional  limit on amount }
authority pay { r: clerk may approve """

SATISFIED = [
    "any when order.total - amount = 7",
    "any when order.total - amount > 100 and amount > 1_000",
    "any when amount + order.total < 10 and order.total > 9",
    "any when order.used - amount >= 5 and amount - order.total >= 5",
    "any when 3 * amount = 2 * order.total and amount > 0",
    "any when amount / order.total > 2 and order.total > 100",
    "any when order.total / amount = 3 and amount > 7",
    "any when sum(order.lines.amount) = 1_000",
    "any when sum(order.lines.amount) > amount and amount > 50",
    "any when sum(order.lines.amount) - order.total = 12",
    "any when sum(l.amount * l.rate for l in order.lines where l.kind = north) > 100",
    "any when count(order.lines) = 2",
    "any when count(order.lines) = 0",
    "any when max(order.lines.rate) > 10% and min(order.lines.rate) < 5%",
    "any when average(order.lines.amount) between 10 and 11",
    "any when any(l in order.lines where l.kind = hebei and l.amount > 5)",
    "any when all(l in order.lines where l.rate < 1%) and count(order.lines) > 0",
    "any when order.region in actor.territory and order.region in north",
    "any when order.region not in actor.territory",
    "any when order.region = east and actor.grade > 3",
    "any when actor.grade is absent",
    "any when days from order.delivered to as_of > 90 days",
    "any when due = end of month of as_of",
    "any when order.delivered + 1 months clipped < due",
    "any when whole months from order.delivered to as_of >= 3 months",
    "any when foreign as CNY > 7_100",
    "any when amount * factor(order.region, count) = 30 and order.region = beijing and count = 2",
    "any when amount = order.total rounded half up to 10 and order.total > 14",
    "any when min(amount, order.total) = 4 and max(amount, order.total) = 9",
    "any when abs(amount - order.total) = 3",
    'any when vendor = "acme" and order.total between 5 and 5',
    'any when vendor != "acme" and vendor != "text" and vendor != "another text"',
    "any when helper holds director and helper reports to actor or helper is absent",
    "any when helper.grade > count and count > 3",
    "up to 50 each, 100 per month when amount > 40",
    "up to 100 per vendor per quarter when amount = 99",
    "any when (order.used otherwise 3) = 3 and order.used is absent",
    "any when as_of >= 2030-02-28 and due < as_of",
    "any when count + count = 6",
    "any when count * 2 > 5 and count * 2 < 7",
]


@pytest.mark.parametrize("text", SATISFIED)
def test_a_request_is_found_that_satisfies(text: str) -> None:
    if " and " in text and " or " in text:
        text = text.replace("any when ", "any when (").replace(" or ", ") or ")
    house = House(f"{HEAD}{text} }}")
    space = Space(house.model, house.only_action, DAY)
    (rule,) = house.model.rules
    found = list(requests(space, rule))
    assert found
    for request in found:
        assert house.answer(request).outcome == "permit", text
        assert request.as_of >= DAY


def requests(space: Space, rule: Rule, tries: int = 12) -> Iterator[Request]:
    """What is made of the first cells of a rule."""
    for cell in cells(space, rule, "house.clerk"):
        made = list(Maker(space, DAY, tries=60).requests(cell, "approve", "house.clerk"))
        for request in made[:tries]:
            assert Values(space, request).outside(cell) == []
            yield request


NEVER = [
    "any when order.total - amount > 5 and order.total - amount < 5",
    "any when amount < 0",
    "any when order.region = east and order.region in north",
    "any when count > 2 and count < 3",
    "any when order.used is absent and order.used > 3",
    "any when actor holds director",
    "up to -1",
    "any when as_of < 2026-02-01",
    "any when count(order.lines) < 0",
    'any when vendor = "a" and vendor = "b"',
]


@pytest.mark.parametrize("text", NEVER)
def test_there_is_no_cell_where_there_is_no_request(text: str) -> None:
    house = House(f"{HEAD}{text} }}")
    (rule,) = house.model.rules
    assert list(cells(Space(house.model, house.only_action, DAY), rule, "house.clerk")) == []


@pytest.mark.parametrize(
    "text",
    [
        "any when amount > order.total and order.total > order.used and order.used > amount",
        "any when amount / 2 > order.total and amount < order.total and order.total > 0",
        "any when count + order_count = 5 and count - order_count = 2",
    ],
)
def test_no_request_is_made_of_a_cell_that_is_empty(text: str) -> None:
    house = House(f"{HEAD}{text} }}")
    space = Space(house.model, house.only_action, DAY)
    (rule,) = house.model.rules
    assert list(requests(space, rule)) == []


def test_a_request_is_made_today_where_its_cell_allows_it() -> None:
    house = House(f"{HEAD}any when amount > 200 }}")
    space = Space(house.model, house.only_action, DAY)
    (rule,) = house.model.rules
    (request,) = requests(space, rule)
    assert request.as_of == DAY
    assert request.facts["amount"] > 200
    assert request.facts["helper"] is None


def test_a_fresh_space_uses_nothing_of_its_totals() -> None:
    house = House(f"{HEAD}up to 100 per month when order.total - amount > 3 }}")
    (rule,) = house.model.rules
    space = Space(house.model, house.only_action, DAY, fresh=True)
    found = list(requests(space, rule))
    assert found
    assert all(r.totals == {"month": 0} for r in found)


def test_the_same_cell_gives_the_same_requests() -> None:
    house = House(f"{HEAD}any when order.total - amount = 7 }}")
    space = Space(house.model, house.only_action, DAY)
    (rule,) = house.model.rules
    assert list(requests(space, rule)) == list(requests(space, rule))


def test_days_to_the_last_of_the_calendar() -> None:
    house = House(f"{HEAD}any when due > 9999-12-30 and as_of = due }}")
    space = Space(house.model, house.only_action, DAY)
    (rule,) = house.model.rules
    found = list(requests(space, rule))
    assert found
    assert {r.as_of for r in found} == {date.max}
    assert Engine(house.model).decide(found[0]).outcome == "permit"
