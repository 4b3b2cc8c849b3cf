"""`/v1/commission/runs` and `/jobs`: ordered, waited for, cancelled, kept whole or not at all."""

from __future__ import annotations

import threading
import time
from datetime import date
from typing import Any

import pytest

from api.http.pay.conftest import NOW, PATH, SALES, Paying, at_once
from remit_api.http.computing.task import Result, Stop, Task
from remit_api.pay.running import Phase
from remit_engine.storage.canonical import canonical
from remit_engine.storage.events import KeptEvent, tell
from remit_engine.storage.opening import writing

JANUARY = {"period": "2026-01", "data": "erp"}


def state_of(paying: Paying, place: str, wanted: str) -> dict[str, Any]:
    """A job once it is in a state."""
    until = time.monotonic() + 30
    while True:
        found: dict[str, Any] = paying.client("chen.jing").get(place).json()
        if found["state"] == wanted:
            return found
        assert time.monotonic() < until, found
        time.sleep(0.01)


class Held:
    """A computer that waits to be let go; it is at work when `begun` is set."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, task: Task, told: Phase, stop: Stop) -> Result:
        told("computing people", 1, 3)
        self.begun.set()
        while not self.go.wait(0.01) and not stop():
            pass
        return at_once(task, told, stop)


@pytest.fixture
def held(paying: Paying) -> Held:
    computer = Held()
    paying.service.jobs.computer = computer
    return computer


def test_a_run_is_ordered_and_kept(paying: Paying) -> None:
    client = paying.client("chen.jing")
    answer = client.post(f"{PATH}/runs", json=JANUARY)
    assert answer.status_code == 202, answer.text
    place = answer.headers["Location"]
    assert place == f"{PATH}/jobs/{answer.json()['id']}"
    job = state_of(paying, place, "done")
    assert (job["run"], job["problem"], job["by"]) == (1, None, "chen.jing")
    run = client.get(f"{PATH}/runs/1").json()
    assert (run["period"], run["data"], run["job"]) == ("2026-01", "erp", job["id"])
    assert run["day"] == "2026-02-10"
    paid = {p["name"]: (p["statements"], p["due"], p["closing"]) for p in run["plans"]}
    assert paid == {"acme.field": (2, "1000.01", None), "acme.override": (1, "1100", None)}


def test_who_waits_is_told_the_run(paying: Paying) -> None:
    answer = paying.client("chen.jing").post(f"{PATH}/runs", json=JANUARY, headers=NOW)
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{PATH}/runs/1")
    assert answer.headers["Preference-Applied"] == "wait=10"
    assert answer.headers["Content-Location"] == f"{PATH}/jobs/{answer.json()['id']}"


def test_the_events_of_the_service_are_data(paying: Paying) -> None:
    paying.clock.set(date(2026, 2, 20))  # what is told has happened
    for row in SALES.splitlines()[1:]:
        id, day, net, seller, collected = row.split(",")
        facts = {"id": id, "date": day, "net": float(net), "seller": seller}
        body = {"event": "Sale", "facts": {**facts, "collected_on": collected}}
        assert paying.client("shop").post("/v1/events", json=body).status_code == 201
    told = paying.run(data="events")
    erp = paying.run()
    client = paying.client("auditor")
    amounts = [
        [
            (s["person"], s["plan"], s["amounts"])
            for s in client.get(f"{PATH}/runs/{run}/statements").json()["items"]
        ]
        for run in (told, erp)
    ]
    assert amounts[0] == amounts[1] != []
    assert client.get(f"{PATH}/runs/{told}").json()["data"] == "events up to 4"
    asked = f"{PATH}/statements/li.wei?plan=field&period=2026-01"
    lines = client.get(f"{asked}&run={told}").json()["statements"][0]["lines"]
    assert [(line["event"], line["place"]) for line in lines] == [("S3", "events:3")]


def test_a_job_says_how_far_it_is(paying: Paying, held: Held) -> None:
    client = paying.client("chen.jing")
    first = client.post(f"{PATH}/runs", json=JANUARY).headers["Location"]
    second = client.post(f"{PATH}/runs", json=JANUARY).headers["Location"]
    assert held.begun.wait(30)
    assert client.get(first).json()["state"] == "running"
    assert client.get(second).json()["state"] == "queued"
    assert [j["state"] for j in client.get(f"{PATH}/jobs").json()["items"]] == ["queued", "running"]
    held.go.set()
    assert [state_of(paying, place, "done")["run"] for place in (first, second)] == [1, 2]


def test_what_is_cancelled_keeps_nothing(paying: Paying, held: Held) -> None:
    client = paying.client("chen.jing")
    first, second = (
        client.post(f"{PATH}/runs", json=JANUARY).headers["Location"] for _ in range(2)
    )
    assert held.begun.wait(30)
    assert client.delete(second).json()["state"] == "cancelled"
    assert client.delete(first).json()["state"] == "cancelling"
    job = state_of(paying, first, "cancelled")
    assert (job["run"], job["problem"]) == (None, None)
    assert client.delete(first).json()["state"] == "cancelled"
    assert client.get(f"{PATH}/runs").json()["items"] == []
    held.go.set()
    assert paying.run() == 1
    done = client.get(f"{PATH}/jobs").json()["items"][0]["id"]
    refused = client.delete(f"{PATH}/jobs/{done}")
    assert (refused.status_code, refused.json()["detail"]) == (409, "the job is done")


def test_so_many_wait_and_no_more(paying: Paying, held: Held) -> None:
    client = paying.client("chen.jing")
    assert client.post(f"{PATH}/runs", json=JANUARY).status_code == 202
    assert held.begun.wait(30)
    answers = [client.post(f"{PATH}/runs", json=JANUARY) for _ in range(21)]
    assert [a.status_code for a in answers] == [202] * 20 + [503]
    assert answers[-1].headers["Retry-After"] == "30"
    for answer in answers[:-1]:
        client.delete(answer.headers["Location"])
    held.go.set()


def test_a_service_that_is_stopped_leaves_its_job_to_the_next(paying: Paying, held: Held) -> None:
    place = paying.client("chen.jing").post(f"{PATH}/runs", json=JANUARY).headers["Location"]
    assert held.begun.wait(30)
    jobs = paying.service.jobs
    jobs.stop()
    assert paying.client("chen.jing").get(place).json()["state"] == "queued"
    jobs.computer = at_once
    jobs.start()
    assert state_of(paying, place, "done")["run"] == 1


def test_the_same_key_is_the_same_job(paying: Paying) -> None:
    client, key = paying.client("chen.jing"), {"Idempotency-Key": "k1"}
    first = client.post(f"{PATH}/runs", json=JANUARY, headers={**NOW, **key})
    again = client.post(f"{PATH}/runs", json=JANUARY, headers={**NOW, **key})
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    other = client.post(f"{PATH}/runs", json={**JANUARY, "plan": "field"}, headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "urn:remit:problem:key_reused")
    assert len(client.get(f"{PATH}/runs").json()["items"]) == 1


def test_data_with_errors_are_told_with_their_places(paying: Paying) -> None:
    paying.sales(SALES.replace("40000", "4o000").replace("2026-02-14", "soon"))
    client = paying.client("chen.jing")
    answer = client.post(f"{PATH}/runs", json=JANUARY, headers=NOW)
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        422, "application/problem+json",
    )  # fmt: skip
    problem = answer.json()
    assert problem["detail"] == "2 things are wrong with the data `erp`"
    assert {p["path"] for p in problem["problems"]} == {
        "sale.csv:4, column net", "sale.csv:5, column date",
    }  # fmt: skip
    assert str(paying.data) not in answer.text
    job = client.get(answer.headers["Content-Location"]).json()
    assert (job["state"], job["problem"]["detail"]) == ("failed", problem["detail"])
    assert client.get(f"{PATH}/runs").json()["items"] == []


def test_what_is_not_there_is_told_without_its_path(paying: Paying) -> None:
    client = paying.client("chen.jing")
    yearly = client.post(f"{PATH}/runs", json={"period": "2026", "data": "erp"}, headers=NOW)
    assert yearly.json()["problems"] == [
        {"path": "erp", "message": "there is no `targets`, which the plans read"}
    ]
    (paying.data / "people.csv").unlink()
    (paying.data / "sale.csv").unlink()
    paying.data.rmdir()
    gone = client.post(f"{PATH}/runs", json=JANUARY, headers=NOW)
    assert (gone.status_code, gone.json()["detail"]) == (503, "the data `erp` cannot be read now")
    assert str(paying.data) not in yearly.text + gone.text


NO_ORDERS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({}, "period", "write a text"),
    ({"period": "soon"}, "period", "`soon` is no period"),
    ({"period": "2026-Q1"}, "period", "no plan is paid by the quarter"),
    ({"period": "2026-01", "plan": "feild"}, "plan", "there is no plan `feild`"),
    ({"period": "2026-01", "plan": "yearly"}, "period", "paid by the year"),
    ({"period": "2026-01", "data": "/etc"}, "data", "there are `events`, `erp`"),
    ({"period": "2026-01", "data": "../erp"}, "data", "no data are called `../erp`"),
    ({"period": "2026-01", "engine": "spark"}, "engine", "there is no engine `spark`"),
    ({"period": "2026-01", "more": 1}, "more", "no member `more`"),
)


def test_an_order_that_makes_no_sense(paying: Paying) -> None:
    client = paying.client("chen.jing")
    for body, path, said in NO_ORDERS:
        answer = client.post(f"{PATH}/runs", json=body)
        assert answer.status_code == 400
        (problem,) = answer.json()["problems"]
        assert problem["path"] == path
        assert said in problem["message"]
    assert client.get(f"{PATH}/jobs").json()["items"] == []


def test_only_finance_runs_and_only_who_sees_all_sees_what_was_not_counted(paying: Paying) -> None:
    paying.sales(SALES + "S9,2026-01-15,5000,nobody,\n")
    paying.run()
    for who in ("wang.fang", "ma.lin", "auditor", "shop"):
        assert paying.client(who).post(f"{PATH}/runs", json=JANUARY).status_code == 403
        assert paying.client(who).delete(f"{PATH}/jobs/job_x").status_code == 403
    job = paying.client("chen.jing").get(f"{PATH}/jobs").json()["items"][0]
    assert paying.client("auditor").get(f"{PATH}/jobs/{job['id']}").json() == job
    assert paying.client("wang.fang").get(f"{PATH}/jobs/{job['id']}").status_code == 404
    assert paying.client("wang.fang").get(f"{PATH}/jobs").json()["items"] == []
    rows = paying.client("auditor").get(f"{PATH}/runs/1/uncounted").json()["items"]
    assert [(r["event"], r["place"], r["fault"]) for r in rows] == [("S9", "sale.csv:6", True)]
    whole = paying.client("auditor").get(f"{PATH}/runs/1").json()
    assert whole["uncounted"] == {"rows": 1, "faults": 1}
    assert "nobody" in whole["plans"][0]["faults"][0]
    assert paying.client("wang.fang").get(f"{PATH}/runs/1/uncounted").status_code == 404
    own = paying.client("wang.fang").get(f"{PATH}/runs/1")
    assert "nobody" not in own.text


def test_runs_are_found_by_plan_and_period(paying: Paying) -> None:
    paying.run()
    paying.run("2026-02", plan="field")
    client = paying.client("auditor")
    found = {
        asked: [r["run"] for r in client.get(f"{PATH}/runs?{asked}").json()["items"]]
        for asked in ("plan=field", "plan=override", "period=2026-01", "limit=1")
    }
    assert found == {"plan=field": [2, 1], "plan=override": [1], "period=2026-01": [1],
                     "limit=1": [2]}  # fmt: skip
    page = client.get(f"{PATH}/runs?limit=1").json()
    page = client.get(f"{PATH}/runs?limit=1&cursor={page['next']}").json()
    assert ([r["run"] for r in page["items"]], page["next"]) == ([1], None)


def bad_event(paying: Paying, id: str, happened: str, net: str) -> None:
    """An event in the store as it was told before such were refused."""
    facts = {"id": id, "date": happened, "net": net, "seller": "wang.fang", "collected_on": None}
    body = canonical({"facts": facts, "people": ["wang.fang"]})
    with writing(paying.service.store) as connection:
        tell(connection, KeptEvent("acme.Sale", id, happened, "now", "shop", body))


def sale_body(id: str, net: Any, **more: Any) -> dict[str, Any]:
    facts = {"id": id, "date": "2026-01-10", "net": net, "seller": "wang.fang"}
    return {"event": "Sale", "facts": facts, **more}


def test_an_event_that_cannot_be_read_is_listed_and_corrected(paying: Paying) -> None:
    paying.clock.set(date(2026, 3, 20))
    bad_event(paying, "X1", "2026-01-10", "100.005")
    bad_event(paying, "X8", "2026-02-10", "1/3")  # of a period to come
    shop, auditor = paying.client("shop"), paying.client("auditor")
    assert shop.post("/v1/events", json=sale_body("X2", 1000)).status_code == 201
    first = paying.run(data="events", plan="field")
    rows = auditor.get(f"{PATH}/runs/{first}/uncounted").json()["items"]
    assert [(r["event"], r["place"], r["fault"], r["reason"]) for r in rows] == [
        ("X1", "events:1", True, "net: `100.005` has more than the 2 decimals of CNY")
    ]
    body = {"run": first, "plans": ["field"]}
    refused = paying.client("zhou.lei").post(
        f"{PATH}/closings", json=body, headers=paying.tag(first)
    )
    assert refused.status_code == 409

    again = shop.post("/v1/events", json=sale_body("X3", 5, corrects="X2"))
    assert (again.status_code, again.json()["detail"]) == (
        409, "`X2` is counted as it is: it needs no correction",
    )  # fmt: skip
    assert shop.post("/v1/events", json=sale_body("X3", 5, corrects="X9")).status_code == 404
    right = shop.post("/v1/events", json=sale_body("X1-a", 100, corrects="X1"))
    assert (right.status_code, right.json()["corrects"]) == (201, "X1")
    twice = shop.post("/v1/events", json=sale_body("X1-b", 100, corrects="X1"))
    assert twice.json()["detail"] == "`X1` is corrected already, by `X1-a`"

    second = paying.run(data="events", plan="field")
    rows = auditor.get(f"{PATH}/runs/{second}/uncounted").json()["items"]
    assert [(r["event"], r["fault"], r["reason"]) for r in rows] == [
        ("X1", False, "`X1-a` was told to correct it")
    ]
    read = auditor.get(f"{PATH}/statements/wang.fang?plan=field&period=2026-01").json()
    assert [line["event"] for line in read["statements"][0]["lines"]] == ["X1-a", "X2"]
    paying.close(second, plans=["field"])
