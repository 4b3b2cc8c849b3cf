"""Real processes of `remit serve` over one store, with keys to ask them with.

They serve a small policy that is published in the store: a representative may pay up to 100 each,
so much a month, and so much to a vendor together with all others.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from remit_api.http.identity.key_text import new_key
from remit_engine.storage import api_keys, versions
from remit_engine.storage.api_keys import ApiKey
from remit_engine.storage.opening import open_store, writing
from remit_engine.storage.versions import Findings

MONTHLY, OF_VENDOR = 200, 700
POLICY = f"""
policy house "House" {{ effective from 2020-01-01 owner boss currency CNY }}
position boss "Boss"
position rep "Rep" {{ reports to boss }}
action pay "Pay" {{ amount money  vendor text  limit on amount }}
authority pay {{
  rep may approve up to 100 each, {MONTHLY} per month, {OF_VENDOR} per vendor per month
  boss may approve any
}}
"""
SUITE = """suite: house
as_of: 2026-02-10
cases:
  - name: a small one
    action: pay
    actor: rep
    facts: {amount: 1, vendor: v}
    totals: {month: 0, vendor per month: 0}
    expect: {outcome: permit}
"""
REPS = tuple(f"rep{n}" for n in range(8))
STAFF = "people:\n" + "".join(
    f"  - {{id: {id}, name: {id}, positions: [{{position: {position}, from: 2020-01-01}}]}}\n"
    for id, position in (*((id, "rep") for id in REPS), ("fin", "boss"), ("ada", "boss"))
)
ROLES = {
    "fin": "finance",
    "ada": "administrator",
    "shop": "machine",
    **dict.fromkeys(REPS, "representative"),
}
PATIENCE = 240
"""Seconds after which a process that does not answer has failed."""


def texts(changed: Mapping[str, str] | None = None) -> dict[str, str]:
    """The files of a version. changed: words of the policy, and what stands there instead."""
    policy = POLICY
    for old, new in (changed or {}).items():
        assert policy.count(old) == 1
        policy = policy.replace(old, new)
    return {"house.remit": policy, "house.test.yaml": SUITE}


@dataclass
class Serving:
    """Processes that serve. places: where. told: what they say. keys: by caller."""

    places: list[str]
    told: Path
    keys: Mapping[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    again: list[Callable[[], subprocess.Popen[bytes]]] = field(default_factory=list)
    """How each process is started."""

    def kill(self, number: int = 0) -> None:
        """End a process in the middle of what it does."""
        self.processes[number].send_signal(signal.SIGKILL)
        self.processes[number].wait()

    def restart(self, number: int = 0) -> None:
        """Start a process anew that was killed, in the same place."""
        self.processes[number] = self.again[number]()
        _wait(self.places[number], self.processes[number], self.told)

    def client(self, who: str, place: int = 0) -> httpx2.Client:
        """Asks one place as somebody, on one connection that is kept."""
        kept = httpx2.Limits(max_connections=1, keepalive_expiry=None)
        headers = {"Authorization": f"Bearer {self.keys[who]}"}
        return httpx2.Client(base_url=self.places[place], headers=headers, limits=kept, timeout=60)

    def lines(self) -> list[dict[str, Any]]:
        """The log so far."""
        found = self.told.read_text("utf-8").splitlines()
        return [json.loads(line) for line in found if line.startswith("{") and line.endswith("}")]

    def process_of(self, client: httpx2.Client, mark: str) -> int:
        """Which process a connection leads to, as its log says."""
        answer = client.get("/v1/policies?limit=1", headers={"X-Request-ID": mark})
        assert answer.status_code == 200, answer.text
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for line in self.lines():
                if line.get("request") == mark:
                    return int(line["process"])
            time.sleep(0.02)
        raise AssertionError(f"no process told of {mark}")


@contextmanager
def serving(
    url: str, folder: Path, each: Sequence[Sequence[str]], **environment: str
) -> Iterator[Serving]:
    """As many `remit serve` as there are lists of words, over a store that is made here."""
    (folder / "policies").mkdir()
    (folder / "policies" / "house.remit").write_text(POLICY, "utf-8")
    (folder / "policies" / "directory.yaml").write_text(STAFF, "utf-8")
    found = Serving([], folder / "told.txt", _prepared(url))
    try:
        with found.told.open("a") as err:
            for words in each:
                port = _free_port()
                found.places.append(f"http://127.0.0.1:{port}")
                command = [sys.executable, "-m", "remit_api", "serve", "--database", url, *words]
                more = ["--port", str(port), "--rate", "0", "--address-rate", "0"]
                env = {k: v for k, v in os.environ.items() if not k.startswith("REMIT_")}
                start = partial(
                    subprocess.Popen,
                    [*command, *more],
                    cwd=folder,
                    stderr=err,
                    env={**env, **environment},
                )
                found.again.append(start)
                found.processes.append(start())
            for place, process in zip(found.places, found.processes, strict=True):
                _wait(place, process, found.told)
            yield found
    finally:
        _end(found)


def _prepared(url: str) -> dict[str, str]:
    """A store with the policy published, and the keys to it."""
    store = open_store(url)
    keys = {}
    with writing(store) as connection:
        versions.seed(connection, texts(), STAFF, "ada", Findings({}, {}, {}))
        for who, role in ROLES.items():
            text = new_key()
            keys[who] = text.text
            person = None if role == "machine" else who
            moment = datetime.now(UTC)
            made = ApiKey(
                text.id, text.digest, who, person, frozenset([role]), frozenset(), moment, "test"
            )
            api_keys.made(connection, made)
    store.dispose()
    return keys


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait(place: str, process: subprocess.Popen[bytes], told: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, told.read_text()
        try:
            if httpx2.get(f"{place}/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError(told.read_text())


def _end(found: Serving) -> None:
    """As an operator ends them; each ends by itself."""
    for process in found.processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in found.processes:
        try:
            code = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        assert code in (0, -signal.SIGTERM), found.told.read_text()


def today() -> date:
    """The day of the processes."""
    return datetime.now(UTC).date()
