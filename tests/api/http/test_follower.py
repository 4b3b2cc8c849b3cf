"""What is told leads to alerts and freezes in the transaction that keeps it: once, in every process
over the store, and again after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from engine.watch.libraries import needs_durable
from remit_engine.storage import (
    alerts,
    audit,
    events,
    holds,
    outbox,
    schema,
    watch_log,
    watch_state,
)
from remit_engine.storage.events import KeptEvent
from remit_engine.storage.opening import connected, reading, writing

from .conftest import Served, SetClock
from .watch_service import (
    POLICY,
    back,
    frozen,
    items,
    observe,
    release,
    served,
    watch_settings,
)

MOMENT = "2026-02-10T09:00:00.000000+00:00"


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Served]:
    with served(watch_settings(tmp_path)) as service:
        yield service


def verified(service: Served) -> list[str]:
    with reading(service.service.store) as connection:
        return [f"{b.what} {b.id}: {b.message}" for b in audit.verified(connection).broken]


def test_from_an_event_to_a_freeze_and_back(watched: Served) -> None:
    """Told over HTTP until it is frozen; who may lifts it; then it goes again."""
    assert observe(watched, "o1", exposure=50, line=100).status_code == 201
    assert release(watched)["outcome"] == "permit"
    hold = frozen(watched)
    answer = release(watched)
    assert answer["outcome"] == "deny"
    (rule,) = (r for r in answer["rules"] if "hold" in r)
    assert (rule["id"], rule["because"]) == ("care.usage.full[c-1]", "the line is used up")
    assert "the line is used up" in answer["reason"]
    assert release(watched, "c-2")["outcome"] == "permit"
    path, body = f"/v1/holds/{hold}/lifting", {"because": "paid in advance", "facts": {"note": "n"}}
    refused = watched.client("wang.fang").post(path, json=body)
    assert refused.status_code == 403, refused.text
    assert "the hold stands: " in refused.json()["detail"]
    assert refused.json()["outcome"] == "escalate"
    assert release(watched)["outcome"] == "deny"
    lifted = watched.client("chen.jing").post(path, json=body)
    assert lifted.status_code == 200, lifted.text
    found = lifted.json()
    assert (found["hold"]["ending"], found["hold"]["lifted_by"]) == ("lifted", "chen.jing")
    assert found["hold"]["because"] == "paid in advance"
    assert found["decision"]["outcome"] == "permit"
    assert release(watched)["outcome"] == "permit"
    recorded = items(watched, "/v1/decisions?action=care.lift_freeze")
    assert [(r["actor"], r["outcome"]) for r in recorded] == [
        ("chen.jing", "permit"), ("wang.fang", "escalate")
    ]  # fmt: skip
    assert verified(watched) == []


def test_alerts_end_with_their_ground(watched: Served) -> None:
    frozen(watched)
    assert observe(watched, "o2", exposure=10).status_code == 201
    assert items(watched, "/v1/holds?stands=true") == []
    assert release(watched)["outcome"] == "permit"
    full, near = items(watched, "/v1/alerts?subject=c-1")
    assert {full["status"], near["status"]} == {"cleared"}


def test_an_entry_is_told_once(watched: Served) -> None:
    first = observe(watched, "o1", exposure=101, line=100)
    again = observe(watched, "o1", exposure=101.0, line=100)
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    other = observe(watched, "o1", exposure=1, line=100)
    assert other.status_code == 409
    assert "told before with another content" in other.json()["detail"]
    for _ in range(2):
        for id in "abc":
            assert back(watched, id).status_code in (200, 201)
    assert len(items(watched, "/v1/alerts?rule=care.usage.back")) == 1
    with reading(watched.service.store) as connection:
        assert watch_log.last(connection) == 4


@pytest.mark.parametrize(
    ("body", "path", "said"),
    [
        ({"on": "2026-02-11"}, "on", "is after today (2026-02-10): tell it when its day has come"),
        ({"on": "1926-02-11"}, "on", "more than ten years before"),
        ({"on": "soon"}, "on", "soon"),
        ({"record": "Custmer"}, "record", "did you mean `Customer`"),
        ({"record": "Return"}, "record", "tell it under `/v1/events`"),
        ({"id": "c-1 "}, "id", "begins or ends with a space"),
        ({"entry": ""}, "entry", "it is empty"),
        ({"facts": {"exposure": "100"}}, "facts.exposure", "100"),
        ({"facts": {"exposre": 1}}, "facts.exposre", "did you mean `exposure`?"),
        ({"facts": {"exposure": None}}, "facts.exposure", "leave it out, or write it"),
    ],
)
def test_what_is_refused_is_told_with_its_place(
    watched: Served, body: dict[str, Any], path: str, said: str
) -> None:
    whole = {"record": "Customer", "id": "c-1", "entry": "o1", "facts": {"exposure": 1}, **body}
    answer = watched.client("shop").post("/v1/observations", json=whole)
    assert answer.status_code == 400, answer.text
    (problem,) = answer.json()["problems"]
    assert problem["path"] == path
    assert said in problem["message"]
    assert nothing_kept(watched)


def test_an_event_that_the_watcher_refuses_is_not_kept(watched: Served) -> None:
    late = back(watched, "r1", date="2026-02-11")
    assert late.status_code == 400
    (problem,) = late.json()["problems"]
    assert problem["path"] == "facts.date"
    assert "is after today" in problem["message"]
    hidden = back(watched, "r\u200b1")
    assert hidden.status_code == 400
    assert hidden.json()["problems"][0]["path"] == "facts.id"
    assert items(watched, "/v1/events") == []
    assert nothing_kept(watched)
    assert back(watched, "r1").status_code == 201


def nothing_kept(service: Served) -> bool:
    with reading(service.service.store) as connection:
        return watch_log.last(connection) == 0 and not list(alerts.everything(connection))


def test_a_second_process_sees_the_alert_and_the_freeze(tmp_path: Path) -> None:
    settings = watch_settings(tmp_path)
    with served(settings) as one, served(settings) as two:
        for n in range(3):
            assert back((one, two)[n % 2], f"r{n}").status_code == 201
        (alert,) = items(two, "/v1/alerts")
        assert (alert["rule"], alert["subject"]) == ("care.usage.back", "c-1")
        assert items(one, "/v1/alerts") == [alert]
        hold = frozen(one)
        assert release(two)["outcome"] == "deny"
        assert [h["id"] for h in items(two, "/v1/holds")] == [hold]
        assert observe(two, "o9", exposure=1).status_code == 201
        assert release(one)["outcome"] == "permit"
        assert verified(one) == []


def test_a_restart_says_nothing_twice(tmp_path: Path) -> None:
    settings = watch_settings(tmp_path)
    with served(settings) as first:
        frozen(first)
        back(first, "r1")
        back(first, "r2")
        before = items(first, "/v1/alerts")
    with served(settings) as again:
        assert items(again, "/v1/alerts") == before
        assert release(again)["outcome"] == "deny"
        assert back(again, "r3").status_code == 201
        new, *old = items(again, "/v1/alerts")
        assert (new["rule"], old) == ("care.usage.back", before)
        assert verified(again) == []


def test_days_pass(watched: Served) -> None:
    """A window slides, a report is missing; by whoever looks first."""
    for n in range(3):
        back(watched, f"r{n}")
    (alert,) = items(watched, "/v1/alerts")
    assert alert["status"] == "open"
    watched.clock.set(date(2026, 4, 6))
    watched.service.follower.pass_days()
    found = {(a["rule"], a["subject"]): a for a in items(watched, "/v1/alerts")}
    assert found["care.usage.back", "c-1"]["status"] == "cleared"
    assert found["care.usage.back", "c-1"]["cleared"] == "2026-03-11"
    missing = found["care.summary", "li.wei"]
    assert (missing["began"], missing["row"]) == ("2026-04-06", "2026-03-01")
    with reading(watched.service.store) as connection:
        assert watch_state.clock(connection) == date(2026, 4, 6)


def test_a_day_is_begun_once_over_two_processes(tmp_path: Path) -> None:
    settings, clock = watch_settings(tmp_path), SetClock()
    with served(settings, clock) as one, served(settings, clock) as two:
        clock.set(date(2026, 4, 6))
        one.service.follower.pass_days()
        two.service.follower.pass_days()
        assert len(items(one, "/v1/alerts")) == 1
        assert back(two, "r1").status_code == 201
        assert back(one, "r2", date="2026-04-06").status_code == 201
        assert back(two, "r3", date="2026-04-06").status_code == 201
        assert len(items(one, "/v1/alerts")) == 1, "of r1 the window is over"


def test_a_fault_leaves_nothing(watched: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the entry and what it leads to: neither is kept, and it can be told again."""

    def broken(*_: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "put", broken)
        assert observe(watched, "o1", exposure=101, line=100).status_code == 500
    assert nothing_kept(watched)
    assert release(watched)["outcome"] == "permit"
    frozen(watched)
    assert release(watched)["outcome"] == "deny"
    assert len(items(watched, "/v1/alerts")) == 2


def test_events_from_before_there_was_a_log_are_followed(tmp_path: Path) -> None:
    settings = watch_settings(tmp_path)
    store = connected(settings.database)
    with writing(store) as connection:
        command.upgrade(schema._config({"connection": connection}), "0009")
        for n in range(4):
            day, amount = f"2026-02-0{n + 1}", "5" if n < 3 else "five"
            facts = f'{{"amount":"{amount}","customer":{{"id":"c-1"}},"date":"{day}","id":"r{n}"}}'
            body = f'{{"facts":{facts},"people":[]}}'
            events.tell(connection, KeptEvent("care.Return", f"r{n}", day, MOMENT, "shop", body))
    store.dispose()
    for _ in range(2):
        with served(settings) as service:
            (alert,) = items(service, "/v1/alerts")
            assert (alert["rule"], alert["began"], alert["late"]) == (
                "care.usage.back", "2026-02-03", True
            )  # fmt: skip
            assert back(service, "r1", date="2026-02-02").status_code == 200, "it is known"
            with reading(service.service.store) as connection:
                log = [e.told.id for e in watch_log.after(connection, 0)]
                assert (log, watch_state.since(connection)) == (
                    ["r0", "r1", "r2"], date(2026, 2, 10)
                )  # fmt: skip
            assert verified(service) == []


@needs_durable
def test_durable_rules_match_in_the_service(tmp_path: Path) -> None:
    with served(watch_settings(tmp_path, matcher="durable")) as service:
        frozen(service)
        assert release(service)["outcome"] == "deny"
        with service.service.follower.seeing() as (_, _, followed):
            assert followed.watcher.mismatches == 0


# --- another text -------------------------------------------------------------------------------


def restarted(folder: Path, policy: str) -> Any:
    return served(watch_settings(folder, policy))


def test_open_alerts_are_asked_anew_of_another_text(tmp_path: Path) -> None:
    with served(watch_settings(tmp_path)) as first:
        frozen(first)
    wider = POLICY.replace("when exposure over line", "when exposure over 120% of line")
    with restarted(tmp_path, wider) as service:
        assert items(service, "/v1/holds?stands=true") == []
        found = {a["rule"]: a["status"] for a in items(service, "/v1/alerts")}
        assert found == {"care.usage.full": "withdrawn", "care.usage.near": "open"}
        assert release(service)["outcome"] == "permit"
    with restarted(tmp_path, POLICY) as service:
        found = {a["rule"]: a["status"] for a in items(service, "/v1/alerts")}
        assert found == {"care.usage.full": "open", "care.usage.near": "open"}
        assert release(service)["outcome"] == "deny"
        assert verified(service) == []


def test_a_rule_that_holds_no_more_holds_nobody(tmp_path: Path) -> None:
    with served(watch_settings(tmp_path)) as first:
        frozen(first)
    with restarted(tmp_path, POLICY.replace("    freeze release\n", "")) as service:
        assert items(service, "/v1/holds?stands=true") == []
        assert {a["status"] for a in items(service, "/v1/alerts")} == {"open"}
        assert release(service)["outcome"] == "permit"


def test_what_was_over_under_another_text_freezes_again(tmp_path: Path) -> None:
    """Under the text between, three returns are none too many; a late fourth is."""
    three = POLICY.replace("raise warning to manager", "freeze release raise warning to manager")
    strict = three.replace("3 Return by customer within 30", "4 Return by customer within 60")
    clock = SetClock()
    with served(watch_settings(tmp_path, three), clock) as service:
        for number in (1, 2, 3):
            assert back(service, f"r{number}").status_code == 201
        assert release(service)["outcome"] == "deny"
        clock.set(date(2026, 3, 12))
        service.service.follower.pass_days()
        assert release(service)["outcome"] == "permit"
    with served(watch_settings(tmp_path, strict), clock) as service:
        assert release(service)["outcome"] == "permit"
        assert back(service, "r0", date="2026-02-08").status_code == 201
        assert [h["value"] for h in items(service, "/v1/holds?stands=true")] == ["c-1"]
        assert release(service)["outcome"] == "deny"
        assert verified(service) == []


def test_a_clock_that_is_set_back_frees_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The clock of the log never goes back, and the freeze is of its day; it is said, once."""
    clock = SetClock(date(2026, 2, 13))
    with served(watch_settings(tmp_path), clock) as service:
        clock.set(date(2026, 2, 10))
        hold = frozen(service)
        assert items(service, "/v1/holds?stands=true")[0]["since"] == "2026-02-13"
        said = [r.getMessage() for r in caplog.records if "a clock was ahead" in r.getMessage()]
        assert [one[:49] for one in said] == ["the watches are at 2026-02-13, and it is 2026-02-"]
        found = release(service)
        assert (found["outcome"], found["as_of"]) == ("deny", "2026-02-10")
        asked = {"action": "release", "facts": {"customer": {"id": "c-1"}, "amount": 10}}
        wang = service.client("wang.fang")
        assert (
            wang.post("/v1/decisions", json={**asked, "record": False}).json()["outcome"] == "deny"
        )
        assert wang.get(f"/v1/decisions/{found['id']}/replay").json()["same"] is True
        lifted = service.client("gao.yuan").post(
            f"/v1/holds/{hold}/lifting", json={"because": "paid", "facts": {"note": "n"}}
        )
        assert lifted.status_code == 200, lifted.text


def test_a_lifted_freeze_lifts_nothing_of_another_text(tmp_path: Path) -> None:
    more = 'action ship "Ship" { customer: Customer }\nauthority ship { rep may approve }\n'
    with served(watch_settings(tmp_path, POLICY + more)) as first:
        path = f"/v1/holds/{frozen(first)}/lifting"
        body = {"because": "paid", "facts": {"note": "n"}}
        assert first.client("gao.yuan").post(path, json=body).status_code == 200
    with restarted(tmp_path, POLICY.replace("freeze release", "freeze ship, release") + more) as s:
        assert [h["action"] for h in items(s, "/v1/holds?stands=true")] == ["care.ship"]
        assert release(s)["outcome"] == "permit"


def test_what_cannot_be_read_any_more_takes_no_freeze_away(tmp_path: Path) -> None:
    with served(watch_settings(tmp_path)) as first:
        frozen(first)
    renamed = POLICY.replace("exposure", "used")
    with restarted(tmp_path, renamed) as service:
        assert release(service)["outcome"] == "deny"
        assert len(items(service, "/v1/holds?stands=true")) == 1
        again = observe(service, "full c-1", exposure=101, line=100)
        assert again.status_code == 200, "it is known, whatever can be read of it"
        assert observe(service, "full c-1", exposure=102, line=100).status_code == 409
    gone = "\n".join(line for line in renamed.splitlines() if "near:" not in line)
    with restarted(tmp_path, gone) as service:
        found = {a["rule"]: a["status"] for a in items(service, "/v1/alerts")}
        assert found == {"care.usage.full": "open", "care.usage.near": "withdrawn"}


def test_a_file_that_changes_is_followed(tmp_path: Path) -> None:
    """With --reload: the watcher is that of the text that answers."""
    from remit_api.http.watching import look_at_files

    settings = watch_settings(tmp_path, reload=True)
    with served(settings) as service:
        frozen(service)
        watch_settings(tmp_path, POLICY.replace("exposure over line", "exposure over 2 * line"))
        look_at_files(service.service, {})
        service.service.follower.look()
        assert items(service, "/v1/holds?stands=true") == []


def test_a_freeze_and_a_delegation_build_no_watcher(watched: Served) -> None:
    """They come all day, and the log is long."""
    follower, desk = watched.service.follower, watched.service.desk
    before = follower._followed
    hold = frozen(watched)
    body = {"because": "paid", "facts": {"note": "n"}}
    client = watched.client("gao.yuan")
    assert client.post(f"/v1/holds/{hold}/lifting", json=body).status_code == 200
    lent = {
        "from": "gao.yuan", "to": "li.wei", "action": "release", "reason": "leave",
        "starts": "2026-02-10", "ends": "2026-02-20", "limit": 5000,
    }  # fmt: skip
    made = watched.client("ma.lin").post("/v1/delegations", json=lent)
    assert made.status_code == 201, made.text
    follower.look()
    assert watched.service.desk is not desk
    assert follower._followed is before is not None


def test_an_altered_entry_is_found(watched: Served) -> None:
    back(watched, "r1")
    observe(watched, "o1", exposure=1)
    assert verified(watched) == []
    for change in (
        "UPDATE event SET body = replace(body, '\"5\"', '\"6\"')",
        "UPDATE watch_entry SET body = replace(body, '1', '2') WHERE seq = 2",
    ):
        with writing(watched.service.store) as connection:
            connection.exec_driver_sql(change)
    assert verified(watched) == [
        "entry care.Return r1: its event was altered",
        "entry care.Customer c-1: this entry was altered",
    ]


def test_no_hold_is_kept_without_its_alert(watched: Served) -> None:
    hold = frozen(watched)
    with reading(watched.service.store) as connection:
        kept = holds.found(connection, hold)
        assert alerts.found(connection, kept.hold.alert).status == "open"


SUITE = """suite: care
as_of: 2026-02-10
cases:
  - name: a small order
    action: release
    actor: rep
    facts: {customer: {id: c-9}, amount: 1}
    expect: {outcome: permit}
"""


def publish(service: Served, policy: str, version: str | None = None) -> str:
    """A version, put in force by a second person."""
    if version is None:
        files = {"care.remit": policy, "care.test.yaml": SUITE}
        draft = service.client("ma.lin").post("/v1/policies", json={"files": files})
        assert draft.status_code == 201, draft.text
        version = str(draft.json()["id"])
    path = f"/v1/policies/{version}/publication"
    done = service.client("chen.jing").post(path, json={})
    assert done.status_code == 201, done.text
    return version


def test_what_is_published_is_followed_by_every_process(tmp_path: Path) -> None:
    settings = watch_settings(tmp_path)
    with served(settings) as one, served(settings) as two:
        first = publish(one, POLICY)
        frozen(one)
        publish(two, POLICY.replace("exposure over line", "exposure over 2 * line"))
        two.service.follower.look()
        assert release(two)["outcome"] == "permit"
        assert release(one)["outcome"] == "permit", "whichever is asked"
        assert observe(one, "o2", "c-2", exposure=150, line=100).status_code == 201
        assert items(one, "/v1/holds?stands=true") == []
        assert {a["status"] for a in items(two, "/v1/alerts?rule=care.usage.full")} == {"withdrawn"}
        publish(one, POLICY, first)
        one.service.follower.look()
        two.service.follower.look()
        held = {h["value"] for h in items(two, "/v1/holds?stands=true")}
        assert held == {"c-1", "c-2"}
        assert release(two, "c-2")["outcome"] == "deny"
        assert verified(one) == []


def test_an_entry_is_taken_under_the_text_that_stands(tmp_path: Path) -> None:
    """A process that has not looked since something was published does not keep by the old one."""
    settings = watch_settings(tmp_path)
    with served(settings) as one, served(settings) as two:
        publish(one, POLICY)
        two.service.follower.look()
        publish(one, POLICY.replace("exposure over line", "exposure over 2 * line"))
        assert observe(two, "o1", exposure=150, line=100).status_code == 201
        assert items(two, "/v1/holds") == []
        assert [a["rule"] for a in items(two, "/v1/alerts")] == ["care.usage.near"]


def test_the_sample_pack_freezes_and_finance_lifts(service: Served) -> None:
    told = observe(service, "o1", "c-17", exposure=101000, credit_line=100000)
    assert told.status_code == 201, told.text
    (hold,) = items(service, "/v1/holds?stands=true")
    assert (hold["action"], hold["value"]) == ("sales.credit.credit_release", "c-17")
    order = {"total": 1000, "margin": "20%", "clearance": False}
    customer = {"id": "c-17", "credit_line": 100000, "exposure": 10000}
    body = {
        "action": "credit_release",
        "verb": "release",
        "requester": "wang.fang",
        "evidence": ["release_reason"],
        "facts": {"customer": customer, "order": order},
    }
    zhou = service.client("zhou.lei")
    assert zhou.post("/v1/decisions", json=body).json()["outcome"] == "deny"
    path, why = f"/v1/holds/{hold['id']}/lifting", {"because": "paid in advance"}
    refused = service.client("sun.qiang").post(path, json=why)
    assert (refused.status_code, refused.json()["outcome"]) == (403, "escalate")
    assert zhou.post(path, json={**why, "facts": {"severity": "info"}}).status_code == 400
    assert zhou.post(path, json=why).status_code == 200
    after = zhou.post("/v1/decisions", json=body).json()
    assert after["outcome"] == "permit", after["missing"]
    assert zhou.post(path, json=why).status_code == 409
    assert zhou.post("/v1/holds/none/lifting", json=why).status_code == 404
    assert service.client("shop").post(path, json=why).status_code == 403
