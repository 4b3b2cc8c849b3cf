"""What a watch holds is seen by every door of the service."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from remit_api.http.watching import look
from remit_dsl.source import NOWHERE
from remit_dsl.watch import Restraint
from remit_engine.rules.hold import Hold
from remit_engine.storage import alerts, holds
from remit_engine.storage.alerts import Saying
from remit_engine.storage.opening import reading, writing
from remit_engine.watch.alert import Alert, Happening, Turn
from remit_engine.watch.holding import holds_of

from .authzen_service import record_settings, served

ASKED: dict[str, Any] = {
    "action": "discount",
    "requester": "ni.hong",
    "facts": {
        "rate": "2%",
        "order": {
            "total": 18000.50,
            "margin": "20%",
            "clearance": False,
            "region": "pudong",
            "product_line": "electronics",
        },
    },
}
MOMENT = "2026-02-10T09:00:00.000000+00:00"


def begin(service: Any, action: str, *fact: str, key: str, step: str | None = None) -> Hold:
    """An alert that holds a key of an action, said in the store by another process."""
    found = service.service
    (name,) = found.desk.model.names[action]
    position = None if step is None else found.desk.model.names[step][0]
    kind, verb = ("freeze", None) if step is None else ("require", "review")
    about = Alert(
        id=f"alr_{key}", rule="sales.watch.full", watch="sales.watch", kind="watch", subject=key,
        row=None, began=found.clock.today(), cleared=None, severity="critical", owner=None,
        notify=(), restraints=(Restraint(kind, name, fact, None, verb, position, NOWHERE),),
        compared=(), because=None, source=None,
    )  # fmt: skip
    said = Happening(Turn.BEGUN, about, found.clock.today())
    held = holds_of(about, said.told, found.desk.model.program)
    with writing(found.store) as connection:
        assert alerts.keep(connection, said, held, MOMENT) is not None
    return held[0]


def lift(service: Any, hold: Hold) -> None:
    who = Saying("gao.yuan", service.clock.today(), MOMENT)
    with writing(service.service.store) as connection:
        alerts.lift(connection, hold.id, "it was a mistake", who)


def changed(path: str, value: Any) -> dict[str, Any]:
    found = deepcopy(ASKED)
    found["facts"]["order"][path] = value
    return found


def outcome(service: Any, body: dict[str, Any], *, record: bool) -> str:
    answer = service.client("wang.fang").post("/v1/decisions", json={**body, "record": record})
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["outcome"])


def test_every_question_of_the_service_sees_a_freeze(service: Any) -> None:
    hold = begin(service, "discount", "order", "product_line", key="electronics")
    look(service.service)
    other = changed("product_line", "household")
    missing = deepcopy(ASKED)
    del missing["facts"]["order"]["product_line"]
    assert outcome(service, ASKED, record=False) == "deny"
    assert outcome(service, other, record=False) == "permit"
    assert outcome(service, missing, record=False) == "incomplete"
    wang = service.client("wang.fang")
    for explain in (True, False):
        body = {"requests": [ASKED, other], "record": False, "explain": explain}
        items = wang.post("/v1/decisions/batch", json=body).json()["items"]
        assert [item["outcome"] for item in items] == ["deny", "permit"]
    assert wang.post("/v1/limits", json=ASKED).json()["maximum"]["kind"] == "none"
    assert wang.post("/v1/limits", json=other).json()["maximum"]["kind"] == "bound"
    assert wang.post("/v1/approvers", json=ASKED).json()["who"] == []
    assert wang.post("/v1/approvers", json=other).json()["who"] != []
    mine = wang.get("/v1/authorities/mine").json()["may"]
    assert "sales.watch.full" in [p["rule"] for p in mine if p["kind"] == "prohibition"]
    answer = wang.post("/v1/decisions", json={**ASKED, "record": False}).json()
    (rule,) = (r for r in answer["rules"] if "hold" in r)
    assert rule["hold"] == {
        "id": hold.id, "alert": "alr_electronics", "subject": "electronics", "since": "2026-02-10"
    }  # fmt: skip
    assert f"hold `{hold.id}` is lifted" in answer["reason"]


def test_plain_requests_by_the_counter_see_it_too(service: Any) -> None:
    """They are answered from cells, without a request being read."""
    plain = deepcopy(ASKED)
    del plain["requester"]
    plain["facts"]["rate"] = 0.02
    plain["facts"]["order"]["margin"] = 0.2
    before = outcome(service, plain, record=False)
    begin(service, "discount", "order", "product_line", key="electronics")
    look(service.service)
    assert (before, outcome(service, plain, record=False)) != (before, before)
    assert outcome(service, plain, record=False) == "deny"


def test_what_is_recorded_sees_it_before_the_process_has_looked(service: Any) -> None:
    hold = begin(service, "discount", "order", "product_line", key="electronics")
    assert outcome(service, ASKED, record=False) == "permit", "it has not looked yet"
    assert outcome(service, ASKED, record=True) == "deny"
    lift(service, hold)
    assert outcome(service, ASKED, record=True) == "permit"


def test_a_batch_that_is_recorded_sees_it(service: Any) -> None:
    begin(service, "discount", "order", "product_line", key="electronics", step="regional_manager")
    body = {"requests": [ASKED, changed("product_line", "household")]}
    items = service.client("wang.fang").post("/v1/decisions/batch", json=body).json()["items"]
    assert [item["outcome"] for item in items] == ["needs", "permit"]


def test_a_record_is_replayed_as_of_its_moment(service: Any) -> None:
    wang = service.client("wang.fang")
    ids = [wang.post("/v1/decisions", json=ASKED).json()["id"]]
    hold = begin(service, "discount", "order", "product_line", key="electronics")
    ids.append(wang.post("/v1/decisions", json=ASKED).json()["id"])
    look(service.service)
    ids.append(wang.post("/v1/decisions", json=ASKED).json()["id"])
    lift(service, hold)
    ids.append(wang.post("/v1/decisions", json=ASKED).json()["id"])
    replays = [wang.get(f"/v1/decisions/{id}/replay").json() for id in ids]
    assert [(r["same"], r["answer"]["outcome"]) for r in replays] == [
        (True, "permit"), (True, "deny"), (True, "deny"), (True, "permit")
    ]  # fmt: skip


def test_a_step_of_a_request_for_approval_sees_it(service: Any) -> None:
    asked = deepcopy(ASKED)
    asked["facts"]["rate"] = "15%"
    del asked["requester"]
    path = "/v1/approval-requests"
    made = service.client("wang.fang").post(path, json={"request": asked}).json()
    steps = f"{path}/{made['id']}/steps"
    done = service.client("chen.jing").post(steps, json={"verb": "review"})
    assert done.status_code == 200, done.text
    hold = begin(service, "discount", "order", "product_line", key="electronics")
    refused = service.client("zhang.min").post(steps, json={"verb": "approve"})
    assert refused.status_code == 409, refused.text
    assert "a watch holds it" in refused.json()["detail"]
    new = service.client("lin.tao").post(path, json={"request": asked})
    assert new.status_code == 409
    assert "a watch holds it" in new.text
    lift(service, hold)
    after = service.client("zhang.min").post(steps, json={"verb": "approve"})
    assert (after.status_code, after.json()["state"]) == (200, "approved")


def test_a_step_that_a_watch_asks_for_is_one_of_the_request(service: Any) -> None:
    asked = deepcopy(ASKED)
    asked["facts"]["rate"] = "15%"
    del asked["requester"]
    begin(service, "discount", "order", "product_line", key="electronics", step="sales_director")
    made = service.client("wang.fang").post("/v1/approval-requests", json={"request": asked})
    assert made.status_code == 201, made.text
    assert "review by sales_director" in made.json()["waiting"]


def test_an_edition_is_taken_over_without_a_new_engine(service: Any) -> None:
    """Freezes come all day: what was compiled stays."""
    found = service.service
    compiled = found.desk.engine.judge
    hold = begin(service, "discount", "order", "product_line", key="electronics")
    look(found)
    assert [h.id for h in found.desk.engine.holds] == [hold.id]
    assert found.desk.engine.judge is compiled
    desk = found.desk
    look(found)
    assert found.desk is desk
    lift(service, hold)
    look(found)
    assert (found.desk.engine.holds, found.desk.edition) == ((), 2)


def test_a_process_that_starts_knows_what_is_held(service: Any, desk: Any) -> None:
    begin(service, "discount", "order", "product_line", key="electronics")
    found = service.service
    with reading(found.store) as connection:
        taken = desk.holding(holds.standing(connection))
    assert len(taken.engine.holds) == 1
    assert taken.lending(taken.lent, 7).engine.holds == taken.engine.holds


def test_publishing_keeps_what_is_held(service: Any) -> None:
    """The texts are others, the freezes the same."""
    begin(service, "discount", "order", "product_line", key="electronics")
    look(service.service)
    lent = {
        "to": "li.wei", "action": "discount", "starts": "2026-02-10", "ends": "2026-02-20",
        "reason": "leave", "limit": "5%",
    }  # fmt: skip
    made = service.client("zhang.min").post("/v1/delegations", json=lent)
    assert made.status_code == 201, made.text
    look(service.service)
    assert len(service.service.desk.engine.holds) == 1
    assert outcome(service, ASKED, record=False) == "deny"


@pytest.mark.parametrize("key", ["record-1", "record-9"])
def test_authzen_sees_it(tmp_path: Any, key: str) -> None:
    """Evaluation, many evaluations, and each of the three searches."""
    with served(record_settings(tmp_path)) as service:
        shop = service.client("shop")
        alice, record = {"type": "user", "id": "alice"}, {"type": "record", "id": "record-1"}
        question = {"subject": alice, "action": {"name": "read"}, "resource": record}

        def answers() -> tuple[Any, ...]:
            one = shop.post("/access/v1/evaluation", json=question).json()["decision"]
            many = shop.post("/access/v1/evaluations", json={"evaluations": [question]}).json()
            found = [one, many["evaluations"][0]["decision"]]
            for kind, asked in (
                ("subject", {**question, "subject": {"type": "user"}}),
                ("resource", {**question, "resource": {"type": "record"}}),
                ("action", {k: v for k, v in question.items() if k != "action"}),
            ):
                results = shop.post(f"/access/v1/search/{kind}", json=asked).json()["results"]
                wanted = {"subject": "alice", "resource": "record-1", "action": "read"}[kind]
                found.append(wanted in [r.get("id", r.get("name")) for r in results])
            return tuple(found)

        assert answers() == (True,) * 5
        begin(service, "record_access", "record", key=key)
        look(service.service)
        assert answers() == (key != "record-1",) * 5
