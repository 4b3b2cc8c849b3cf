"""`/v1/alerts`: who sees which, what it stands on, and what people do with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from remit_engine.storage import audit
from remit_engine.storage.opening import reading

from .conftest import Served
from .watch_service import back, frozen, items, observe, release, served, watch_settings

PATH = "/v1/alerts"


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Served]:
    with served(watch_settings(tmp_path)) as service:
        yield service


def full(service: Served) -> str:
    """The alert of a customer who is frozen."""
    frozen(service)
    (found,) = items(service, f"{PATH}?severity=critical")
    return str(found["id"])


def test_filters(watched: Served) -> None:
    full(watched)
    for n in range(3):
        back(watched, f"r{n}", "c-2")
    assert observe(watched, "o9", exposure=90).status_code == 201
    rules = {
        query: sorted(a["rule"].rsplit(".", 1)[-1] for a in items(watched, f"{PATH}?{query}"))
        for query in (
            "", "status=open", "status=cleared&status=open", "severity=warning", "subject=c-1",
            "rule=care.usage.near", "owner=care.controller", "status=withdrawn",
        )
    }  # fmt: skip
    assert rules == {
        "": ["back", "full", "near"],
        "status=open": ["back", "near"],
        "status=cleared&status=open": ["back", "full", "near"],
        "severity=warning": ["back"],
        "subject=c-1": ["full", "near"],
        "rule=care.usage.near": ["near"],
        "owner=care.controller": ["full"],
        "status=withdrawn": [],
    }


def test_everybody_sees_what_concerns_him(watched: Served) -> None:
    id = full(watched)
    seen = {
        who: [a["rule"].rsplit(".", 1)[-1] for a in items(watched, PATH, who)]
        for who in ("auditor", "chen.jing", "ma.lin", "li.wei", "wang.fang")
    }
    every = ["full", "near"]
    assert seen == {
        "auditor": every, "chen.jing": every, "ma.lin": every, "li.wei": ["near"], "wang.fang": []
    }  # fmt: skip
    assert watched.client("shop").get(PATH).status_code == 403
    assert watched.client("li.wei").get(f"{PATH}/{id}").status_code == 404
    assert watched.client("li.wei").get(f"{PATH}/{id}/evidence").status_code == 404
    assert watched.client("auditor").get(f"{PATH}/none").status_code == 404


def test_pages(watched: Served) -> None:
    for n in range(5):
        frozen(watched, f"c-{n}")
    client, found, cursor = watched.client("li.wei"), [], ""
    while True:
        page = client.get(f"{PATH}?limit=2{cursor}").json()
        found += [a["subject"] for a in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == [f"c-{n}" for n in (4, 3, 2, 1, 0)]


def test_what_it_stands_on(watched: Served) -> None:
    observe(watched, "o0", exposure=1, line=100)
    observe(watched, "x", "c-2", exposure=1, line=100)
    id = full(watched)
    back(watched, "r1", date="2026-02-10")
    whole = watched.client("auditor").get(f"{PATH}/{id}?language=zh").json()
    assert (whole["reason"], whole["compared"][0]["left"]) == ("额度已用完", "101.00 CNY")
    assert [(h["kind"], h["stands"]) for h in whole["holds"]] == [("freeze", True)]
    assert [(line["kind"], line["by"]) for line in whole["history"]] == [("begun", None)]
    found = watched.client("auditor").get(f"{PATH}/{id}/evidence").json()
    assert [(e["kind"], e["entry"]) for e in found["items"]] == [
        ("care.Customer", "o0"), ("care.Customer", "full c-1")
    ]  # fmt: skip
    assert found["left_out"] == 0
    last = found["items"][-1]
    assert last["facts"] == {"exposure": "101", "line": "100"}
    told = watched.client("auditor").get(last["place"])
    assert (told.status_code, told.json()["entry"]) == (200, "full c-1")


def test_rows_stand_behind_a_count(watched: Served) -> None:
    for n in range(4):
        back(watched, f"r{n}")
    back(watched, "r9", "c-2")
    (alert,) = items(watched, f"{PATH}?rule=care.usage.back")
    found = watched.client("auditor").get(f"{PATH}/{alert['id']}/evidence").json()
    assert [e["id"] for e in found["items"]] == ["r0", "r1", "r2"]
    place = found["items"][0]["place"]
    assert watched.client("auditor").get(place).json()["id"] == "r0"


def test_it_is_seen_given_on_and_closed(watched: Served) -> None:
    id = full(watched)
    place, chen = f"{PATH}/{id}", watched.client("chen.jing")
    seen = chen.post(f"{place}/acknowledgement", json={})
    assert (seen.status_code, seen.json()["status"]) == (200, "acknowledged")
    given = chen.post(f"{place}/owner", json={"to": "manager", "because": "his customer"})
    assert (given.status_code, given.json()["owner"]) == (200, "care.manager")
    closed = watched.client("li.wei").post(f"{place}/closure", json={"note": "he will pay"})
    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    assert chen.post(f"{place}/closure", json={"note": "again"}).status_code == 409
    assert release(watched)["outcome"] == "deny", "closing lifts nothing"
    history = chen.get(place).json()["history"]
    assert [(line["kind"], line["by"]) for line in history] == [
        ("begun", None), ("acknowledged", "chen.jing"), ("given", "chen.jing"), ("closed", "li.wei")
    ]  # fmt: skip
    assert observe(watched, "o2", exposure=1).status_code == 201
    assert chen.get(place).json()["status"] == "closed", "with its note, when it is over"
    with reading(watched.service.store) as connection:
        assert not audit.verified(connection).broken


@pytest.mark.parametrize(
    ("step", "body", "path"),
    [
        ("owner", {"to": "controler", "because": "x"}, "to"),
        ("owner", {"to": 3, "because": "x"}, "to"),
        ("owner", {"to": "manager", "because": " "}, "because"),
        ("closure", {"note": "x" * 2001}, "note"),
        ("closure", {}, "note"),
        ("acknowledgement", {"note": "x"}, "note"),
    ],
)
def test_what_makes_no_sense_is_refused(
    watched: Served, step: str, body: dict[str, Any], path: str
) -> None:
    answer = watched.client("chen.jing").post(f"{PATH}/{full(watched)}/{step}", json=body)
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["path"] == path


def test_only_people_whose_it_is_see_to_it(watched: Served) -> None:
    id = full(watched)
    body = {"note": "done"}
    status = {
        who: watched.client(who).post(f"{PATH}/{id}/closure", json=body).status_code
        for who in ("shop", "auditor", "wang.fang", "ma.lin")
    }
    assert status == {"shop": 403, "auditor": 403, "wang.fang": 404, "ma.lin": 403}
    key = {"Idempotency-Key": "k1"}
    chen = watched.client("chen.jing")
    first, again = (chen.post(f"{PATH}/{id}/closure", json=body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
