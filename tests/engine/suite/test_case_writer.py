"""Cases are written so that the reader of suites reads the same questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.asking import House
from engine.generators import examples, houses
from remit_engine.analysis.answer import Asked
from remit_engine.engine import Engine
from remit_engine.people.party import Holding, Party
from remit_engine.reading.json_reader import read_json
from remit_engine.reading.request_document import request_document
from remit_engine.reading.request_reader import read_request
from remit_engine.request import InvalidRequest, Request
from remit_engine.suite import read_suite_text, run_suite
from remit_engine.suite.case_writer import case_text

HOUSE = """
policy house { currency CNY  owner boss }
position clerk "Clerk" { reports to boss }
position boss
position null_and_void
enum Colour { red { crimson } null yes }
record Person { grade: integer optional  deputy: Person optional  areas: set of Colour optional }
record Line { amount: money  note: text optional }
action act {
  amount money  rate percent  share number  count integer  due date  wait duration  term months
  flag boolean  colour Colour optional  note text optional  colours set of Colour optional
  lines list of Line optional  who Person optional  post position optional
  parts set of Line optional
  limit on amount summed by note over 60 days
}
authority act { clerk may approve up to 5_000 each, 20_000 per month  clerk may review any }
"""
PEOPLE = """
units: [{id: hq}, {id: east, parent: hq}]
people:
  - {id: ann, name: Ann, attributes: {grade: 3}, positions: [{position: clerk, unit: east}, {position: boss, unit: hq}]}
  - {id: clerk, name: Clark, positions: [{position: clerk}]}
"""  # noqa: E501
DAY = date(2026, 3, 1)


def house(people: str | None = None) -> House:
    return House(HOUSE, people)


def request(facts: Mapping[str, Any], actor: Party | None = None, **more: Any) -> Request:
    plain = Party(None, (Holding("house.clerk"),), {"position": "house.clerk"})
    return Request("house.act", actor or plain, DAY, facts=facts, **more)


def again(text: str, at: House) -> list[tuple[Request, tuple[str, ...]]]:
    """The requests of some cases, with what did not pass."""
    suite, found = read_suite_text("x.test.yaml", f"cases:\n{text}", Engine(at.model, at.directory))
    assert suite is not None, (text, found)
    assert not found, (text, found)
    results = run_suite(suite, at.compiled).results
    assert all(r.request for r in results), (text, [r.failures for r in results])
    return [(r.request, r.failures) for r in results if r.request]


def held(asked: Request, at: House) -> str:
    """The text of a case, once it was read back as the same request with the same answer."""
    outcome = at.reference.decide(asked).outcome
    text = case_text("a case", [Asked(asked, outcome)], at.model, at.directory)
    assert again(text, at) == [(asked, ())], text
    document = request_document(asked, at.model, at.directory)
    assert read_request(document, at.model, at.directory) == asked
    return text


@settings(max_examples=examples(25, 400), deadline=None)
@given(houses(4))
def test_every_request_that_can_be_read_is_written_and_read_again(house) -> None:
    written, documents = house
    at = House(written.text(), written.directory)
    for document in documents:
        held(replace(read_request(document, at.model, at.directory), ignored=()), at)


@settings(max_examples=examples(100, 1000), deadline=None)
@given(st.fractions(), st.text(), st.dates(), st.integers(), st.booleans())
def test_every_value_comes_back(amount, note, due, whole, flag) -> None:
    facts = {
        "amount": amount, "rate": amount, "share": amount, "count": Fraction(whole), "due": due,
        "wait": Fraction(whole), "term": Fraction(whole), "flag": flag, "note": note,
        "lines": ({"amount": amount, "note": note}, {"amount": amount, "note": None}, {}),
    }  # fmt: skip
    held(request(facts, totals={"month": amount, "note over 60 days": amount}), house())


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"amount": Fraction(200_000)}, "amount: 200_000}"),
        ({"amount": Fraction("-0.01")}, "amount: -0.01}"),
        ({"amount": Fraction(1, 3)}, "amount: 1/3}"),
        ({"rate": Fraction(1, 10)}, "rate: 10%}"),
        ({"rate": Fraction(1, 3)}, "rate: 100/3%}"),
        ({"rate": Fraction("0.08000001")}, "rate: 8.000001%}"),
        ({"share": Fraction(10**400)}, f"share: 10{'_000' * 133}\n"),
        ({"wait": Fraction(90), "term": Fraction(1)}, "wait: 90 days, term: 1 months}"),
        ({"due": date(2026, 7, 1)}, "due: 2026-07-01}"),
        ({"note": "2026-07-01"}, 'note: "2026-07-01"}'),
        ({"note": "10%"}, "note: 10%}"),
        ({"note": ""}, 'note: ""}'),
        ({"note": "yes"}, 'note: "yes"}'),
        ({"note": "- [a]: 'b' # c"}, "note: \"- [a]: 'b' # c\"}"),
        ({"note": "\ufeff\x85\u2028"}, 'note: "\\ufeff\\u0085\\u2028"}'),
        ({"note": "客户 A"}, "note: 客户 A}"),
        ({"note": None}, "note: null}"),
        ({"colour": "null"}, 'colour: "null"}'),
        ({"colours": frozenset(("yes", "crimson"))}, 'colours: [crimson, "yes"]}'),
        ({"colours": frozenset()}, "colours: []}"),
        ({"parts": ({"amount": Fraction(1)},)}, "parts: [{amount: 1}]}"),
        ({"post": "house.boss"}, "post: boss}"),
        ({"who": Party(None, (Holding("house.boss"),), {"position": "house.boss"})}, "who: boss}"),
    ],
)
def test_a_value_as_people_write_it(facts, shown) -> None:
    assert shown in held(request(facts), house())


def test_nothing_is_said_of_what_is_not_there() -> None:
    text = held(request({}), house())
    assert text == (
        "- name: a case\n  actor: clerk\n  action: act\n  as_of: 2026-03-01\n"
        "  expect: {outcome: incomplete}\n"
    )


def party(person: str | None, position: str, unit: str | None = None, **more: Any) -> Party:
    name = more.get("name")
    known = {"id": person} if person else {}
    where = {"unit": unit} if unit else {}
    attributes = {**known, **where, "position": position, **more}
    return Party(person, (Holding(position, unit),), attributes, name)


@pytest.mark.parametrize(
    ("actor", "shown"),
    [
        (party(None, "house.clerk"), "actor: clerk"),
        (party("bo", "house.clerk"), "actor: {person: bo, position: clerk}"),
        (party("bo", "house.boss", "hq", name="B, o"), 'unit: hq, name: "B, o"}'),
        (party(None, "house.clerk", grade=Fraction(3)), "attributes: {grade: 3}}"),
        (party(None, "house.clerk", grade=None), "attributes: {grade: null}}"),
        (
            party(None, "house.clerk", deputy=party("x", "house.boss"), areas=frozenset(("red",))),
            "attributes: {deputy: {person: x, position: boss}, areas: [red]}}",
        ),
    ],
)
def test_a_party_no_directory_knows(actor, shown) -> None:
    assert shown in held(request({"who": actor}, actor, requester=actor), house())


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("ann", "actor: ann\n"),
        ({"person": "ann", "position": "boss"}, "actor: {person: ann, position: boss}\n"),
        ({"person": "ann", "unit": "east"}, "actor: {person: ann, position: clerk}\n"),
        ({"person": "clerk"}, "actor: {person: clerk}\n"),
        ({"position": "clerk"}, "actor: {position: clerk}\n"),
        ("boss", "actor: boss\n"),
    ],
)
def test_a_party_of_the_directory(said, shown) -> None:
    at = house(PEOPLE)
    assert shown in held(at.request(said, amount=1), at)


def test_steps_that_were_done() -> None:
    at = house(PEOPLE)
    done = [
        {"verb": "review", "by": "ann", "position": "boss", "on": "2026-02-01"},
        {"verb": "sign", "by": "ann"},
        {"verb": "sign", "by": "clerk"},
        {"verb": "approve", "position": "boss"},
    ]
    text = held(at.request("ann", amount=1, approvals=done, verb="review", language="zh"), at)
    assert "{verb: review, by: ann, position: boss, on: 2026-02-01}" in text


def test_several_cases_have_names_of_their_own() -> None:
    at = house()
    asked = [Asked(request({"amount": Fraction(n)}), at.decide("clerk").outcome) for n in (1, 2)]
    text = case_text("odd: {amount}", asked, at.model, remark="not\nwell # said\x00")
    assert text.startswith('# not well # said\\u0000\n- name: "odd: (amount) by clerk (1)"\n')
    assert [r.facts["amount"] for r, _ in again(text, at)] == [1, 2]


def test_a_wide_case_is_laid_out_in_lines() -> None:
    text = held(request({"note": "a" * 90, "flag": True, "amount": Fraction(5)}), house())
    assert f"  facts:\n    note: {'a' * 90}\n    flag: true\n    amount: 5\n" in text


# --- numbers without a finite decimal form, as a request may state them --------------------


@pytest.mark.parametrize(
    ("fact", "given", "value"),
    [
        ("amount", "1/3", Fraction(1, 3)),
        ("amount", "-2/4", Fraction(-1, 2)),
        ("rate", "1/3", Fraction(1, 3)),
        ("rate", "400/3%", Fraction(4, 3)),
        ("count", "4/2", Fraction(2)),
    ],
)
def test_a_ratio_is_read_exactly(fact, given, value) -> None:
    assert house().request("clerk", **{fact: given}).facts[fact] == value


@pytest.mark.parametrize(
    ("fact", "given", "said"),
    [
        ("amount", "1/0", "`1/0` divides by zero"),
        ("rate", "1/0%", "`1/0` divides by zero"),
        ("amount", "1/3%", "is not an amount of money"),
        ("amount", "1 / 3", "is not an amount of money"),
        ("amount", "1/-3", "is not an amount of money"),
        ("rate", "4/3", "has no unit: write it with its sign"),
        ("count", "1/3", "is not a whole number"),
        ("amount", "1/" + "3" * 4001, "the number has more than 4_000 digits"),
        ("note", 1, "is not text"),
    ],
)
def test_a_ratio_is_refused(fact, given, said) -> None:
    with pytest.raises(InvalidRequest) as caught:
        house().request("clerk", **{fact: given})
    assert said in str(caught.value)


def test_a_ratio_by_every_door() -> None:
    at = house()
    given = '{"actor": "clerk", "action": "act", "as_of": "2026-03-01", "facts": {"amount": "1/3"}}'
    outcome, _ = at.compiled.check_json(given.encode())
    assert outcome == at.decide("clerk", amount="1/3").outcome
    assert read_json(given)["facts"] == {"amount": "1/3"}
