"""`/v1/delegations`: checked against the policy, approved where it says so, in force at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from remit_api.http.app import create_app
from remit_api.http.identity.caller import Caller

from .conftest import PEOPLE, caller

PATH = "/v1/delegations"
LENT: dict[str, Any] = {
    "to": "lin.tao",
    "action": "compensation",
    "verbs": ["approve"],
    "limit": 1500,
    "starts": "2026-02-10",
    "ends": "2026-02-20",
    "reason": "on leave",
}
DISCOUNT = {
    **LENT,
    "to": "li.wei",
    "action": "discount",
    "limit": "15%",
}
QUESTION: dict[str, Any] = {
    "action": "discount",
    "record": False,
    "requester": "wang.fang",
    "approvals": [],
    "facts": {
        "rate": "10.5%",
        "order": {
            "total": 900000,
            "margin": "20%",
            "clearance": False,
            "region": "pudong",
            "product_line": "electronics",
        },
    },
}


def make(service: Any, who: str, status: int = 201, **body: Any) -> Any:
    answer = service.client(who).post(PATH, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def asks(service: Any, who: str) -> Any:
    answer = service.client(who).post("/v1/decisions", json=QUESTION)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_it_waits_for_its_approval_and_is_then_in_force_at_once(service: Any) -> None:
    assert asks(service, "li.wei")["outcome"] == "escalate"
    made = make(service, "zhang.min", **DISCOUNT)
    assert (made["state"], made["from"]) == ("waiting", "zhang.min")
    assert made["waits_for"].endswith("finance_director")
    assert asks(service, "li.wei")["outcome"] == "escalate", "nobody approved it yet"
    path = f"{PATH}/{made['id']}"
    assert service.client("chen.jing").post(f"{path}/approval", json={}).status_code == 403
    approved = service.client("zhou.lei").post(f"{path}/approval", json={})
    assert approved.status_code == 200, approved.text
    assert (approved.json()["state"], approved.json()["approved_by"]) == ("in force", "zhou.lei")
    answer = asks(service, "li.wei")
    assert answer["on_behalf_of"] == "zhang.min"
    assert answer["outcome"] == "needs"
    again = service.client("zhou.lei").post(f"{path}/approval", json={})
    assert again.status_code == 409


def test_it_ends_early(service: Any) -> None:
    id = make(service, "li.wei", **LENT)["id"]
    path = f"{PATH}/{id}"
    assert service.client("lin.tao").post(f"{path}/end", json={}).status_code == 403
    seen = service.client("lin.tao").get(path)
    assert seen.json()["state"] == "in force"
    service.clock.set(date(2026, 2, 12))
    stale = service.client("li.wei").post(f"{path}/end", json={}, headers={"If-Match": '"x"'})
    assert stale.status_code == 412
    ended = service.client("li.wei").post(
        f"{path}/end", json={}, headers={"If-Match": seen.headers["ETag"]}
    )
    assert (ended.json()["state"], ended.json()["ended"]) == ("ended", "2026-02-12")
    assert service.client("li.wei").post(f"{path}/end", json={}).status_code == 409
    lent = [d.ends for d in service.service.desk.lent]
    assert lent == [date(2026, 2, 12)]


@pytest.mark.parametrize(
    ("who", "body", "status", "path", "says"),
    [
        ("li.wei", {"ends": "2027-02-20"}, 422, "ends", "the policy allows 90"),
        ("li.wei", {"to": "nobody"}, 422, "", "unknown person"),
        ("li.wei", {"to": "gao.yuan"}, 422, "to", "one level below"),
        ("li.wei", {"reason": None}, 422, "", "needs its reason"),
        ("li.wei", {"action": "fly"}, 422, "", "unknown action"),
        ("li.wei", {"approved_by": "zhou.lei"}, 400, "approved_by", "no member"),
        ("wang.fang", {"from": "li.wei"}, 403, None, ""),
        ("chen.jing", {}, 422, None, ""),
    ],
)
def test_what_the_policy_does_not_allow(
    service: Any, who: str, body: dict[str, Any], status: int, path: str | None, says: str
) -> None:
    given = {k: v for k, v in {**LENT, **body}.items() if v is not None}
    problem = make(service, who, status, **given)
    assert says in str(problem)
    if path is not None:
        assert problem["problems"][0]["path"] == path
    assert service.client("auditor").get(PATH).json()["items"] == []


def test_a_step_can_be_lent_by_who_has_no_grant_of_his_own(service: Any) -> None:
    """A warning of the checker (nothing to give) is no refusal: a step goes with the position."""
    made = make(service, "li.wei", **{**LENT, "verbs": ["inspect"]})
    assert made["state"] == "in force"


def test_administrators_write_down_what_others_lend(service: Any) -> None:
    made = make(service, "ma.lin", **LENT, **{"from": "li.wei"})
    assert (made["from"], made["by"]) == ("li.wei", "ma.lin")


def test_nobody_lends_himself_what_is_anothers(service: Any) -> None:
    """One administrator alone would have everybody's authority."""
    problem = make(service, "ma.lin", 403, **{**LENT, "from": "li.wei", "to": "ma.lin"})
    assert "nobody lends himself" in problem["detail"]
    assert service.client("auditor").get(PATH).json()["items"] == []


def test_a_program_of_an_administrator_lends_nothing(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be the same administrator, who lends to himself."""
    monkeypatch.setitem(PEOPLE, "robot", caller("robot", "administrator", person=False))
    problem = make(service, "robot", 403, **{**LENT, "from": "li.wei", "to": "ma.lin"})
    assert "a program delegates nothing" in problem["detail"]


def test_lists_show_what_concerns_one(service: Any) -> None:
    first = make(service, "li.wei", **LENT)["id"]
    second = make(service, "zhang.min", **DISCOUNT)["id"]

    def ids(who: str, **query: Any) -> list[str]:
        found = service.client(who).get(PATH, params=query).json()
        return [i["id"] for i in found["items"]]

    assert ids("lin.tao") == [first]
    assert ids("zhang.min") == [second]
    assert ids("wang.fang") == []
    assert sorted(ids("zhou.lei")) == sorted([first, second])
    page = service.client("auditor").get(PATH, params={"limit": 1}).json()
    rest = service.client("auditor").get(PATH, params={"cursor": page["next"]}).json()
    assert len(page["items"] + rest["items"]) == 2
    assert service.client("wang.fang").get(f"{PATH}/{first}").status_code == 404
    assert service.client("wang.fang").get(f"{PATH}/dlg_none").status_code == 404
    assert service.client("auditor").get(PATH, params={"cursor": "Nw"}).status_code == 400


def test_a_key_repeats_the_answer(service: Any) -> None:
    key = {"Idempotency-Key": "d1"}
    li = service.client("li.wei")
    first, again = (li.post(PATH, json=LENT, headers=key) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(li.get(PATH).json()["items"]) == 1


def test_a_restarted_service_answers_from_them(service: Any, settings: Any, desk: Any) -> None:
    made = make(service, "zhang.min", **DISCOUNT)
    service.client("zhou.lei").post(f"{PATH}/{made['id']}/approval", json={})
    again = create_app(settings, service.clock, desk).state.service
    assert [d.taker for d in again.desk.lent] == ["li.wei"]
    assert again.desk.revision == service.service.desk.revision == 1


def test_who_lent_his_authority_does_not_give_back_what_was_decided_by_it(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is his limit that the reversal would refill."""
    make(service, "li.wei", **LENT)
    asked = {
        "action": "compensation",
        "requester": "wang.fang",
        "evidence": ["claim_file"],
        "facts": {"amount": 1200, "complaint": {"claimed": 5000}, "customer": {"id": "c1"}},
    }
    made = service.client("lin.tao").post("/v1/decisions", json=asked).json()
    assert (made["outcome"], made.get("on_behalf_of")) == ("permit", "li.wei"), made
    both = Caller("li.wei", "li.wei", frozenset({"representative", "finance"}), how="trusted")
    monkeypatch.setitem(PEOPLE, "li.wei", both)
    place = f"/v1/decisions/{made['id']}/reversal"
    answer = service.client("li.wei").post(place, json={"reason": "a slip"})
    assert answer.status_code == 403, answer.text
    assert answer.json()["detail"] == (
        "nobody gives back what he had a hand in: `lin.tao` decided it, and by your authority"
    )
    assert service.client("chen.jing").post(place, json={"reason": "a slip"}).status_code == 201
