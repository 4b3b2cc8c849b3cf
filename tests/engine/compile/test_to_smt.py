"""Formulas by hand: what they say of one request, what is found, and what is proven impossible."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import z3

from engine.asking import House
from engine.compile.solving import Asked
from remit_dsl.program import Limit
from remit_engine.compile import to_smt
from remit_engine.compile.to_smt import Solver, SolverMissing, Undecided
from remit_engine.judging.unknown import Unknown

HEAD = """
policy p { currency CNY  owner boss }
enum Region { north { beijing hebei } east { shanghai jiangsu } west }
enum Kind { gift sold loan }
record Person { territory: set of Region  trained: boolean  tags: set of text  peer: Person }
record Line { amount: money  kind: Kind  note: text optional }
record Order { total: money  list_total: money  region: Region  margin: percent optional
  lines: list of Line  ship: Address optional  extras: list of Line optional }
record Address { region: Region  floor: integer optional }
position clerk { reports to boss }
position boss { reports to top }
position top
position other
"""
ACTION = """
action act { amount money  rate percent  order Order  subject Person  due date optional
  day date  reason text  yearly money  hours integer  limit on amount }
"""
ORDER: dict[str, Any] = {
    "total": 900, "list_total": 1000, "region": "beijing", "margin": None, "lines": [],
    "ship": None, "extras": None,
}  # fmt: skip
FACTS: dict[str, Any] = {
    "amount": 100, "rate": "5%", "order": ORDER, "due": None, "day": "2026-03-01",
    "reason": "x", "yearly": 1000, "hours": 3,
    "subject": {"position": "clerk", "attributes": {"territory": [], "trained": True, "tags": []}},
}  # fmt: skip
ACTOR = {"territory": ["north"], "trained": True, "tags": ["a"]}


def policy(*sentences: str, declared: str = "", action: str = ACTION) -> Asked:
    """A house of some rules, labelled r0, r1, …; those without a verb are grants to the boss."""
    whole = re.compile(r"\b(may|needs|separate)\b")
    lines = [s if whole.search(s) else f"boss may approve {s}" for s in sentences]
    rules = "\n".join(f"r{i}: {line}" for i, line in enumerate(lines))
    text = f"{HEAD}{action}{declared}\nauthority act {{\n{rules}\n}}"
    return Asked(House(text))


def says(asked: Asked, label: str = "r0", position: str = "boss", **facts: Any) -> str:
    """yes, no or unknown: of both, for one request; `order_margin` is `order.margin`."""
    inner = {k.removeprefix("order_"): v for k, v in facts.items() if k.startswith("order_")}
    outer = {k: v for k, v in facts.items() if not k.startswith("order_")}
    stated = {**FACTS, "actor": ACTOR, **outer, "order": {**ORDER, **inner}}
    truth = asked.says(label, position, **stated)
    return "unknown" if isinstance(truth, Unknown) else "yes" if truth else "no"


def impossible(asked: Asked, *formulas: z3.BoolRef) -> bool:
    return asked.formulas.solve(*formulas, timeout_ms=60_000) is None


# --- limits ------------------------------------------------------------------------------


def test_the_smaller_of_two_limits() -> None:
    asked = policy("up to min(50_000, 10% of yearly)", "up to 50_000", "up to 10% of yearly")
    assert says(asked, amount=100) == "yes"
    assert says(asked, amount=Decimal("100.01")) == "no"
    assert says(asked, amount=50_000, yearly=10_000_000) == "yes"
    assert says(asked, amount=Decimal("50000.01"), yearly=10_000_000) == "no"
    both = z3.And(asked.sure("r1"), asked.sure("r2"))
    assert impossible(asked, asked.sure("r0") != both)


@pytest.mark.parametrize(
    ("bound", "at", "below", "above"),
    [
        ("up to 100", "yes", "yes", "no"),
        ("under 100", "no", "yes", "no"),
        ("between 50 and 100", "yes", "yes", "no"),
        ("any", "yes", "yes", "yes"),
        ("unset", "no", "no", "no"),
    ],
)
def test_grants_at_their_ends(bound: str, at: str, below: str, above: str) -> None:
    asked = policy(bound)
    found = [says(asked, amount=a) for a in (100, Decimal("99.99"), Decimal("100.01"))]
    assert found == [at, below, above]


@pytest.mark.parametrize(
    ("bound", "at", "below", "above"),
    [
        ("over 100", "no", "no", "yes"),
        ("at least 100", "yes", "no", "yes"),
        ("under 100", "no", "yes", "no"),
        ("", "yes", "yes", "yes"),
    ],
)
def test_prohibitions_at_their_ends(bound: str, at: str, below: str, above: str) -> None:
    asked = policy(f"nobody may approve {bound}", "any")
    found = [says(asked, amount=a) for a in (100, Decimal("99.99"), Decimal("100.01"))]
    assert found == [at, below, above]


def test_a_reversed_between_is_unknown() -> None:
    asked = policy("between yearly and 100")
    assert says(asked, yearly=50, amount=60) == "yes"
    assert says(asked, yearly=101, amount=60) == "unknown"


def test_totals_and_a_window_take_off_what_is_used() -> None:
    action = ACTION.replace("limit on amount", "limit on amount summed by reason over 60 days")
    window = "reason over 60 days"
    asked = policy("up to 100 each, 150 per month", action=action)
    assert says(asked, amount=50, totals={"month": 100, window: 50}) == "yes"
    assert says(asked, amount=50, totals={"month": Decimal("100.01"), window: 50}) == "no"
    assert says(asked, amount=50, totals={"month": 100, window: Decimal("50.01")}) == "no"
    found = asked.formulas.solve(asked.sure("r0"), z3.Real("totals.month") > 120)
    assert found is not None
    assert found.totals["month"] > 120
    assert asked.replayed(found, "r0") is True


def test_the_measure_and_the_totals_are_not_negative() -> None:
    asked = policy("up to 0 each, 10 per month", "up to 10", "up to 10 per year")
    found = asked.formulas.solve(asked.sure("r0"))
    assert found is not None
    assert found.facts["amount"] == 0
    assert impossible(asked, asked.sure("r1"), z3.Real("amount") < 0)
    assert impossible(asked, asked.sure("r0"), z3.Real("totals.month") > 10)
    assert impossible(asked, asked.sure("r2"), z3.Real("amount") > 10)


# --- numbers -----------------------------------------------------------------------------


def test_a_ratio_of_two_facts() -> None:
    asked = policy(
        "any when order.total / order.list_total >= 90%",
        "any when order.total >= 90% of order.list_total",
    )
    assert says(asked) == "yes"
    assert says(asked, order_total=Decimal("899.99")) == "no"
    assert says(asked, order_list_total=0) == "unknown"
    positive = z3.Real("order.list_total") > 0
    assert impossible(asked, positive, asked.sure("r0") != asked.sure("r1"))
    found = asked.formulas.solve(asked.sure("r0") != asked.sure("r1"))
    assert found is not None
    assert found.facts["order"]["list_total"] <= 0
    assert asked.replayed(found, "r0") != asked.replayed(found, "r1")


def test_a_product_of_two_facts() -> None:
    asked = policy("any when rate * yearly > 100", "any when yearly > 1_000")
    small = z3.And(z3.Real("rate") <= 1, z3.Real("rate") > 0)
    found = asked.formulas.solve(small, asked.sure("r0"), z3.Not(asked.sure("r1")))
    assert found is not None
    assert asked.replayed(found, "r0") is True
    tenth = z3.And(z3.Real("rate") * 10 <= 1, z3.Real("rate") >= 0)
    assert impossible(asked, tenth, asked.sure("r0"), z3.Not(asked.sure("r1")))


def test_a_root_that_is_no_fraction_is_undecided() -> None:
    asked = policy("any when rate * rate = 2%")
    with pytest.raises(Undecided, match="not fractions"):
        asked.formulas.solve(asked.sure("r0"))


@pytest.mark.parametrize("mode", ["half up", "half even", "half down", "up", "down"])
def test_rounding(mode: str) -> None:
    asked = policy(f"any when (yearly rounded {mode} to 0.05) = order.total")
    for thousandth in range(-130, 131, 5):
        for total in ("-0.05", "0", "0.05", "0.1"):
            yearly, wanted = Decimal(thousandth) / 1000, Decimal(total)
            says(asked, yearly=yearly, order_total=wanted)
            says(asked, yearly=yearly + Decimal("0.0001"), order_total=wanted)


def test_min_max_abs_minus() -> None:
    asked = policy("any when max(min(yearly, amount), 0 - hours * 1 CNY) < abs(amount - yearly)")
    for yearly in (-5, 0, 40, 100, 300):
        for amount in (0, 40, 100):
            says(asked, yearly=yearly, amount=amount)


def test_whole_numbers_are_whole() -> None:
    asked = policy("any when hours * 2 > 3 and hours * 2 < 5", "any when hours * 2 = 3")
    found = asked.formulas.solve(asked.sure("r0"))
    assert found is not None
    assert found.facts["hours"] == 2
    assert impossible(asked, asked.sure("r1"))


# --- what is not known -------------------------------------------------------------------


def test_an_absent_optional_is_neither_sure_nor_false() -> None:
    asked = policy("any when order.margin >= 5%", "any when order.margin is absent")
    assert says(asked) == "unknown"
    assert says(asked, "r1") == "yes"
    assert says(asked, order_margin="5%") == "yes"
    assert says(asked, "r1", order_margin="5%") == "no"
    assert impossible(asked, asked.sure("r0"), asked.sure("r1"))
    found = asked.formulas.solve(asked.possible("r0"), z3.Not(asked.sure("r0")))
    assert found is not None
    assert found.facts["order"]["margin"] is None


def test_below_an_absent_record_everything_is_absent() -> None:
    asked = policy(
        "any when order.ship.region in east",
        "any when order.ship.floor is given",
        "any when (order.ship.floor otherwise 7) = 7",
    )
    labels = ("r0", "r1", "r2")
    assert [says(asked, r) for r in labels] == ["unknown", "no", "yes"]
    ship = {"region": "shanghai", "floor": None}
    assert [says(asked, r, order_ship=ship) for r in labels] == ["yes", "no", "yes"]
    ship = {"region": "west", "floor": 3}
    assert [says(asked, r, order_ship=ship) for r in labels] == ["no", "yes", "no"]
    assert impossible(asked, asked.sure("r1"), z3.Not(z3.Bool("order.ship given")))


def test_what_is_unknown_may_still_not_matter() -> None:
    asked = policy(
        "any when order.margin > 5% or amount > 0",
        "any when order.margin > 5% and amount < 0",
        "any when (if order.margin > 5% then yearly else 1_000 CNY) = 1_000",
    )
    assert [says(asked, r) for r in ("r0", "r1", "r2")] == ["yes", "no", "yes"]
    assert says(asked, "r2", yearly=999) == "unknown"


def test_parameters_by_day_unset_and_not_in_force() -> None:
    declared = """
    parameter most: money { from 2026-02-01 until 2026-04-01 -> 100  from 2026-05-01 -> unset
      from 2026-06-01 -> 50 }
    """
    asked = policy("up to most", declared=declared)
    days = {
        "2026-01-31": "unknown", "2026-02-01": "yes", "2026-03-31": "yes", "2026-04-01": "unknown",
        "2026-05-01": "unknown", "2026-06-01": "no",
    }  # fmt: skip
    assert {day: says(asked, as_of=day) for day in days} == days
    found = asked.formulas.solve(asked.sure("r0"), z3.Real("amount") > 50)
    assert found is not None
    assert date(2026, 2, 1) <= found.as_of < date(2026, 4, 1)


def test_rules_outside_their_days_and_verbs_and_positions_say_nothing() -> None:
    asked = policy(
        "up to 5 from 2026-02-01 until 2026-03-01",
        "clerk may approve any",
        "boss may review any",
        "anyone may approve any",
    )
    days = ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01")
    found = [says(asked, amount=5, as_of=day) for day in days]
    assert found == ["no", "yes", "yes", "no"]
    assert [says(asked, r) for r in ("r1", "r2", "r3")] == ["no", "no", "yes"]
    assert impossible(asked, asked.possible("r1"))
    assert not impossible(asked, asked.sure("r1", "clerk"))


def test_an_exchange_at_the_rate_of_the_day() -> None:
    declared = """exchange USD to CNY { from 2026-01-01 -> 7  from 2026-07-01 -> unset }
    """
    action = ACTION.replace("yearly money", "yearly money USD")
    asked = policy("up to yearly as CNY", declared=declared, action=action)
    yearly = "20 USD"
    assert says(asked, amount=140, yearly=yearly) == "yes"
    assert says(asked, amount=141, yearly=yearly) == "no"
    assert says(asked, amount=1, yearly=yearly, as_of="2026-07-01") == "unknown"
    assert says(asked, amount=1, yearly=yearly, as_of="2025-12-31") == "unknown"


# --- tables ------------------------------------------------------------------------------

TABLES = """
table share (k: Kind, r: Region, s: money) gives percent unique {
  gift, any, any -> 1%
  not gift, north or east, under 1_000 -> 5%
  not gift, north or east, at least 1_000 -> 6%
  not gift, west, any -> 7%
}
table part (r: Region, s: money) gives percent first {
  beijing, any -> 1%
  north, over 500 -> 2%
  any, up to 500 -> 3%
  any, any -> 4%
}
table points (s: money, k: Kind) gives integer collect sum {
  over 10, any -> 1
  over 100, any -> 10
  any, gift -> 100
}
define rising: percent = bands of order.total { under 1_000 -> 1%  up to 2_000 -> 2%
  otherwise -> 3% }
"""


def test_tables_of_every_kind() -> None:
    asked = policy(
        "any when rate = share(gift, order.region, order.total)",
        "any when rate = share(sold, order.region, order.total)",
        "any when rate = part(order.region, order.total)",
        "any when hours = points(order.total, gift)",
        "any when rate = rising",
        declared=TABLES,
    )
    for region in ("beijing", "north", "jiangsu", "west"):
        for total in (10, 11, 500, 501, 999, 1000, 1001, 2000, 2001):
            for rate, hours in (("1%", 100), ("2%", 101), ("3%", 111), ("5%", 1), ("6%", 2)):
                facts = {"order_region": region, "order_total": total, "rate": rate}
                says(asked, hours=hours, **facts)
    assert says(asked, "r1", order_total=1000, rate="6%") == "yes"
    assert says(asked, "r2", order_region="beijing", rate="1%") == "yes"
    assert says(asked, "r3", order_total=101, hours=111) == "yes"
    assert says(asked, "r4", order_total=2000, rate="2%") == "yes"


def test_a_table_with_an_unknown_argument() -> None:
    asked = policy(
        "any when rate = part(order.region, order.margin * 10_000 CNY)",
        "any when part(order.region, order.total) > 4%",
        "any when points(order.margin * 10_000 CNY, gift) >= 100",
        "any when share(sold, order.region, order.margin * 10_000 CNY) > 0%",
        declared=TABLES,
    )
    assert says(asked, order_region="beijing", rate="1%") == "yes"
    assert says(asked, order_region="west", rate="3%") == "unknown"
    assert impossible(asked, asked.possible("r1"))
    for rule in ("r2", "r3"):
        assert says(asked, rule) == "unknown"
        assert says(asked, rule, order_margin="12%") == "yes"


def test_bands_of_what_is_unknown() -> None:
    declared = """
    parameter start: percent { from 2026-03-01 -> 5% }
    define by_margin: percent = bands of order.margin { under 5% -> 1%  otherwise -> 2% }
    define by_day: percent = bands of rate { under 1% -> 1%  up to start -> 2%  otherwise -> 3% }
    """
    asked = policy("any when by_margin > 0%", "any when by_day > 0%", declared=declared)
    assert says(asked) == "unknown"
    assert says(asked, order_margin="1%") == "yes"
    early = "2026-02-28"
    assert [says(asked, "r1", rate=r) for r in ("0.5%", "1%", "6%")] == ["yes"] * 3
    found = [says(asked, "r1", rate=r, as_of=early) for r in ("0.5%", "1%", "6%")]
    assert found == ["yes", "unknown", "unknown"]


# --- trees, sets, lists, people, texts ---------------------------------------------------


def test_a_tree_is_at_or_below() -> None:
    asked = policy(
        "any when order.region in north",
        "any when order.region in (hebei, east)",
        "any when order.region = north",
        "any when order.region in actor.territory",
    )
    for region in ("north", "beijing", "hebei", "east", "shanghai", "west"):
        for territory in ([], ["north"], ["beijing", "west"], ["east", "north"]):
            for rule in ("r0", "r1", "r2", "r3"):
                actor = {**ACTOR, "territory": territory}
                says(asked, rule, order_region=region, actor=actor)
    assert impossible(asked, asked.sure("r2"), z3.Not(asked.sure("r0")))
    found = asked.formulas.solve(asked.sure("r3"), asked.sure("r1"), z3.Not(asked.sure("r0")))
    assert found is not None
    assert found.attributes["territory"] & {"east", "shanghai", "jiangsu"}


def test_sets_of_texts() -> None:
    asked = policy("any when reason in actor.tags", 'any when reason in ("x", "y")')
    assert says(asked) == "no"
    assert says(asked, actor={**ACTOR, "tags": ["x", "z"]}) == "yes"
    assert says(asked, "r1") == "yes"
    found = asked.formulas.solve(asked.sure("r0"), z3.Not(asked.sure("r1")))
    assert found is not None
    assert found.facts["reason"] in found.attributes["tags"]
    assert found.facts["reason"] not in ("x", "y")
    assert asked.replayed(found, "r0") is True


def test_aggregates_over_short_lists() -> None:
    sold = "line in order.lines where line.kind = sold"
    asked = policy(
        "any when sum(order.lines.amount) >= 100",
        "any when average(order.lines.amount) >= 100",
        f"any when max(line.amount for {sold}) >= 100",
        "any when min(order.lines.amount) >= 100",
        f"any when count({sold}) = 1",
        f"any when any({sold})",
        f"any when all({sold})",
        'any when any(line in order.lines where line.note = "x")',
        'any when all(line in order.lines where line.note = "x")',
        'any when count(line in order.lines where line.note = "x") < 2',
    )
    one = {"amount": 99, "kind": "gift", "note": None}
    two = {"amount": 101, "kind": "sold", "note": "x"}
    three = {"amount": 100, "kind": "sold", "note": "y"}
    for lines in ([], [one], [two], [one, two], [two, three], [three, one], [three, two]):
        for rule in range(10):
            says(asked, f"r{rule}", order_lines=lines)
    assert says(asked, "r1", order_lines=[]) == "unknown"
    assert says(asked, "r2", order_lines=[one]) == "unknown"
    assert says(asked, "r7", order_lines=[one]) == "unknown"
    assert says(asked, "r7", order_lines=[one, two]) == "yes"


def test_of_an_absent_list_nothing_is_known() -> None:
    asked = policy(
        "any when count(order.extras) = 0",
        "any when sum(order.extras.amount) = 0",
        "any when all(line in order.extras where line.kind = sold)",
        "any when any(line in order.extras where line.kind = sold)",
    )
    labels = ("r0", "r1", "r2", "r3")
    assert [says(asked, r) for r in labels] == ["unknown"] * 4
    assert [says(asked, r, order_extras=[]) for r in labels] == ["yes", "yes", "yes", "no"]


def test_longer_lists_are_not_looked_at() -> None:
    asked = policy(
        "any when count(line in order.lines where line.kind = sold) >= 3",
        "any when sum(order.lines.amount) > 5",
        "any when sum(order.lines.amount) > 7",
    )
    with pytest.raises(Undecided, match="lists of more than 2 elements were not looked at"):
        asked.formulas.solve(asked.sure("r0"))
    assert impossible(asked, asked.sure("r2"), z3.Not(asked.sure("r1"))), "true of every list"
    assert not impossible(asked, asked.sure("r1"), z3.Not(asked.sure("r2")))


def test_of_a_longer_list_nothing_is_said_that_is_not_so() -> None:
    asked = policy("any when count(line in order.lines where line.kind = sold) >= 3")
    asked.sure("r0")
    for length in range(5):
        lines = [{"amount": 1, "kind": "sold", "note": None}] * length
        facts = {**FACTS, "order": {**ORDER, "lines": lines}}
        request = asked.house.request({"position": "boss", "attributes": ACTOR}, **facts)
        solver = z3.Solver()
        solver.add(asked.formulas.exactly(request), asked.sure("r0") == (length >= 3))
        assert solver.check() == z3.sat


def test_the_members_of_a_set_are_different() -> None:
    asked = policy('any when count(t in actor.tags where t = "x") = 2')
    with pytest.raises(Undecided, match="more than 2"):
        asked.formulas.solve(asked.sure("r0"))


def test_who_reports_to_whom() -> None:
    asked = policy(
        "any when subject reports to actor",
        "any when subject reports directly to actor",
        "any when subject holds clerk",
        "any when actor.position = boss",
        "any when subject.position = actor.position",
        "any when requester reports to actor",
        "top may approve any when subject reports to actor",
        "top may approve any when subject reports directly to actor",
    )
    for position in ("clerk", "boss", "top", "other"):
        for rule in range(8):
            subject = {"position": position, "attributes": ACTOR}
            says(asked, f"r{rule}", "top" if rule > 5 else "boss", subject=subject)
    assert says(asked, "r5") == "unknown"
    above = z3.And(asked.sure("r6", "top"), z3.Not(asked.sure("r7", "top")))
    found = asked.formulas.solve(above)
    assert found is not None
    assert found.facts["subject"].positions == {"p.clerk"}


def test_a_person_within_a_person_is_complete_as_far_as_it_is_read() -> None:
    asked = policy("any when subject.peer.peer.trained and not actor.peer.trained")
    found = asked.formulas.solve(asked.sure("r0"))
    assert found is not None
    peer = found.facts["subject"].attributes["peer"].attributes["peer"]
    assert peer.attributes["trained"] is True
    assert asked.replayed(found, "r0") is True


def test_other_texts_are_other_texts() -> None:
    asked = policy('any when reason != "text 40" and not reason = "x"')
    for found in (
        asked.formulas.solve(asked.sure("r0")),
        asked.formulas.solve(asked.sure("r0"), z3.Int("reason") == 40),
    ):
        assert found is not None
        assert found.facts["reason"] not in ("x", "text 40")
        assert asked.replayed(found, "r0") is True


# --- days --------------------------------------------------------------------------------

DAYS = (
    "0001-01-01", "1900-02-28", "2000-02-29", "2023-12-31", "2024-01-31", "2024-02-28",
    "2024-02-29", "2024-03-01", "2024-03-31", "2025-02-28", "2026-04-30", "9999-12-31",
)  # fmt: skip


def test_days_between_two_dates() -> None:
    asked = policy(
        "any when days from due to day >= 30 days",
        "any when whole months from due to day >= 1 months",
        "any when whole months from due to day <= -12 months",
    )
    for due in DAYS:
        for day in DAYS:
            for rule in ("r0", "r1", "r2"):
                says(asked, rule, due=due, day=day)
    assert says(asked, "r1", due="2024-01-31", day="2024-02-29") == "yes"
    assert says(asked, "r1", due="2024-01-31", day="2024-02-28") == "no"


@pytest.mark.parametrize("unit", ["week", "month", "quarter", "year"])
def test_edges_of_periods(unit: str) -> None:
    asked = policy(
        f"any when due = start of {unit} of day",
        f"any when due = end of {unit} of day",
        f"any when due < start of {unit} of day",
        f"any when due < end of {unit} of day",
    )
    for due in (*DAYS, "2024-02-26", "2024-03-03", "2024-01-01", "2026-06-30"):
        for day in DAYS:
            says(asked, "r0", due=due, day=day)


def test_dates_and_durations() -> None:
    asked = policy(
        "any when day + 1 months clipped > due",
        "any when day + 1 months rolled > due",
        "any when day - 13 months clipped < due",
        "any when day + 90 days > due",
        "any when day - 90 days < due",
    )
    for due in DAYS:
        for day in DAYS:
            for rule in range(5):
                says(asked, f"r{rule}", due=due, day=day)
    assert says(asked, "r3", due="2026-01-01", day="9999-12-31") == "unknown"
    assert says(asked, "r2", due="2026-01-01", day="0001-01-01") == "unknown"


def test_months_are_solved() -> None:
    """The shortest month has 28 days, and a quarter has at least 90."""
    month = "whole months from due to day = 1 months"
    asked = policy(
        f"any when {month} and days from due to day = 28 days",
        f"any when {month} and due < day and days from due to day < 28 days",
        "any when days from start of quarter of day to end of quarter of day < 89 days",
        "any when end of quarter of day < day",
    )
    found = asked.formulas.solve(asked.sure("r0"))
    assert found is not None
    assert asked.replayed(found, "r0") is True
    for label in ("r1", "r2", "r3"):
        assert impossible(asked, asked.sure(label))


# --- the caller --------------------------------------------------------------------------


def test_bars_that_need_a_name_or_a_past_bar_nobody_here() -> None:
    asked = policy("any", "requester may not approve", "separate review and approve")
    assert says(asked, "r1") == "no"
    assert says(asked, "r2") == "no"


def test_a_solution_is_a_complete_request() -> None:
    asked = policy("up to 5")
    found = asked.formulas.solve(asked.sure("r0"))
    assert found is not None
    request = found.request("p.boss")
    assert set(request.facts) == set(asked.house.model.program.actions["p.act"].fields)
    assert set(request.facts["order"]) == set(ORDER)
    assert request.facts["due"] is None
    assert request.actor.attributes["position"] == "p.boss"
    assert request.actor.attributes["trained"] is False
    assert asked.agrees(request)[asked.rule("r0").index] is True
    assert asked.house.answer(request).outcome == "permit"


def test_an_action_without_a_measure() -> None:
    asked = policy("any when hours > 3", action=ACTION.replace("limit on amount", ""))
    found = asked.formulas.solve(asked.sure("r0"))
    assert found is not None
    assert found.facts["hours"] > 3


def test_what_is_not_there_is_refused() -> None:
    asked = policy("any")
    with pytest.raises(ValueError, match="there is no action"):
        Solver(asked.house.model).question("p.none", "approve")
    second = (
        "\naction also { amount money  limit on amount }\nauthority also { boss may approve any }"
    )
    both = Asked(
        House(f"{HEAD}{ACTION}{second}\nauthority act {{ boss may approve any }}"), action="p.act"
    )
    other = both.house.model.actions["p.also"].rules[0]
    with pytest.raises(ValueError, match="is no rule on"):
        both.formulas.sure(other, "p.boss")


def test_a_changed_copy_of_a_rule_is_another_rule() -> None:
    asked = policy("up to 10")
    free = replace(asked.rule("r0"), bound=None, limit=Limit("any"))
    wide = asked.formulas.sure(free, "p.boss")
    assert not impossible(asked, wide, z3.Not(asked.sure("r0")))
    assert impossible(asked, asked.sure("r0"), z3.Not(wide))


def test_giving_up_is_not_an_answer() -> None:
    action = "action act { a integer  b integer  c integer  limit on a }"
    cubes = "any when a * a * a + b * b * b = c * c * c and a > 2 and b > 2 and c > 2"
    asked = policy(cubes, action=action)
    with pytest.raises(Undecided, match="the solver gave up"):
        asked.formulas.solve(asked.sure("r0"), timeout_ms=200)


def test_without_the_solver_the_message_says_how_to_get_it(monkeypatch: Any) -> None:
    monkeypatch.setattr(to_smt, "z3", None)
    with pytest.raises(SolverMissing) as caught:
        Solver(policy_model())
    assert str(caught.value) == "install it with `pip install 'remit[prove]'`"


def policy_model() -> Any:
    return House(f"{HEAD}{ACTION}\nauthority act {{ boss may approve any }}").model


def test_everything_imports_without_the_solver() -> None:
    code = (
        "import sys; sys.modules['z3'] = None\n"
        "from remit_engine.compile.to_smt import Solver, SolverMissing\n"
        "try: Solver(None)\n"
        "except SolverMissing as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "install it with `pip install 'remit[prove]'`\n", done.stderr


def test_one_place_imports_the_solver() -> None:
    root = Path(to_smt.__file__).parents[1]
    found = [
        p.name
        for p in root.rglob("*.py")
        if re.search(r"^\s*import z3", p.read_text(encoding="utf-8"), re.M)
    ]
    assert found == ["smt_library.py"]
