"""An event stands in the place of another one that pay cannot read, or that links to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from remit_api.http.app import create_app
from remit_api.http.settings import Settings
from remit_engine.storage import events
from remit_engine.storage.canonical import canonical
from remit_engine.storage.events import KeptEvent
from remit_engine.storage.opening import open_store, writing
from remit_engine.storage.tables import event

from .conftest import Served, SetClock, settings_at

POLICY = """\
policy acme "Acme" { effective from 2026-01-01  owner lead  currency CNY }
position lead "Lead"
record Account { id: text  big: boolean }
event Sale "Sale" { id: text  date: date  net: money  account: Account optional }
event Returned "Goods back" { id: text  date: date  sale: Sale  of: Returned optional }
watch sold "Sold" on Account {
  often: when 2 Sale by account within 30 days notify lead raise warning to lead
}
watch came_back "Came back" on Sale {
  again: when 2 Returned by sale within 30 days notify lead raise warning to lead
}
"""
PEOPLE = (
    "directory: acme\npeople:\n  - {id: ann, positions: [{position: lead, from: 2026-01-01}]}\n"
)
DAY = "2026-02-09"


ALONE, WHOLE = {"id": "K"}, {"id": "K", "big": True}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    policies = tmp_path / "acme"
    policies.mkdir()
    (policies / "pay.remit").write_text(POLICY, "utf-8")
    (policies / "directory.yaml").write_text(PEOPLE, "utf-8")
    return replace(settings_at(tmp_path), policies=(policies,))


@pytest.fixture
def service(settings: Settings) -> Iterator[Served]:
    clock = SetClock()
    app = create_app(settings, clock)
    with TestClient(app) as http:
        yield Served(app, clock, http)


def told(service: Served, name: str, id: str, corrects: str | None = None, **facts: Any) -> Any:
    body = {"event": name, "facts": {"id": id, "date": DAY, **facts}}
    more = {} if corrects is None else {"corrects": corrects}
    answer = service.client("shop").post("/v1/events", json={**body, **more})
    return answer.status_code, answer.json().get("detail")


def unreadable(store: Engine, id: str, **more: Any) -> None:
    """A sale as it was told before such were refused."""
    facts = {"id": id, "date": DAY, "net": "100.005", "account": ALONE}
    body = canonical({"facts": facts, "people": [], **more})
    with writing(store) as connection:
        events.tell(connection, KeptEvent("acme.Sale", id, DAY, "now", "shop", body))


def alerts(service: Served) -> int:
    return len(service.client("auditor").get("/v1/alerts").json()["items"])


def test_a_link_to_nothing_is_corrected(service: Served) -> None:
    assert told(service, "Returned", "R1", sale="S-typo")[0] == 201
    assert told(service, "Sale", "S1", net=1000)[0] == 201
    assert told(service, "Returned", "R1b", "R1", sale="S1")[0] == 201
    assert told(service, "Returned", "R1c", "R1", sale="S1") == (
        409, "`R1` is corrected already, by `R1b`",
    )  # fmt: skip
    counted = (409, "`R1b` is counted as it is: it needs no correction")
    assert told(service, "Returned", "R1d", "R1b", sale="S1") == counted


def test_what_follows_one_at_fault_is_corrected_until_that_one_is(service: Served) -> None:
    unreadable(service.service.store, "A")
    assert told(service, "Returned", "RA", sale="A")[0] == 201
    assert told(service, "Returned", "RB", sale="A", of="RA")[0] == 201
    assert told(service, "Returned", "RC", sale="A", of="RC")[0] == 201  # a circle
    for id in ("RA", "RB", "RC"):
        assert told(service, "Returned", f"{id}-x", id, sale="S9")[0] == 201
    assert told(service, "Returned", "RA-y", sale="A")[0] == 201
    assert told(service, "Sale", "B", "A", net=5)[0] == 201
    counted = (409, "`RA-y` is counted as it is: it needs no correction")
    assert told(service, "Returned", "RA-z", "RA-y", sale="B") == counted


def test_a_record_told_by_its_id_alone_is_corrected(service: Served) -> None:
    """A run cannot read it: a field of the record is not there."""
    assert told(service, "Sale", "S1", net=5, account=ALONE)[0] == 201
    assert told(service, "Sale", "S1b", "S1", net=5, account=WHOLE)[0] == 201


def test_a_correction_told_again_is_known_whatever_became_of_the_first(service: Served) -> None:
    unreadable(service.service.store, "A")
    assert told(service, "Sale", "B", "A", net=5)[0] == 201
    with writing(service.service.store) as connection:  # as another policy would read it
        body = canonical({"facts": {"id": "A", "date": DAY, "net": "100"}, "people": []})
        connection.execute(event.update().where(event.c.id == "A").values(body=body))
    assert told(service, "Sale", "B", "A", net=5) == (200, None)
    other = told(service, "Sale", "B", "A", net=6)
    assert other == (409, "the event `B` of `acme.Sale` was told with another content")
    assert told(service, "Sale", "C", "A", net=5) == (409, "`A` is corrected already, by `B`")


def test_watches_count_what_was_corrected_once(service: Served) -> None:
    assert told(service, "Sale", "S1", net=5, account=ALONE)[0] == 201
    assert told(service, "Sale", "S2", "S1", net=5, account=ALONE)[0] == 201
    assert told(service, "Sale", "S3", "S2", net=5, account=WHOLE)[0] == 201
    assert alerts(service) == 0
    assert told(service, "Sale", "S4", net=5, account=WHOLE)[0] == 201
    assert alerts(service) == 1


def test_watches_are_told_what_stands_for_one_that_they_do_not_count(service: Served) -> None:
    unreadable(service.service.store, "A")  # they were not told
    assert told(service, "Sale", "B", "A", net=5, account=WHOLE)[0] == 201
    assert alerts(service) == 0
    assert told(service, "Sale", "C", net=5, account=WHOLE)[0] == 201
    assert alerts(service) == 1


def test_of_events_from_before_there_was_a_log_each_counts_once(settings: Settings) -> None:
    store = open_store(settings.database)
    unreadable(store, "A")
    unreadable(store, "B", corrects="A")
    store.dispose()
    with TestClient(app := create_app(settings, clock := SetClock())) as http:
        service = Served(app, clock, http)
        assert alerts(service) == 0
        assert told(service, "Sale", "C", net=5, account=WHOLE)[0] == 201
        assert alerts(service) == 1


@pytest.mark.parametrize("watched", [True, False])
def test_a_link_to_either_means_the_one_that_watches_count(service: Served, watched: bool) -> None:
    """Watched: they count A, else B, which stands in its place."""
    if watched:
        assert told(service, "Sale", "A", net=5, account=ALONE)[0] == 201
    else:
        unreadable(service.service.store, "A")
    assert told(service, "Sale", "B", "A", net=5, account=WHOLE)[0] == 201
    assert told(service, "Returned", "R1", sale="A")[0] == 201
    assert alerts(service) == 0
    assert told(service, "Returned", "R2", sale="B")[0] == 201
    (alert,) = service.client("auditor").get("/v1/alerts").json()["items"]
    assert alert["subject"] == ("A" if watched else "B")
