"""AuthZEN beyond its certification: many at once, searches in pages, the mapping, who may ask; and
that whatever is not plainly permitted is false."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from remit_api.failures import BadFacts
from remit_api.http.app import create_app
from remit_api.http.authzen_mapping import mapping_of
from remit_api.http.settings import Settings
from remit_api.http.watching import look
from remit_engine.storage import entries
from remit_engine.storage.opening import reading, writing
from remit_engine.storage.revisions import raised

from .authzen_service import RECORDS, record_settings, served
from .conftest import Asking, Served, SetClock, settings_at

ALICE = {"type": "user", "id": "alice"}
BOB = {"type": "user", "id": "bob"}
ACTIVE = {"type": "record", "id": "record-1"}
ARCHIVED = {"type": "record", "id": "record-2", "properties": {"status": "archived"}}
READ, WRITE = {"name": "read"}, {"name": "write"}
RATE = {"type": "discount", "id": "D1"}
REASONS = {"reason_user", "reason_admin", "outcome"}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(record_settings(tmp_path_factory.mktemp("authzen"))) as found:
        yield found


@pytest.fixture
def program(records: Served) -> Asking:
    """A program, which asks for everybody."""
    return records.client("shop")


def asked(client: Asking, path: str, **members: Any) -> Any:
    answer = client.post(f"/access/v1/{path}", json=members)
    assert answer.status_code == 200, answer.text
    return answer.json()


def decided(client: Asking, subject: Any, action: Any, resource: Any) -> bool:
    """The decision, which is of no other type and has its reason."""
    found = asked(client, "evaluation", subject=subject, action=action, resource=resource)
    assert type(found["decision"]) is bool
    assert found["context"].keys() >= REASONS
    assert found["decision"] is (found["context"]["outcome"] == "permit")
    decision: bool = found["decision"]
    return decision


# ---- one evaluation


@pytest.mark.parametrize(
    ("subject", "action", "resource", "expected"),
    [
        (ALICE, WRITE, ACTIVE, True),
        (BOB, WRITE, {**ACTIVE, "properties": {"status": "archived"}}, True),
        ({**ALICE, "properties": {"role": "admin"}}, WRITE, ARCHIVED, True),
        ({**BOB, "properties": {"role": "guest"}}, WRITE, ARCHIVED, False),
        ({**BOB, "properties": {"role": None}}, WRITE, ARCHIVED, False),
    ],
)
def test_what_is_stated_goes_before_what_is_kept(
    subject: Any, action: Any, resource: Any, expected: bool, program: Asking
) -> None:
    assert decided(program, subject, action, resource) is expected


@pytest.mark.parametrize(
    ("outcome", "subject", "action", "resource"),
    [
        ("escalate", BOB, WRITE, ACTIVE),
        ("incomplete", ALICE, {"name": "delete"}, ACTIVE),
        ("incomplete", ALICE, WRITE, {"type": "record", "id": "record-3"}),
        ("invalid_request", {"type": "robot", "id": "alice"}, READ, ACTIVE),
        ("invalid_request", {"type": "User", "id": "alice"}, READ, ACTIVE),
        ("invalid_request", {"type": "user", "id": "carol"}, READ, ACTIVE),
        ("invalid_request", {"type": "user", "id": ""}, READ, ACTIVE),
        ("invalid_request", {"type": "user", "id": "keeper"}, READ, ACTIVE),
        ("invalid_request", ALICE, {"name": "burn"}, ACTIVE),
        ("invalid_request", ALICE, {"name": ""}, ACTIVE),
        ("undefined", ALICE, {"name": "approve"}, ACTIVE),
        ("invalid_request", ALICE, READ, {"type": "file", "id": "record-1"}),
        ("invalid_request", ALICE, READ, {"type": "record_access", "id": "record-1"}),
        ("invalid_request", ALICE, READ, {**ACTIVE, "properties": {"status": "lost"}}),
        ("invalid_request", ALICE, READ, {**ACTIVE, "properties": {"status": 1}}),
        ("invalid_request", ALICE, {"name": "delete", "properties": {"soft": "true"}}, ACTIVE),
        ("invalid_request", ALICE, {"name": "delete", "properties": {"soft": 1}}, ACTIVE),
        ("incomplete", ALICE, {"name": "delete", "properties": {"Soft": True}}, ACTIVE),
    ],
)
def test_what_is_not_permitted_is_false_and_says_why(
    outcome: str, subject: Any, action: Any, resource: Any, program: Asking
) -> None:
    found = asked(program, "evaluation", subject=subject, action=action, resource=resource)
    assert found["decision"] is False
    assert found["context"]["outcome"] == outcome
    assert found["context"]["reason_admin"]["en"]


def test_the_context_says_which_rule_and_what_is_missing(program: Asking) -> None:
    found = asked(program, "evaluation", subject=ALICE, action=READ, resource=ACTIVE)["context"]
    assert found["rules"] == ["record_access.keeping"]
    assert "records.remit:" in found["reason_admin"]["en"]
    deleting = {"name": "delete"}
    found = asked(program, "evaluation", subject=ALICE, action=deleting, resource=ACTIVE)
    assert found["context"]["missing"] == ["soft"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": None}, {"subject": []}, {"subject": {"type": 1, "id": "alice"}},
        {"subject": {"type": "user", "id": None}}, {"subject": {**ALICE, "properties": []}},
        {"action": {"name": "read", "properties": "x"}}, {"resource": {"type": "record", "id": 1}},
        {"resource": {**ACTIVE, "properties": None}}, {"context": "x"}, {"context": None},
    ],
)  # fmt: skip
def test_mistyped_members(wrong: Any, program: Asking) -> None:
    whole = {"subject": ALICE, "action": READ, "resource": ACTIVE, **wrong}
    for path in ("evaluation", "evaluations"):
        answer = program.post(f"/access/v1/{path}", json=whole)
        assert answer.status_code == 400, path
        assert answer.json()["problems"][0]["path"].startswith(next(iter(wrong)))


def test_a_member_given_twice_is_not_understood(program: Asking) -> None:
    text = (
        '{"subject": {"type": "user", "id": "bob"}, "subject": {"type": "user", "id": "alice"},'
        '"action": {"name": "write"}, "resource": {"type": "record", "id": "record-1"}}'
    )
    kind = {"Content-Type": "application/json"}
    answer = program.post("/access/v1/evaluation", content=text, headers=kind)
    assert answer.status_code == 400


# ---- many at once

THREE = [{"resource": ACTIVE}, {"resource": ARCHIVED}, {"resource": ACTIVE}]


@pytest.mark.parametrize(
    ("semantic", "subject", "expected"),
    [
        (None, ALICE, [True, False, True]),
        ("execute_all", ALICE, [True, False, True]),
        ("deny_on_first_deny", ALICE, [True, False]),
        ("permit_on_first_permit", ALICE, [True]),
        ("deny_on_first_deny", BOB, [False]),
        ("permit_on_first_permit", BOB, [False, True]),
    ],
)
def test_semantics(semantic: str | None, subject: Any, expected: Any, program: Asking) -> None:
    options = {} if semantic is None else {"evaluations_semantic": semantic, "another": 1}
    found = asked(
        program, "evaluations", subject=subject, action=WRITE, options=options, evaluations=THREE
    )
    assert [one["decision"] for one in found["evaluations"]] == expected
    assert "decision" not in found


def test_a_member_of_an_item_replaces_the_default_whole(program: Asking) -> None:
    """Were they merged deeply, the second would take over `archived` and be permitted."""
    default = {"type": "record", "id": "record-1", "properties": {"status": "archived"}}
    found = asked(
        program,
        "evaluations",
        subject=BOB,
        action=WRITE,
        resource=default,
        evaluations=[{}, {"resource": {"type": "record", "id": "record-1"}}],
    )
    assert [one["decision"] for one in found["evaluations"]] == [True, False]


def test_an_item_in_error_is_false_and_leaves_the_others(program: Asking) -> None:
    items = [7, {}, {"resource": None}, {"resource": ACTIVE}, {"resource": {"type": "record"}}]
    found = asked(program, "evaluations", subject=ALICE, action=READ, evaluations=items)
    answers = found["evaluations"]
    assert [one["decision"] for one in answers] == [False, False, False, True, False]
    assert all(one["context"]["error"]["status"] == 400 for one in answers if not one["decision"])
    stops = {"evaluations_semantic": "deny_on_first_deny"}
    found = asked(
        program, "evaluations", subject=ALICE, action=READ, options=stops, evaluations=items
    )
    assert [one["decision"] for one in found["evaluations"]] == [False]


@pytest.mark.parametrize(
    "wrong",
    [
        {"evaluations": {}}, {"evaluations": None}, {"evaluations": "x"}, {"options": []},
        {"options": {"evaluations_semantic": "any"}}, {"options": {"evaluations_semantic": []}},
        {"options": {"evaluations_semantic": None}}, {"subject": "alice"},
        {"evaluations": [{}] * 1_001},
    ],
)  # fmt: skip
def test_what_concerns_the_whole_is_refused(wrong: Any, program: Asking) -> None:
    whole = {"subject": ALICE, "action": READ, "evaluations": THREE, **wrong}
    answer = program.post("/access/v1/evaluations", json=whole)
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["path"].startswith(next(iter(wrong)))


# ---- searches


def test_a_search_finds_what_an_evaluation_permits(program: Asking) -> None:
    """All subjects, resources and actions there are, one way and the other."""
    users = [{"type": "user", "id": id} for id in ("alice", "bob")]
    things = [{"type": "record", "id": id} for id in ("record-1", "record-2")]
    acts = [{"name": name} for name in ("delete", "read", "write")]
    table = {
        (user["id"], act["name"], thing["id"]): decided(program, user, act, thing)
        for user in users
        for act in acts
        for thing in things
    }
    assert set(table.values()) == {True, False}
    for thing in things:
        for act in acts:
            found = asked(
                program, "search/subject", subject={"type": "user"}, action=act, resource=thing
            )
            wanted = [u for u in users if table[u["id"], act["name"], thing["id"]]]
            assert found == {"results": wanted}
    for user in users:
        for act in acts:
            found = asked(
                program, "search/resource", subject=user, action=act, resource={"type": "record"}
            )
            wanted = [t for t in things if table[user["id"], act["name"], t["id"]]]
            assert found == {"results": wanted}
        for thing in things:
            found = asked(program, "search/action", subject=user, resource=thing)
            wanted = [a for a in acts if table[user["id"], a["name"], thing["id"]]]
            assert found == {"results": wanted}


def test_pages_of_a_search_are_the_whole(program: Asking) -> None:
    whole = {"subject": {"type": "user"}, "action": READ, "resource": ACTIVE}
    found: list[Any] = []
    token = ""
    for _ in range(3):
        page = {"limit": 1, "token": token}
        answer = asked(program, "search/subject", **whole, page=page)
        found += answer["results"]
        token = answer.get("page", {}).get("next_token")
        if not token:
            break
    assert not token
    assert found == [ALICE, BOB]


@pytest.mark.parametrize("page", [{"limit": 0}, {"limit": True}, {"limit": "1"}, {"token": 1}, []])
def test_a_page_that_is_none(page: Any, program: Asking) -> None:
    whole = {"subject": ALICE, "resource": ACTIVE, "page": page}
    assert program.post("/access/v1/search/action", json=whole).status_code == 400


@pytest.mark.parametrize(
    ("path", "members"),
    [
        ("subject", {"subject": {"type": "ship"}, "action": READ, "resource": ACTIVE}),
        ("resource", {"subject": ALICE, "action": READ, "resource": {"type": "ship"}}),
        ("resource", {"subject": ALICE, "action": {"name": "x"}, "resource": {"type": "record"}}),
        ("action", {"subject": ALICE, "resource": {"type": "ship", "id": "1"}}),
        ("action", {"subject": {"type": "ship", "id": "1"}, "resource": ACTIVE}),
    ],
)
def test_a_search_without_results(path: str, members: Any, program: Asking) -> None:
    assert asked(program, f"search/{path}", **members) == {"results": []}


# ---- without a mapping file: names as in the policy


def test_the_sales_pack_is_asked_by_its_own_names(service: Served) -> None:
    shop = service.client("shop")
    facts = {
        "rate": "3%",
        "order": {
            "total": 10_000,
            "region": "pudong",
            "margin": "30%",
            "clearance": False,
            "product_line": "electronics",
        },
    }
    context = {"requester": "wang.fang"}
    person, position = {"type": "person", "id": "li.wei"}, {"type": "position", "id": "nobody"}
    approve = {"name": "approve"}
    discount = {**RATE, "properties": facts}
    direct = shop.post(
        "/v1/decisions",
        json={
            "actor": "li.wei",
            "action": "discount",
            "facts": facts,
            "requester": "wang.fang",
            "record": False,
        },
    ).json()
    whole = {"subject": person, "action": approve, "resource": discount, "context": context}
    found = asked(shop, "evaluation", **whole)
    assert found["context"]["outcome"] == direct["outcome"]
    assert found["context"]["reason_user"]["en"] == direct["reason"]
    assert found["decision"] is (direct["outcome"] == "permit") is True
    for requester in ("li.wei", "nobody", "", 7, None, {"person": "wang.fang"}):
        other = {**whole, "context": {"requester": requester}}
        assert asked(shop, "evaluation", **other)["decision"] is False, requester
    assert decided(shop, position, approve, discount) is False
    twice = {"name": "approve", "properties": {"rate": "1%"}}
    assert decided(shop, person, twice, discount) is False
    high = {**RATE, "properties": {**facts, "rate": "90%"}}
    assert decided(shop, person, approve, high) is False
    subjects = asked(
        shop,
        "search/subject",
        subject={"type": "person"},
        action=approve,
        resource=discount,
        context=context,
    )["results"]
    assert {"type": "person", "id": "li.wei"} in subjects
    assert len(subjects) < len(service.service.desk.directory.people)


def test_nothing_is_recorded(service: Served) -> None:
    subject, act = {"type": "person", "id": "li.wei"}, {"name": "approve"}
    decided(service.client("shop"), subject, act, RATE)
    with reading(service.service.store) as connection:
        assert entries.head_of(connection).seq == 0


# ---- who may ask


def test_a_representative_asks_about_himself_alone(service: Served) -> None:
    rep = service.client("wang.fang")
    act = {"name": "approve"}
    himself, another = ({"type": "person", "id": id} for id in ("wang.fang", "li.wei"))
    office = {"type": "position", "id": "sales_representative"}
    decided(rep, himself, act, RATE)
    for subject in (another, office, {"type": "ship", "id": "wang.fang"}):
        whole = {"subject": subject, "action": act, "resource": RATE}
        assert rep.post("/access/v1/evaluation", json=whole).status_code == 403
    found = asked(
        rep,
        "evaluations",
        action=act,
        resource=RATE,
        evaluations=[{"subject": himself}, {"subject": another}],
    )["evaluations"]
    assert "error" not in found[0]["context"]
    assert (found[1]["decision"], found[1]["context"]["error"]["status"]) == (False, 403)
    whole = {"subject": himself, "resource": RATE}
    assert rep.post("/access/v1/search/action", json=whole).status_code == 403


# ---- the header and the address


@pytest.mark.parametrize("id", ["a b", "x" * 300, "<script>", "{}"])
def test_any_id_of_a_request_comes_back(id: str, program: Asking) -> None:
    whole = {"subject": ALICE, "action": READ}
    answer = program.post("/access/v1/evaluation", json=whole, headers={"X-Request-ID": id})
    assert answer.status_code == 400
    assert answer.headers["x-request-id"] == id
    assert answer.json()["instance"].startswith("req_"), "the log has an id of ours"


def test_the_address(records: Served, settings: Settings, desk: Any) -> None:
    path = "/.well-known/authzen-configuration"
    found = records.http.get(path).json()
    assert found["policy_decision_point"] == "https://pdp.example.com"
    assert found["search_action_endpoint"] == "https://pdp.example.com/access/v1/search/action"
    here = TestClient(create_app(settings, SetClock(), desk), base_url="http://evil.example")
    assert here.get(path).json()["policy_decision_point"] == "http://127.0.0.1:8080"
    far = replace(settings, host="10.0.0.1")
    assert far.address is None


# ---- the mapping


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"subjects": {"user": "group"}}, "subjects.user"),
        ({"subjects": []}, "subjects"),
        ({"other": {}}, "other"),
        ({"resources": {"r": {}}}, "resources.r.action"),
        ({"resources": {"r": {"action": "a", "fact": {}}}}, "resources.r.fact"),
        ({"resources": {"r": {"action": "a", "known": {"1": 2}}}}, "resources.r.known.1"),
        ({"resources": {"r": {"action": "a", "verbs": {"x": 1}}}}, "resources.r.verbs.x"),
        *(
            ({"resources": {"r": {"action": "a", "facts": {"f": source}}}}, "resources.r.facts.f")
            for source in (
                "resource", "resource.type", "resource.properties", "subject.properties.",
                "status", "resource.status", "context", 1,
            )
        ),
        (
            {
                "resources": {
                    "r": {"action": "a", "facts": {"o": "context.o", "o.t": "context.t"}}
                }
            },
            "resources.r.facts.o.t",
        ),
    ],
)  # fmt: skip
def test_a_faulty_mapping_names_its_faults(change: Any, path: str) -> None:
    whole = {"subjects": {"user": "person"}, "resources": {}, **change}
    with pytest.raises(BadFacts) as found:
        mapping_of(whole)
    assert path in [problem.path for problem in found.value.problems]


def test_verbs_and_the_context_are_mapped(tmp_path: Any) -> None:
    file = tmp_path / "authzen.yaml"
    file.write_text(
        (RECORDS / "authzen.yaml")
        .read_text(encoding="utf-8")
        .replace("action.properties.soft", "context.recycle.bin")
        + "    verbs: {can_delete: delete, can_read: read}\n",
        encoding="utf-8",
    )
    settings = replace(record_settings(tmp_path), authzen=file)
    with served(settings) as found:
        shop = found.client("shop")
        whole = {"subject": ALICE, "action": {"name": "can_delete"}, "resource": ACTIVE}
        soft = {"recycle": {"bin": True}}
        assert asked(shop, "evaluation", **whole, context=soft)["decision"] is True
        for context in ({}, {"recycle": True}, {"recycle": {"bin": False}}):
            assert asked(shop, "evaluation", **whole, context=context)["decision"] is False
        assert decided(shop, ALICE, {"name": "delete"}, ACTIVE) is False
        named = asked(shop, "search/action", subject=ALICE, resource=ACTIVE, context=soft)
        assert named == {"results": [{"name": "can_delete"}, {"name": "can_read"}]}


REGION_POLICY = """
policy open "Open" { effective from 2020-01-01 owner boss currency CNY }
enum Place "Place" { north  east { shanghai jiangsu } }
position boss "Boss"
position rep "Rep" { reports to boss }
action visit "Visit" { id Place  host Person optional }
authority visit { rep may approve when id in east }
action host "Host" { whom Person }
authority host { rep may approve when whom.id = "bea" }
"""
HOSTS = """
people:
  - {id: ann, positions: [{position: rep, from: 2020-01-01}]}
  - {id: bea, positions: [{position: boss, from: 2020-01-01}]}
"""


@pytest.fixture
def places(tmp_path: Any) -> Iterator[Served]:
    folder = tmp_path / "open"
    folder.mkdir()
    (folder / "open.remit").write_text(REGION_POLICY, encoding="utf-8")
    (folder / "directory.yaml").write_text(HOSTS, encoding="utf-8")
    (tmp_path / "authzen.yaml").write_text(MAPPED, encoding="utf-8")
    settings = replace(settings_at(tmp_path), policies=(folder,), authzen=tmp_path / "authzen.yaml")
    with served(settings) as found:
        yield found


MAPPED = """
subjects: {user: person}
resources:
  place: {action: visit, facts: {id: resource.id}, known: {shanghai: {}, atlantis: {}}}
  host: {action: host, facts: {whom: resource.id}}
"""
ANN = {"type": "user", "id": "ann"}
APPROVE = {"name": "approve"}


def ids(found: Any) -> list[str]:
    return [one["id"] for one in found["results"]]


def test_resources_are_found_among_all_there_can_be(places: Served) -> None:
    shop = places.client("shop")
    for type, wanted in (("place", ["east", "jiangsu", "shanghai"]), ("host", ["bea"])):
        found = asked(shop, "search/resource", subject=ANN, action=APPROVE, resource={"type": type})
        assert ids(found) == wanted
        for id in wanted:
            assert decided(shop, ANN, APPROVE, {"type": type, "id": id}) is True


def test_the_mapping_is_read_anew_with_what_is_published(
    places: Served, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    shop, service, file = places.client("shop"), places.service, tmp_path / "authzen.yaml"
    site = {"type": "site", "id": "shanghai"}
    assert decided(shop, ANN, APPROVE, site) is False
    file.write_text(MAPPED.replace("place:", "site:"), encoding="utf-8")
    assert decided(shop, ANN, APPROVE, site) is False  # nothing was published
    publish(service)
    assert decided(shop, ANN, APPROVE, site) is True
    file.write_text("subjects: 7", encoding="utf-8")
    with caplog.at_level(logging.ERROR, logger="remit.http"):
        publish(service)
    assert decided(shop, ANN, APPROVE, site) is True
    assert "the mapping before it stands" in caplog.text
    assert "subjects" in caplog.text


def publish(service: Any) -> None:
    """Another process raises the revision, and this one sees it."""
    with writing(service.store) as connection:
        raised(connection, "2026-02-10T09:00:00+00:00")
    look(service)
