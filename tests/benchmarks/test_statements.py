"""How many explained statements of pay a minute one core computes: the reference, as it stands.

pytest tests/benchmarks/test_statements.py -s
"""

from __future__ import annotations

import time

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.statements import PLAN, scene
from remit_engine.commission.reference import run
from remit_engine.commission.statement import Run

pytestmark = pytest.mark.bench
PEOPLE, MONTHS = 400, 3
A_MINUTE = 20_000


@pytest.mark.benchmark(timer=time.process_time, min_rounds=3, max_time=1)
def test_explained_statements_a_minute(benchmark: BenchmarkFixture) -> None:
    model, data, last = scene(PEOPLE, lines=10, months=MONTHS)

    def computed() -> Run:
        return run(model, data, [PLAN], last)

    found = benchmark(computed)
    assert found.sound
    assert len(found.statements) == PEOPLE * MONTHS
    assert all(len(s.stages) > 10 for s in found.statements.values())
    if benchmark.stats is not None:  # none under --benchmark-disable
        a_minute = len(found.statements) * 60 / benchmark.stats["min"]
        print(f"\n{a_minute:,.0f} explained statements a minute of CPU")
        assert a_minute >= A_MINUTE
