"""`/v1/commission/whatif`: what would I be paid? Of one's own sales alone, and nothing is kept."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.http.pay.conftest import DIRECTORY, PATH, POLICY, Paying
from remit_api.http.computing import shelf

WHATIF = f"{PATH}/whatif"
FEBRUARY = {"period": "2026-02", "plan": "field", "data": "erp"}
SALE = {"date": "2026-02-20", "collected_on": "2026-02-25"}


def asked(paying: Paying, who: str = "li.wei", **body: Any) -> httpx2.Response:
    return paying.client(who).post(WHATIF, json={**FEBRUARY, **body})


def totals(answer: httpx2.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.text
    told = answer.json()["alternatives"]
    return [(a["totals"][0]["amount"], a["totals"][0]["difference"]) for a in told]


def test_ten_per_cent_rather_than_fifteen(paying: Paying) -> None:
    """He has 90,000 of 100,000 in February: 10,000 are at 1.5 %, what is above at 3 %."""
    price = {"list": 40000, "discount": "10%"}
    answer = asked(
        paying,
        sale={**SALE, "net": price},
        **{"or": [{"net": {"list": 40000, "discount": "15%"}}]},
    )
    # 36,000: 150 + 780; 34,000: 150 + 720
    assert totals(answer) == [("950", "0"), ("1880", "930"), ("1820", "870")]
    texts = [a["text"] for a in answer.json()["alternatives"]]
    assert texts[0] == "as it is"
    assert texts[2].endswith("net=40000 less 15%")
    assert paying.client("auditor").get(f"{PATH}/runs").json()["items"] == []


def test_it_is_what_the_command_line_says(
    paying: Paying, remit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pay.remit").write_text(POLICY, "utf-8")
    Path("directory.yaml").write_text(DIRECTORY, "utf-8")
    said = "net=36000 date=2026-02-20 collected_on=2026-02-25"
    ran = remit(
        "commission", "whatif", "li.wei", "pay.remit", "--period", "2026-02", "--plan", "field",
        "--data", str(paying.data), "--sale", said, "--or", "net=34000", "--json",
    )  # fmt: skip
    told = asked(paying, sale={"net": 36000, **SALE}, **{"or": [{"net": 34000}]}).json()
    assert ran.code == 0, ran.err
    assert {**json.loads(ran.out), "policy": None} == {
        **told,
        "policy": None,
        "alternatives": [
            {**a, "text": t}
            for a, t in zip(told["alternatives"], ("as it is", said, "net=34000"), strict=True)
        ],
    }


def test_a_sale_of_his_may_be_another(paying: Paying) -> None:
    answer = asked(paying, change={"id": "S4", "net": 100000})
    assert totals(answer) == [("950", "0"), ("1100", "150")]
    gone = asked(paying, change={"id": "S4", "collected_on": None}).json()["alternatives"][1]
    assert gone["held"] == [{"plan": "acme.field", "currency": "CNY", "amount": "950"}]
    assert gone["due"][0]["amount"] == "0"


def test_nobody_asks_about_what_is_another_s(paying: Paying) -> None:
    assert asked(paying, person="wang.fang", sale={**SALE, "net": 1}).status_code == 403
    refused = asked(paying, change={"id": "S1", "net": 1})
    none = asked(paying, change={"id": "S7", "net": 1})
    assert (refused.status_code, none.status_code) == (400, 400)
    assert refused.json()["detail"] == "there is no Sale `S1` in the data"
    assert none.json()["detail"] == "there is no Sale `S7` in the data"
    assert "help" not in {**refused.json(), **none.json()}  # not even that `S1` is near `S2`
    known = asked(paying, sale={**SALE, "id": "S1", "net": 1})
    assert known.json()["problems"][0]["path"] == "sale.id"
    other = asked(paying, sale={**SALE, "net": 1}, **{"or": [{"id": "S1"}]})
    assert other.json()["problems"][0]["path"] == "or[0].id"
    nobody = asked(paying, "ma.lin", sale={**SALE, "net": 1})
    assert nobody.json()["detail"] == "nobody in the data is `ma.lin`"
    assert "help" not in nobody.json()
    assert asked(paying, "shop", sale={**SALE, "net": 1}).status_code == 403
    finance = asked(paying, "chen.jing", person="wang.fang", change={"id": "S2", "net": 1})
    assert finance.status_code == 200


def test_what_is_wrong_with_a_sale_is_told_by_its_field(paying: Paying) -> None:
    said = {
        ("sold_on",): {**SALE, "net": 1, "sold_on": "2026-02-01"},
        ("net",): {**SALE, "net": "a lot"},
        ("net.discount",): {**SALE, "net": {"list": 5, "discount": 10}},
        ("net.list",): {**SALE, "net": {"list": "much", "discount": "10%"}},
        ("date",): {"net": 5, "date": "soon"},
        ("seller",): {**SALE, "net": 1, "seller": {"list": 1, "discount": "1%"}},
    }
    for paths, sale in said.items():
        answer = asked(paying, "chen.jing", person="li.wei", sale=sale)
        assert answer.status_code == 400
        assert tuple(p["path"] for p in answer.json()["problems"]) == paths, answer.text
    missing = asked(paying, sale={"net": 5})
    assert missing.json()["problems"][0] == {
        "path": "date", "message": "it is missing, and the plans read it",
    }  # fmt: skip


def test_a_question_that_makes_no_sense(paying: Paying) -> None:
    for body, path in (
        ({}, "sale"), ({"sale": SALE, "change": {"id": "S4"}}, "sale"), ({"sale": 3}, "sale"),
        ({"change": {"net": 1}}, "change.id"), ({"sale": {"net": [1]}}, "sale.net"),
        ({"sale": SALE, "or": {}}, "or"), ({"sale": SALE, "or": [1]}, "or[0]"),
        ({"sale": SALE, "or": [{}] * 8}, "or"), ({"sale": SALE, "data": "/etc"}, "data"),
        ({"sale": SALE, "period": "2026"}, "period"), ({"sale": SALE, "more": 1}, "more"),
    ):  # fmt: skip
        answer = asked(paying, **body)
        assert answer.status_code == 400
        assert answer.json()["problems"][0]["path"] == path, answer.text


def test_data_are_read_anew_when_they_change(paying: Paying) -> None:
    sale = {**SALE, "net": 10000}
    assert totals(asked(paying, sale=sale))[0] == ("950", "0")
    before = paying.service.shelf._kept
    assert totals(asked(paying, sale=sale))[0] == ("950", "0")
    assert paying.service.shelf._kept is before is not None
    paying.sales("id,date,net,seller,collected_on\nS4,2026-02-14,9000,li.wei,2026-02-20\n")
    assert totals(asked(paying, sale=sale))[0] == ("90", "0")
    events = asked(paying, data="events", sale=sale)
    assert totals(events)[0] == ("0", "0")
    body = {"event": "Sale", "facts": {**sale, "id": "E1", "seller": "li.wei"}}
    paying.clock.set(date(2026, 2, 20))  # what is told has happened
    assert paying.client("shop").post("/v1/events", json=body).status_code == 201
    assert totals(asked(paying, data="events", sale=sale))[0] == ("100", "0")


def test_data_with_errors_are_told_as_those_of_a_run_are(
    paying: Paying, monkeypatch: pytest.MonkeyPatch
) -> None:
    paying.sales("id,date,net,seller,collected_on\nS4,soon,9000,li.wei,\n")
    answer = asked(paying, "chen.jing", person="wang.fang", sale={**SALE, "net": 1})
    assert (answer.status_code, answer.json()["problems"][0]["path"]) == (
        422, "sale.csv:2, column date",
    )  # fmt: skip
    own = asked(paying, "wang.fang", sale={**SALE, "net": 1})
    assert (own.status_code, own.json()["detail"]) == (422, answer.json()["detail"])
    assert "soon" not in own.text, "it is a row of somebody else"
    monkeypatch.setattr(shelf, "MOST_BYTES", 10)
    large = asked(paying, sale={**SALE, "net": 1})
    assert large.status_code == 409
    assert large.json()["detail"] == "the data `erp` are too large to be read for a question"
    monkeypatch.setattr(shelf, "PATIENCE", 0.01)
    with paying.service.shelf._turn:
        busy = asked(paying, sale={**SALE, "net": 1})
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
