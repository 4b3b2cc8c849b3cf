"""`remit commission run` over a folder of sales: time and peak memory of the whole command.

REMIT_PAY_ROWS=10000000 pytest tests/benchmarks/test_pay_command.py -s
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks.commission.folder import make_folder
from benchmarks.commission.month import LEVELS, Quarter

ROWS = int(os.environ.get("REMIT_PAY_ROWS", "1000000"))
MOST = 2_000
"""megabytes"""
CHILD = """
import json, re, sys, time
from pathlib import Path
from remit_api.cli.main import main
try:
    main()
except SystemExit as left:
    code = left.code or 0
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps({"code": code, "cpu": time.process_time(), "peak": int(peak[1]) // 1024}))
"""


@pytest.mark.bench
def test_a_run_over_a_folder_keeps_within_two_gigabytes(tmp_path: Path) -> None:
    quarter = Quarter(ROWS, max(50, ROWS // 200))
    make_folder(quarter, tmp_path)
    asked = f"commission run override_{LEVELS} bench.remit --period 2026-03 --data data "
    asked += "--engine duckdb --out out --format parquet --json"
    command = [sys.executable, "-c", CHILD, *asked.split()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    took = json.loads(done.stdout.splitlines()[-1])
    assert took["code"] == 0, done.stderr
    print(f"\n{ROWS:_} sales: {took['cpu']:.1f} s of CPU, {took['peak']:_} MB at most")
    ((lines, share),) = duckdb.sql(
        f"SELECT COUNT(*), SUM(share) FROM '{tmp_path}/out/sales.lines.parquet'"
    ).fetchall()
    ((entitled,),) = duckdb.sql(
        f"SELECT SUM(entitled) FROM '{tmp_path}/out/sales.statements.parquet'"
    ).fetchall()
    assert ROWS * 0.95 < lines < ROWS  # credit notes are in no line
    assert share == entitled
    assert took["peak"] < MOST
