"""A quarter's commission of 10 million sales: generated SQL beside SQL written by hand.

    make bench, or REMIT_PAY_ROWS=10000000 pytest tests/benchmarks/test_pay.py -s

Both run in one process, in turn (REMIT_PAY_ROUNDS times: the least CPU counts, as others may use
the machine too), and must give the same statements and lines. The text
of the policy is compiled before: that takes as long for one sale. Ours leaves files for people,
with ids, dates and decimals; that by hand leaves its lines as numbers, and in another turn with the
ids of the sales.
"""

from __future__ import annotations

import math
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.commission.by_hand import by_hand
from benchmarks.commission.month import LAST, LEVELS, Quarter
from benchmarks.commission.plan import policy
from remit_dsl.loader import check_text
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.batch.run import Batch, run_batch
from remit_engine.commission.batch.staged import DAY, NUMBER, PERSON, WORD, Column, Staged
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower
from remit_engine.warehouse.duckdb import DuckDB
from remit_engine.warehouse.prelude import prepare

ROWS = int(os.environ.get("REMIT_PAY_ROWS", "1000000"))
ROUNDS = int(os.environ.get("REMIT_PAY_ROUNDS", "2"))
MEMORY = os.environ.get("REMIT_PAY_MEMORY") or None
SALE = {
    ("id",): Column("id", WORD),
    ("date",): Column("day", DAY),
    ("seller",): Column("seller", PERSON),
    ("net",): Column("net", NUMBER, 100),
    ("collected_on",): Column("collected", DAY),
    ("returned_on",): Column("returned", DAY),
}


def compiled(quarter: Quarter) -> Model:
    """The policy."""
    program, found = check_text(policy(quarter.hold))
    assert program is not None, found
    return lower(program)


def generated(engine: DuckDB, model: Model, people: Dataset, folder: Path) -> Batch:
    """The run of the policy."""
    through = Period.of("month", LAST)
    last = f"bench.override_{LEVELS}"
    sale = {"bench.Sale": Staged("sale", SALE)}
    return run_batch(model, people, [last], through, engine, sale, folder)


def timed(what: str, work: Callable[[], object]) -> tuple[object, float]:
    """What work gives, and its CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"\n{what}: {wall:.1f} s, {cpu:.1f} s of CPU, {ROWS / cpu:_.0f} rows a CPU "
        f"second, {peak} MB"
    )
    return found, cpu


@pytest.mark.bench
@pytest.mark.parametrize("hold", [True, False], ids=["hold", "no hold"])
def test_generated_sql_beside_sql_by_hand(hold: bool, tmp_path: Path) -> None:
    quarter = Quarter(ROWS, max(50, ROWS // 200), hold)
    with DuckDB(threads=2, memory_limit=MEMORY) as engine:
        prepare(engine)
        quarter.make(engine, tmp_path / "sale.parquet")
        engine.read_parquet("sale", tmp_path / "sale.parquet")
        people = Dataset({}, quarter.people())
        model = compiled(quarter)
        ours = named = hand = math.inf
        file = tmp_path / "hand.parquet"
        for _ in range(ROUNDS):
            batch, cpu = timed("generated", lambda: generated(engine, model, people, tmp_path))
            ours = min(ours, cpu)
            _, cpu = timed("by hand, with ids", lambda: by_hand(engine, quarter, file, ids=True))
            named = min(named, cpu)
            _, cpu = timed("by hand", lambda: by_hand(engine, quarter, file))
            hand = min(hand, cpu)
        assert isinstance(batch, Batch)
        assert statements(engine, batch) == hashed(
            engine, "hand", "level, payee, period, credit, entitled, held, reversed, due"
        )
        lines = "n, payee, period, credit, before, earned, share"
        kept = batch.plans["bench.sales"].lines or ""
        unit = batch.plans["bench.sales"].earned_unit // 100_000
        assert hashed(
            engine, kept, lines.replace("earned", f"earned // {unit} AS earned")
        ) == hashed(engine, "hand_lines", lines)
    print(f"generated / by hand: {ours / hand:.2f}, with ids in its lines: {ours / named:.2f}")
    assert not list(tmp_path.glob("*.part"))


def statements(engine: DuckDB, batch: Batch) -> object:
    """The hash of all plans' statements."""
    every = " UNION ALL ".join(
        f"SELECT CAST({level} AS INTEGER) AS level, payee, period, credit, entitled, held, "
        f"reversed, due FROM {tables.statements} WHERE ok = 1"
        for level, tables in enumerate(batch.plans.values())
    )
    return hashed(engine, f"({every})", "*")


def hashed(engine: DuckDB, table: str, columns: str) -> object:
    """How many rows there are, and the sum of their hashes."""
    whole = ", ".join(
        f"CAST(c{i} AS VARCHAR)" for i in range(8 if "*" in columns or "level" in columns else 7)
    )
    names = ", ".join(f"c{i}" for i in range(8 if "*" in columns or "level" in columns else 7))
    return list(
        engine.rows(
            f"SELECT COUNT(*), SUM(CAST(hash(concat_ws(',', {whole})) AS HUGEINT)) "
            f"FROM (SELECT {columns} FROM {table} t) r({names})"
        )
    )
