"""A service that is killed while it records: what it acknowledged stands, and nothing counts twice.

REMIT_KILLS: how often it is killed (1).
"""

from __future__ import annotations

import json
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest
import sqlalchemy as sql

from api.http.serving import REPS, Serving, serving
from engine.storage.stores import address
from remit_engine.storage import audit, history, tables
from remit_engine.storage.opening import open_store, reading

KILLS = int(os.environ.get("REMIT_KILLS", "1"))
KINDS = ("sqlite", "postgres") if KILLS > 1 else ("sqlite",)
PATH = "/v1/decisions"


@dataclass(frozen=True)
class Asked:
    """A request under a key. answer: what was said to it, where something was."""

    who: str
    key: str
    body: str
    answer: dict[str, Any] | None = None


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(address(request.param, tmp_path))


def said(client: httpx2.Client, asked: Asked) -> httpx2.Response:
    headers = {"Content-Type": "application/json", "Idempotency-Key": asked.key}
    return client.post(PATH, content=asked.body, headers=headers)


def asking(found: Serving, who: str, name: str) -> list[Asked]:
    """Asks until nobody answers any more."""
    told: list[Asked] = []
    with found.client(who) as client:
        for n in count():
            facts = {"amount": 1, "vendor": f"v{n % 5}"}
            body = json.dumps({"action": "pay", "facts": facts})
            asked = Asked(who, f"{name}-{n}", body)
            try:
                answer = said(client, asked)
            except httpx2.TransportError:
                return [*told, asked]
            assert answer.status_code == 201, answer.text
            told.append(Asked(who, asked.key, body, answer.json()))
    raise AssertionError("it was never killed")


def test_what_a_killed_service_acknowledged_stands(url: str, tmp_path: Path) -> None:
    chance = random.Random(3)
    every: list[Asked] = []
    with serving(url, tmp_path, [[]]) as found:
        for kill in range(KILLS):
            with ThreadPoolExecutor(len(REPS)) as threads:
                running = [threads.submit(asking, found, who, f"{kill}") for who in REPS]
                time.sleep(chance.uniform(0.5, 2.0))
                found.kill()
                every += [asked for each in running for asked in each.result()]
            check(url, every)
            found.restart()
            again(found, every)
    assert sum(asked.answer is not None for asked in every) > 20 * KILLS
    check(url, every)


def check(url: str, every: list[Asked]) -> None:
    """Chain and totals hold, and every answer is its row."""
    store = open_store(url)
    with reading(store) as connection:
        assert not audit.verified(connection).broken
        rows = {row["id"]: row for row in history.rows(connection)}
        keys = connection.scalar(sql.select(sql.func.count()).select_from(tables.idempotency))
    store.dispose()
    assert keys == len(rows)
    for asked in every:
        if asked.answer is not None:
            row = rows[asked.answer["id"]]
            assert (row["hash"], row["seq"]) == (asked.answer["hash"], asked.answer["seq"])
            assert row["outcome"] == asked.answer["outcome"]


def again(found: Serving, every: list[Asked]) -> None:
    """A key gives its first answer again; one that nobody answered is recorded once."""
    for who in REPS:
        own = [asked for asked in every if asked.who == who][-4:]
        with found.client(who) as client:
            for asked in own:
                first, second = said(client, asked), said(client, asked)
                assert first.json() == second.json()
                assert second.headers["Idempotency-Replayed"] == "true"
                if asked.answer is not None:
                    assert first.json() == asked.answer
