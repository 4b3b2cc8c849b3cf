"""Running totals over HTTP: what is recorded uses them up, and every way of asking sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.http.conftest import CALLER, Asking, Served, SetClock, settings_at
from remit_api.http.app import create_app

POLICY = """
policy shop "Shop" { owner boss currency CNY effective from 2026-01-01 }
position boss "Boss"
position clerk "Clerk" { reports to boss }
action refund "Refund" { amount money  limit on amount }
authority refund { clerk may approve up to 100 each, 250 per month }
"""
PEOPLE = """
directory: shop
people:
  - {id: wang.fang, positions: [{position: clerk, from: 2026-01-01}]}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Asking]:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "shop.remit").write_text(POLICY, encoding="utf-8")
    people = folder / "directory.yaml"
    people.write_text(PEOPLE, encoding="utf-8")
    settings = replace(settings_at(tmp_path), policies=(folder,), directory=people)
    clock = SetClock()
    app = create_app(settings, clock)
    with TestClient(app) as http:
        yield Served(app, clock, http).client("wang.fang")


def refund(amount: int, **more: Any) -> dict[str, Any]:
    return {"action": "refund", "facts": {"amount": amount}, **more}


def outcomes(shop: Asking, amount: int) -> set[str]:
    """What each way of asking without recording says."""
    one = shop.post("/v1/decisions", json=refund(amount, record=False)).json()["outcome"]
    found = {one}
    for explain in (True, False):
        body = {"requests": [refund(amount)], "record": False, "explain": explain}
        (item,) = shop.post("/v1/decisions/batch", json=body).json()["items"]
        found.add(item["outcome"])
    return found


def test_every_way_of_asking_sees_what_was_used(shop: Asking) -> None:
    assert outcomes(shop, 60) == {"permit"}
    for amount in (100, 100):
        made = shop.post("/v1/decisions", json=refund(amount))
        assert (made.status_code, made.json()["outcome"]) == (201, "permit")
    assert outcomes(shop, 50) == {"permit"}
    (refused,) = outcomes(shop, 51)
    assert refused in ("deny", "escalate")
    assert shop.post("/v1/decisions", json=refund(50)).json()["outcome"] == "permit"
    assert outcomes(shop, 1) == {refused}


def test_a_reversal_gives_back(shop: Asking) -> None:
    made = [shop.post("/v1/decisions", json=refund(n)).json() for n in (100, 100, 50)]
    assert outcomes(shop, 1) != {"permit"}
    path, why = f"/v1/decisions/{made[2]['id']}/reversal", {"reason": "the goods came back"}
    assert shop.post(path, json=why).status_code == 403
    finance = Asking(shop.http, {CALLER: "chen.jing"})
    assert finance.post(path, json=why).status_code == 201
    assert outcomes(shop, 50) == {"permit"}
    assert outcomes(shop, 51) != {"permit"}
