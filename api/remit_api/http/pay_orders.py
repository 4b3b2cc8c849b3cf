"""Runs of pay as callers ask for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from sqlalchemy.engine import Connection

from remit_api.http.access import Access
from remit_api.http.bodies import only, optional_text, wrong
from remit_api.http.computing.task import EVENTS
from remit_api.http.pay_parameters import about, period_of, required_text, texts_of
from remit_api.http.refusals import NotReady
from remit_api.http.service import Service
from remit_api.http.settings import Settings
from remit_api.pay import keeping
from remit_api.pay.batches import AUTO, DUCKDB, PYTHON
from remit_api.pay.running import ALL, Texts, chosen, plan_of
from remit_engine.commission.basis.periods import Period
from remit_engine.storage import jobs
from remit_engine.storage.jobs import Job, Order

MEMBERS = ("plan", "period", "data", "engine")
ENGINES = (AUTO, PYTHON, DUCKDB)
LONGEST_WAIT = 10
COME_AGAIN = 30
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?([0-9]{1,3})\"?(?:$|[,;\s])")


def read_order(document: Mapping[str, Any], access: Access, service: Service) -> Order:
    """The order of `{"plan", "period", "data", "engine"}`; raises NotUnderstood. Without a plan all
    are meant that are paid by such periods; without data, the events that the service was told."""
    only(dict(document), *MEMBERS)
    period = period_of(required_text(document, "period"))
    plan, _ = read_plan(document, texts_of(service.desk), period)
    data = read_data_name(document, service.settings)
    engine = optional_text(document, "engine", 20) or AUTO
    if engine not in ENGINES:
        listed = ", ".join(f"`{one}`" for one in ENGINES)
        raise wrong("engine", f"there is no engine `{engine}`: there are {listed}")
    return Order(access.caller.label, access.caller.person, plan, period, data, engine)


def read_plan(document: Mapping[str, Any], texts: Texts, period: Period) -> tuple[str, list[str]]:
    """The plan that is named, or `all`, and the plans that this means; raises NotUnderstood."""
    name = optional_text(document, "plan", 200) or ALL
    with about("plan"):
        plan = name if name == ALL else plan_of(name, texts).name
    with about("period"):
        return plan, chosen(plan, texts, period)


def read_data_name(document: Mapping[str, Any], settings: Settings) -> str:
    """How the data are called; raises NotUnderstood."""
    data = optional_text(document, "data", 40) or EVENTS
    known = dict.fromkeys([EVENTS, *(name for name, _ in settings.pay_data)])
    if data not in known:
        listed = ", ".join(f"`{one}`" for one in known)
        raise wrong("data", f"no data are called `{data}`: there are {listed}")
    return data


def ordered(connection: Connection, order: Order, service: Service) -> Job:
    """Keep an order, in a writing transaction. Raises Refused for a period that is closed, NotReady
    where too many wait."""
    plans = chosen(order.plan, texts_of(service.desk), order.period)
    keeping.refuse_closed(connection, plans, order.period)
    if jobs.waiting(connection) >= service.settings.pay_waiting:
        message, help = "too many runs of pay wait", "cancel one that nobody needs, or come again"
        raise NotReady(message, help, COME_AGAIN)
    moment = service.clock.now().isoformat(timespec="microseconds")
    return jobs.ordered(connection, order, moment)


def patience(request: Request) -> int:
    """So many seconds the caller wants to wait for what comes of it: `Prefer: wait=5`."""
    found = _WAIT.search(request.headers.get("prefer", ""))
    return min(int(found[1]), LONGEST_WAIT) if found else 0
