"""`/v1/policies`: from a draft to what counts, and back; never by one person alone."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from remit_api.http.app import create_app
from remit_api.http.watching import look

from .conftest import Served, SetClock
from .test_holds import begin

PATH = "/v1/policies"
FREIGHT: dict[str, Any] = {
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
SUITE = """suite: ours
as_of: 2026-02-10
cases:
  - name: a dealer
    action: discount
    actor: dealer
    facts: {rate: 2%}
    expect: {outcome: deny}
"""
STRICT = (
    "  outside_party: dealer may not approve",
    '  strict: sales_representative may not approve over 1%\n      because "1% is all"\n'
    "  outside_party: dealer may not approve",
)


@pytest.fixture
def texts(service: Any) -> dict[str, str]:
    """What answers, with one small suite instead of all."""
    found = service.client("ma.lin").get(f"{PATH}/current").json()["texts"]
    kept = {name: text for name, text in found.items() if not name.endswith(".test.yaml")}
    return {**kept, "sales/ours.test.yaml": SUITE}


def with_strict(texts: dict[str, str]) -> dict[str, str]:
    old = texts["sales/discount.remit"]
    assert STRICT[0] in old
    return {**texts, "sales/discount.remit": old.replace(*STRICT)}


def drafted(service: Any, files: dict[str, str], who: str = "ma.lin", **more: Any) -> Any:
    answer = service.client(who).post(PATH, json={"files": files, **more})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"{PATH}/{answer.json()['id']}"
    return answer.json()


def published(service: Any, id: str, who: str, status: int = 201) -> Any:
    answer = service.client(who).post(f"{PATH}/{id}/publication", json={})
    assert answer.status_code == status, answer.text
    return answer.json()


def decided(service: Any, **more: Any) -> str:
    answer = service.client("wang.fang").post("/v1/decisions", json={**FREIGHT, **more})
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["outcome"])


def test_impact_compares_texts_and_not_what_is_held(service: Any, texts: dict[str, str]) -> None:
    assert decided(service) == "permit"
    begin(service, "discount", "order", "product_line", key="electronics")
    look(service.service)
    assert decided(service) == "deny"
    same = drafted(service, texts)
    impact = service.client("chen.jing").get(f"{PATH}/{same['id']}/impact").json()
    assert (impact["rows"], impact["changed"]["rows"]) == (2, 0)


def test_a_draft_is_looked_at_published_and_rolled_back(
    service: Any, texts: dict[str, str], settings: Any, desk: Any
) -> None:
    assert decided(service) == "permit"
    first = drafted(service, texts)
    published(service, first["id"], "chen.jing")
    second = drafted(service, with_strict(texts), based_on=first["id"])
    path = f"{PATH}/{second['id']}"
    finance = service.client("chen.jing")

    check = finance.get(f"{path}/check").json()
    assert check["ok"]
    assert all(d["severity"] == "warning" for d in check["diagnostics"])
    tests = finance.get(f"{path}/tests").json()
    assert (tests["ok"], tests["cases"]) == (True, 1)
    diff = finance.get(f"{path}/diff").json()
    assert diff["differs"]
    assert any("strict" in str(change["rules"]) for change in diff["changes"])
    impact = finance.get(f"{path}/impact").json()
    assert (impact["rows"], impact["changed"]["rows"], impact["left_out"]) == (1, 1, 0)
    assert [(c["old"], c["new"], c["rows"]) for c in impact["changes"] if c["rows"]] == [
        ("permit", "deny", 1)
    ]
    assert impact["first"][0]["id"].startswith("dec_")
    assert finance.get(f"{path}/impact?since=2026-02-11").json()["rows"] == 0

    with TestClient(create_app(settings, SetClock(), desk)) as http:
        beside = Served(http.app, SetClock(), http)  # type: ignore[arg-type]
        assert decided(beside, record=False) == "permit"
        made = published(service, second["id"], "chen.jing")
        assert (made["kind"], made["revision"], made["changed"]) == ("publish", 2, 1)
        assert made["impact"]["changed"]["rows"] == 1
        assert decided(service, record=False) == "deny"
        look(beside.service)
        assert decided(beside, record=False) == "deny"

    back = published(service, first["id"], "zhou.lei")
    assert (back["kind"], back["version"]) == ("roll back", first["id"])
    assert decided(service, record=False) == "permit"
    seen = service.client("wang.fang").get(f"{PATH}/publications?limit=2").json()
    assert [p["revision"] for p in seen["items"]] == [3, 2]
    rest = service.client("wang.fang").get(f"{PATH}/publications?cursor={seen['next']}").json()
    assert [p["revision"] for p in rest["items"]] == [1]
    whole = service.client("auditor").get(f"{PATH}/publications/2").json()
    assert whole["tests"]["cases"] == 1
    for wrong in ("9", "x", "02"):
        assert finance.get(f"{PATH}/publications/{wrong}").status_code == 404


def test_who_wrote_it_does_not_publish_it(service: Any, texts: dict[str, str]) -> None:
    first = drafted(service, texts)
    other = drafted(service, with_strict(texts), "shu.fen", based_on=first["id"])
    assert other["authors"] == ["ma.lin", "shu.fen"], "it stands on what the first has written"
    for who in ("ma.lin", "shu.fen"):
        assert "who prepared" in published(service, other["id"], who, 403)["detail"]
    for who in ("wang.fang", "auditor", "shop"):
        published(service, other["id"], who, 403)
    assert decided(service, record=False) == "permit"
    published(service, other["id"], "chen.jing")
    assert decided(service, record=False) == "deny"


def test_what_has_errors_or_red_tests_or_none_is_not_published(
    service: Any, texts: dict[str, str]
) -> None:
    broken = drafted(service, {**texts, "sales/more.remit": "policy sales.more {"})
    found = service.client("chen.jing").get(f"{PATH}/{broken['id']}/check").json()
    assert not found["ok"]
    assert any(d["place"]["file"] == "sales/more.remit" for d in found["diagnostics"])
    problem = published(service, broken["id"], "chen.jing", 422)
    assert problem["type"].endswith(":invalid_policy")
    assert problem["diagnostics"]
    assert service.client("chen.jing").get(f"{PATH}/{broken['id']}/impact").status_code == 422

    red = {**texts, "sales/ours.test.yaml": SUITE.replace("deny", "permit")}
    problem = published(service, drafted(service, red)["id"], "chen.jing", 409)
    assert problem["problems"][0]["path"] == "sales/ours.test.yaml:4"
    unread = {**texts, "sales/ours.test.yaml": "cases: [{}]"}
    published(service, drafted(service, unread)["id"], "chen.jing", 409)
    untested = {n: t for n, t in texts.items() if not n.endswith(".test.yaml")}
    problem = published(service, drafted(service, untested)["id"], "chen.jing", 409)
    assert "nothing tests it" in problem["detail"]
    assert service.service.desk.version is None


def test_drafts_are_read_and_listed(service: Any, texts: dict[str, str]) -> None:
    first = drafted(service, texts, note="as it is")
    second = drafted(service, with_strict(texts))
    admin = service.client("ma.lin")
    read = admin.get(f"{PATH}/{first['id']}")
    assert read.json()["texts"] == texts
    page = admin.get(f"{PATH}?limit=1").json()
    assert [v["id"] for v in page["items"]] == [second["id"]]
    page = admin.get(f"{PATH}?limit=1&cursor={page['next']}").json()
    assert [v["id"] for v in page["items"]] == [first["id"]]
    assert page["next"] is None
    assert admin.get(f"{PATH}?state=published").json()["items"] == []
    assert admin.get(f"{PATH}/pol_0").status_code == 404
    stale = service.client("chen.jing").post(
        f"{PATH}/{first['id']}/publication", json={}, headers={"If-Match": '"x"'}
    )
    assert stale.status_code == 412
    fits = service.client("chen.jing").post(
        f"{PATH}/{first['id']}/publication", json={}, headers={"If-Match": read.headers["ETag"]}
    )
    assert fits.status_code == 201
    again = published(service, first["id"], "chen.jing", 409)
    assert "what counts already" in again["detail"]
    current = admin.get(f"{PATH}/current")
    assert current.json()["version"] == first["id"]
    assert current.json()["texts"] == texts


def test_the_same_key_publishes_once(service: Any, texts: dict[str, str]) -> None:
    id = drafted(service, texts)["id"]
    client, key = service.client("chen.jing"), {"Idempotency-Key": "once"}
    first = client.post(f"{PATH}/{id}/publication", json={}, headers=key)
    again = client.post(f"{PATH}/{id}/publication", json={}, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    other = client.post(f"{PATH}/{id}/publication", json={"note": "x"}, headers=key)
    assert other.status_code == 422


@pytest.mark.parametrize(
    "files",
    [
        None, {}, [], {"a.txt": ""}, {"directory.yaml": ""}, {"../a.remit": ""}, {"/a.remit": ""},
        {"a//b.remit": ""}, {"a\\b.remit": ""}, {"./a.remit": ""}, {"a.remit": 1},
    ],
)  # fmt: skip
def test_files_that_are_none_are_refused(service: Any, files: Any) -> None:
    answer = service.client("ma.lin").post(PATH, json={"files": files})
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["path"].startswith("files")


def test_a_program_prepares_nothing(service: Any, texts: dict[str, str]) -> None:
    for who, status in (("shop", 403), ("chen.jing", 403), ("auditor", 403), ("ma.lin", 201)):
        answer = service.client(who).post(PATH, json={"files": texts})
        assert answer.status_code == status
