"""`/v1/directory`: everybody sees himself, a second person publishes a new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remit_api.http import publishing

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


@pytest.fixture
def meanwhile(service: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Hands over what is done once, while the next publication looks at what it is to publish."""
    look_at = publishing.findings_of
    waiting: list[Callable[[], Any]] = []

    def interrupted(*given: Any) -> Any:
        found = look_at(*given)
        if waiting:
            waiting.pop()()
        return found

    monkeypatch.setattr(publishing, "findings_of", interrupted)
    return waiting.append


def test_a_directory_does_not_bring_an_older_policy_back(
    service: Any, publication: Any, meanwhile: Any
) -> None:
    """The policy that another publishes meanwhile is the one that the directory goes with."""
    admin, second = service.client("ma.lin"), service.client("shu.fen")
    texts = admin.get("/v1/policies/current").json()["texts"]
    newer = {**texts, "sales/ours.test.yaml": SUITE + "# newer\n"}
    policy = admin.post("/v1/policies", json={"files": newer}).json()["id"]
    made = prepared(service, text_of(service) + "\n# looked through\n")["id"]

    def publish_policy() -> None:
        answer = service.client("zhou.lei").post(f"/v1/policies/{policy}/publication", json={})
        assert answer.status_code == 201, answer.text

    meanwhile(publish_policy)
    answer = second.post(f"{PATH}/versions/{made}/publication", json={})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["version"], answer.json()["directory"]) == (policy, made)
    assert admin.get("/v1/policies/current").json()["version"] == policy


def test_a_policy_does_not_bring_an_older_directory_back(
    service: Any, publication: Any, meanwhile: Any
) -> None:
    """Whoever a new directory took out stays out, where a policy was on its way."""
    admin = service.client("ma.lin")
    texts = admin.get("/v1/policies/current").json()["texts"]
    newer = {**texts, "sales/ours.test.yaml": SUITE + "# newer\n"}
    policy = admin.post("/v1/policies", json={"files": newer}).json()["id"]
    made = prepared(service, text_of(service) + "\n# looked through\n")["id"]

    def publish_directory() -> None:
        second = service.client("shu.fen")
        assert second.post(f"{PATH}/versions/{made}/publication", json={}).status_code == 201

    meanwhile(publish_directory)
    answer = service.client("zhou.lei").post(f"/v1/policies/{policy}/publication", json={})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["version"], answer.json()["directory"]) == (policy, made)


def test_if_match_holds_until_the_directory_is_published(
    service: Any, publication: Any, meanwhile: Any
) -> None:
    second = service.client("shu.fen")
    mine, theirs = (
        prepared(service, text_of(service) + f"\n# {name}\n")["id"] for name in ("mine", "theirs")
    )
    tag = second.get(PATH).headers["ETag"]

    def publish_theirs() -> None:
        assert second.post(f"{PATH}/versions/{theirs}/publication", json={}).status_code == 201

    meanwhile(publish_theirs)
    path = f"{PATH}/versions/{mine}/publication"
    answer = second.post(path, json={}, headers={"If-Match": tag})
    assert answer.status_code == 412, answer.text
    assert second.get(PATH).json()["version"] == theirs
