"""A member or a fact that is nearly one there is, is refused rather than passed over."""

from __future__ import annotations

from typing import Any

import pytest

PATH = "/v1/decisions"
ASKED: dict[str, Any] = {
    "action": "discount",
    "facts": {"rate": "5%", "customer": {"region": "east"}},
}


def problems_of(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    found = answer.json()
    assert found["type"] == "urn:remit:problem:misspelt"
    assert found["detail"] == found["problems"][0]["message"]
    return [(p["path"], p["message"]) for p in found["problems"]]


def kept(service: Any) -> int:
    return len(service.client("auditor").get(PATH).json()["items"])


@pytest.mark.parametrize(
    ("member", "meant"), [("recrod", "record"), ("asof", "as_of"), ("approval", "approvals")]
)
def test_a_misspelt_member_records_nothing(service: Any, member: str, meant: str) -> None:
    answer = service.client("wang.fang").post(PATH, json={**ASKED, member: False})
    said = f"there is no member `{member}`; did you mean `{meant}`?"
    assert problems_of(answer) == [(member, said)]
    assert kept(service) == 0


@pytest.mark.parametrize(
    ("facts", "path", "given", "meant"),
    [
        ({"rat": "5%"}, "facts.rat", "rat", "rate"),
        (
            {"customer": {"importence": "key"}},
            "facts.customer.importence",
            "customer.importence",
            "customer.importance",
        ),
    ],
)
@pytest.mark.parametrize("record", [True, False])
def test_a_misspelt_fact_is_refused_as_on_the_command_line(
    service: Any, facts: Any, path: str, given: str, meant: str, record: bool
) -> None:
    body = {"action": "discount", "facts": facts, "record": record}
    said = f"there is no fact `{given}`; did you mean `{meant}`?"
    assert problems_of(service.client("wang.fang").post(PATH, json=body)) == [(path, said)]
    assert kept(service) == 0


@pytest.mark.parametrize("more", [{}, {"record": False}, {"record": False, "explain": False}])
def test_in_a_batch_it_is_the_problem_of_its_item(service: Any, more: Any) -> None:
    wrong = {"action": "discount", "facts": {"rat": "5%"}}
    body = {"requests": [ASKED, wrong, {**ASKED, "verbs": "approve"}], **more}
    answer = service.client("wang.fang").post(f"{PATH}/batch", json=body)
    first, second, third = answer.json()["items"]
    assert "problem" not in first
    assert second["problem"]["detail"] == "there is no fact `rat`; did you mean `rate`?"
    assert third["problem"]["detail"] == "there is no member `verbs`; did you mean `verb`?"


@pytest.mark.parametrize("path", ["/v1/limits", "/v1/approvers"])
def test_other_questions_are_asked_as_strictly(service: Any, path: str) -> None:
    body = {"action": "discount", "facts": {"rat": "5%"}}
    said = "there is no fact `rat`; did you mean `rate`?"
    assert problems_of(service.client("chen.jing").post(path, json=body)) == [("facts.rat", said)]


def test_so_is_what_approval_is_asked_for(service: Any) -> None:
    body = {"request": {"action": "discount", "facts": {"rat": "25%"}}}
    answer = service.client("wang.fang").post("/v1/approval-requests", json=body)
    said = "there is no fact `rat`; did you mean `rate`?"
    assert problems_of(answer) == [("request.facts.rat", said)]


def test_what_is_like_nothing_is_passed_over_and_listed(service: Any) -> None:
    facts = {**ASKED["facts"], "weather": "rain"}
    body = {**ASKED, "facts": facts, "ticket": "T-1", "record": False}
    answer = service.client("wang.fang").post(PATH, json=body)
    assert answer.status_code == 200
    assert sorted(answer.json()["ignored"]) == ["facts.weather", "ticket"]


@pytest.mark.parametrize(
    ("member", "value"), [("request_id", "r1"), ("requesters", "x"), ("verbs", "approve")]
)
def test_what_stands_beside_the_one_that_is_near_is_passed_over(
    service: Any, member: str, value: str
) -> None:
    body = {**ASKED, "requester": "wang.fang", "verb": "approve", member: value}
    answer = service.client("wang.fang").post(PATH, json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["ignored"] == [member]


def test_a_fact_beside_the_one_that_is_near_is_passed_over(service: Any) -> None:
    body = {"action": "discount", "facts": {"rate": "5%", "date": "2026-11-30"}}
    answer = service.client("wang.fang").post(PATH, json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["ignored"] == ["facts.date"]
