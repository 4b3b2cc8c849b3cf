"""The bare outcome, asked slot by slot: always what the reference decides.

Each engine is asked many requests in one order, so that answers come straight from the masks the
first time, from the ordinary path where a request is not plain, and from kept cells later on.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from engine.asking import House
from remit_engine.compile.python_slots import slot_value

HEAD = """
policy house { currency CNY owner director }
enum Region { north south }
position clerk { reports to manager }
position manager { reports to director }
position director
record Order { region: Region  total: money  margin: percent optional  due: date }
parameter ceiling: money { from 2025-01-01 -> 10  from 2026-03-01 -> 20 }
parameter open_end: money = unset
action pay "Pay" { amount money  order Order  flag boolean optional  limit on amount }
authority pay {
"""
RULES = {
    "closed bounds": """
        clerk may approve up to 10 when order.region = north
        manager may approve up to 20 when order.total <= 7
        director may approve any when 30 >= order.total
        nobody may approve when order.margin > 5%
        clerk may not approve over 8 when order.region = south""",
    "open bounds": """
        clerk may approve under 10 when order.region = north
        manager may approve between 5 and 20 when order.total < 7
        director may approve any when order.total = 30
        nobody may approve when order.margin < 5%
        clerk may not approve at least 8 when order.region = south""",
    "steps, dates, a limit never fixed": """
        clerk may approve up to 10 when flag
        manager may approve under 20 when order.total > 7
        director may approve between 5 and 30 when not (order.total <= 7)
        approve over 9 needs review by director
        manager may approve unset when order.margin between 1% and 2%
        nobody may approve when order.due < 2026-05-01""",
    "parameters and arithmetic": """
        clerk may approve up to ceiling
        manager may approve up to open_end when flag
        manager may approve up to 2 * ceiling from 2026-02-01 until 2026-04-01
        director may approve up to 100 when order.total - amount >= 0
        nobody may approve when order.total / (amount - 8) > 5""",
    "anyone": """
        anyone may approve up to 5
        anyone may approve up to 10 unless flag
        manager may not approve over 3""",
    "one alone": "manager may approve up to 20",
}
PEOPLE = """
people:
  - {id: ann, positions: [{position: clerk}, {position: manager, from: 2026-03-01}]}
  - {id: bo, positions: [{position: director}]}
"""
AMOUNTS = ["0", "3", "3.0000001", "4.99", "5", "7", "8", "8.01", "9.99999999", "10", "10.01", "20",
           "20.01", "25", "40", "1e30"]  # fmt: skip
TOTALS = ["6", "6.9999999", "7", "7.01", "29", "30", "30.01"]
MARGINS = ["0.0099", "0.01", "0.015", "0.02", "0.03", "0.05", "0.0500001"]


def facts(rnd: Random) -> dict[str, Any]:
    order = {
        "region": rnd.choice(["north", "south"]),
        "total": Decimal(rnd.choice(TOTALS)),
        "margin": Decimal(rnd.choice(MARGINS)),
        "due": rnd.choice(["2026-04-30", "2026-05-01", "2026-06-01"]),
    }
    given = {"amount": Decimal(rnd.choice(AMOUNTS)), "flag": rnd.choice([True, False])}
    for held in (order, given):
        for name in list(held):
            if rnd.random() < 0.04:
                del held[name]
    return {**given, "order": order}


@pytest.mark.parametrize("people", [None, PEOPLE], ids=["no directory", "a directory"])
@pytest.mark.parametrize("rules", RULES)
def test_the_bare_outcome_is_that_of_the_decision(rules: str, people: str | None) -> None:
    house = House(HEAD + RULES[rules] + "\n}", people)
    check = house.compiled.checker("house.pay")
    slots = house.compiled.judge.slots("house.pay")
    rnd = Random(rules)
    for _ in range(500):
        asker = rnd.choice(["clerk", "manager", "director"])
        day = rnd.choice(["2026-02-28", "2026-03-01", "2026-04-01"])
        request = house.request(asker, as_of=day, **facts(rnd))
        decision = house.reference.decide(request)
        shown = tuple(r.id for r in decision.rules if r.role != "not met")
        values = tuple(slot_value(slot.path, request.facts) for slot in slots)
        assert check(f"house.{asker}", request.as_of, values) == (decision.outcome, shown), request
