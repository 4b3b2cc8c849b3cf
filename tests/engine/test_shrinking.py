"""Requests lose what does not matter, and keep every answer."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings

from engine.asking import PEOPLE, House
from engine.generators import examples, houses
from remit_engine.analysis.answer import Asked
from remit_engine.reading.request_reader import read_request
from remit_engine.request import Request
from remit_engine.suite.shrinking import shrunk

POLICY = (
    PEOPLE
    + """
record Person { grade: integer optional  deputy: Person optional }
record Order { total: money  margin: percent optional  note: text optional }
action act {
  rate percent  order Order  other text optional  who Person optional
  limit on rate
}
authority act {
  clerk   may approve up to 10% when order.total < 500 unless who.grade = 3
  manager may approve up to 8% each, 20% per month
  requester may not approve
}
"""
)
HOUSE = House(POLICY)
FACTS: dict[str, Any] = {
    "rate": "9%",
    "order": {"total": 100, "margin": "5%", "note": None},
    "other": "x",
    "who": {"position": "auditor", "attributes": {"grade": 4, "deputy": "treasurer"}},
}


def asked(actor: Any, **more: Any) -> Asked:
    request = HOUSE.request(actor, **{**FACTS, **more})
    return Asked(request, HOUSE.reference.decide(request).outcome)


def small(*given_: Asked) -> list[Request]:
    return [a.request for a in shrunk(given_, HOUSE.compiled)]


def test_what_no_answer_needs_goes() -> None:
    (request,) = small(asked("clerk", requester="director", totals={"month": "1%"}))
    assert request.facts.keys() == {"rate", "order", "who"}
    assert request.facts["order"] == {"total": Fraction(100)}
    assert request.facts["who"].attributes == {
        "position": "house.auditor", "grade": Fraction(4),
    }  # fmt: skip
    assert request.requester is None
    assert request.totals == {}


def test_what_is_measured_stays() -> None:
    (request,) = small(asked("auditor"))
    assert dict(request.facts) == {"rate": Fraction(9, 100)}


def test_what_one_needs_stays_in_all() -> None:
    clerk, manager = small(
        asked("clerk", requester="director"), asked("manager", requester="director")
    )
    assert clerk.facts == manager.facts
    assert clerk.facts["order"] == {"total": Fraction(100)}


def test_a_unit_goes_from_the_holding_as_well() -> None:
    (request,) = small(asked({"position": "auditor", "unit": "hq", "attributes": {"grade": 1}}))
    assert request.actor.attributes == {"position": "house.auditor"}
    assert request.actor.holdings[0].unit is None


def test_the_answer_is_that_of_the_engine() -> None:
    said = asked("auditor")
    wrong = Asked(said.request, asked("clerk").outcome)
    (found,) = shrunk([wrong], HOUSE.compiled)
    assert found.outcome == said.outcome


def test_nothing_asked() -> None:
    assert shrunk([], HOUSE.compiled) == ()


@settings(max_examples=examples(15, 200), deadline=None)
@given(houses(2))
def test_no_answer_changes(house) -> None:
    written, documents = house
    at = House(written.text(), written.directory)
    requests = [read_request(d, at.model, at.directory) for d in documents]
    outcomes = [at.reference.decide(r).outcome for r in requests]
    found = shrunk([Asked(r, o) for r, o in zip(requests, outcomes, strict=True)], at.compiled)
    assert [a.outcome for a in found] == outcomes
    assert [at.reference.decide(a.request).outcome for a in found] == outcomes
