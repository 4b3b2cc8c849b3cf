"""OpenFisca's dated scale: same amount, another day, another answer."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engine.asking import House

DATA = json.loads((Path(__file__).parent / "data" / "openfisca.json").read_text("utf-8"))


def parameters() -> str:
    """Thresholds and rates by date; a year with two brackets has a middle one of no width."""
    rows: dict[str, list[str]] = {
        n: [] for n in ("low", "middle_from", "middle", "top_from", "top")
    }
    for step in DATA["scale"]:
        (_, low), *rest = step["brackets"]
        (middle_from, middle), (top_from, top) = rest[0], rest[-1]
        values = {"low": _percent(low), "middle_from": middle_from, "middle": _percent(middle),
                  "top_from": top_from, "top": _percent(top)}  # fmt: skip
        for name, value in values.items():
            rows[name].append(f"from {step['from']} -> {value}")
    kinds = {n: "money" if n.endswith("from") else "percent" for n in rows}
    return "\n".join(f"parameter {n}: {kinds[n]} {{ {'  '.join(r)} }}" for n, r in rows.items())


def _percent(rate: str) -> str:
    return f"{Fraction(rate) * 100}%"


ENDING = DATA["ending"]
POLICY = (
    "policy p { currency EUR }\n"
    + parameters()
    + f"""
parameter allowance_rate: percent {{
  from {ENDING["from"]} until {ENDING["until_before"]} -> {_percent(ENDING["rate"])} }}
position clerk
action contribute {{ amount money  rent money  limit on amount }}
define contribution: money = low * min(amount, middle_from)
  + middle * max(0, min(amount, top_from) - middle_from) + top * max(0, amount - top_from)
define allowance: money = allowance_rate * rent
authority contribute {{
  clerk may approve any when contribution <= 700
  clerk may sign up to allowance }}
"""
)
HOUSE = House(POLICY)


def contribution(amount: int, day: str) -> Fraction:
    found = HOUSE.compiled.value(
        "contribution", {"amount": Fraction(amount)}, date.fromisoformat(day)
    )
    return Fraction(found.value)


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda c: f"{c['as_of']} {c['amount']}")
def test_a_marginal_scale_on_its_day(case: dict[str, Any]) -> None:
    assert contribution(int(case["amount"]), f"{case['as_of']}-01") == Fraction(case["expected"])


@pytest.mark.parametrize(
    ("before", "of", "was", "became"),
    [
        ("2013-12-31", "2014-01-01", 660, 653),
        ("2014-12-31", "2015-01-01", 653, 824),
        ("2015-12-31", "2016-01-01", 824, 816),
        ("2016-12-31", "2017-01-01", 816, 816),
    ],
)
def test_the_day_before_and_the_day_of_a_change(
    before: str, of: str, was: int, became: int
) -> None:
    assert (contribution(15_000, before), contribution(15_000, of)) == (was, became)


def test_a_decision_follows_the_day() -> None:
    assert HOUSE.outcome("clerk", amount=15_000, as_of="2014-12-31") == "permit"
    assert HOUSE.outcome("clerk", amount=15_000, as_of="2015-01-01") == "deny"


def test_while_the_rate_lasts() -> None:
    (case, _) = DATA["ending"]["cases"]
    found = HOUSE.compiled.value("allowance", {"rent": Fraction(case["rent"])}, date(2016, 11, 30))
    assert found.value == Fraction(case["expected"])
    assert HOUSE.outcome("clerk", verb="sign", amount=100, rent=400, as_of="2016-11-30") == "permit"


@pytest.mark.parametrize("day", ["2016-12-01", "2009-12-31"])
def test_outside_its_time_no_rate_is_in_force(day: str) -> None:
    """Upstream answers 0 after the end; ours does not say what nobody wrote."""
    found = HOUSE.compiled.value("allowance", {"rent": Fraction(400)}, date.fromisoformat(day))
    assert (found.value, found.missing) == (None, ())
    assert "allowance_rate" in found.faults[0]
    answer = HOUSE.decide("clerk", verb="sign", amount=0, rent=400, as_of=day)
    assert answer.outcome == "undefined"
    assert "allowance_rate" in answer.reason
