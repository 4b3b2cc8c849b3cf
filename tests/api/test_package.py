"""What is delivered: the wheel brings all that the service needs, and the files of the container
say what `remit` understands.

No daemon is asked to build: what the Dockerfile runs is run here, in an environment of its own.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path
from typing import Any

import httpx2
import pytest
import typer
import yaml

from remit_api.cli.main import app
from remit_engine.storage import schema
from remit_engine.storage.opening import connected, reading

ROOT = Path(__file__).parents[2]
POLICY = """
policy p "P" { effective from 2020-01-01 owner boss currency CNY }
position boss "Boss"
action pay "Pay" { amount money  limit on amount }
authority pay { boss may approve up to 1_000 }
"""
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
KEY = re.compile(r"(?m)^  administrator: .*\n    Authorization: Bearer (rk_\S+)$")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, and with what it depends on from the one that tests."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    pip = [sys.executable, "-m", "pip", "--python", str(folder), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)
    (packages / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return folder


def test_the_wheel_brings_what_is_no_python(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        "remit_api/http/service_policy/service.remit",
        "remit_api/http/examples.json",
        "remit_api/cli/starter/sales.remit",
        "remit_engine/storage/migrations/script.py.mako",
        "remit_dsl/py.typed",
    }
    assert wanted <= names
    steps = {p.name for p in schema.MIGRATIONS.glob("versions/v*.py")}
    assert {n.rpartition("/")[2] for n in names if "migrations/versions/v" in n} == steps
    assert not [n for n in names if n.startswith(("tests/", "docs/")) or "__pycache__" in n]


def test_what_is_installed_serves(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "p.remit").write_text(POLICY, "utf-8")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    words = ["serve", "p.remit", "--database", "kept.db", "--demo", "--port", str(port)]
    env = {k: v for k, v in os.environ.items() if not k.startswith(("REMIT_", "PYTHON"))}
    told = tmp_path / "told.txt"
    with told.open("w") as err:
        process = subprocess.Popen(
            [installed / "bin" / "remit", *words], cwd=tmp_path, stderr=err, env=env
        )
    try:
        ready = _ready(f"http://127.0.0.1:{port}", process, told)
        assert ready == {"status": "ready", "policy": ready["policy"], "revision": 0}
        assert _healthy(installed, port)
        (key,) = KEY.findall(told.read_text())
        listed = httpx2.get(
            f"http://127.0.0.1:{port}/v1/keys", headers={"Authorization": f"Bearer {key}"}
        )
        assert listed.status_code == 200, "the policy of the service came along"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert not _healthy(installed, port)
    where = [
        installed / "bin" / "python",
        "-c",
        "import remit_engine; print(remit_engine.__file__)",
    ]
    found = subprocess.run(where, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert found.stdout.startswith(str(installed))
    store = connected(f"sqlite:///{tmp_path / 'kept.db'}")
    with reading(store) as connection:
        assert schema.state(connection) is schema.State.CURRENT
    store.dispose()


def _ready(place: str, process: subprocess.Popen[bytes], told: Path) -> dict[str, Any]:
    end = time.monotonic() + 240
    while time.monotonic() < end:
        assert process.poll() is None, told.read_text()
        try:
            answer = httpx2.get(f"{place}/readyz")
        except httpx2.TransportError:
            time.sleep(0.1)
            continue
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found
    raise AssertionError(told.read_text())


def _healthy(installed: Path, port: int) -> bool:
    """What the container asks, of this port."""
    (asked,) = re.findall(r"^HEALTHCHECK .*CMD (\[.*\])", DOCKERFILE, re.MULTILINE)
    python, *words = json.loads(asked)
    assert python == "python"
    there = [word.replace("127.0.0.1:8080", f"127.0.0.1:{port}") for word in words]
    assert there != words
    command = [installed / "bin" / "python", *there]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def understood(words: list[str]) -> dict[str, Any]:
    """What `remit` makes of a command line, without doing it; fails for an option there is not."""
    program, *rest = words
    assert program == "remit"
    command: Any = typer.main.get_command(app)
    while hasattr(command, "get_command"):
        command = command.get_command(None, rest.pop(0))
        assert command is not None
    return dict(command.make_context("remit", rest).params)


def test_the_container_runs_what_remit_understands() -> None:
    (asked,) = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    found = understood(json.loads(asked))
    assert found["host"] == "0.0.0.0"
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert users == ["remit"]
    assert f"useradd --system --create-home --home-dir /var/lib/remit {users[0]}" in DOCKERFILE
    copied = re.findall(r"^COPY (?!--)(.+)$", DOCKERFILE, re.MULTILINE)
    for words in copied:
        *names, _ = words.split()
        assert all((ROOT / name).exists() for name in names), words
    (extras,) = re.findall(r"'\.\[([\w,]+)\]'", DOCKERFILE)
    assert set(extras.split(",")) == {"durable", "postgres", "telemetry"}
    assert "--no-install-recommends gcc" in DOCKERFILE.partition("FROM python:3.11-slim\n")[0]


def test_the_services_of_compose_fit_together() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    services = yaml.safe_load(text)["services"]
    ours = services["remit"]
    assert set(ours["depends_on"]) <= set(services)
    found = understood(ours["command"])
    assert found["workers"] == 2
    address = ours["environment"]["REMIT_DATABASE"]
    database = services["postgres"]["environment"]
    assert address == (
        f"postgresql+psycopg://{database['POSTGRES_USER']}:${{POSTGRES_PASSWORD}}"
        f"@postgres/{database['POSTGRES_DB']}"
    )
    volumes = yaml.safe_load(text)["volumes"]
    assert {one.partition(":")[0] for one in services["postgres"]["volumes"]} <= set(volumes)
    grace = int(ours["stop_grace_period"].removesuffix("s"))
    assert grace > 20  # requests under way have so long to end
    for line in re.findall(r"^#   docker compose run --rm remit (remit .+)$", text, re.MULTILINE):
        understood(shlex.split(line))
