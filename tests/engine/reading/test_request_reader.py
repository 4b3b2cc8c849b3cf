from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from remit_engine.people.directory import Directory
from remit_engine.reading.directory_reader import read_directory_text
from remit_engine.reading.request_reader import read_json, read_request
from remit_engine.request import InvalidRequest, Request
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower
from sample_house import DAY, DIRECTORY, MODEL, OTHER, POLICY, program

READ, _ = read_directory_text("directory.yaml", DIRECTORY, MODEL)
assert READ is not None
PEOPLE: Directory = READ
NOBODY = Directory.empty()

GOOD: dict[str, Any] = {
    "actor": "sales_manager",
    "action": "discount",
    "facts": {"rate": Decimal("0.12")},
    "as_of": "2026-03-01",
}


def asked(directory: Directory = PEOPLE, model: Model = MODEL, **members: Any) -> Request:
    return read_request({**GOOD, **members}, model, directory)


def problems(directory: Directory = PEOPLE, model: Model = MODEL, **members: Any) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as refusal:
        asked(directory, model, **members)
    return {p.path: p.message for p in refusal.value.problems}


# --- the whole -----------------------------------------------------------------------------


def test_a_whole_request() -> None:
    request = asked(
        verb="approve",
        facts={
            "rate": "12%",
            "order": {"total": "180_000 CNY", "region": "华东", "colour": "red"},
            "subject": "wang.fang",
        },
        requester="wang.fang",
        approvals=[
            {"verb": "review", "position": "finance_controller"},
            {"verb": "review", "by": "chen.jing", "on": "2026-02-28"},
        ],
        evidence=["delivery_list", "photo"],
        language="zh",
        actr="x",
    )
    assert request.action == "sales.discount"
    assert request.actor.positions == {"sales.sales_manager"}
    assert request.actor.person is None
    assert request.as_of == DAY
    assert request.facts["rate"] == Fraction(12, 100)
    assert request.facts["order"] == {"total": Fraction(180_000), "region": "east"}
    assert request.facts["subject"].person == "wang.fang"
    assert request.requester is not None
    assert request.requester.person == "wang.fang"
    assert [a.by.person for a in request.approvals] == [None, "chen.jing"]
    assert request.approvals[1].on == date(2026, 2, 28)
    assert request.evidence == {"delivery_list"}
    assert request.language == "zh"
    assert request.ignored == ("facts.order.colour", "evidence.photo", "actr")


def test_null_is_absent_where_optional_and_not_given_where_not() -> None:
    request = asked(facts={"rate": None, "customer": None})
    assert request.facts == {"customer": None}


def test_the_day_may_be_given_by_the_caller() -> None:
    document = {k: v for k, v in GOOD.items() if k != "as_of"}
    assert read_request(document, MODEL, PEOPLE, default_as_of=DAY).as_of == DAY
    with pytest.raises(InvalidRequest, match="say the day of the question"):
        read_request(document, MODEL, PEOPLE)


def test_all_problems_come_at_once() -> None:
    found = problems(
        actor="sales_manger",
        verb="aprove",
        facts={"rate": "900", "order": {"total": True}, "own": 1},
        as_of="2026-02-30",
        requester={"person": "wang.fan"},
        approvals=[{"verb": "review"}, 7],
        totals=[],
        evidence="photo",
        language="fr",
    )
    assert list(found) == [
        "as_of", "actor", "verb", "totals", "facts.rate", "facts.order.total", "facts.own",
        "requester", "approvals[0]", "approvals[1]", "evidence", "language",
    ]  # fmt: skip
    assert found["actor"].endswith("did you mean `sales_manager`?")
    assert found["verb"] == "there is no verb `aprove`, did you mean `approve`?"
    assert found["requester"].endswith("did you mean `wang.fang`?")
    assert not any(m.endswith(".") or "'" in m for m in found.values())


@pytest.mark.parametrize("document", [None, [], "x", 7, b"{}"])
def test_what_is_no_object_is_no_request(document: Any) -> None:
    with pytest.raises(InvalidRequest, match="is not a request"):
        read_request(document, MODEL, PEOPLE)


def test_an_empty_request_says_what_it_lacks() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_request({}, MODEL, PEOPLE)
    assert [p.path for p in refusal.value.problems] == ["as_of", "actor", "action"]


# --- names ---------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["discount", "sales.discount", "Give a discount", "折让"])
def test_an_action_by_any_of_its_names(word: str) -> None:
    assert asked(action=word).action == "sales.discount"


@pytest.mark.parametrize("word", ["sales_manager", "sales.sales_manager", "销售经理"])
def test_a_position_by_any_of_its_names(word: str) -> None:
    assert asked(actor=word).actor.positions == {"sales.sales_manager"}


def test_an_action_nobody_declared() -> None:
    found = problems(action="discuont")
    assert found == {"action": "there is no action `discuont`, did you mean `discount`?"}
    assert problems(action=7) == {"action": "`7` is not text: write it in quotes"}


def test_a_title_of_two_organisations_is_written_in_full() -> None:
    model = lower(program(POLICY, OTHER))
    said = problems(NOBODY, model)["actor"]
    assert said.endswith("write its full name")
    actor = asked(NOBODY, model, actor="service.sales_manager").actor
    assert actor.positions == {"service.sales_manager"}


def test_a_declared_verb_and_its_label() -> None:
    assert asked(action="release_order", verb="Release", facts={}).verb == "release"


# --- who -----------------------------------------------------------------------------------


def test_a_person_has_what_the_directory_says() -> None:
    actor = asked(actor="li.wei").actor
    assert actor.person == "li.wei"
    assert actor.positions == {"sales.sales_manager", "sales.regional_manager"}
    assert asked(actor={"person": "li.wei"}).actor == actor
    assert asked(actor="li.wei", as_of="2025-01-01").actor.positions == frozenset()


def test_a_person_may_act_in_one_of_his_positions() -> None:
    actor = asked(actor={"person": "li.wei", "position": "sales_manager"}).actor
    assert actor.positions == {"sales.sales_manager"}
    assert actor.attributes["position"] == "sales.sales_manager"
    found = problems(actor={"person": "li.wei", "position": "sales_director"})
    assert found == {"actor": "`li.wei` does not hold `sales_director` on 2026-03-01"}
    found = problems(actor={"person": "li.wei", "unit": "west"})
    assert found == {"actor": "`li.wei` does not hold a position in `west` on 2026-03-01"}


def test_a_person_cannot_bring_his_own_attributes() -> None:
    found = problems(actor={"person": "li.wei", "attributes": {"trained": False}})
    assert found == {"actor": "`trained` of `li.wei` cannot be stated: it is in the directory"}


def test_a_position_with_unit_and_attributes() -> None:
    stated = {
        "position": "regional_manager",
        "unit": "east",
        "attributes": {"territory": ["east"], "colour": 1},
    }
    request = asked(actor=stated)
    assert request.actor.attributes == {
        "territory": frozenset({"east"}), "unit": "east", "position": "sales.regional_manager",
    }  # fmt: skip
    assert request.ignored == ("actor.attributes.colour",)
    assert asked(actor={"position": "regional_manager", "trained": True}).actor.attributes[
        "trained"
    ]
    assert "did you mean `east`" in problems(actor={**stated, "unit": "eest"})["actor"]
    wrong = problems(actor={**stated, "attributes": {"trained": "yes"}})
    assert list(wrong) == ["actor.attributes.trained"]


def test_a_word_that_is_both_a_person_and_a_position() -> None:
    text = DIRECTORY + "  - {id: sales_director, positions: []}\n"
    both, _ = read_directory_text("d", text, MODEL)
    assert both is not None
    said = problems(both, actor="sales_director")["actor"]
    assert 'write {"person": "sales_director"} or {"position": "sales_director"}' in said
    assert asked(both, actor={"person": "sales_director"}).actor.person == "sales_director"
    assert asked(both, actor={"position": "sales_director"}).actor.person is None


def test_without_a_directory_people_are_taken_as_stated() -> None:
    actor = asked(NOBODY, actor={"person": "x", "position": "sales_manager"}).actor
    assert (actor.person, actor.positions) == ("x", {"sales.sales_manager"})
    requester = asked(NOBODY, requester={"person": "y"}).requester
    assert requester is not None
    assert requester.person == "y"
    found = problems(NOBODY, actor={"person": "x"})
    assert found == {"actor": "say the position too: no directory knows it"}


@pytest.mark.parametrize("actor", [7, True, [], {}, ["li.wei"], {"person": 7}, "", "\ud800"])
def test_what_names_nobody(actor: Any) -> None:
    assert any(path.startswith("actor") for path in problems(actor=actor))


# --- approvals and totals ------------------------------------------------------------------


def test_an_approver_must_have_held_the_position_on_that_day() -> None:
    step = {"verb": "approve", "by": "li.wei", "position": "regional_manager"}
    assert asked(approvals=[step]).approvals[0].by.positions == {"sales.regional_manager"}
    found = problems(approvals=[{**step, "on": "2026-02-28"}])
    assert found == {"approvals[0]": "`li.wei` does not hold `regional_manager` on 2026-02-28"}
    assert "did you mean" in problems(approvals=[{**step, "by": "li.wi"}])["approvals[0]"]
    assert "after the day" in problems(approvals=[{**step, "on": "2026-03-02"}])["approvals[0].on"]


def test_an_approval_is_of_the_verb_asked_unless_it_says() -> None:
    assert asked(verb="sign", approvals=[{"by": "chen.jing"}]).approvals[0].verb == "sign"


def test_without_a_directory_approvals_are_taken_as_stated() -> None:
    step = {"verb": "review", "by": "somebody", "position": "finance_controller"}
    (approval,) = asked(NOBODY, approvals=[step]).approvals
    assert (approval.by.person, approval.by.positions) == ("somebody", {"sales.finance_controller"})


def test_totals_by_their_names() -> None:
    totals = {"month": "42_000 CNY", "vendor over 60 days": 7, "year": 1}
    request = asked(action="purchase", facts={}, totals=totals)
    assert request.totals == {"month": Fraction(42_000), "vendor over 60 days": Fraction(7)}
    assert request.ignored == ("totals.year",)
    found = problems(action="purchase", facts={}, totals={"month": "42000"})
    assert found["totals.month"].endswith("write 42000 without quotes")


# --- bounds --------------------------------------------------------------------------------


def test_thousands_of_problems_are_cut_short() -> None:
    found = problems(facts={"prices": ["x"] * 100_000})
    assert len(found) == 100


def test_keys_that_are_no_text_are_ignored() -> None:
    assert asked(facts={1: 2, None: 3}, **{"": 4}).ignored == ("facts.1", "facts.None", "")


def test_reading_is_quick() -> None:
    text = (
        '{"actor": "li.wei", "action": "discount", "as_of": "2026-03-01", "facts": {"rate": 0.12, '
        '"order": {"total": 180000, "margin": 0.2, "region": "east"}}}'
    )
    began = time.perf_counter()
    for _ in range(500):
        read_request(read_json(text), MODEL, PEOPLE)
    assert time.perf_counter() - began < 30
