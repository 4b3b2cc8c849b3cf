"""`remit impact` end to end: past requests in a Parquet file, two texts of five thousand rules.

    make bench, or REMIT_IMPACT_ROWS=10000000 pytest tests/benchmarks/test_impact.py -s

In the new text two rules of a hundred allow less. Reading the policies, judging under both texts
with the ids of the rules, counting by who, what and why, and the first changed rows are all in the
time that is told.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.batch_rows import write_past
from benchmarks.synthetic import Row, rows, to_remit

RULES = 5_000
COUNT = int(os.environ.get("REMIT_IMPACT_ROWS", "1000000"))


@pytest.mark.bench
def test_impact_under_five_thousand_rules(tmp_path: Path) -> None:
    every = rows(RULES)
    old, new, past = tmp_path / "old.remit", tmp_path / "new.remit", tmp_path / "past.parquet"
    old.write_text(to_remit(every), encoding="utf-8")
    new.write_text(to_remit(edited(every)), encoding="utf-8")
    write_past(past, every, COUNT)
    begin = time.perf_counter()
    found = impact(old, new, past)
    wall = time.perf_counter() - begin
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"\n{COUNT:_} past requests, two texts of {RULES:_} rules: {wall:.1f} s, "
        f"{2 * COUNT / wall:_.0f} answers/s, {used.ru_utime + used.ru_stime:.1f} s of CPU, "
        f"{used.ru_maxrss / 1024:_.0f} MB at most"
    )
    counted = {kind: found[kind]["rows"] for kind in ("same", "other_rules", "changed")}
    print(json.dumps(counted))
    assert (found["rows"], found["errors"], sum(counted.values())) == (COUNT, 0, COUNT)
    assert counted["other_rules"]
    assert counted["changed"]


def edited(every: Sequence[Row]) -> list[Row]:
    """The rules of the draft."""
    return [replace(r, limit=r.limit * 9 // 10) if n % 50 == 0 else r for n, r in enumerate(every)]


def impact(old: Path, new: Path, past: Path) -> Any:
    """What `remit impact` says, from a process of its own."""
    words = ["impact", str(new), "--old", str(old), "--against", str(past), "--json"]
    remit = Path(sys.executable).with_name("remit")
    done = subprocess.run([remit, *words], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
