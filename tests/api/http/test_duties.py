"""`/v1/duties`: who has to report what, by when, and who did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from .conftest import Served
from .watch_service import items, served, watch_settings

PATH = "/v1/duties"


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Served]:
    with served(watch_settings(tmp_path)) as service:
        yield service


def reported(service: Served, id: str, day: str) -> None:
    facts = {"id": id, "date": day, "author": "li.wei"}
    body = {"event": "Report", "facts": facts}
    answer = service.client("shop").post("/v1/events", json=body)
    assert answer.status_code == 201, answer.text


def states(found: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(one["first"], one["state"], one["report"]) for one in found]


def test_a_period_is_due_then_overdue_then_reported(watched: Served) -> None:
    assert items(watched, PATH) == [], "asked are periods from the first day of the clock on"
    watched.clock.set(date(2026, 4, 3))
    watched.service.follower.pass_days()
    march, april = items(watched, PATH)
    assert states([march, april]) == [("2026-03-01", "due", None), ("2026-04-01", "due", None)]
    assert march == {
        "duty": "care.summary", "label": "Summary", "person": "li.wei", "name": "Li Wei",
        "position": "care.manager", "to": "care.director", "frequency": "monthly",
        "row": "2026-03-01", "first": "2026-03-01", "end": "2026-03-31", "last": "2026-04-05",
        "state": "due", "unsure": False, "report": None, "reported": None,
    }  # fmt: skip
    watched.clock.set(date(2026, 4, 6))
    watched.service.follower.pass_days()
    assert [one["state"] for one in items(watched, PATH)] == ["overdue", "due"]
    reported(watched, "r1", "2026-04-06")
    assert states(items(watched, PATH)) == [("2026-04-01", "due", None)]
    every = items(watched, f"{PATH}?state=reported&state=due")
    assert states(every) == [("2026-03-01", "reported", "r1"), ("2026-04-01", "due", None)]
    assert every[0]["reported"] == "2026-04-06"


def test_states_are_those_of_the_alerts(watched: Served) -> None:
    watched.clock.set(date(2027, 1, 20))
    reported(watched, "r1", "2026-05-03")
    reported(watched, "r2", "2026-05-04")
    overdue = {one["row"] for one in items(watched, f"{PATH}?state=overdue")}
    missing = {one["row"] for one in items(watched, "/v1/alerts?status=open")}
    assert overdue == missing
    assert overdue.isdisjoint({"2026-04-01", "2026-05-01"})
    assert len(overdue) == 8


def test_whose_they_are(watched: Served) -> None:
    watched.clock.set(date(2026, 4, 3))
    watched.service.follower.pass_days()
    seen = {who: len(items(watched, PATH, who)) for who in ("li.wei", "gao.yuan", "wang.fang")}
    assert seen == {"li.wei": 2, "gao.yuan": 2, "wang.fang": 0}
    assert len(items(watched, f"{PATH}?person=li.wei&duty=summary")) == 2
    assert items(watched, f"{PATH}?person=wang.fang") == []
    assert len(items(watched, f"{PATH}?since=2026-04-06")) == 1


def test_pages(watched: Served) -> None:
    watched.clock.set(date(2026, 4, 3))
    watched.service.follower.pass_days()
    first = watched.client("auditor").get(f"{PATH}?limit=1").json()
    rest = watched.client("auditor").get(f"{PATH}?limit=1&cursor={first['next']}").json()
    assert states(first["items"] + rest["items"]) == states(items(watched, PATH))
    assert rest["next"] is None


@pytest.mark.parametrize("query", ["duty=sumary", "cursor=MQ", "state=late", "since=soon"])
def test_what_makes_no_sense_is_refused(watched: Served, query: str) -> None:
    answer = watched.client("auditor").get(f"{PATH}?{query}")
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["path"].split(".")[0] in query


def test_who_is_late_does_not_see_to_the_alert_about_it(watched: Served) -> None:
    """It is the owner's, or finance's: he only sees it."""
    watched.clock.set(date(2026, 4, 6))
    watched.service.follower.pass_days()
    (alert,) = items(watched, "/v1/alerts?status=open", "li.wei")
    assert (alert["subject"], alert["owner"]) == ("li.wei", "care.director")
    place = f"/v1/alerts/{alert['id']}"
    for step, body in (
        ("acknowledgement", {}),
        ("closure", {"note": "it will come"}),
        ("owner", {"to": "rep", "because": "he knows"}),
    ):
        refused = watched.client("li.wei").post(f"{place}/{step}", json=body)
        assert refused.status_code == 403, refused.text
    assert watched.client("gao.yuan").post(f"{place}/acknowledgement", json={}).status_code == 200
