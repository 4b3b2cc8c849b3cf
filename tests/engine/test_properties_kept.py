"""Answers kept from one request to the next are the answers: one engine, requests alike."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.asking import House
from remit_engine.decision import Decision
from remit_engine.reading.json_reader import read_json
from remit_engine.reading.request_reader import read_request

POLICY = """
policy house { currency CNY }
enum Kind { gift sold }
record Person { trained: boolean optional  grade: integer optional }
position clerk { reports to manager }
position manager { reports to director }
position director
action pay { amount money  kind Kind  due date optional  count integer optional  limit on amount }
"""
STAFF = """
people:
  - {id: ann, positions: [{position: clerk}]}
  - {id: bob, attributes: {trained: true}, positions: [{position: clerk}]}
  - {id: mia, positions: [{position: manager}]}
  - {id: dan, positions: [{position: director, until: 2026-03-10}]}
"""
DELEGATED = (
    "delegation of pay { to any level below  at most 90 days  at most 5_000  never onward }\n"
)
LENT = STAFF + (
    "delegations:\n  - {from: mia, to: ann, action: pay, limit: 3000, starts: 2026-03-01, "
    "ends: 2026-03-15, reason: on leave}\n"
)


def house(sentences: str, declarations: str = "", directory: str | None = STAFF) -> House:
    return House(POLICY + declarations + f"authority pay {{ {sentences} }}", directory)


def asked_in_turn(asked: House, *requests: dict[str, Any]) -> list[Decision]:
    """All requests, forth and back, so that each is answered from what the others left behind;
    `House.decide` compares each with the interpreter."""
    answers = [asked.decide(**r) for r in requests]
    for request in reversed(requests):
        asked.decide(**request)
    return answers


def test_the_cap_of_a_delegation_is_a_boundary() -> None:
    asked = house("clerk may approve up to 100  manager may approve up to 9_000", DELEGATED, LENT)
    amounts = ["50", "100", "100.01", "2999", "3000", "3000.01", "5000", "9000", "9000.01"]
    found = asked_in_turn(asked, *({"actor": "ann", "amount": Decimal(a)} for a in amounts))
    assert [str(a.outcome) for a in found] == [*["permit"] * 5, *["escalate"] * 3, "deny"]


def test_the_cap_of_somebody_elses_delegation_is_a_boundary_of_the_chain() -> None:
    asked = house("manager may approve up to 9_000", DELEGATED, LENT)
    people = [
        [link.people for link in a.chain]
        for a in asked_in_turn(
            asked,
            {"actor": "bob", "amount": 2_000},
            {"actor": "bob", "amount": 4_000},
            {"actor": "bob", "amount": 9_001},
        )
    ]
    assert people[2] == []


def test_the_trace_of_a_rule_that_is_not_met() -> None:
    asked = house(
        "clerk may approve any when kind = sold and due < 2026-06-01  director may approve any"
    )
    early, late = "2026-05-31", "2026-06-01"
    for day in (early, late, early):
        trace = asked.decide("clerk", amount=5, kind="gift", due=day).trace
        (line,) = [t for t in trace if "due" in t.text]
        assert line.result == ("true" if day == early else "false")


@pytest.mark.parametrize("actor", ["clerk", "ann"])
def test_boundaries_from_either_side(actor: str) -> None:
    asked = house(
        "clerk may approve under 500  nobody may approve between 100 and 200 when kind = gift "
        "approve over 300 needs review by manager  manager may approve any"
    )
    amounts = [
        "99.99",
        "100",
        "100.01",
        "199.99",
        "200",
        "200.01",
        "300",
        "300.01",
        "499.99",
        "500",
    ]
    requests = [
        {"actor": actor, "amount": Decimal(a), "kind": k} for k in ("gift", "sold") for a in amounts
    ]
    found = [str(a.outcome) for a in asked_in_turn(asked, *requests)]
    assert found[:10] == ["permit", *["deny"] * 4, "permit", "permit", "needs", "needs", "escalate"]
    assert found[10:] == [*["permit"] * 7, "needs", "needs", "escalate"]


def test_the_day_changes_rules_parameters_holders_and_conditions() -> None:
    asked = house(
        "clerk may approve up to cap  clerk may approve up to 90 when as_of < 2026-03-05 "
        "director may approve any from 2026-03-04 until 2026-03-12",
        "parameter cap: money { from 2026-03-02 -> 50  from 2026-03-06 -> 70  "
        "from 2026-03-08 -> unset }\n",
    )
    days = [f"2026-03-{d:02}" for d in range(1, 14)]
    for amount in (50, 60, 80, 100):
        asked_in_turn(asked, *({"actor": "ann", "amount": amount, "as_of": d} for d in days))
    assert asked.outcome("ann", amount=60, as_of="2026-03-04") == "permit"
    assert asked.outcome("ann", amount=60, as_of="2026-03-05") == "escalate"


def test_attributes_of_the_asker() -> None:
    asked = house(
        "clerk may approve any when actor.trained  "
        "manager may approve up to 5 when actor.grade >= 3"
    )
    asked_in_turn(
        asked,
        *(
            {"actor": {"position": "clerk", "attributes": {"trained": t}}, "amount": 9}
            for t in (True, False, None)
        ),
        *(
            {"actor": {"position": "manager", "attributes": {"grade": g}}, "amount": 5}
            for g in (2, 3, 4)
        ),
        {"actor": "ann", "amount": 9},
        {"actor": "bob", "amount": 9},
        {"actor": "clerk", "amount": 9},
    )  # fmt: skip


def test_who_asked_and_in_which_language() -> None:
    asked = house("clerk, manager may approve any  requester may not approve")
    asked_in_turn(
        asked,
        *(
            {"actor": actor, "amount": 9, "requester": requester, "language": language}
            for actor in ("ann", "bob", "clerk")
            for requester in ("ann", "bob", "clerk", "manager", "mia")
            for language in ("en", "zh")
        ),
        {"actor": "ann", "amount": 9},
        {"actor": "clerk", "amount": 9},
    )


def test_missing_absent_and_present() -> None:
    asked = house(
        "clerk may approve up to 50 when count > 3 and (due is absent or due > 2026-01-01)"
    )
    asked_in_turn(
        asked,
        *(
            {"actor": "clerk", "facts": {"amount": 9, **count, **due}}
            for count in ({}, {"count": None}, {"count": 3}, {"count": 4})
            for due in ({}, {"due": None}, {"due": "2026-01-01"}, {"due": "2026-01-02"})
        ),
    )


def test_amounts_apart_by_less_than_any_scale() -> None:
    asked = house("clerk may approve up to 500")
    amounts = (f"499.{'9' * 30}", "500", f"500.{'0' * 29}1")
    found = asked_in_turn(asked, *({"actor": "clerk", "amount": Decimal(a)} for a in amounts))
    assert [str(a.outcome) for a in found] == ["permit", "permit", "deny"]


_DATED = {
    "a condition on the day": "clerk may approve up to 90 when as_of < 2026-03-05",
    "a rule for a time": "clerk may approve up to 90 from 2026-03-02 until 2026-03-05",
    "a parameter": "clerk may approve up to cap",
    "who holds a position": "director may approve any",
    "a delegation": "manager may approve up to 9_000",
}


@pytest.mark.parametrize("dated", _DATED)
def test_json_straight_to_the_outcome_follows_the_day(dated: str) -> None:
    asked = house(
        _DATED[dated],
        "parameter cap: money { from 2026-03-02 -> 50  from 2026-03-05 -> 70 }\n" + DELEGATED,
        LENT.replace("ends: 2026-03-15", "ends: 2026-03-05").replace("2026-03-10", "2026-03-05"),
    )
    found = set()
    for day in ("2026-03-01", "2026-03-02", "2026-03-04", "2026-03-05", "2026-03-04"):
        for actor in ("ann", "dan"):
            members = f'"actor": "{actor}", "action": "pay", "as_of": "{day}"'
            data = f'{{{members}, "facts": {{"amount": 60}}}}'.encode()
            outcome, rules = asked.compiled.check_json(data)
            request = read_request(read_json(data), asked.model, asked.directory)
            expected = asked.reference.decide(request)
            assert outcome == expected.outcome
            assert rules == tuple(r.id for r in expected.rules if r.role != "not met")
            found.add(outcome)
    assert len(found) > 1, "the day matters"


@pytest.mark.parametrize("who", ["anyone", "clerk", "clerk, manager"])
def test_json_straight_to_the_outcome_knows_the_bound_whoever_is_meant(who: str) -> None:
    for amounts in (["500", "500.01", "900"], ["900", "500.01", "500"]):
        asked = house(f"{who} may approve up to 500", directory=None)
        found = {}
        for amount in amounts:
            members = '"actor": "clerk", "action": "pay", "as_of": "2026-03-01"'
            data = f'{{{members}, "facts": {{"amount": {amount}}}}}'.encode()
            found[amount] = asked.compiled.check_json(data)[0] == "permit"
        assert found == {"500": True, "500.01": False, "900": False}
