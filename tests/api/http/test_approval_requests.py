"""`/v1/approval-requests`: from an answer to the ledger, by the people of the sample pack."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from remit_engine.storage import approvals
from remit_engine.storage.opening import reading

PATH = "/v1/approval-requests"
ASKED: dict[str, Any] = {
    "action": "discount",
    "facts": {
        "rate": "15%",
        "order": {
            "total": 18000.50,
            "margin": "20%",
            "clearance": False,
            "region": "pudong",
            "product_line": "electronics",
        },
    },
}


def asked(**facts: Any) -> dict[str, Any]:
    found = deepcopy(ASKED)
    found["facts"] |= facts
    return {"request": found}


def make(service: Any, who: str = "wang.fang", **facts: Any) -> dict[str, Any]:
    answer = service.client(who).post(PATH, json=asked(**facts))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def does(service: Any, who: str, id: str, status: int = 200, **body: Any) -> Any:
    answer = service.client(who).post(f"{PATH}/{id}/steps", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_from_the_request_to_the_ledger(service: Any) -> None:
    made = service.client("wang.fang").post(PATH, json=asked())
    assert made.status_code == 201, made.text
    id = made.json()["id"]
    assert made.headers["Location"] == f"{PATH}/{id}"
    assert made.json()["waiting"] == ["approve by regional_manager", "review by finance_controller"]
    assert [s["people"] for s in made.json()["steps"]] == [["zhang.min"], ["chen.jing"]]
    assert made.json()["facts"]["order"]["total"] == 18000.5
    assert does(service, "chen.jing", id, verb="review", note="ok")["state"] == "open"
    after = does(service, "zhang.min", id, verb="approve")
    assert (after["state"], after["decided_by"]) == ("approved", "zhang.min")
    record = service.client("wang.fang").get(f"/v1/decisions/{after['decision']}").json()
    assert (record["outcome"], record["actor"], record["requester"]) == (
        "permit", "zhang.min", "wang.fang",
    )  # fmt: skip
    assert record["facts"] == after["fingerprint"]
    assert [e["kind"] for e in after["history"]] == ["opened", "review", "approve", "approved"]
    assert after["history"][1]["text"] == "ok"
    assert after["history"][3]["more"]["decision"] == after["decision"]


def test_from_a_recorded_answer(service: Any) -> None:
    wang = service.client("wang.fang")
    record = wang.post("/v1/decisions", json=ASKED).json()
    assert record["outcome"] == "escalate"
    made = wang.post(PATH, json={"decision": record["id"]})
    assert made.status_code == 201, made.text
    assert made.json()["made_from"] == record["id"]
    assert made.json()["facts"]["rate"] == "15%"
    hidden = service.client("lin.tao").post(PATH, json={"decision": record["id"]})
    assert hidden.status_code == 404
    assert wang.post(PATH, json={"decision": "dec_none"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({}, 400, "decision"),
        ({"decision": 7}, 400, "decision"),
        ({"request": []}, 400, "request"),
        ({"decision": "x", "request": {}}, 400, "decision"),
        ({"request": {**ASKED, "as_of": "2026-01-01"}}, 400, "request.as_of"),
        ({"request": ASKED, "more": 1}, 400, "more"),
        ({"request": {**ASKED, "action": "fly"}}, 400, "action"),
        ({"request": {**ASKED, "actor": "lin.tao"}}, 403, ""),
        ({"request": {**ASKED, "totals": {"month": 1}}}, 409, "cannot be stated"),
        (asked(rate="1%"), 409, "say first what is missing"),
        (asked(rate="90%", order={**ASKED["facts"]["order"], "margin": "1%"}), 409, "below the"),
    ],
)
def test_refused(service: Any, body: dict[str, Any], status: int, says: str) -> None:
    answer = service.client("wang.fang").post(PATH, json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.text


def test_an_inbox_has_what_one_can_do(service: Any) -> None:
    first, second = make(service), make(service, rate="16%")

    def inbox(who: str, whose: str = "me", status: int = 200, **query: Any) -> Any:
        answer = service.client(who).get(PATH, params={"waiting_for": whose, **query})
        assert answer.status_code == status, answer.text
        return answer.json()

    page = inbox("chen.jing", limit=1)
    assert [i["id"] for i in page["items"]] == [first["id"]]
    assert page["items"][0]["you_can"][0]["text"] == "review by finance_controller"
    page = inbox("chen.jing", limit=1, cursor=page["next"])
    assert ([i["id"] for i in page["items"]], page["next"]) == ([second["id"]], None)
    assert inbox("wang.fang")["items"] == []
    assert len(inbox("chen.jing", "zhang.min")["items"]) == 2, "finance looks at others'"
    inbox("wang.fang", "zhang.min", 403)
    inbox("shop", "me", 403)


def test_lists_show_ones_own(service: Any) -> None:
    made = [make(service)["id"] for _ in range(3)]
    assert does(service, "chen.jing", made[0], verb="review")["state"] == "open"

    def ids(who: str, **query: Any) -> list[str]:
        found = service.client(who).get(PATH, params=query).json()
        return [i["id"] for i in found["items"]]

    assert ids("wang.fang") == made[::-1]
    assert ids("lin.tao") == []
    assert ids("chen.jing", state="open", limit=2) == made[:0:-1]
    assert ids("auditor", action="sales.discount.discount") == made[::-1]
    assert ids("auditor", state="approved") == []


def test_who_has_no_part_knows_of_nothing(service: Any) -> None:
    id = make(service)["id"]
    for who, status in (("lin.tao", 404), ("shop", 404), ("auditor", 200), ("zhang.min", 200)):
        assert service.client(who).get(f"{PATH}/{id}").status_code == status, who
    missing = service.client("lin.tao").get(f"{PATH}/apr_none").json()
    there = service.client("lin.tao").get(f"{PATH}/{id}").json()
    assert missing["detail"] == there["detail"], "it is not told whether it is there"
    assert service.client("lin.tao").post(f"{PATH}/{id}/comments", json={"text": "x"}).status_code


def test_a_refused_step_shows_how_it_stands(service: Any) -> None:
    id = make(service)["id"]
    problem = does(service, "wang.fang", id, 403, verb="approve")
    assert "does no step of it" in problem["detail"]
    does(service, "chen.jing", id, verb="review")
    again = does(service, "chen.jing", id, verb="review")
    assert [e["kind"] for e in again["history"]] == ["opened", "review"], "again is nothing new"
    does(service, "zhang.min", id, verb="approve")
    problem = does(service, "sun.qiang", id, 404, verb="approve")
    problem = does(service, "chen.jing", id, 409, verb="inspect")
    assert problem["request"]["state"] == "approved"
    assert problem["request"]["decided_by"] == "zhang.min"


@pytest.mark.parametrize(
    "body",
    [
        {}, {"verb": 1}, {"do": "fly"}, {"do": "reject"}, {"do": "hand_in"},
        {"verb": "review", "x": 1}, {"verb": "review", "note": ""},
        {"verb": "review", "do": "reject"},
    ],
)  # fmt: skip
def test_a_step_that_makes_no_sense(service: Any, body: dict[str, Any]) -> None:
    id = make(service)["id"]
    assert does(service, "chen.jing", id, 400, **body)["problems"]


def test_an_edit_needs_the_edition_and_voids(service: Any) -> None:
    wang = service.client("wang.fang")
    id = make(service)["id"]
    does(service, "chen.jing", id, verb="review")
    facts = {"facts": {**ASKED["facts"], "rate": "14%"}}
    path = f"{PATH}/{id}/facts"
    assert wang.put(path, json=facts).status_code == 428
    tag = wang.get(f"{PATH}/{id}").headers["ETag"]
    assert wang.put(path, json=facts, headers={"If-Match": '"x"'}).status_code == 412
    edited = wang.put(path, json=facts, headers={"If-Match": tag})
    assert edited.status_code == 200, edited.text
    assert edited.headers["ETag"] != tag
    assert edited.json()["done"][0]["void"] == "the facts were edited on 2026-02-10"
    assert len(edited.json()["waiting"]) == 2
    stale = service.client("chen.jing").post(
        f"{PATH}/{id}/steps", json={"verb": "review"}, headers={"If-Match": tag}
    )
    assert stale.status_code == 412
    theirs = service.client("zhang.min").put(path, json=facts, headers={"If-Match": "*"})
    assert theirs.status_code == 403


def test_a_key_repeats_the_answer(service: Any) -> None:
    key = {"Idempotency-Key": "k1"}
    wang = service.client("wang.fang")
    first, again = (wang.post(PATH, json=asked(), headers=key) for _ in range(2))
    assert first.json() == again.json()
    assert again.status_code == 201
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert wang.post(PATH, json=asked(rate="16%"), headers=key).status_code == 422
    with reading(service.service.store) as connection:
        assert len(approvals.listed(connection, 9)) == 1


def test_comments_withdrawal_rejection_reassignment(service: Any) -> None:
    wang, zhang = service.client("wang.fang"), service.client("zhang.min")
    id = make(service)["id"]
    said = wang.post(f"{PATH}/{id}/comments", json={"text": "the customer waits"})
    assert said.status_code == 201
    assert said.json()["history"][-1]["text"] == "the customer waits"
    body = {"step": "s2", "to": "wang.fang", "because": "leave"}
    assert zhang.post(f"{PATH}/{id}/reassignment", json=body).status_code == 403
    as_finance = service.client("zhou.lei").post(f"{PATH}/{id}/reassignment", json=body)
    assert as_finance.status_code == 409
    rejected = does(service, "zhang.min", id, do="reject", because="no margin")
    assert (rejected["state"], rejected["because"]) == ("rejected", "no margin")
    assert wang.post(f"{PATH}/{id}/withdrawal", json={}).status_code == 409
    other = make(service)["id"]
    taken = wang.post(f"{PATH}/{other}/withdrawal", json={"because": "mistake"})
    assert taken.json()["state"] == "withdrawn"


def test_acting_holders_are_given_what_waits(service: Any) -> None:
    service.clock.set(date(2026, 3, 2))
    id = make(service)["id"]
    assert service.client("li.wei").get(PATH, params={"waiting_for": "me"}).json()["items"]
    step = next(s for s in make(service)["steps"] if s["kind"] == "decide")["id"]
    given = service.client("zhou.lei").post(
        f"{PATH}/{id}/reassignment",
        json={"step": step, "to": "li.wei", "because": "Zhang Min is away"},
    )
    assert given.status_code == 200, given.text
    line = given.json()["history"][-1]
    assert (line["kind"], line["by"], line["more"]["to"]) == ("reassigned", "zhou.lei", "li.wei")
    assert line["more"]["acting"] is True
    does(service, "chen.jing", id, verb="review")
    assert does(service, "li.wei", id, verb="approve")["decided_by"] == "li.wei"


def test_time_passes(service: Any) -> None:
    id = make(service)["id"]
    service.clock.set(date(2026, 2, 14))
    seen = service.client("wang.fang").get(f"{PATH}/{id}").json()
    late = [e["text"] for e in seen["history"] if e["kind"] == "overdue"]
    assert any("it went to `finance_director`" in text for text in late)
    inbox = service.client("zhou.lei").get(PATH, params={"waiting_for": "me"}).json()["items"]
    assert inbox[0]["you_can"][0]["overdue"] is True
    service.clock.set(date(2026, 3, 12))
    assert service.client("wang.fang").get(f"{PATH}/{id}").json()["state"] == "expired"


def test_who_had_a_hand_in_it_is_told_so(service: Any) -> None:
    """He reviewed it, and his was the last step: the decision is another's."""
    id = make(service)["id"]
    does(service, "zhang.min", id, verb="approve")
    kept = does(service, "chen.jing", id, verb="review")
    assert (kept["state"], kept["decided_by"]) == ("approved", "zhang.min")
    answer = service.client("chen.jing").post(
        f"/v1/decisions/{kept['decision']}/reversal", json={"reason": "a slip"}
    )
    assert answer.status_code == 403
    assert answer.json()["detail"] == (
        "nobody gives back what he had a hand in: `zhang.min` decided it, and you did "
        "`review` on it"
    )


def test_a_reversed_decision_makes_it_void(service: Any) -> None:
    id = make(service)["id"]
    does(service, "chen.jing", id, verb="review")
    decision = does(service, "zhang.min", id, verb="approve")["decision"]
    answer = service.client("zhou.lei").post(
        f"/v1/decisions/{decision}/reversal", json={"reason": "the order was cancelled"}
    )
    assert answer.status_code == 201, answer.text
    seen = service.client("wang.fang").get(f"{PATH}/{id}").json()
    assert (seen["state"], seen["because"]) == ("void", "the order was cancelled")
    with reading(service.service.store) as connection:
        assert list(approvals.verified(connection)) == []
