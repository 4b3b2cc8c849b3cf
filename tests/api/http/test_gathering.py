"""Figures of workers that share a port: whichever is asked tells of all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from remit_api.http.gathering import ENDING
from remit_api.http.measures import Measures


@pytest.fixture
def ended() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def worker(folder: Path, revision: float, recorded: list[str]) -> Measures:
    made = Measures(folder)
    made.watch("remit_revision", "Which publication answers.", lambda: revision)
    made.recorded(recorded)
    made.answered("GET", "/x", 200, 0.002)
    made.answered("GET", "/x", 200, 7.0)
    return made


def figures(text: bytes) -> dict[str, float]:
    lines = (line for line in text.decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_counts_are_sums_and_figures_of_the_moment_have_their_worker(
    tmp_path: Path, ended: int
) -> None:
    worker(tmp_path, 6, ["permit", "deny"]).leave()
    gone = tmp_path / f"{ended}{ENDING}"
    (tmp_path / f"{os.getpid()}{ENDING}").rename(gone)  # as if it had been another
    asked = worker(tmp_path, 7, ["permit"])
    found = figures(asked.text())
    assert found['remit_decisions_recorded_total{outcome="permit"}'] == 2
    assert found['remit_decisions_recorded_total{outcome="deny"}'] == 1
    assert found['remit_http_requests_total{method="GET",route="/x",status="200"}'] == 4
    assert found['remit_http_request_seconds_bucket{le="0.0025",route="/x"}'] == 2
    assert found['remit_http_request_seconds_bucket{le="+Inf",route="/x"}'] == 4
    assert found['remit_http_request_seconds_count{route="/x"}'] == 4
    assert found['remit_http_request_seconds_sum{route="/x"}'] == pytest.approx(14.004)
    assert found[f'remit_revision{{pid="{os.getpid()}"}}'] == 7
    assert not [name for name in found if f'pid="{ended}"' in name or "_created" in name]
    again = figures(asked.text())  # asking changes no count
    assert again['remit_decisions_recorded_total{outcome="permit"}'] == 2


def test_a_process_alone_tells_of_itself(tmp_path: Path) -> None:
    made = Measures()
    made.watch("remit_revision", "Which publication answers.", lambda: 7)
    made.leave()
    found = figures(made.text())
    assert found["remit_revision"] == 7
    assert not list(tmp_path.iterdir())


def test_a_half_written_file_is_never_read(tmp_path: Path) -> None:
    made = worker(tmp_path, 7, [])
    made.leave()
    (tmp_path / "1.part").write_text("remit_revision 8 and half of a li", "utf-8")
    assert "8" not in {str(int(v)) for n, v in figures(made.text()).items() if "revision" in n}
