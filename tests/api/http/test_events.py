"""`/v1/events`: typed by the policy, each told once, seen by whom it names."""

from __future__ import annotations

import json
from typing import Any

import pytest

PATH = "/v1/events"
SALE: dict[str, Any] = {
    "id": "I/1 x",
    "date": "2026-02-09",
    "net": 18000,
    "seller": "wang.fang",
    "owner": "sales_representative",
    "team": "east",
    "product_line": "electronics",
}


def told(service: Any, who: str = "shop", name: str = "Sale", **facts: Any) -> Any:
    body = {"event": name, "facts": {**SALE, **facts}}
    return service.client(who).post(PATH, json=body)


def test_an_event_is_told_once(service: Any) -> None:
    first = told(service)
    assert first.status_code == 201, first.text
    assert (first.json()["event"], first.json()["happened"]) == ("sales.pay.Sale", "2026-02-09")
    again = told(service, name="sales.pay.Sale", net=18000.0)
    assert (again.status_code, again.json()) == (200, first.json())
    other = told(service, net=18001)
    assert other.status_code == 409
    assert "another content" in other.json()["detail"]
    read = service.client("auditor").get(first.headers["Location"])
    assert read.json() == first.json()


def test_who_it_names_sees_it(service: Any) -> None:
    place = told(service).headers["Location"]
    for id in ("2", "3", "4"):
        assert told(service, "chen.jing", id=id, seller="lin.tao").status_code == 201
    seen = {
        who: [e["id"] for e in service.client(who).get(PATH).json()["items"]]
        for who in ("wang.fang", "lin.tao", "shop", "chen.jing", "auditor", "ma.lin", "li.wei")
    }
    every = ["I/1 x", "2", "3", "4"]
    assert seen == {
        "wang.fang": every[:1], "lin.tao": every[1:], "shop": every[:1], "chen.jing": every,
        "auditor": every, "ma.lin": every, "li.wei": [],
    }  # fmt: skip
    assert service.client("wang.fang").get(place).status_code == 200
    assert service.client("lin.tao").get(place).status_code == 404
    assert service.client("auditor").get(f"{PATH}/sales.pay.Sale/9").status_code == 404
    assert told(service, "wang.fang", id="9").status_code == 403


def test_pages_go_on_where_they_ended(service: Any) -> None:
    for id in "abc":
        told(service, id=id)
    client = service.client("auditor")
    page = client.get(f"{PATH}?limit=2&event=sales.pay.Sale").json()
    assert [e["id"] for e in page["items"]] == ["a", "b"]
    page = client.get(f"{PATH}?limit=2&cursor={page['next']}").json()
    assert ([e["id"] for e in page["items"]], page["next"]) == (["c"], None)
    last = page["items"][-1]["seq"]
    assert client.get(f"{PATH}?after={last}").json()["items"] == []
    told(service, id="d")
    assert [e["id"] for e in client.get(f"{PATH}?after={last}").json()["items"]] == ["d"]
    assert client.get(f"{PATH}?event=sales.pay.Lateness").json()["items"] == []


@pytest.mark.parametrize(
    ("facts", "path"),
    [
        ({"net": "a"}, "facts.net"),
        ({"net": None}, "facts.net"),
        ({"nett": 1}, "facts.nett"),
        ({"seller": "nobody.here"}, "facts.seller"),
        ({"id": " "}, "facts.id"),
        ({"date": "yesterday"}, "facts.date"),
        ({"product_line": "bread"}, "facts.product_line"),
    ],
)
def test_what_the_policy_does_not_declare_is_refused(service: Any, facts: Any, path: str) -> None:
    answer = told(service, **facts)
    assert answer.status_code == 400
    assert path in [p["path"] for p in answer.json()["problems"]]
    assert service.client("auditor").get(PATH).json()["items"] == []


@pytest.mark.parametrize("body", [{}, {"event": "Sael", "facts": {}}, {"event": 3, "facts": {}},
                                  {"event": "Sale"}, {"event": "Sale", "facts": []},
                                  {"event": "Sale", "facts": SALE, "more": 1}])  # fmt: skip
def test_a_body_that_is_no_event_is_refused(service: Any, body: Any) -> None:
    assert service.client("shop").post(PATH, json=body).status_code == 400


def test_the_same_key_gets_the_same_answer(service: Any) -> None:
    key = {"Idempotency-Key": "k1"}
    body = {"event": "Sale", "facts": SALE}
    client = service.client("shop")
    first, again = (client.post(PATH, json=body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = client.post(PATH, json={**body, "facts": {**SALE, "id": "2"}}, headers=key)
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("net", "message"),
    [
        ("100.005", "`100.005` has more than the 2 decimals of CNY"),
        ('"1/3"', "`1/3` is not an amount of money: write it in digits, such as 900.50"),
        ("1e30", "`1e30` is not an amount of money: write it in digits, such as 900.50"),
        ('{"amount": 100.005}', "`100.005` has more than the 2 decimals of CNY"),
    ],
)
def test_what_no_run_of_pay_could_count_is_refused_at_the_door(
    service: Any, net: str, message: str
) -> None:
    """What is told once stays: it would stand in the way of every run that reads it."""
    body = json.dumps({"event": "Sale", "facts": {**SALE, "net": "NET"}}).replace('"NET"', net)
    answer = service.client("shop").post(
        PATH, content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["problems"] == [{"path": "facts.net", "message": message}]
    assert service.client("auditor").get(PATH).json()["items"] == []
    assert answer.json()["detail"] == f"facts.net: {message}"
    assert answer.json()["help"] == "no run of pay could count such a `Sale`"
