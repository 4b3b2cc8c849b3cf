"""Several processes over one store: what one publishes, all answer by."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from api.http.serving import PATIENCE, Serving, serving, texts
from engine.storage.stores import address

KINDS = {"sqlite": [["--workers", "2"]], "postgres": [[], []]}
"""The words of each `remit serve`. On both, two processes answer."""
ASKED = {"action": "pay", "actor": "rep1", "facts": {"amount": 150, "vendor": "v"}, "record": False}


@pytest.fixture(params=KINDS)
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serving]:
    with serving(address(request.param, tmp_path), tmp_path, KINDS[request.param]) as found:
        yield found


def test_what_one_process_publishes_all_answer_by(running: Serving) -> None:
    connections = one_to_each(running, 2)
    for client in connections.values():
        assert outcome(client) == "escalate"
    ada, fin = running.client("ada"), running.client("fin")
    draft = ada.post("/v1/policies", json={"files": texts({"up to 100": "up to 200"})})
    assert draft.status_code == 201, draft.text
    with Looking(connections) as look:
        made = fin.post(f"/v1/policies/{draft.json()['id']}/publication", json={})
        published = time.monotonic()
        assert made.status_code == 201, made.text
        look.join(PATIENCE)
    assert set(look.seen) == set(connections), "a process answers by the text before it"
    late = max(look.seen.values()) - published
    print(f"\n{len(connections)} processes answer by it {late:.2f} s after it was published")
    for process, client in connections.items():
        assert running.process_of(client, f"still.{process}") == process
        client.close()


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
