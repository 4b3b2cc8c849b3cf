"""A service over a small policy that watches: customers whose line is used up are frozen, goods
that come back three times are told, and a report is due every month."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
from starlette.testclient import TestClient

from remit_api.http.app import create_app
from remit_api.http.settings import Settings

from .conftest import Served, SetClock, settings_at

POLICY = """
policy care "Care" { effective from 2025-01-01 owner director currency CNY }
position director "Director"
position controller "Controller" { reports to director }
position manager "Manager" { reports to director }
position rep "Rep" { reports to manager }
record Person "Person" { territory: text optional }
record Customer "Customer" { id: text  exposure: money  line: money }
event Return "Return" { id: text  date: date  customer: Customer  amount: money }
event Report "Report" { id: text  date: date  author: Person }
event Note "Note" { id: text  date: date optional  customer: Customer }

action release "Release an order" { customer: Customer  amount: money  limit on amount }
authority release { rep may approve up to 1000  director may approve any }
delegation of release { to one level below  at most 30 days  at most own limit  never onward }

action lift_freeze "Lift a freeze" {
  customer: Customer
  held_days: number
  severity: text
  note: text
}
authority lift_freeze {
  controller may approve when held_days <= 30
  director may approve
}

watch usage "Use of the line" on Customer {
  near: when exposure over 80% of line notify manager
  full: when exposure over line
    notify controller
    freeze release
    raise critical to controller
    because "the line is used up" zh "额度已用完"
  back: when 3 Return by customer within 30 days notify manager raise warning to manager
}

duty summary "Summary": manager reports to director monthly by day 5
  with Report by author
"""
PEOPLE = """people:
  - {id: gao.yuan, name: Gao Yuan, positions: [{position: director, from: 2025-01-01}]}
  - {id: chen.jing, name: Chen Jing, positions: [{position: controller, from: 2025-01-01}]}
  - {id: li.wei, name: Li Wei, positions: [{position: manager, from: 2025-01-01}]}
  - {id: wang.fang, name: Wang Fang, positions: [{position: rep, from: 2025-01-01}]}
"""


def watch_settings(folder: Path, policy: str = POLICY, **more: Any) -> Settings:
    """Settings over the policy, written into the folder."""
    texts = folder / "care"
    texts.mkdir(exist_ok=True)
    (texts / "care.remit").write_text(policy, encoding="utf-8")
    (texts / "directory.yaml").write_text(PEOPLE, encoding="utf-8")
    return replace(settings_at(folder), policies=(texts,), **more)


@contextmanager
def served(settings: Settings, clock: SetClock | None = None) -> Iterator[Served]:
    """A running application."""
    clock = clock or SetClock()
    app = create_app(settings, clock)
    with TestClient(app) as http:
        yield Served(app, clock, http)


def observe(service: Served, entry: str, customer: str = "c-1", **facts: Any) -> httpx2.Response:
    """What was observed of a customer."""
    body = {"record": "Customer", "id": customer, "entry": entry, "facts": facts}
    return service.client("shop").post("/v1/observations", json=body)


def back(service: Served, id: str, customer: str = "c-1", **more: Any) -> httpx2.Response:
    """Goods that came back."""
    facts = {"id": id, "date": "2026-02-09", "customer": {"id": customer}, "amount": 5, **more}
    return service.client("shop").post("/v1/events", json={"event": "Return", "facts": facts})


def frozen(service: Served, customer: str = "c-1") -> str:
    """A customer whose line is used up; the id of the hold."""
    told = observe(service, f"full {customer}", customer, exposure=101, line=100)
    assert told.status_code == 201, told.text
    (hold,) = items(service, f"/v1/holds?stands=true&value={customer}")
    return str(hold["id"])


def items(service: Served, path: str, who: str = "auditor") -> list[dict[str, Any]]:
    """A list, as somebody who may see all of it."""
    answer = service.client(who).get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def release(service: Served, customer: str = "c-1", amount: int = 10) -> dict[str, Any]:
    """A representative's decision, recorded."""
    facts = {"customer": {"id": customer}, "amount": amount}
    answer = service.client("wang.fang").post(
        "/v1/decisions", json={"action": "release", "facts": facts}
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found
