"""Entries that nobody should send: each is refused with a reason, or taken and kept whole; the
service never fails, and what it says is what its log says.

REMIT_ENTRIES: how many (150), a service for each 500 of them.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from remit_engine.storage import audit, watch_log
from remit_engine.storage.opening import reading

from .conftest import CALLER
from .watch_service import items, served, watch_settings

COUNT = int(os.environ.get("REMIT_ENTRIES", "150"))
ONE = 500
HOSTILE = (
    "null", "true", "1e30", "1" + "0" * 400, "1e400", "-0", "0.1", "NaN", '"900"', '"\\u0000"',
    '"\\ud800"', '"a\\u200b"', '" c-1"', '"' + "x" * 20_000 + '"', "[]", "{}", "[1]", '{"id":3}',
    '{"id":"c-1"}', '"c-1"', '"2026-13-40"', '"9999-12-31"', '"0001-01-01"', "2026", '"é"',
    '"e\\u0301"', "100", '"1/3"', '"1/0"', '"10 CNY"', '"10 USD"', '{"a":1,"a":2}', "",
)  # fmt: skip


class Hostile:
    """Bodies that are right but for some member."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def body(self, n: int) -> tuple[str, str]:
        """Where it is sent, and the text."""
        customer = f'"c-{self.random.randrange(4)}"'
        day = f'"2026-02-0{self.random.randrange(1, 9)}"'
        if self.random.random() < 0.5:
            exposure = str(self.random.randrange(60, 130))
            facts = self.object(exposure=exposure, line="100")
            entry = f'"e{self.random.randrange(n + 1)}"'
            return "/v1/observations", self.object(
                record='"Customer"', id=customer, entry=entry, on=day, facts=facts
            )
        facts = self.object(
            id=f'"r{self.random.randrange(n + 1)}"', date=day, customer=f'{{"id":{customer}}}',
            amount="5",
        )  # fmt: skip
        return "/v1/events", self.object(event='"Return"', facts=facts)

    def object(self, **members: str) -> str:
        told = (f'"{name}":{self.value(text)}' for name, text in members.items())
        return "{" + ",".join(one for one in told if self.random.random() < 0.97) + "}"

    def value(self, right: str) -> str:
        return right if self.random.random() < 0.85 else self.random.choice(HOSTILE)


@pytest.mark.parametrize("seed", range(3, 3 + (COUNT - 1) // ONE + 1))
def test_nothing_that_is_sent_brings_it_down(tmp_path: Path, seed: int) -> None:
    hostile, seen = Hostile(seed), set[int]()
    headers = {CALLER: "shop", "content-type": "application/json"}
    with served(watch_settings(tmp_path)) as service:
        for n in range(min(ONE, COUNT)):
            path, text = hostile.body(n)
            answer = service.http.post(path, content=text.encode(), headers=headers)
            assert answer.status_code in (200, 201, 400, 409), f"{text[:400]}: {answer.text[:400]}"
            seen.add(answer.status_code)
        assert {201, 400} <= seen
        with reading(service.service.store) as connection:
            assert not audit.verified(connection).broken
            assert watch_log.last(connection) > 0
        before = items(service, "/v1/alerts?limit=200")
        service.service.follower.close()
        service.service.follower.look()
        assert items(service, "/v1/alerts?limit=200") == before
