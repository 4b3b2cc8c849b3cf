"""A service over a small policy of pay. Runs are computed in the thread that takes them, so that a
test needs no process; `tests/api/http/computing` has the real one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from api.http.conftest import Served, SetClock, settings_at
from remit_api.http.app import create_app
from remit_api.http.computing.task import Result, Stop, Stopped, Task, computed, failure
from remit_api.http.desk import Desk, desk_of_files
from remit_api.http.settings import Settings
from remit_api.pay.running import Phase
from remit_engine.storage.opening import open_store, writing
from remit_engine.storage.tables import metadata

POLICY = """\
policy acme "Acme" { effective from 2026-01-01  owner finance_director  currency CNY }

position finance_director "Finance director"
position sales_lead "Sales lead"
position sales_rep "Sales representative" { reports to sales_lead }

event Sale "Invoiced sale" {
  id: text
  date: date
  net: money
  seller: Person
  collected_on: date optional
}

parameter dispute_days "Days to answer a dispute": integer { from 2026-01-01 -> 14 }

commission field "Field commission" zh "一线提成" {
  pays    sales_rep
  period  month
  from    Sale by date when net > 0
  credit  net to seller
  quota   100_000
  earned  = marginal rates on credit against quota {
    up to 80%  -> 1.0%
    up to 100% -> 1.5%
    over       -> 3.0%
  }
  payable = earned rounded half up to 0.01
  hold    until collected_on
}

commission override "Lead's override" {
  pays    sales_lead
  period  month
  on      field of direct reports
  payable = 0.5% of credit rounded half up to 0.01
}

commission yearly "Yearly bonus" {
  pays    sales_rep
  period  year
  from    Sale by date
  credit  net to seller
  quota   from targets
  payable = 0.1% of credit rounded half up to 0.01
}
"""
DIRECTORY = """\
directory: acme
people:
  - {id: wang.fang, name: 王芳, positions: [{position: sales_rep, from: 2026-01-01}]}
  - {id: li.wei, name: Li Wei, positions: [{position: sales_rep, from: 2026-01-01}]}
  - {id: lin.tao, name: Lin Tao, positions: [{position: sales_lead, from: 2026-01-01}]}
  - {id: zhou.lei, positions: [{position: finance_director, from: 2026-01-01}]}
  - {id: chen.jing, positions: [{position: finance_director, from: 2026-01-01}]}
"""
PEOPLE = """\
id,name,position,unit,manager,from,until
wang.fang,王芳,sales_rep,,lin.tao,2026-01-01,
li.wei,Li Wei,sales_rep,,lin.tao,2026-01-01,
lin.tao,Lin Tao,sales_lead,,,2026-01-01,
"""
SALES = """\
id,date,net,seller,collected_on
S1,2026-01-10,60000.50,wang.fang,2026-01-20
S2,2026-01-25,120000,wang.fang,2026-02-10
S3,2026-01-14,40000,li.wei,2026-01-28
S4,2026-02-14,90000,li.wei,2026-02-20
"""
PATH = "/v1/commission"
NOW = {"Prefer": "wait=10"}


def at_once(task: Task, told: Phase, stop: Stop) -> Result:
    """Computes here, and leaves off where somebody says so."""

    def each(phase: str, done: int, of: int) -> None:
        told(phase, done, of)
        if stop():
            raise InterruptedError

    store = open_store(task.database)
    try:
        return computed(task, store, each)
    except InterruptedError:
        return Stopped()
    except Exception as fault:
        return failure(fault, task.job.order.data)
    finally:
        store.dispose()


@dataclass
class Paying(Served):
    """A service with data of pay, which tests may change. data: the folder of `erp`."""

    data: Path

    def sales(self, text: str) -> None:
        """Other sales."""
        (self.data / "sale.csv").write_text(text, "utf-8")

    def run(self, period: str = "2026-01", who: str = "chen.jing", **more: Any) -> int:
        """The number of a run that is kept."""
        body = {"period": period, "data": "erp", **more}
        answer = self.client(who).post(f"{PATH}/runs", json=body, headers=NOW)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["run"])

    def close(self, run: int, who: str = "zhou.lei", **more: Any) -> dict[str, Any]:
        """What was closed with a run."""
        body, headers = {"run": run, **more}, self.tag(run, who)
        answer = self.client(who).post(f"{PATH}/closings", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def tag(self, run: int, who: str = "zhou.lei") -> dict[str, str]:
        """The header by which a run is closed as it stands."""
        return {"If-Match": self.client(who).get(f"{PATH}/runs/{run}").headers["ETag"]}


@pytest.fixture(scope="session")
def pay_policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("acme")
    (made / "pay.remit").write_text(POLICY, "utf-8")
    (made / "directory.yaml").write_text(DIRECTORY, "utf-8")
    return made


@pytest.fixture(scope="session")
def pay_desk(pay_policies: Path) -> Desk:
    return desk_of_files((pay_policies,), None)


@pytest.fixture(scope="session")
def pay_settings(tmp_path_factory: pytest.TempPathFactory, pay_policies: Path) -> Settings:
    """`erp` is a folder with people and sales; beside the events stands nothing."""
    folder = tmp_path_factory.mktemp("service")
    places = (("erp", str(folder / "data")),)
    return replace(settings_at(folder), policies=(pay_policies,), pay_data=places)


@pytest.fixture(scope="session")
def pay_service(pay_settings: Settings, pay_desk: Desk) -> Iterator[Paying]:
    """One application for all tests: it takes half a second to make."""
    clock = SetClock()
    app = create_app(pay_settings, clock, pay_desk)
    with TestClient(app) as http:
        yield Paying(app, clock, http, Path(pay_settings.pay_data[0][1]))


@pytest.fixture
def paying(pay_service: Paying) -> Iterator[Paying]:
    """The service with an empty store and the data above."""
    pay_service.service.jobs.stop()
    _emptied(pay_service.service.store)
    shutil.rmtree(pay_service.data, ignore_errors=True)
    pay_service.data.mkdir()
    (pay_service.data / "people.csv").write_text(PEOPLE, "utf-8")
    pay_service.sales(SALES)
    pay_service.clock.set(date(2026, 2, 10))
    pay_service.service.jobs.computer = at_once
    pay_service.service.jobs.start()
    yield pay_service
    pay_service.service.jobs.stop()


def _emptied(store: Engine) -> None:
    with writing(store) as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        connection.exec_driver_sql("DELETE FROM sqlite_sequence")
