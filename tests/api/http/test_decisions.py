"""`/v1/decisions`: ask, ask and record, many at once."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
import sqlalchemy as sql

from remit_api.http.identity.caller import Caller
from remit_engine.explanation.wire import decision_to_json
from remit_engine.reading.request_reader import read_request
from remit_engine.storage.audit import verified
from remit_engine.storage.opening import reading
from remit_engine.storage.tables import decision

from .conftest import PEOPLE

TWO = frozenset({"finance", "administrator"})
DISCOUNT: dict[str, Any] = {
    "action": "discount",
    "requester": "ni.hong",
    "facts": {
        "rate": "2%",
        "order": {
            "total": 18000,
            "margin": "20%",
            "clearance": False,
            "region": "pudong",
            "product_line": "electronics",
        },
    },
}
FREIGHT: dict[str, Any] = {"action": "sales.delivery.freight", "facts": {}}


def asked(**more: Any) -> dict[str, Any]:
    return {**DISCOUNT, "record": False, **more}


def rows(service: Any) -> int:
    with reading(service.service.store) as connection:
        return connection.scalar(sql.select(sql.func.count()).select_from(decision)) or 0


def test_an_answer_is_that_of_the_command_line(service: Any) -> None:
    answer = service.client("wang.fang").post("/v1/decisions", json=asked())
    assert answer.status_code == 200
    desk = service.service.desk
    document = {**DISCOUNT, "actor": "wang.fang", "as_of": "2026-02-10"}
    wanted = decision_to_json(
        desk.engine.decide(read_request(document, desk.model, desk.directory))
    )
    assert answer.json() == json.loads(msgspec.json.encode(wanted))
    assert answer.json()["outcome"] == "permit"
    assert rows(service) == 0


@pytest.mark.parametrize("action", ["sales.delivery.freight", "sales.quotes.quote_release"])
@pytest.mark.parametrize("actor", [None, "sun.qiang", "sales.organisation.sales_manager"])
def test_the_quick_way_and_the_full_way_answer_alike(
    service: Any, action: str, actor: str | None
) -> None:
    desk, client = service.service.desk, service.client("chen.jing")
    fields = desk.model.program.actions[action].fields
    given = {"money": 900, "integer": 3, "percent": 0.02, "number": 1, "boolean": True}
    kinds = {name: field.type.kind for name, field in fields.items()}
    facts = {name: given[kind] for name, kind in kinds.items() if kind in given}
    body = {"action": action, "facts": facts, "record": False}
    if actor is not None:
        body["actor"] = actor
    quick = client.post("/v1/decisions", json=body)
    full = client.post("/v1/decisions", json={**body, "language": "en"})
    assert quick.status_code == full.status_code == 200
    assert quick.json() == full.json()


def test_what_is_recorded_stands_in_the_ledger(service: Any) -> None:
    answer = service.client("wang.fang").post("/v1/decisions", json=DISCOUNT)
    assert answer.status_code == 201
    document = answer.json()
    assert document["id"].startswith("dec_")
    assert document["seq"] == 1
    assert document["recorded_at"] == "2026-02-10T09:00:00.000000+00:00"
    read = service.client("wang.fang").get(answer.headers["location"]).json()
    assert read["answer"] == {
        name: value
        for name, value in document.items()
        if name not in ("id", "seq", "hash", "recorded_at")
    }
    assert read["caller"] == read["actor"] == "wang.fang"
    assert read["request"]["facts"]["order"]["total"] == 18000
    with reading(service.service.store) as connection:
        found = verified(connection)
    assert (found.rows, found.broken) == (1, [])


def test_a_body_that_forgets_record_is_recorded(service: Any) -> None:
    service.client("wang.fang").post("/v1/decisions", json=DISCOUNT)
    assert rows(service) == 1


@pytest.mark.parametrize(
    ("name", "more", "status"),
    [
        ("wang.fang", {"actor": "lin.tao"}, 403),
        ("wang.fang", {"actor": "sales.organisation.general_manager"}, 403),
        ("wang.fang", {"actor": {"person": "lin.tao"}}, 403),
        ("wang.fang", {"actor": {"person": "wang.fang", "id": "lin.tao"}}, 403),
        ("wang.fang", {"actor": {"person": "wang.fang"}}, 200),
        ("wang.fang", {"actor": {"person": "wang.fang", "position": "general_manager"}}, 400),
        ("wang.fang", {"as_of": "2026-02-11"}, 403),
        ("wang.fang", {"as_of": "2026-02-10"}, 200),
        ("chen.jing", {"actor": "lin.tao"}, 200),
        ("chen.jing", {"actor": "lin.tao", "as_of": "2026-01-05"}, 200),
        ("shop", {"actor": "lin.tao"}, 200),
        ("shop", {}, 400),
        ("auditor", {"actor": "lin.tao"}, 200),
        ("wang.fang", {"action": "nothing"}, 400),
        ("wang.fang", {"record": "no"}, 400),
    ],
)
def test_who_may_ask_for_whom(service: Any, name: str, more: dict[str, Any], status: int) -> None:
    for member in ({}, {"language": "en"}):
        answer = service.client(name).post("/v1/decisions", json=asked(**more, **member))
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("name", "more", "status"),
    [
        ("wang.fang", {"actor": "lin.tao"}, 403),
        ("wang.fang", {"as_of": "2026-02-09"}, 400),
        ("chen.jing", {"actor": "lin.tao", "as_of": "2026-02-09"}, 400),
        ("wang.fang", {"totals": {"month": 0}}, 400),
        ("wang.fang", {"approvals": [{"verb": "review", "by": "chen.jing"}]}, 400),
        ("shop", {"actor": "lin.tao", "approvals": [{"verb": "review", "by": "chen.jing"}]}, 201),
        ("auditor", {"actor": "lin.tao"}, 403),
    ],
)
def test_what_may_be_recorded(service: Any, name: str, more: dict[str, Any], status: int) -> None:
    answer = service.client(name).post("/v1/decisions", json={**DISCOUNT, **more})
    assert answer.status_code == status, answer.text
    assert rows(service) == (1 if status == 201 else 0)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"record": false, "record": true}', "application/json", 400),
        (b"{}", "application/json", 400),
        (b"\xff", "application/json; charset=utf-8", 400),
        (b"{}", "text/plain", 415),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"{}", "application/jsonp", 415),
        (b"[" * 10_000, "application/json", 400),
        (b'{"action": "disc\xed\xa0\x80", "facts": {}}', "application/json", 400),
        (b'{"action": "discount", "facts": {"\xff": 1}, "record": false}', "application/json", 400),
    ],
)
def test_bodies_that_are_none(service: Any, body: bytes, kind: str, status: int) -> None:
    client = service.client("wang.fang")
    answer = client.post("/v1/decisions", content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert rows(service) == 0


def test_money_is_exact(service: Any) -> None:
    body = json.dumps(DISCOUNT).replace("18000", "18000.10000000000000000001")
    client = service.client("wang.fang")
    sent = client.post("/v1/decisions", content=body, headers={"content-type": "application/json"})
    read = client.get(sent.headers["location"])
    found = json.loads(read.text, parse_float=Decimal)
    assert found["request"]["facts"]["order"]["total"] == Decimal("18000.10000000000000000001")


def test_the_same_key_gives_the_first_answer(service: Any) -> None:
    client = service.client("wang.fang")
    key = {"Idempotency-Key": "k-1"}
    first = client.post("/v1/decisions", json=DISCOUNT, headers=key)
    again = client.post("/v1/decisions", json=DISCOUNT, headers=key)
    assert again.status_code == first.status_code == 201
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    other = client.post("/v1/decisions", json={**DISCOUNT, "language": "zh"}, headers=key)
    assert other.status_code == 422
    assert other.json()["type"] == "urn:remit:problem:key_reused"
    assert rows(service) == 1
    assert service.client("chen.jing").post(
        "/v1/decisions", json={**DISCOUNT, "actor": "lin.tao"}, headers=key
    ).status_code == 201  # fmt: skip


def test_a_key_that_is_none(service: Any) -> None:
    for key in (" ", "x" * 300):
        answer = service.client("wang.fang").post(
            "/v1/decisions", json=DISCOUNT, headers={"Idempotency-Key": key}
        )
        assert answer.status_code == 400


def test_two_keys_are_none(service: Any) -> None:
    """Which of them counts would be a guess: a proxy may take the other one."""
    client = service.client("wang.fang")
    headers = [*client.headers.items(), ("Idempotency-Key", "k-1"), ("Idempotency-Key", "k-2")]
    answer = client.http.request("POST", "/v1/decisions", json=DISCOUNT, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["detail"] == "there are several `Idempotency-Key`s"
    assert rows(service) == 0


def test_totals_come_from_the_ledger(service: Any) -> None:
    """What is permitted uses up the total; an answer that nobody keeps sees it."""
    client = service.client("chen.jing")
    desk = service.service.desk
    action = next(a for a in desk.model.actions if desk.court.totals(a))
    body = {"actor": "gao.yuan", "action": action, "facts": {}, "record": False}
    answer = client.post("/v1/decisions", json=body)
    assert answer.status_code == 200, answer.text


class TestBatch:
    def ask(self, service: Any, name: str, *requests: Any, **more: Any) -> Any:
        body = {"requests": list(requests), **more}
        return service.client(name).post("/v1/decisions/batch", json=body)

    def test_each_is_answered_in_its_place(self, service: Any) -> None:
        faulty = {**DISCOUNT, "action": "discuont"}
        other = {**DISCOUNT, "actor": "lin.tao"}
        answer = self.ask(service, "wang.fang", DISCOUNT, faulty, other, record=False)
        assert answer.status_code == 200
        first, second, third = answer.json()["items"]
        alone = service.client("wang.fang").post("/v1/decisions", json=asked())
        assert first == alone.json()
        assert second["problem"]["status"] == 400
        assert "did you mean `discount`" in second["problem"]["problems"][0]["message"]
        assert third["problem"]["status"] == 403
        assert rows(service) == 0

    def test_bare_outcomes(self, service: Any) -> None:
        answer = self.ask(service, "wang.fang", DISCOUNT, record=False, explain=False)
        assert answer.json()["items"] == [
            {"outcome": "permit", "rules": ["discount.sales_representative.approve"]}
        ]

    def test_recorded_with_the_faulty_left_out(self, service: Any) -> None:
        answer = self.ask(service, "wang.fang", DISCOUNT, {"action": "no"}, DISCOUNT)
        assert answer.status_code == 201
        first, faulty, last = answer.json()["items"]
        assert (first["seq"], last["seq"]) == (1, 2)
        assert faulty["problem"]["status"] == 400
        assert rows(service) == 2

    def test_a_repeated_batch_gives_the_first_answers(self, service: Any) -> None:
        body = {"requests": [DISCOUNT, DISCOUNT]}
        client, key = service.client("wang.fang"), {"Idempotency-Key": "b"}
        first = client.post("/v1/decisions/batch", json=body, headers=key).json()
        assert client.post("/v1/decisions/batch", json=body, headers=key).json() == first
        assert rows(service) == 2

    @pytest.mark.parametrize(
        "body",
        [
            {"requests": [{}] * 1001},
            {"requests": {}},
            {"requests": [], "recrod": False},
            {"requests": [], "explain": False},
            [],
        ],
    )
    def test_what_is_no_batch(self, service: Any, body: Any) -> None:
        assert service.client("wang.fang").post("/v1/decisions/batch", json=body).status_code == 400

    @pytest.mark.parametrize(
        "body",
        [
            b'{"requests": [], "record": true, "record": false}',
            b'{"requests": [], "record": true, "rec\\u006frd": false}',
            b'{"requests": [{"action": "discount"}], "requests": []}',
        ],
    )
    def test_a_member_given_twice(self, service: Any, body: bytes) -> None:
        """What reads it in front of the service may take the other one for what counts."""
        headers = {"content-type": "application/json"}
        client = service.client("wang.fang")
        answer = client.post("/v1/decisions/batch", content=body, headers=headers)
        assert answer.status_code == 400
        assert "given twice" in answer.json()["problems"][0]["message"]

    @pytest.mark.parametrize(
        "more", ["", ', "record": false', ', "record": false, "explain": false']
    )
    def test_an_item_that_is_not_utf_8_leaves_the_others(self, service: Any, more: str) -> None:
        good = json.dumps(DISCOUNT).encode()
        faulty = b'{"action": "disc\xff", "facts": {"note": "a:b"}}'
        body = b'{"requests": [' + good + b", " + faulty + b"]" + more.encode() + b"}"
        answer = service.client("wang.fang").post(
            "/v1/decisions/batch", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code in (200, 201), answer.text
        first, second = answer.json()["items"]
        assert first["outcome"] == "permit"
        assert "not UTF-8" in second["problem"]["detail"]

    def test_nothing_at_all(self, service: Any) -> None:
        assert self.ask(service, "wang.fang").json() == {"items": []}


class TestRecords:
    def record(self, service: Any, name: str = "wang.fang", **more: Any) -> Any:
        return service.client(name).post("/v1/decisions", json={**DISCOUNT, **more}).json()

    def test_lists_are_the_callers_own(self, service: Any) -> None:
        self.record(service)
        self.record(service, "lin.tao")
        own = service.client("wang.fang").get("/v1/decisions").json()
        assert [r["actor"] for r in own["items"]] == ["wang.fang"]
        every = service.client("auditor").get("/v1/decisions").json()
        assert [r["actor"] for r in every["items"]] == ["lin.tao", "wang.fang"]
        assert service.client("auditor").get("/v1/decisions?actor=lin.tao").json()["items"] == [
            every["items"][0]
        ]

    def test_pages(self, service: Any) -> None:
        made = [self.record(service)["id"] for _ in range(5)]
        client, found, cursor = service.client("auditor"), [], ""
        while True:
            page = client.get(f"/v1/decisions?limit=2{cursor}").json()
            found += [r["id"] for r in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert found == made[::-1]
        for wrong in ("limit=0", "limit=201", "cursor=x", "cursor=WzFd", "limit=x"):
            assert client.get(f"/v1/decisions?{wrong}").status_code == 400

    def test_anothers_record_is_not_there(self, service: Any) -> None:
        id = self.record(service)["id"]
        for path in (id, f"{id}/verification", f"{id}/replay", "dec_none"):
            answer = service.client("lin.tao").get(f"/v1/decisions/{path}")
            assert answer.status_code == 404

    def test_what_is_not_there_is_told_like_what_is_anothers(self, service: Any) -> None:
        id = self.record(service, "lin.tao")["id"]
        wang = service.client("wang.fang")
        for more in ("", "/verification", "/replay"):
            told = {
                wang.get(f"/v1/decisions/{one}{more}").json()["detail"] for one in (id, "dec_none")
            }
            assert len(told) == 1, told
        gone = service.client("chen.jing").get("/v1/decisions/dec_none").json()
        assert gone["detail"] == "there is no decision `dec_none`"

    def test_verification_finds_what_was_altered(self, service: Any) -> None:
        ids = [self.record(service)["id"] for _ in range(3)]
        client = service.client("auditor")
        assert client.get(f"/v1/decisions/{ids[1]}/verification").json()["intact"]
        with service.service.store.begin() as connection:
            altered = decision.update().where(decision.c.id == ids[1])
            connection.execute(altered.values(outcome="deny"))
        found = client.get(f"/v1/decisions/{ids[1]}/verification").json()
        assert not found["intact"]
        assert found["problems"]

    def test_replay(self, service: Any) -> None:
        id = self.record(service)["id"]
        service.clock.set(date(2026, 8, 1))
        found = service.client("wang.fang").get(f"/v1/decisions/{id}/replay").json()
        assert found["same"], found["differs"]
        assert found["answer"]["as_of"] == "2026-02-10"

    def test_a_reversal_is_a_record(self, service: Any) -> None:
        id = self.record(service)["id"]
        place, body = f"/v1/decisions/{id}/reversal", {"reason": "the order was cancelled"}
        assert service.client("wang.fang").post(place, json=body).status_code == 403
        client, key = service.client("chen.jing"), {"Idempotency-Key": "r"}
        for wrong in ({}, {"reason": " "}, {"reason": "x", "more": 1}, {"reason": 3}):
            assert client.post(place, json=wrong).status_code == 400
        made = client.post(place, json=body, headers=key)
        assert made.status_code == 201
        assert made.json()["reverses"] == id
        assert made.json()["kind"] == "reversal"
        assert client.post(place, json=body, headers=key).json() == made.json()
        assert client.post(place, json=body).status_code == 409
        assert client.get(made.headers["location"]).json()["reason"] == "the order was cancelled"
        with reading(service.service.store) as connection:
            assert verified(connection).broken == []

    def test_nobody_gives_back_his_own(self, service: Any) -> None:
        id = self.record(service, "chen.jing", actor="wang.fang")["id"]
        body = {"reason": "a slip"}
        assert service.client("chen.jing").post(
            f"/v1/decisions/{id}/reversal", json=body
        ).status_code == 403  # fmt: skip

    def test_nor_does_a_program_of_his(self, service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who makes a key for a program, and with it one for another, is not three people."""
        monkeypatch.setitem(PEOPLE, "maker", Caller("chen.jing", "maker", TWO, how="trusted"))
        id = self.record(service, "maker")["id"]
        maker = "maker"
        for name in ("first", "second"):
            wanted = {"name": name, "roles": sorted(TWO)}
            key = service.client(maker).post("/v1/keys", json=wanted).json()["id"]
            monkeypatch.setitem(PEOPLE, name, Caller(None, name, TWO, key=key, how="trusted"))
            place = f"/v1/decisions/{id}/reversal"
            answer = service.client(name).post(place, json={"reason": "a slip"})
            assert answer.status_code == 403, answer.text
            assert "what he decided himself" in answer.json()["detail"]
            maker = name


@pytest.mark.parametrize("record", [True, False])
def test_who_asks_for_another_is_told_that_it_is_about_his_key(service: Any, record: bool) -> None:
    body = {"action": "discount", "actor": "li.wei", "facts": {"rate": "2%"}, "record": record}
    answer = service.client("wang.fang").post("/v1/decisions", json=body)
    right = "decisions.record" if record else "decisions.ask"
    assert answer.status_code == 403
    assert answer.json()["detail"].startswith(
        f"you may ask the service for `{right}` for yourself only: your key has the role "
        "`representative`, and it takes `administrator`, "
    )


def test_who_may_it_not_at_all_is_told_whose_it_is(service: Any) -> None:
    answer = service.client("wang.fang").post("/v1/policies", json={"files": {}})
    assert answer.json()["detail"] == (
        "you may not ask the service for `versions.prepare`: your key has the role "
        "`representative`, and it takes `administrator`"
    )
