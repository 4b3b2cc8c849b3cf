"""Where rules apply, as formulas and boxes, against the interpreter on complete requests."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.columns import Values
from engine.analysis.complete import model_of, request
from engine.analysis.test_answers import looks_at_requester
from engine.asking import House
from engine.generators import ACTION, POSITIONS, examples, written
from remit_engine.analysis.formula import TooEntangled
from remit_engine.analysis.judgement import POSSIBLE, SURE
from remit_engine.analysis.space import Space
from remit_engine.judging.capacities import cases
from remit_engine.judging.interpreter import judge, measure
from remit_engine.judging.ruling import within
from remit_engine.people.directory import Directory
from remit_engine.request import Request
from remit_engine.rules.ir import GRANT, Rule

MODES = (SURE, POSSIBLE)
seen: Counter[str] = Counter()


def applies(rule: Rule, asked: Request, space: Space, mode: str) -> bool:
    """What the interpreter says of a rule: surely, or possibly."""
    if not rule.in_force(asked.as_of):
        return False
    verdict = judge(rule, cases(asked, asked.actor, space.model, Directory.empty())[0])
    truth = within(verdict) if rule.kind == GRANT else verdict.applies
    return truth is True if mode == SURE else truth is not False


def below_zero(asked: Request, space: Space) -> bool:
    """A request with a measure below zero is outside of the questions."""
    value = measure(cases(asked, asked.actor, space.model, Directory.empty())[0])
    return hasattr(value, "numerator") and value < 0


def agrees(space: Space, asked: Request) -> None:
    """Every rule of the action, in both modes, as formula and as boxes."""
    (position,) = asked.actor.positions
    values = Values(space, asked)
    for rule in space.model.actions[space.action].rules:
        for mode in MODES:
            wanted = applies(rule, asked, space, mode)
            told = (rule.id, mode, asked)
            formula = space.judgement.formula(mode, rule, position)
            assert values.holds(formula) == wanted, told
            try:
                found = space.judgement.boxes(mode, rule, position)
            except TooEntangled:
                seen["entangled"] += 1
                continue
            assert any(values.in_box(box) for box in found) == wanted, told
            seen[f"{mode} {wanted}"] += 1
        if space.judgement.determinate(rule, position):
            assert applies(rule, asked, space, SURE) == applies(rule, asked, space, POSSIBLE)


@given(st.integers(0, 10**9))
@settings(max_examples=examples(25, 2_000))
def test_formulas_and_boxes_are_what_the_interpreter_says(seed: int) -> None:
    rnd = Random(seed)
    w = written(rnd)
    model = model_of(w)
    space = Space(model, f"p.{ACTION}")
    requested = looks_at_requester(model)
    verbs = sorted({v for r in model.rules for v in r.verbs})
    for _ in range(8):
        asked = request(
            rnd, w, model, rnd.choice(POSITIONS), rnd.choice(verbs), requested=requested
        )
        if not below_zero(asked, space):
            agrees(space, asked)


def test_all_ways_were_seen() -> None:
    """Runs after the test above, in this file's order; says nothing when run alone."""
    if seen:
        assert min(seen[f"{m} {t}"] for m in MODES for t in (True, False)) > 100
        assert seen["entangled"] < seen.total() / 20


# --- by hand -------------------------------------------------------------------------------

BY_HAND = """
policy house { currency CNY  owner director }
position clerk { reports to manager }
position manager { reports to director }
position director
enum Region { north { beijing hebei } east { shanghai } }
record Line { amount: money  kind: text optional }
record Order { total: money optional  region: Region optional  lines: list of Line }
parameter cap: money { from 2026-01-01 -> 100  from 2026-07-01 -> 200 }
parameter later: money = unset
action pay { amount money  paid money optional  order Order  due date  urgent boolean
  limit on amount }
authority pay {
  plain: clerk may approve up to cap
  tree: clerk may approve any when order.region in north
  node: clerk may approve any when order.region = north
  sum: clerk may approve any when sum(order.lines.amount) > amount
  all: clerk may approve any when all(line in order.lines where line.kind = "gift")
  rest: clerk may approve any when order.total - paid >= 10
  ratio: clerk may approve any when amount / order.total > 2
  soon: clerk may approve any when days from as_of to due <= 30 days
  month: clerk may approve up to 50 each, 100 per month
  range: manager may approve between 10 and 20
  floor: manager may not approve at least 500
  never: manager may approve up to later
  most: manager may approve up to max(cap, paid)
  stated: manager may approve any when paid is given
  fallen: manager may approve any when (paid otherwise 3) < 5
  bar: manager may not approve over 300 when not urgent
  late: director may approve any from 2026-07-01 until 2027-01-01
}
"""
LINE = {"amount": 20, "kind": "sold"}
ORDER = {"total": 100, "region": "beijing", "lines": [LINE]}
FACTS = {"amount": 50, "paid": None, "due": "2026-03-20", "urgent": False, "order": ORDER}
HOUSE = House(BY_HAND)
SPACE = Space(HOUSE.model, HOUSE.only_action)


def order(**changed: object) -> dict[str, object]:
    return {"order": {**ORDER, **changed}}


YES, NO, OPEN = (True, True), (False, False), (False, True)
"""Surely and possibly; an open one is possible and not sure."""
SUMMER = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("label", "changed", "wanted"),
    [
        ("plain", {"amount": 100}, YES),
        ("plain", {"amount": Decimal("100.01")}, NO),
        ("plain", {"amount": 200, "as_of": SUMMER}, YES),
        ("plain", {"amount": 1, "as_of": date(2025, 12, 31)}, OPEN),
        ("tree", order(region="north"), YES),
        ("tree", order(region="hebei"), YES),
        ("tree", order(region="shanghai"), NO),
        ("tree", order(region=None), OPEN),
        ("node", order(region="hebei"), NO),
        ("node", order(region="north"), YES),
        ("sum", {"amount": 19}, YES),
        ("sum", {"amount": 20}, NO),
        ("sum", {"amount": 39, **order(lines=[LINE, LINE])}, YES),
        ("sum", {"amount": 0, **order(lines=[])}, NO),
        ("all", order(lines=[]), YES),
        ("all", order(lines=[LINE]), NO),
        ("all", order(lines=[{**LINE, "kind": None}]), OPEN),
        ("all", order(lines=[{**LINE, "kind": None}, LINE]), NO),
        ("rest", {"paid": 90}, YES),
        ("rest", {"paid": 91}, NO),
        ("rest", {"paid": None}, OPEN),
        ("rest", {"paid": 90, **order(total=None)}, OPEN),
        ("ratio", {"amount": 201}, YES),
        ("ratio", {"amount": 200}, NO),
        ("ratio", order(total=0), OPEN),
        ("ratio", {"amount": 10, **order(total=-1)}, NO),
        ("soon", {"due": "2026-03-31"}, YES),
        ("soon", {"due": "2026-04-01"}, NO),
        ("soon", {"due": "2020-01-01"}, YES),
        ("month", {"amount": 50, "used": 50}, YES),
        ("month", {"amount": 50, "used": 51}, NO),
        ("month", {"amount": 51, "used": 0}, NO),
        ("range", {"amount": 10}, YES),
        ("range", {"amount": 20}, YES),
        ("range", {"amount": 9}, NO),
        ("range", {"amount": 21}, NO),
        ("floor", {"amount": 500}, YES),
        ("floor", {"amount": 499}, NO),
        ("never", {"amount": 0}, OPEN),
        ("most", {"amount": 100, "paid": None}, OPEN),
        ("most", {"amount": 150, "paid": 150}, YES),
        ("most", {"amount": 151, "paid": 150}, NO),
        ("most", {"amount": 100, "paid": 1}, YES),
        ("stated", {"paid": None}, NO),
        ("stated", {"paid": 0}, YES),
        ("fallen", {"paid": None}, YES),
        ("fallen", {"paid": 5}, NO),
        ("bar", {"amount": 301}, YES),
        ("bar", {"amount": 300}, NO),
        ("bar", {"amount": 301, "urgent": True}, NO),
        ("late", {"as_of": date(2026, 6, 30)}, NO),
        ("late", {"as_of": SUMMER}, YES),
        ("late", {"as_of": date(2027, 1, 1)}, NO),
    ],
)  # fmt: skip
def test_by_hand(label: str, changed: dict[str, object], wanted: tuple[bool, bool]) -> None:
    (rule,) = [r for r in HOUSE.model.rules if r.id.endswith(f".{label}")]
    (position,) = sorted(rule.positions or SPACE.model.program.positions)
    made = request_of(position, changed)
    values = Values(SPACE, made)
    told = [values.holds(SPACE.judgement.formula(mode, rule, position)) for mode in MODES]
    assert tuple(told) == wanted
    agrees(SPACE, made)


def request_of(position: str, changed: dict[str, object]) -> Request:
    facts = {**FACTS, **changed}
    used, day = facts.pop("used", 0), facts.pop("as_of", date(2026, 3, 1))
    return HOUSE.request(
        position.rsplit(".", 1)[-1], totals={"month": used}, as_of=day, facts=facts
    )


def test_a_parameter_never_fixed_is_told_from_a_rule_that_may_apply() -> None:
    rules = {r.id.rsplit(".", 1)[-1]: r for r in HOUSE.model.rules}
    assert SPACE.judgement.unset(rules["never"], "house.manager")
    for label in ("plain", "most", "late", "bar"):
        position = next(iter(rules[label].positions or ()))
        assert not SPACE.judgement.unset(rules[label], position)


def test_determinate_is_a_rule_that_no_absent_fact_unsettles() -> None:
    open_ones = {"plain", "tree", "node", "all", "rest", "ratio", "never", "most"}
    closed = {"sum", "soon", "month", "floor", "stated", "bar", "late"}
    told = {}
    for rule in HOUSE.model.rules:
        position = next(iter(rule.positions or ()))
        told[rule.id.rsplit(".", 1)[-1]] = SPACE.judgement.determinate(rule, position)
    assert not any(told[label] for label in open_ones)
    assert all(told[label] for label in closed)


def test_a_fresh_space_has_no_totals_used() -> None:
    (rule,) = [r for r in HOUSE.model.rules if r.id.endswith(".month")]
    fresh = Space(HOUSE.model, HOUSE.only_action, fresh=True)
    (box,) = fresh.judgement.boxes(SURE, rule, "house.clerk")
    assert set(box) == {"amount"}
    assert Fraction(50) in box["amount"]  # type: ignore[operator]
    assert Fraction(51) not in box["amount"]  # type: ignore[operator]


def test_days_before_the_scope_are_not_looked_at() -> None:
    space = Space(HOUSE.model, HOUSE.only_action, SUMMER)
    (rule,) = [r for r in HOUSE.model.rules if r.id.endswith(".plain")]
    space.judgement.boxes(SURE, rule, "house.clerk")
    days = space.columns["as_of"].range
    assert Fraction(SUMMER.toordinal()) in days
    assert Fraction(SUMMER.toordinal() - 1) not in days
