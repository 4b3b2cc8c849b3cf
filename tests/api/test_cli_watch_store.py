"""`remit watch --store`: what a service holds, and whether it is what its log says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.http.conftest import SetClock
from api.http.watch_service import POLICY, back, frozen, served, watch_settings
from remit_engine.storage.opening import open_store


@pytest.fixture
def kept(remit: Any, tmp_path: Path) -> Any:
    """`remit` in a folder with the store of a service."""
    clock = SetClock()
    with served(watch_settings(tmp_path), clock) as service:
        frozen(service)
        for n in range(3):
            back(service, f"r{n}")
        clock.set(date(2026, 4, 6))
        service.service.follower.pass_days()
    return remit


def test_what_is_open_held_and_missing(kept: Any) -> None:
    ran = kept("watch", "care", "--store", "remit.db")
    assert ran.code == 0, ran.err
    assert (
        ran.out
        == """\
2026-02-10  info       usage.near  c-1  (manager, open)
2026-02-10  critical   usage.full  c-1  (controller, open)
2026-04-06  info       summary  li.wei, 2026-03-01  (director, open)
2026-02-10  held       release frozen where customer.id = c-1
2026-04-05  overdue    summary  li.wei
4 entries as of 2026-04-06: 3 open alerts, 1 hold, 1 missing report; as the log says
"""
    )


def test_for_programs(kept: Any) -> None:
    ran = kept("watch", "care", "--store", "remit.db", "--json", "--rule", "usage.full")
    alert, summary = map(json.loads, ran.out.splitlines())
    assert (alert["alert"]["rule"], alert["alert"]["status"]) == ("care.usage.full", "open")
    found = summary["summary"]
    assert (found["entries"], found["open"], found["same"], found["unread"]) == (4, 3, True, [])
    assert [(h["action"], h["value"]) for h in found["holds"]] == [("care.release", "c-1")]
    assert [(r["person"], r["row"]) for r in found["overdue"]] == [("li.wei", "2026-03-01")]


def test_under_another_text_it_says_what_is_otherwise(kept: Any, file: Any) -> None:
    file("other/care.remit", POLICY.replace("exposure over line", "exposure over 2 * line"))
    file("other/directory.yaml", Path("care/directory.yaml").read_text(encoding="utf-8"))
    ran = kept("watch", "other", "--store", "remit.db", "--brief")
    assert ran.code == 7
    assert ran.out.endswith("not as the log says\n")
    assert ran.err == "otherwise  by the log, usage.full of c-1 is withdrawn\n"
    again = kept("watch", "care", "--store", "remit.db", "--brief")
    assert again.code == 0, "it only reads"


def test_an_alert_that_somebody_altered_is_told(kept: Any) -> None:
    store = open_store("sqlite:///remit.db")
    with store.begin() as connection:
        connection.exec_driver_sql("UPDATE alert SET status = 'withdrawn' WHERE severity = 'info'")
    store.dispose()
    ran = kept("watch", "care", "--store", "remit.db", "--brief")
    assert (ran.code, ran.err.count("otherwise")) == (7, 3 - 1)


def test_an_empty_store(remit: Any, tmp_path: Path) -> None:
    watch_settings(tmp_path)
    open_store("sqlite:///remit.db").dispose()
    ran = remit("watch", "care", "--store", "remit.db")
    assert (ran.code, ran.out) == (0, "nothing was told to this store yet\n")


@pytest.mark.parametrize(
    "more", [["--replay", "x"], ["--until", "2026-01-01"], ["--matcher", "plain"]]
)
def test_it_reads_what_is_there_alone(kept: Any, more: list[str]) -> None:
    ran = kept("watch", "care", "--store", "remit.db", *more)
    assert ran.code == 2
    assert "leave `--replay`, `--follow`, days and `--matcher` out" in ran.err


def test_a_store_that_is_not_there(kept: Any) -> None:
    ran = kept("watch", "care", "--store", "other.db")
    assert ran.code == 2
    assert "other.db" in ran.err
