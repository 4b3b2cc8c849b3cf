"""`/v1/directory`: everybody sees himself, a second person publishes a new one."""

from __future__ import annotations

from typing import Any

import pytest

from .test_policies import SUITE

PATH = "/v1/directory"


@pytest.fixture
def publication(service: Any) -> Any:
    """The policy of the files, published with its directory."""
    texts = service.client("ma.lin").get("/v1/policies/current").json()["texts"]
    kept = {name: text for name, text in texts.items() if not name.endswith(".test.yaml")}
    files = {**kept, "sales/ours.test.yaml": SUITE}
    id = service.client("ma.lin").post("/v1/policies", json={"files": files}).json()["id"]
    path = f"/v1/policies/{id}/publication"
    return service.client("chen.jing").post(path, json={}).json()


def prepared(service: Any, file: str, who: str = "ma.lin") -> Any:
    client = service.client(who)
    tag = client.get(PATH).headers["ETag"]
    answer = client.post(f"{PATH}/versions", json={"file": file}, headers={"If-Match": tag})
    assert answer.status_code == 201, answer.text
    return answer.json()


def text_of(service: Any) -> str:
    return str(service.client("ma.lin").get(PATH).json()["file"])


def test_who_may_not_see_everybody_sees_himself(service: Any) -> None:
    own = service.client("wang.fang").get(PATH).json()
    assert [p["id"] for p in own["people"]] == ["wang.fang"]
    assert {"file", "units"}.isdisjoint(own)
    everybody = service.client("auditor").get(PATH).json()
    assert len(everybody["people"]) == len(service.service.desk.directory.people)
    assert "wang.fang" in everybody["file"]
    made = prepared(service, "people: []")
    for who, count, status in (("wang.fang", 0, 404), ("auditor", 1, 200)):
        client = service.client(who)
        assert len(client.get(f"{PATH}/versions").json()["items"]) == count
        assert client.get(f"{PATH}/versions/{made['id']}").status_code == status


def test_a_new_directory_is_published_by_a_second_person(service: Any, publication: Any) -> None:
    admin, second = service.client("ma.lin"), service.client("shu.fen")
    extended = prepared(service, text_of(service) + "\n# looked through\n")
    path = f"{PATH}/versions/{extended['id']}"
    assert admin.post(f"{path}/publication", json={}).status_code == 403
    assert service.client("chen.jing").post(f"{path}/publication", json={}).status_code == 403
    stale = second.post(f"{path}/publication", json={}, headers={"If-Match": '"x"'})
    assert stale.status_code == 412
    before = admin.get(PATH).headers["ETag"]
    answer = second.post(f"{path}/publication", json={}, headers={"If-Match": before})
    assert answer.status_code == 201, answer.text
    assert answer.json()["directory"] == extended["id"]
    now = admin.get(PATH)
    assert now.json()["version"] == extended["id"]
    assert now.headers["ETag"] != before
    assert service.service.desk.people == extended["id"]
    listed = admin.get(f"{PATH}/versions?limit=1").json()
    assert [v["id"] for v in listed["items"]] == [extended["id"]]
    assert admin.get(path).json()["file"].endswith("# looked through\n")


def test_a_directory_with_errors_is_not_published(service: Any, publication: Any) -> None:
    made = prepared(service, "people: [{id: x, position: nobody_knows}]")
    path = f"{PATH}/versions/{made['id']}"
    found = service.client("ma.lin").get(f"{path}/check").json()
    assert not found["ok"]
    assert found["diagnostics"][0]["place"]["file"] == "directory.yaml"
    refused = service.client("shu.fen").post(f"{path}/publication", json={})
    assert refused.status_code == 422
    assert service.service.desk.people == publication["directory"]


def test_an_edit_says_what_it_is_an_edit_of(service: Any) -> None:
    client = service.client("ma.lin")
    assert client.post(f"{PATH}/versions", json={"file": "people: []"}).status_code == 428
    stale = client.post(
        f"{PATH}/versions", json={"file": "people: []"}, headers={"If-Match": '"x"'}
    )
    assert stale.status_code == 412
    made = prepared(service, "people: []")
    answer = service.client("shu.fen").post(f"{PATH}/versions/{made['id']}/publication", json={})
    assert answer.status_code == 409, "there is no published policy that it could go with"
