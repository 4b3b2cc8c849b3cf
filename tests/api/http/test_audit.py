"""`/v1/audit`: what was altered is found, and the lines verify without the store."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sql

from remit_engine.storage.history import verified_lines
from remit_engine.storage.opening import writing
from remit_engine.storage.tables import decision

from .test_policies import FREIGHT

VERIFY, EXPORT = "/v1/audit/verification", "/v1/audit/export"


def recorded(service: Any, count: int) -> None:
    for _ in range(count):
        answer = service.client("wang.fang").post("/v1/decisions", json=FREIGHT)
        assert answer.status_code in (200, 201)


def test_what_was_altered_is_found_with_its_row(service: Any) -> None:
    recorded(service, 3)
    auditor = service.client("auditor")
    found = auditor.get(VERIFY).json()
    assert (found["ok"], found["decisions"]) == (True, 3)
    assert auditor.get(f"{VERIFY}?expect={found['last'][:12]}").json()["ok"]
    other = auditor.get(f"{VERIFY}?expect=00000000").json()
    assert (other["ok"], other["expected"]) == (False, False)
    assert auditor.get(f"{VERIFY}?expect=short").status_code == 400
    with writing(service.service.store) as connection:
        changed = sql.update(decision).where(decision.c.seq == 2).values(outcome="deny")
        connection.execute(changed)
    found = auditor.get(VERIFY).json()
    assert not found["ok"]
    assert {told["seq"] for told in found["altered"]["ledger"]} == {2}


def test_the_lines_verify_without_the_store(service: Any) -> None:
    recorded(service, 3)
    finance = service.client("chen.jing")
    lines = finance.get(EXPORT).text.splitlines()
    assert len(lines) == 3
    assert list(verified_lines(iter(lines))) == []
    assert list(verified_lines(iter([lines[0], lines[2]])))
    part = finance.get(f"{EXPORT}?first=2&last=2").text.splitlines()
    assert part == [lines[1]]
    for who, status in (("ma.lin", 403), ("wang.fang", 403), ("shop", 403), ("auditor", 200)):
        assert service.client(who).get(EXPORT).status_code == status
