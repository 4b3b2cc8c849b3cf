"""Parameters of addresses: those that a route does not have are refused, not passed over."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("address", "name", "message"),
    [
        ("decisions?outcme=deny", "outcme", "`outcme`; did you mean `outcome`?"),
        ("decisions?actr=wang.fang", "actr", "`actr`; did you mean `actor`?"),
        ("decisions?colour=red", "colour", "`colour`"),
        ("decisions?limt=3", "limt", "`limt`; did you mean `limit`?"),
        ("decisions/dec_1?outcome=deny", "outcome", "`outcome`"),
        ("alerts?stats=open", "stats", "`stats`; did you mean `status`?"),
        ("commission/runs?perod=2026-01", "perod", "`perod`; did you mean `period`?"),
        ("authorities/mine?act=2026", "act", "`act`"),
    ],
)
def test_a_parameter_that_is_not_there_is_refused(
    service: Any, address: str, name: str, message: str
) -> None:
    answer = service.client("auditor").get(f"/v1/{address}")
    assert answer.status_code == 422, answer.text
    found = answer.json()
    whole = f"there is no parameter {message}"
    assert found["problems"] == [{"path": name, "message": whole}]
    assert found["detail"] == whole


def test_who_misspells_is_told_what_there_is(service: Any) -> None:
    client = service.client("auditor")
    assert client.get("/v1/decisions/dec_1?a=b").json()["help"] == "this takes none"
    help = client.get("/v1/events?a=b").json()["help"]
    assert help == "there are `event`, `after`, `limit`, `cursor`"


def test_routes_without_parameters_take_none_when_they_are_quick_too(service: Any) -> None:
    body = {"action": "discount", "facts": {"rate": "5%"}}
    answer = service.client("wang.fang").post("/v1/decisions?record=false", json=body)
    assert answer.status_code == 422
    assert service.client("auditor").get("/v1/decisions").json()["items"] == []


def test_the_standard_keeps_its_own_rules(service: Any) -> None:
    assert service.client("auditor").get("/healthz?probe=1").status_code == 200
