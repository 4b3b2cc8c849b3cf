"""`/v1/commission/disputes`: opened by whose pay it is, decided by somebody else, once."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx2
import pytest
import sqlalchemy as sql

from api.http.pay.conftest import PATH, Paying
from remit_engine.storage.opening import writing
from remit_engine.storage.tables import dispute

DISPUTES = f"{PATH}/disputes"
LINE = {
    "plan": "field", "period": "2026-01", "line": "S3", "expected": "45_000",
    "reason": "invoiced 45,000",
}  # fmt: skip
REJECTED = {"decision": "rejected", "outcome": "the invoice says 40,000"}


@pytest.fixture
def told(paying: Paying) -> Paying:
    """A run of January is kept; Li Wei sold S3, Wang Fang S1 and S2."""
    paying.run()
    return paying


def opened(paying: Paying, who: str = "li.wei", **more: Any) -> httpx2.Response:
    return paying.client(who).post(DISPUTES, json={**LINE, **more})


def test_a_line_is_disputed_and_decided(told: Paying) -> None:
    answer = opened(told)
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{DISPUTES}/1"), answer.text
    made = answer.json()
    assert (made["status"], made["expected"], made["by"]) == ("open", "45000", "li.wei")
    assert (made["on"], made["deadline"], made["overdue"]) == ("2026-02-10", "2026-02-24", False)
    headers = {"If-Match": answer.headers["ETag"]}
    decided = told.client("zhou.lei").post(f"{DISPUTES}/1/answer", json=REJECTED, headers=headers)
    assert decided.status_code == 200, decided.text
    assert (decided.json()["status"], decided.json()["answered_by"]) == ("rejected", "zhou.lei")
    read = told.client("li.wei").get(f"{DISPUTES}/1")
    assert read.json() == decided.json()
    assert read.headers["ETag"] == decided.headers["ETag"] != answer.headers["ETag"]
    late = told.client("chen.jing").post(f"{DISPUTES}/1/answer", json=REJECTED, headers=headers)
    assert late.status_code == 412
    twice = told.client("chen.jing").post(f"{DISPUTES}/1/answer", json=REJECTED)
    assert (twice.status_code, twice.json()["dispute"]) == (409, read.json())
    assert told.client("auditor").get("/v1/audit/verification").json()["disputes"]["count"] == 1


def test_nobody_disputes_or_sees_what_is_another_s(told: Paying) -> None:
    opened(told)
    for who in ("wang.fang", "lin.tao", "ma.lin"):
        client = told.client(who)
        assert client.get(f"{DISPUTES}/1").status_code == 404
        assert client.get(DISPUTES).json()["items"] == []
        assert client.get(f"{DISPUTES}?person=li.wei").json()["items"] == []
        assert client.post(f"{DISPUTES}/1/withdrawal", json={}).status_code == 404
        assert opened(told, who, person="li.wei").status_code == 403
    strange = opened(told, "wang.fang")
    assert (strange.status_code, strange.json()["detail"]) == (
        409, "the statement has no line `S3`",
    )  # fmt: skip
    assert "S3" not in strange.json()["help"]
    none = opened(told, "ma.lin", line=None)
    assert none.status_code == 409
    assert none.json()["detail"] == "`ma.lin` has no statement of `acme.field` for 2026-01"
    assert "help" not in none.json()
    assert told.client("shop").post(DISPUTES, json=LINE).status_code == 403
    assert told.client("auditor").post(DISPUTES, json=LINE).status_code == 403


def test_nobody_decides_about_his_own_pay(told: Paying) -> None:
    opened(told)
    for who, status in (("li.wei", 403), ("wang.fang", 403), ("ma.lin", 403), ("auditor", 403)):
        answer = told.client(who).post(f"{DISPUTES}/1/answer", json=REJECTED)
        assert answer.status_code == status
    with writing(told.service.store) as connection:
        connection.execute(sql.update(dispute).values(person="zhou.lei"))
    own = told.client("zhou.lei").post(f"{DISPUTES}/1/answer", json=REJECTED)
    assert (own.status_code, "his own pay" in own.json()["detail"]) == (403, True)
    assert told.client("chen.jing").post(f"{DISPUTES}/1/answer", json=REJECTED).status_code == 200


def test_finance_opens_for_others_and_says_by_when(told: Paying) -> None:
    made = opened(told, "chen.jing", person="li.wei", days=3)
    assert (made.status_code, made.json()["person"], made.json()["by"]) == (
        201, "li.wei", "chen.jing",
    )  # fmt: skip
    assert made.json()["deadline"] == "2026-02-13"
    assert [d["number"] for d in told.client("li.wei").get(DISPUTES).json()["items"]] == [1]
    refused = opened(told, "wang.fang", line="S1", days=90)
    assert (refused.status_code, refused.json()["help"]) == (403, "leave `days` out")
    again = opened(told)
    assert again.status_code == 409
    assert again.json()["detail"] == "dispute 1 about this line is open"


def test_it_is_taken_back_by_him_or_by_finance_with_a_reason(told: Paying) -> None:
    opened(told)
    taken = told.client("li.wei").post(f"{DISPUTES}/1/withdrawal", json={})
    assert (taken.json()["status"], taken.json()["answered_by"]) == ("withdrawn", "li.wei")
    opened(told)
    finance = told.client("chen.jing")
    silent = finance.post(f"{DISPUTES}/2/withdrawal", json={})
    assert (silent.status_code, silent.json()["problems"][0]["path"]) == (400, "outcome")
    said = finance.post(f"{DISPUTES}/2/withdrawal", json={"outcome": "he has left"})
    assert said.json()["answered_by"] == "chen.jing, for finance"
    done = told.client("li.wei").post(f"{DISPUTES}/2/withdrawal", json={})
    assert done.status_code == 409


def test_lists_say_what_is_overdue(told: Paying) -> None:
    opened(told)
    opened(told, "wang.fang", line="S1")
    told.client("chen.jing").post(f"{DISPUTES}/2/answer", json=REJECTED)
    told.clock.set(date(2026, 2, 25))
    finance = told.client("chen.jing")
    found = {
        asked: [d["number"] for d in finance.get(f"{DISPUTES}?{asked}").json()["items"]]
        for asked in (
            "", "overdue=true", "status=rejected", "person=li.wei", "plan=override",
            "period=2026-02", "limit=1",
        )
    }  # fmt: skip
    assert found == {
        "": [1, 2], "overdue=true": [1], "status=rejected": [2], "person=li.wei": [1],
        "plan=override": [], "period=2026-02": [], "limit=1": [1],
    }  # fmt: skip
    page = finance.get(f"{DISPUTES}?limit=1").json()
    page = finance.get(f"{DISPUTES}?limit=1&cursor={page['next']}").json()
    assert ([d["number"] for d in page["items"]], page["next"]) == ([2], None)


@pytest.mark.parametrize("written", [2600000, 1200.5, "2600000", "1_200.50"])
def test_an_amount_is_a_number_or_a_text(told: Paying, written: Any) -> None:
    answer = opened(told, expected=written)
    assert answer.status_code == 201, answer.text
    exact = "2600000" if "26" in str(written) else "1200.5"
    assert answer.json()["expected"].rstrip("0") == exact.rstrip("0")


def test_a_dispute_that_makes_no_sense(told: Paying) -> None:
    for more, path in (
        ({"period": "soon"}, "period"), ({"reason": " "}, "reason"), ({"reason": None}, "reason"),
        ({"expected": "a lot"}, "expected"), ({"expected": True}, "expected"),
        ({"expected": "1/3"}, "expected"),
        ({"days": 0}, "days"), ({"plan": None}, "plan"), ({"more": 1}, "more"),
    ):  # fmt: skip
        answer = opened(told, **more)
        assert answer.status_code == 400
        assert answer.json()["problems"][0]["path"] == path
    assert opened(told, plan="feild").status_code == 404
    program = told.client("chen.jing").post(f"{DISPUTES}/1/answer", json={"decision": "yes"})
    assert program.json()["problems"][0]["path"] == "decision"
    for wrong in ("9", "x", "-1"):
        assert told.client("chen.jing").get(f"{DISPUTES}/{wrong}").status_code == 404
    assert told.client("auditor").get(DISPUTES).json()["items"] == []
