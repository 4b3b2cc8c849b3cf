"""Every warehouse this machine has, opened once; where it has not, a test is skipped and says why.

PostgreSQL: a throw-away cluster of the installed binaries, run by another user where we are root.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

from remit_engine.warehouse.opening import open_warehouse
from remit_engine.warehouse.warehouse import Warehouse, WarehouseUnavailable

NAMES = ("duckdb", "postgres", "spark")
BINARIES = (Path("/usr/lib/postgresql/15/bin"), Path("/usr/local/bin"))


def warehouse(name: str) -> Warehouse:
    """An open engine, or the test is skipped."""
    found = _opened(name)
    if isinstance(found, str):
        pytest.skip(found)
    return found


@cache
def _opened(name: str) -> Warehouse | str:
    try:
        match name:
            case "postgres":
                opened = open_warehouse(name, url=_cluster())
            case "spark":
                if shutil.which("java") is None:
                    return "there is no java, so no spark"
                opened = open_warehouse(name, master="local[2]", partitions=2)
            case _:
                opened = open_warehouse(name, threads=2)
    except (WarehouseUnavailable, _Absent) as fault:
        return str(fault)
    atexit.register(opened.close)
    return opened


class _Absent(Exception):
    """There is no PostgreSQL to start."""


def postgres_folder() -> Path:
    """Where the server of the tests listens, as user `remit`; without one, the test is skipped."""
    try:
        return Path(_cluster().split()[0].removeprefix("host="))
    except _Absent as fault:
        pytest.skip(str(fault))


@cache
def _cluster() -> str:
    """The address of a cluster that ends with the tests."""
    binaries = next((b for b in BINARIES if (b / "initdb").exists()), None)
    if binaries is None:
        raise _Absent("there are no binaries of postgresql")
    folder = Path(tempfile.mkdtemp(prefix="remit-pg-"))
    atexit.register(shutil.rmtree, folder, True)
    user = _unprivileged(folder)
    data = str(folder / "data")
    _run(user, str(binaries / "initdb"), "-D", data, "-A", "trust", "-U", "remit", "-E", "UTF8")
    options = f"-c listen_addresses='' -k {folder} -c fsync=off -c shared_buffers=256MB"
    start = (str(binaries / "pg_ctl"), "-D", data, "-w", "-o", options, "-l", f"{folder}/log")
    _run(user, *start, "start")
    atexit.register(_run, user, str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
    return f"host={folder} user=remit dbname=postgres"


def _unprivileged(folder: Path) -> str | None:
    """Who runs the server: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    if shutil.which("setpriv") is None:
        raise _Absent("postgresql does not run as root, and there is no setpriv")
    shutil.chown(folder, "nobody")
    return "nobody"


def _run(user: str | None, *command: str) -> None:
    become = ("setpriv", f"--reuid={user}", "--clear-groups") if user else ()
    subprocess.run((*become, *command), check=True, capture_output=True, cwd="/tmp")
