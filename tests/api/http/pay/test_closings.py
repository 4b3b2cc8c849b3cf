"""`/v1/commission/closings`: closed once, as it was read, by another than who ran it; what comes
later is a difference."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sql

from api.http.conftest import PEOPLE
from api.http.pay.conftest import PATH, SALES, Paying
from engine.commission.runs import JANUARY, run_of, statement
from engine.storage.stores import keep
from remit_api.http.identity.caller import Caller
from remit_engine.storage import closings
from remit_engine.storage.opening import writing
from remit_engine.storage.tables import line

CLOSINGS = f"{PATH}/closings"
VERIFY = "/v1/audit/verification"


def test_a_month_is_closed_all_at_once(paying: Paying) -> None:
    run = paying.run()
    closed = paying.close(run)["closed"]
    assert [(c["plan"], c["period"], c["run"], c["by"]) for c in closed] == [
        ("acme.field", "2026-01", 1, "zhou.lei"),
        ("acme.override", "2026-01", 1, "zhou.lei"),
    ]
    assert closed[1]["previous"] == closed[0]["hash"]
    whole = paying.client("auditor").get(f"{PATH}/runs/1").json()
    assert [p["closing"] for p in whole["plans"]] == [1, 2]
    one = paying.client("auditor").get(f"{CLOSINGS}/1").json()
    assert one == {**closed[0], "posted": []}
    asked = f"{PATH}/statements/wang.fang?plan=field&period=2026-01"
    told = paying.client("wang.fang").get(asked).json()
    assert told["closed"] == {"number": 1, "hash": closed[0]["hash"]}


def test_who_asked_for_the_run_does_not_close_it(paying: Paying) -> None:
    run = paying.run(who="chen.jing")
    refused = paying.client("chen.jing").post(
        CLOSINGS, json={"run": run}, headers=paying.tag(run, "chen.jing")
    )
    assert refused.status_code == 403
    assert "who asked for a run does not close a period with it" in refused.json()["detail"]
    paying.close(run, "zhou.lei")


def test_nor_who_made_the_key_of_the_program_that_asked(
    paying: Paying, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles = frozenset({"finance", "administrator"})
    monkeypatch.setitem(PEOPLE, "maker", Caller("zhou.lei", "maker", roles, how="trusted"))
    wanted = {"name": "robot", "roles": ["finance"]}
    key = paying.client("maker").post("/v1/keys", json=wanted).json()["id"]
    robot = Caller(None, "robot", frozenset({"finance"}), key=key, how="trusted")
    monkeypatch.setitem(PEOPLE, "robot", robot)
    run = paying.run(who="robot")
    refused = paying.client("zhou.lei").post(CLOSINGS, json={"run": run}, headers=paying.tag(run))
    assert refused.status_code == 403, refused.text
    assert "who asked for a run does not close a period with it" in refused.json()["detail"]
    paying.close(run, "chen.jing")


def test_nobody_learns_how_many_runs_and_closings_there_are(paying: Paying) -> None:
    """What is not there is told like what is of others alone."""
    run = paying.run()
    number = paying.close(run)["closed"][0]["number"]
    chen, shop = paying.client("chen.jing"), paying.client("ma.lin")
    for path, there in (("runs", run), ("closings", number)):
        told = {shop.get(f"{PATH}/{path}/{n}").json()["detail"] for n in (there, 99)}
        assert len(told) == 1, told
        assert "there is no" in chen.get(f"{PATH}/{path}/99").json()["detail"]


def test_of_a_run_that_was_made_elsewhere_nobody_knows_who_made_it(paying: Paying) -> None:
    made = run_of([statement("field", "wang.fang", JANUARY, 100)])
    with writing(paying.service.store) as connection:
        run = keep(connection, made, JANUARY)
    body = {"run": run, "plans": ["field"]}
    refused = paying.client("zhou.lei").post(CLOSINGS, json=body, headers=paying.tag(run))
    assert refused.status_code == 403
    assert "nobody knows who made run 1" in refused.json()["detail"]
    assert "POST /v1/commission/runs" in refused.json()["help"]


def test_a_run_is_closed_as_it_was_read(paying: Paying) -> None:
    first = paying.run()
    before = paying.tag(first)
    client = paying.client("zhou.lei")
    assert client.post(CLOSINGS, json={"run": first}).status_code == 428
    second = paying.run()
    changed = client.post(CLOSINGS, json={"run": first}, headers=before)
    assert (changed.status_code, changed.json()["title"]) == (412, "Changed meanwhile")
    paying.close(second, plans=["field"])
    after = client.post(CLOSINGS, json={"run": second}, headers=before)
    assert after.status_code == 412
    assert client.get(CLOSINGS).json()["items"][0]["run"] == second


def test_what_is_closed_is_not_run_nor_closed_again(paying: Paying) -> None:
    run = paying.run(plan="field")
    paying.close(run)
    client = paying.client("chen.jing")
    again = client.post(f"{PATH}/runs", json={"period": "2026-01", "plan": "field", "data": "erp"})
    assert (again.status_code, again.json()["detail"]) == (409, "`field` is closed for 2026-01")
    closed = paying.client("zhou.lei").post(
        CLOSINGS, json={"run": run, "plans": ["field"]}, headers=paying.tag(run)
    )
    assert (closed.status_code, closed.json()["detail"]) == (
        409, "`acme.field` is closed for 2026-01",
    )  # fmt: skip
    for method in ("PUT", "DELETE", "PATCH"):
        assert client.request(method, f"{CLOSINGS}/1").status_code == 405


def test_a_run_with_faults_closes_nothing(paying: Paying) -> None:
    paying.sales(SALES + "S9,2026-01-15,5000,nobody,\n")
    run = paying.run()
    refused = paying.client("zhou.lei").post(CLOSINGS, json={"run": run}, headers=paying.tag(run))
    assert refused.status_code == 409
    assert "nobody" in refused.json()["problems"][0]["message"]
    assert paying.client("auditor").get(CLOSINGS).json()["items"] == []


def test_a_month_is_closed_when_it_has_ended(paying: Paying) -> None:
    run = paying.run("2026-02", plan="field")
    for day in (date(2026, 2, 10), date(2026, 2, 28)):
        paying.clock.set(day)
        refused = paying.client("zhou.lei").post(
            CLOSINGS, json={"run": run, "with_earlier": True}, headers=paying.tag(run)
        )
        assert (refused.status_code, refused.json()["detail"], refused.json()["help"]) == (
            409,
            f"`field` cannot be closed for 2026-02 on {day}: 2026-02 ends on 2026-02-28",
            "close it after that",
        )
    assert paying.client("zhou.lei").get(CLOSINGS).json()["items"] == []
    paying.clock.set(date(2026, 3, 1))
    assert len(paying.close(run, with_earlier=True)["closed"]) == 2


def test_periods_are_closed_one_after_the_other(paying: Paying) -> None:
    paying.clock.set(date(2026, 3, 2))
    run = paying.run("2026-02", plan="field")
    refused = paying.client("zhou.lei").post(CLOSINGS, json={"run": run}, headers=paying.tag(run))
    assert refused.status_code == 409
    assert "still open for 2026-01" in refused.json()["detail"]
    assert "--" not in refused.json()["help"]
    closed = paying.close(run, with_earlier=True)["closed"]
    assert [c["period"] for c in closed] == ["2026-01", "2026-02"]


def test_what_changes_later_is_a_difference_with_its_reason(paying: Paying) -> None:
    paying.close(paying.run(plan="field"))
    paying.sales(SALES.replace("40000", "50000"))
    paying.clock.set(date(2026, 3, 2))
    run = paying.run("2026-02", plan="field")
    client = paying.client("li.wei")
    (found,) = client.get(f"{PATH}/differences").json()["items"]
    assert (found["period"], found["posted"], found["amount"], found["paid"]) == (
        "2026-01", "2026-02", "100", False,
    )  # fmt: skip
    assert (found["old"]["run"], found["new"]["run"]) == (1, 2)
    changed = [c for c in found["changes"] if (c["about"], c["name"]) == ("line", "S3")]
    assert ("40000", "50000") in [(c["old"], c["new"]) for c in changed]
    assert paying.client("wang.fang").get(f"{PATH}/differences").json()["items"] == []
    assert paying.client("wang.fang").get(f"{PATH}/differences?person=li.wei").json() == {
        "items": [], "next": None,
    }  # fmt: skip
    asked = f"{PATH}/statements/li.wei?plan=field&period=2026-01"
    assert client.get(asked).json()["statements"][0]["amounts"]["due"] == "400"
    (plan,) = paying.client("auditor").get(f"{PATH}/runs/{run}").json()["plans"]
    assert (plan["due"], plan["differences"], plan["total"]) == ("3850.01", "100", "3950.01")
    paying.close(run)
    (paid,) = paying.client("auditor").get(f"{PATH}/differences?period=2026-01").json()["items"]
    assert paid["paid"]
    (posted,) = client.get(f"{CLOSINGS}/2").json()["posted"]
    assert posted["amount"] == "100"
    assert paying.client("wang.fang").get(f"{CLOSINGS}/2").json()["posted"] == []


def test_everybody_sees_what_closed_his_own(paying: Paying) -> None:
    paying.close(paying.run())
    seen = {
        who: [c["plan"] for c in paying.client(who).get(CLOSINGS).json()["items"]]
        for who in ("wang.fang", "lin.tao", "ma.lin", "auditor")
    }
    assert seen == {
        "wang.fang": ["acme.field"], "lin.tao": ["acme.override"], "ma.lin": [],
        "auditor": ["acme.override", "acme.field"],
    }  # fmt: skip
    assert paying.client("wang.fang").get(f"{CLOSINGS}/2").status_code == 404
    assert paying.client("auditor").get(f"{CLOSINGS}/9").status_code == 404
    for who in ("wang.fang", "auditor", "ma.lin"):
        assert paying.client(who).post(CLOSINGS, json={"run": 1}).status_code == 403
    asked = paying.client("auditor").get(f"{CLOSINGS}?plan=field&period=2026-01").json()
    assert [c["number"] for c in asked["items"]] == [1]
    page = paying.client("auditor").get(f"{CLOSINGS}?limit=1").json()
    page = paying.client("auditor").get(f"{CLOSINGS}?limit=1&cursor={page['next']}").json()
    assert ([c["number"] for c in page["items"]], page["next"]) == ([1], None)


def test_the_same_key_closes_once(paying: Paying) -> None:
    run = paying.run()
    headers = {**paying.tag(run), "Idempotency-Key": "k"}
    client = paying.client("zhou.lei")
    first, again = (client.post(CLOSINGS, json={"run": run}, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")


def test_what_was_altered_is_named(paying: Paying) -> None:
    paying.close(paying.run())
    auditor = paying.client("auditor")
    found = auditor.get(VERIFY).json()
    assert (found["ok"], found["closings"]["count"]) == (True, 2)
    last: dict[str, Any] = found["closings"]
    known = f"expect={last['last'][:12]}&expect={found['last_change'][:10]}"
    assert auditor.get(f"{VERIFY}?{known}").json()["ok"]
    assert not auditor.get(f"{VERIFY}?{known}&expect=0123456789").json()["ok"]
    with writing(paying.service.store) as connection:
        connection.execute(sql.update(line).where(line.c.event == "S3").values(place="sale.csv:9"))
        assert closings.heads(connection)
    found = auditor.get(VERIFY).json()
    assert not found["ok"]
    (altered,) = found["altered"]["closings"]
    assert (altered["closing"], altered["person"]) == (1, "li.wei")


def test_an_order_to_close_that_makes_no_sense(paying: Paying) -> None:
    run = paying.run()
    client, headers = paying.client("zhou.lei"), paying.tag(run)
    for body, path in (
        ({}, "run"), ({"run": "1"}, "run"), ({"run": run, "plans": []}, "plans"),
        ({"run": run, "period": "soon"}, "period"), ({"run": run, "period": 1}, "period"),
        ({"run": run, "with_earlier": 1}, "with_earlier"), ({"run": run, "x": 1}, "x"),
    ):  # fmt: skip
        answer = client.post(CLOSINGS, json=body, headers=headers)
        assert (answer.status_code, answer.json()["problems"][0]["path"]) == (400, path)
    gone = client.post(CLOSINGS, json={"run": 9}, headers=headers)
    assert (gone.status_code, gone.json()["detail"]) == (404, "there is no run 9 in the store")
    none = client.post(CLOSINGS, json={"run": run, "plans": ["yearly"]}, headers=headers)
    assert none.status_code == 404
