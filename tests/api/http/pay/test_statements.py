"""`/v1/commission`: everybody sees his own pay, finance and the auditor all of it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.commission.runs import FEBRUARY, JANUARY, statement
from engine.storage.stores import closed, keep
from remit_engine.commission.document import statement_document
from remit_engine.commission.statement import Run
from remit_engine.storage.opening import writing

PATH = "/v1/commission"


def run_of(*people: str) -> Run:
    found = [
        statement("field", person, period, due, {f"{person}-1": due * 10})
        for period in (JANUARY, FEBRUARY)
        for due, person in enumerate(people, 100)
    ]
    return Run({(s.plan, s.person, s.period): s for s in found}, ())


@pytest.fixture
def kept(service: Any) -> Run:
    """Run 1 closes January, run 2 has only Lin Tao."""
    run = run_of("wang.fang", "lin.tao")
    closed(service.service.store, run, JANUARY)
    with writing(service.service.store) as connection:
        keep(connection, run_of("lin.tao"), FEBRUARY)
    return run


def test_everybody_sees_his_own_runs_and_statements(service: Any, kept: Run) -> None:
    runs = {
        who: [r["run"] for r in service.client(who).get(f"{PATH}/runs").json()["items"]]
        for who in ("chen.jing", "auditor", "wang.fang", "lin.tao", "li.wei", "ma.lin")
    }
    assert runs == {
        "chen.jing": [2, 1], "auditor": [2, 1], "wang.fang": [1], "lin.tao": [2, 1],
        "li.wei": [], "ma.lin": [],
    }  # fmt: skip
    assert service.client("shop").get(f"{PATH}/runs").status_code == 403
    whole = service.client("chen.jing").get(f"{PATH}/runs/1").json()
    assert (whole["plans"][0]["statements"], whole["data"], whole["by"]) == (2, "data", None)
    assert "data" not in service.client("wang.fang").get(f"{PATH}/runs/1").json()
    assert service.client("wang.fang").get(f"{PATH}/runs/2").status_code == 404
    assert service.client("wang.fang").get(f"{PATH}/runs/2/statements").status_code == 404
    own = service.client("wang.fang").get(f"{PATH}/runs/1/statements").json()["items"]
    assert {s["person"] for s in own} == {"wang.fang"}
    other = service.client("wang.fang").get(f"{PATH}/runs/1/statements?person=lin.tao").json()
    assert other["items"] == []


def test_statements_come_in_pages(service: Any, kept: Run) -> None:
    client, path = service.client("auditor"), f"{PATH}/runs/1/statements"
    page = client.get(f"{path}?limit=3").json()
    rest = client.get(f"{path}?limit=3&cursor={page['next']}").json()
    every = [*page["items"], *rest["items"]]
    assert (len(page["items"]), len(every), rest["next"]) == (3, 4, None)
    assert {(s["person"], s["period"], s["amounts"]["due"]) for s in every} == {
        (s.person, str(s.period), str(s.amounts["due"])) for s in kept.statements.values()
    }
    assert all(s["currency"] == "CNY" and "lines" not in s for s in every)
    january = client.get(f"{path}?period=2026-01&plan=field").json()["items"]
    assert len(january) == 2
    assert client.get(f"{path}?period=soon").status_code == 400
    assert client.get(f"{path}?plan=none").status_code == 404
    for wrong in ("9", "x", "-1", "99999999999"):
        assert client.get(f"{PATH}/runs/{wrong}/statements").status_code == 404


def test_a_statement_is_explained_as_it_was_closed(service: Any, kept: Run) -> None:
    path = f"{PATH}/statements/wang.fang"
    asked = "plan=field&period=2026-01"
    told = service.client("wang.fang").get(f"{path}?{asked}")
    assert told.status_code == 200, told.text
    wanted = statement_document(kept.statements["field", "wang.fang", JANUARY])
    assert told.json()["statements"] == [{**wanted, "stands": None}]
    assert told.json()["statements"][0]["stages"][1]["rule"] == "credit * 10%"
    assert (told.json()["run"], told.json()["currency"]) == (1, "CNY")
    assert told.json()["closed"]["number"] == 1
    assert service.client("chen.jing").get(f"{path}?{asked}").json() == told.json()
    assert service.client("lin.tao").get(f"{path}?{asked}").status_code == 404
    assert service.client("auditor").get(f"{path}?plan=field&period=2026-05").status_code == 404
    february = service.client("lin.tao").get(f"{PATH}/statements/lin.tao?plan=field&period=2026-02")
    assert (february.json()["run"], february.json()["closed"]) == (2, None)
    assert service.client("lin.tao").get(f"{path}?plan=field&period=x").status_code == 404
    assert service.client("auditor").get(f"{path}?plan=field&period=x").status_code == 400
