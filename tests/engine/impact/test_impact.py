"""Comparing two answers, counting them, and the money in them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.asking import PEOPLE, House
from remit_engine.decision import Outcome
from remit_engine.impact import (
    OUTCOME,
    RULES,
    SAME,
    STEPS,
    Change,
    Counts,
    EngineReplayer,
    Group,
    Kind,
    Reply,
    Tally,
    compared,
    money_fact,
    money_facts,
    money_of,
    recorded,
    steps_by_rule,
)

POLICY = (
    PEOPLE
    + """
record Person { scale: number optional }
record Line { price: money }
record Order { list_price: money USD  total: money  first: Line  buyer: text }
action pay "Pay" { note: text  fee: money  order: Order optional  limit on fee }
action discount "Discount" { rate: percent  order: Order  limit on rate }
action plain "Plain" { rate: percent  limit on rate }
action scaled "Scaled" { amount money  limit on amount * requester.scale * actor.scale }
action refund "Refund" { amount: money  share: percent  limit on amount * share }
authority pay { manager may approve up to 100  clerk may approve up to 10
  second: approve over 50 needs review by auditor
  proof: approve over 80 needs evidence receipt }
authority discount { manager may approve up to 10% }
authority plain { manager may approve up to 10% }
authority scaled { manager may approve up to 10 }
authority refund { manager may approve up to 10 }
"""
)


@pytest.fixture(scope="module")
def house() -> House:
    return House(POLICY)


def reply(outcome: Outcome, *rules: str, steps: tuple[str, ...] = ()) -> Reply:
    return Reply(outcome, rules, steps)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("deny", "permit", Kind.PERMITTED),
        ("needs", "permit", Kind.PERMITTED),
        ("permit", "deny", Kind.REFUSED),
        ("escalate", "deny", Kind.REFUSED),
        ("permit", "escalate", Kind.LOST),
        ("permit", "incomplete", Kind.LOST),
        ("needs", "escalate", Kind.OTHER),
        ("deny", "undefined", Kind.OTHER),
    ],
)
def test_what_a_change_means(old, new, kind):
    assert Change(Outcome(old), Outcome(new)).kind is kind


def test_the_most_important_change_comes_first():
    every = [Change(a, b) for a in Outcome for b in Outcome if a is not b]
    ordered = sorted(every, key=lambda change: change.rank)
    kinds = [change.kind for change in ordered]
    assert kinds == sorted(kinds, key=list(Kind).index)
    permitted = [str(c) for c in ordered if c.kind is Kind.PERMITTED]
    assert permitted.index("deny -> permit") < permitted.index("needs -> permit")


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        (reply(Outcome.PERMIT, "a"), reply(Outcome.PERMIT, "a"), SAME),
        (reply(Outcome.PERMIT, "a"), reply(Outcome.PERMIT, "b"), RULES),
        (reply(Outcome.NEEDS, "a", steps=("x",)), reply(Outcome.NEEDS, "a", steps=("y",)), STEPS),
        (reply(Outcome.NEEDS, "a", steps=("x",)), reply(Outcome.NEEDS, "b", steps=("y",)), STEPS),
        (reply(Outcome.PERMIT, "a"), reply(Outcome.DENY, "a"), OUTCOME),
    ],
)
def test_what_differs(old, new, differs):
    group = Group.of("act", "approve", "clerk", old, new)
    assert group.differs == differs
    assert group.changed == (differs == OUTCOME)
    assert bool(group.old_rules) == (differs != SAME)


def test_equal_rows_are_one_group_whatever_their_rules():
    """Millions of unchanged rows must not make millions of groups."""
    groups = {
        Group.of("act", "approve", "clerk", reply(Outcome.PERMIT, r), reply(Outcome.PERMIT, r))
        for r in ("a", "b", "c")
    }
    assert len(groups) == 1


def test_a_recorded_outcome_stands_for_itself():
    new = reply(Outcome.PERMIT, "a")
    assert recorded(Outcome.PERMIT, new) is new
    other = recorded(Outcome.DENY, new)
    assert (other.outcome, other.rules, other.recorded) == (Outcome.DENY, (), True)


def test_sums_are_exact_and_by_action_and_currency():
    counts = Counts()
    apart = Group.of("lend", "approve", "boss", reply(Outcome.PERMIT), reply(Outcome.DENY))
    one = Group.of("act", "approve", "clerk", reply(Outcome.PERMIT), reply(Outcome.DENY))
    other = Group.of("act", "approve", "boss", reply(Outcome.PERMIT), reply(Outcome.PERMIT))
    for _ in range(10):
        counts.add(one, Fraction("0.1"), "EUR")
    counts.add(one, Fraction(10**20), "EUR")
    counts.add(one, Fraction(5), "USD")
    counts.add(one, None, "USD")
    counts.add(other, Fraction(7), None, rows=3)
    whole = counts.total(OUTCOME)
    euros, dollars = ("act", "EUR"), ("act", "USD")
    assert whole == Tally(13, {euros: Fraction(10**20 + 1), dollars: Fraction(5)}, 1)
    assert counts.total().rows == 16
    assert counts.by(lambda group: group.position) == {
        "clerk": whole,
        "boss": Tally(3, {("act", None): Fraction(7)}, 0),
    }
    assert [str(change) for change, _ in counts.changes()] == ["permit -> deny"]
    counts.add(apart, Fraction(100), "EUR")
    assert counts.total(OUTCOME).money == {**whole.money, ("lend", "EUR"): Fraction(100)}


@pytest.mark.parametrize(
    ("action", "wanted", "fact"),
    [
        ("pay", None, "fee"),
        ("pay", "order.total", "order.total"),
        ("pay", "order.first.price", "order.first.price"),
        ("pay", "order.totl", None),
        ("discount", None, "order.list_price"),
        ("discount", "order.total", "order.total"),
        ("plain", None, None),
        ("refund", None, "the measure"),
    ],
)
def test_which_money_counts(house, action, wanted, fact):
    found = money_fact(f"house.{action}", house.model, wanted)
    assert (None if found is None else str(found)) == fact


def test_all_money_of_an_action(house):
    found = [str(fact) for fact in money_facts("house.pay", house.model)]
    assert found == ["fee", "order.list_price", "order.total", "order.first.price"]


@pytest.mark.parametrize(
    ("action", "wanted", "facts", "amount"),
    [
        ("pay", None, {"fee": 12}, Fraction(12)),
        ("pay", None, {}, None),
        ("pay", "order.total", {"fee": 1, "order": {"total": "0.07"}}, Fraction("0.07")),
        ("pay", "order.total", {"fee": 1, "order": None}, None),
        ("refund", None, {"amount": 30, "share": "10%"}, Fraction(3)),
        ("refund", None, {"amount": 30}, None),
        ("plain", None, {"rate": "1%"}, None),
    ],
)
def test_the_amount_of_a_request(house, action, wanted, facts, amount):
    if facts.get("order"):
        facts = {**facts, "order": {"total": Fraction(facts["order"]["total"])}}
    request = house.request({"position": "manager"}, action, facts=facts)
    fact = money_fact(request.action, house.model, wanted)
    assert money_of(fact, request, house.model, house.directory) == amount


def test_a_reply_names_the_rules_that_decided_and_what_they_ask_for(house):
    replayer = EngineReplayer(house.compiled)
    asked = [
        house.request({"position": "manager"}, "pay", fee=fee, note="x") for fee in (5, 60, 90)
    ]
    low, middle, high = map(replayer.reply, asked)
    assert low.outcome is Outcome.PERMIT
    assert low.rules == ("pay.manager.approve",)
    assert low.steps == ()
    assert middle.rules == ("pay.manager.approve", "pay.second")
    assert middle.steps == ("review by 1 of auditor",)
    assert high.steps == ("evidence receipt", "review by 1 of auditor")
    assert "review" in (high.reason or "")


def test_other_persons_for_a_step_are_another_step(house):
    changed = House(POLICY.replace("needs review by auditor", "needs review by treasurer"))
    asked = {"fee": 60, "note": "x"}
    replies = [
        EngineReplayer(h.compiled).reply(h.request({"position": "manager"}, "pay", **asked))
        for h in (house, changed)
    ]
    request = house.request({"position": "manager"}, "pay", **asked)
    found = compared(request, *replies, Fraction(60), "CNY")
    assert found.group.differs == STEPS
    assert found.group.position == "manager"


def test_a_measure_of_the_people_is_money_too(house):
    request = house.request(
        {"position": "manager", "scale": 2},
        "scaled",
        requester={"position": "clerk", "scale": 5},
        amount=3,
    )
    fact = money_fact(request.action, house.model)
    assert money_of(fact, request, house.model, house.directory) == 30


def test_the_same_steps_in_another_order_are_other_steps():
    asked = []
    for steps in ("({a} and {b}) then {c}", "{a} and ({b} then {c})"):
        text = steps.format(a="evidence a", b="evidence b", c="evidence c")
        changed = House(POLICY.replace("evidence receipt", text))
        asked.append(steps_by_rule(changed.model)["pay.proof"])
    assert asked == [
        "(evidence a and evidence b) then evidence c",
        "evidence a and (evidence b then evidence c)",
    ]
