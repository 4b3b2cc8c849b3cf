"""Several processes over one store: what one publishes, all answer by; what many clients were told
adds up to what is kept.

REMIT_CLIENTS, REMIT_CLIENT_SECONDS: how many clients (64), and how long they work (3).
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sql

from api.http.clients import Book, busy
from api.http.serving import MONTHLY, OF_VENDOR, PATIENCE, REPS, Serving, serving, texts
from engine.storage.stores import address
from remit_engine.storage import audit, history, tables
from remit_engine.storage.opening import open_store, reading

CLIENTS = int(os.environ.get("REMIT_CLIENTS", "64"))
RECORDED = "remit_decisions_recorded_total"
SECONDS = float(os.environ.get("REMIT_CLIENT_SECONDS", "3"))

KINDS = {"sqlite": [["--workers", "2"]], "postgres": [[], []]}
"""The words of each `remit serve`. On both, two processes answer."""
ASKED = {"action": "pay", "actor": "rep1", "facts": {"amount": 150, "vendor": "v"}, "record": False}


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Sequence[Sequence[str]]]:
    """Where the store is, and the processes over it."""
    return address(request.param, tmp_path), KINDS[request.param]


def test_processes_over_one_store(
    store: tuple[str, Sequence[Sequence[str]]], tmp_path: Path
) -> None:
    """One test, for they take long to start."""
    url, each = store
    with serving(url, tmp_path, each) as running:
        what_one_publishes_all_answer_by(running)
        book = what_clients_are_told_is_kept(running, url)
        every_worker_tells_of_all(running, book)
    kept = open_store(url)
    with reading(kept) as connection:
        found = audit.verified(connection)
    kept.dispose()
    assert (found.rows, found.broken) == (len(book.ids), [])


def what_one_publishes_all_answer_by(running: Serving) -> None:
    connections = one_to_each(running, 2)
    for client in connections.values():
        assert outcome(client) == "escalate"
    draft = drafted(running, {"up to 100": "up to 200"})
    with Looking(connections) as look:
        publish(running, draft)
        published = time.monotonic()
        look.join(PATIENCE)
    assert set(look.seen) == set(connections), "a process answers by the text before it"
    late = max(look.seen.values()) - published
    print(f"\n{len(connections)} processes answer by it {late:.2f} s after it was published")
    for process, client in connections.items():
        assert running.process_of(client, f"still.{process}") == process
        client.close()


def what_clients_are_told_is_kept(running: Serving, url: str) -> Book:
    """Also while something else is published."""
    draft = drafted(running, {"up to 100": "up to 300"})
    began = time.monotonic()
    book = asyncio.run(busy(running, CLIENTS, SECONDS, lambda: publish(running, draft)))
    took = time.monotonic() - began
    rate = f"{len(book.ids) / took:,.0f} a second of wall time"
    print(f"{CLIENTS} clients: {len(book.ids):,} records in {took:.1f} s, {rate}; {book.outcomes}")
    assert len(set(book.ids)) == len(book.ids)
    assert min(book.outcomes["permit"], book.outcomes["escalate"]) > 0
    kept = open_store(url)
    with reading(kept) as connection:
        rows = list(history.rows(connection))
        c = tables.consumption.c
        asked = sql.select(c.dimension, c.key, c.day, c.amount).where(c.action == "house.pay")
        totals = connection.execute(asked).all()
    kept.dispose()
    assert {row["id"] for row in rows} == set(book.ids)
    assert {row["revision"] for row in rows} == {2, 3}
    used: Counter[tuple[str, str]] = Counter()
    for dimension, key, day, amount in totals:
        used[dimension, key, str(day)[:7]] += amount
    for rep in REPS:
        told = sum(n for (by, key, _), n in used.items() if (by, key) == ("", f"person {rep}"))
        assert told == Fraction(book.used[rep]), rep
    assert all(n <= (OF_VENDOR if by else MONTHLY) for (by, _, _), n in used.items())
    of_vendors = sum(n for (by, _, _), n in used.items() if by)
    assert of_vendors == sum(Fraction(n) for n in book.used.values())
    return book


def every_worker_tells_of_all(running: Serving, book: Book) -> None:
    """Workers that share a port are told together; a place by itself tells of itself."""
    wanted = {f'{RECORDED}{{outcome="{name}"}}': n for name, n in book.outcomes.items()}
    alone = len(running.places) > 1
    askers = (
        [running.client("shop", number) for number in range(len(running.places))]
        if alone
        else list(one_to_each(running, 2).values())
    )
    end = time.monotonic() + PATIENCE  # a worker leaves its figures every second
    while True:
        found = [measured(client) for client in askers]
        told = [{n: v for n, v in one.items() if n.startswith(RECORDED)} for one in found]
        together = [dict(sum(map(Counter, told), Counter()))] if alone else told
        if all(one == wanted for one in together):
            break
        assert time.monotonic() < end, (together, wanted)
        time.sleep(0.2)
    for figures in found:
        revisions = [v for n, v in figures.items() if n.startswith("remit_revision")]
        assert revisions == [3.0] * (1 if alone else 2)
    for client in askers:
        client.close()


def measured(client: httpx2.Client) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    lines = (line for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def drafted(running: Serving, changed: Mapping[str, str]) -> str:
    with running.client("ada") as ada:
        draft = ada.post("/v1/policies", json={"files": texts(changed)})
    assert draft.status_code == 201, draft.text
    return str(draft.json()["id"])


def publish(running: Serving, draft: str) -> None:
    with running.client("fin") as fin:
        made = fin.post(f"/v1/policies/{draft}/publication", json={})
    assert made.status_code == 201, made.text


def one_to_each(running: Serving, wanted: int) -> dict[int, httpx2.Client]:
    """A connection to each process that answers, by its number."""
    found: dict[int, httpx2.Client] = {}
    end = time.monotonic() + PATIENCE
    number = 0
    while len(found) < wanted:
        assert time.monotonic() < end, f"of {wanted} processes only {len(found)} answer"
        number += 1
        client = running.client("shop", number % len(running.places))
        process = running.process_of(client, f"probe.{number}")
        if process in found:
            client.close()
        else:
            found[process] = client
    return found


def outcome(client: httpx2.Client) -> str:
    answer = client.post("/v1/decisions", json=ASKED)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["outcome"])


class Looking(threading.Thread):
    """Asks every process again and again, until each permits it."""

    def __init__(self, connections: dict[int, httpx2.Client]) -> None:
        super().__init__()
        self._over = threading.Event()
        self.seen: dict[int, float] = {}
        self._connections = connections

    def __enter__(self) -> Looking:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while len(self.seen) < len(self._connections) and not self._over.is_set():
            for process, client in self._connections.items():
                if outcome(client) == "permit":
                    self.seen.setdefault(process, time.monotonic())
            time.sleep(0.01)
