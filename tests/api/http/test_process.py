"""One real `remit serve`: asked over HTTP, stopped as an operator stops it, and all is kept."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2

from remit_engine.storage.audit import verified
from remit_engine.storage.opening import open_store, reading

ROOT = Path(__file__).parents[3]
KEY = re.compile(r"(?m)^  (\w+): .*\n    Authorization: Bearer (rk_\S+)$")
POLICY = """
policy p "P" { effective from 2020-01-01 owner boss currency CNY }
position boss "Boss"
position rep "Rep" { reports to boss }
action pay "Pay" { amount money  limit on amount }
authority pay { rep may approve up to 100  boss may approve up to 1_000 }
"""
STAFF = """
people:
  - {id: ann, name: Ann, positions: [{position: rep, from: 2020-01-01}]}
  - {id: fin, name: Fin, positions: [{position: boss, from: 2020-01-01}]}
"""


def test_a_service_is_started_asked_and_stopped(tmp_path: Path) -> None:
    (tmp_path / "p.remit").write_text(POLICY, encoding="utf-8")
    (tmp_path / "directory.yaml").write_text(STAFF, encoding="utf-8")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    words = ["serve", "p.remit", "--demo", "--port", str(port)]
    command = [sys.executable, "-m", "remit_api", *words]
    told = tmp_path / "told.txt"
    with told.open("w") as err:
        process = subprocess.Popen(command, cwd=tmp_path, stderr=err, env=_environment())
    try:
        place = f"http://127.0.0.1:{port}"
        _wait(place, process, told)
        keys = dict(
            re.findall(r"(?m)^  (\w+): .*\n    Authorization: Bearer (rk_\S+)$", told.read_text())
        )
        assert set(keys) == {"representative", "finance", "administrator"}
        body = {"action": "pay", "facts": {"amount": 50}}
        key = {"Authorization": f"Bearer {keys['representative']}"}
        answer = httpx2.post(f"{place}/v1/decisions", json=body, headers=key)
        assert answer.status_code == 201, answer.text
        assert answer.json()["outcome"] == "permit"
        assert httpx2.post(f"{place}/v1/decisions", json=body).status_code == 401
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(30)
    assert code in (0, -signal.SIGTERM), told.read_text()
    store = open_store(f"sqlite:///{tmp_path / 'remit.db'}")
    with reading(store) as connection:
        found = verified(connection)
    store.dispose()
    assert (found.rows, found.broken) == (1, [])


def _environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("REMIT_")}


def _wait(place: str, process: subprocess.Popen[bytes], told: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, told.read_text()
        try:
            if httpx2.get(f"{place}/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError(told.read_text())
