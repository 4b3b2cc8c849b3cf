"""`/v1/limits`, `/v1/approvers`, `/v1/authorities`, held to the engine."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from remit_engine.explanation.wire import to_json
from remit_engine.reading.request_reader import read_request

ORDER = {
    "total": 18000,
    "margin": "20%",
    "clearance": False,
    "region": "pudong",
    "product_line": "electronics",
}
BODY: dict[str, Any] = {"action": "discount", "requester": "ni.hong", "facts": {"order": ORDER}}


def request(service: Any, **more: Any) -> Any:
    desk = service.service.desk
    document = {**BODY, "as_of": "2026-02-10", **more}
    return desk.engine, read_request(document, desk.model, desk.directory)


def test_how_far_may_i_go(service: Any) -> None:
    answer = service.client("wang.fang").post("/v1/limits", json=BODY)
    engine, asked = request(service, actor="wang.fang")
    found = engine.maximum(asked)
    assert answer.status_code == 200
    assert answer.json()["maximum"] == to_json(found.permit)
    assert answer.json()["maximum"]["value"] == "0.03"
    assert answer.json()["with_steps"] == to_json(found.with_steps)


def test_who_may(service: Any) -> None:
    facts = {"rate": "12%", "order": ORDER}
    answer = service.client("wang.fang").post("/v1/approvers", json={**BODY, "facts": facts})
    engine, asked = request(service, actor="wang.fang", facts=facts)
    assert answer.status_code == 200
    assert answer.json()["who"] == [to_json(holder) for holder in engine.who(asked)]
    assert "zhang.min" in [holder["person"] for holder in answer.json()["who"]]


def test_what_may_i(service: Any) -> None:
    found = service.client("wang.fang").get("/v1/authorities/mine").json()
    desk = service.service.desk
    party = desk.directory.party("wang.fang", date(2026, 2, 10))
    assert found["actor"] == "wang.fang"
    assert found["may"] == [to_json(p) for p in desk.engine.may(party, date(2026, 2, 10))]


def test_who_may_do_what(service: Any) -> None:
    client = service.client("wang.fang")
    some = client.get("/v1/authorities?action=discount&action=compensation").json()["matrix"]
    assert {cell["action"].rpartition(".")[2] for cell in some} == {"discount", "compensation"}
    every = client.get("/v1/authorities").json()["matrix"]
    assert all(cell in every for cell in some)
    assert client.get("/v1/authorities?action=discuont").status_code == 400
    assert client.get("/v1/authorities?as_of=1.2.2026").status_code == 400


@pytest.mark.parametrize(
    ("name", "path", "body", "status"),
    [
        ("wang.fang", "/v1/limits", {**BODY, "actor": "lin.tao"}, 403),
        ("chen.jing", "/v1/limits", {**BODY, "actor": "lin.tao"}, 200),
        ("wang.fang", "/v1/limits", {**BODY, "as_of": "2026-03-01"}, 403),
        ("chen.jing", "/v1/limits", {**BODY, "as_of": "2026-03-01"}, 200),
        ("shop", "/v1/limits", BODY, 400),
        ("wang.fang", "/v1/limits", {**BODY, "facts": {"order": {"total": "x"}}}, 400),
        ("wang.fang", "/v1/approvers", {**BODY, "as_of": "2026-03-01"}, 403),
        ("shop", "/v1/approvers", BODY, 200),
        ("wang.fang", "/v1/approvers", {"action": "nothing"}, 400),
    ],
)
def test_who_may_ask(service: Any, name: str, path: str, body: Any, status: int) -> None:
    answer = service.client(name).post(path, json=body)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("name", "query", "status"),
    [
        ("wang.fang", "", 200),
        ("wang.fang", "?actor=wang.fang", 200),
        ("wang.fang", "?actor=lin.tao", 403),
        ("wang.fang", "?actor=sales.organisation.general_manager", 403),
        ("chen.jing", "?actor=lin.tao", 200),
        ("chen.jing", "?actor=nobody", 400),
        ("auditor", "", 400),
    ],
)
def test_whose_rights(service: Any, name: str, query: str, status: int) -> None:
    answer = service.client(name).get(f"/v1/authorities/mine{query}")
    assert answer.status_code == status, answer.text
