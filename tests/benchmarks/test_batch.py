"""The batch judge: ten million requests under five thousand rules, each with its deciding rules.

    make bench, or pytest tests/benchmarks/test_batch.py

A sample of the answers is compared with the reference interpreter. Rows a second are printed and
not asserted: one machine is twice as fast as the other.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date

import pytest

from benchmarks.batch_rows import CHANCE, PATHS, make
from benchmarks.ours import program
from benchmarks.synthetic import rows
from remit_engine.batch.judge import BatchJudge, Checked, Judged
from remit_engine.compile.sql_cuts import EPOCH
from remit_engine.compile.sql_keys import nested
from remit_engine.compile.to_python import Compiled
from remit_engine.deciding import concluded
from remit_engine.judging.chain import answer
from remit_engine.judging.interpreter import Interpreter
from remit_engine.judging.verdict import Judge
from remit_engine.people.directory import Directory
from remit_engine.people.party import Holding, Party
from remit_engine.request import Request
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower
from remit_engine.warehouse.duckdb import DuckDB

RULES = 5_000
COUNT = int(os.environ.get("REMIT_BATCH_ROWS", "10000000"))
SAMPLE = int(os.environ.get("REMIT_BATCH_SAMPLE", "2000"))
WANTED = 700_000
CORES = 2


@pytest.mark.bench
def test_ten_million_requests_under_five_thousand_rules() -> None:
    every = rows(RULES)
    model = lower(program(every))
    with DuckDB(threads=CORES) as engine:
        batch = BatchJudge(engine, model)
        make(engine, "requests", every, batch.columns, COUNT)
        begin, cpu = time.perf_counter(), time.process_time()
        judged = batch.judge("requests", "answers")
        wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
        print(
            f"\n{COUNT:_} rows: {wall:.1f} s, {COUNT / wall:_.0f} rows/s, {cpu:.1f} s of CPU "
            f"(wanted: {WANTED:_} rows/s on a machine with nothing else to do)"
        )
        assert (judged.rows, judged.irregular) == (COUNT, 0)
        assert compared(engine, batch, judged, model) >= SAMPLE * 0.9


def compared(engine: DuckDB, batch: BatchJudge, judged: Judged, model: Model) -> int:
    """How many answers of the sample were found equal to the reference's."""
    naive, compiled = Interpreter(), Compiled(model)
    seen = 0
    for request, number in sampled(engine, batch):
        # the naive reference takes a tenth of a second here: every tenth row
        judge: Judge = compiled if seen % 10 else naive
        assert judged.answers[number] == wanted(request, model, judge), request
        seen += 1
    return seen


def sampled(engine: DuckDB, batch: BatchJudge) -> Iterator[tuple[Request, int]]:
    """Some requests with the numbers of their answers."""
    names = {column.path: column.name for column in batch.columns}
    order = (("amount",), *PATHS.values())
    every = max(1, COUNT // SAMPLE)
    shown = ", ".join(f"r.{names[path]}" for path in order)
    for actor, action, as_of, amount, *values, number in engine.rows(
        f"SELECT r.actor, r.action, r.as_of, {shown}, a.answer FROM requests r "
        f"JOIN answers a ON a.row_id = r.row_id WHERE {CHANCE.format('r.row_id')} % {every} = 0"
    ):
        facts = dict(zip(PATHS.values(), values, strict=True))
        column = next(c for c in batch.columns if c.path == ("amount",))
        whole = nested({**facts, ("amount",): amount * column.unit})
        party = Party(None, (Holding(actor),), {"position": actor})
        yield Request(action, party, date.fromordinal(as_of + EPOCH), facts=whole), number


def wanted(request: Request, model: Model, judge: Judge) -> Checked:
    """What the ordinary path answers."""
    directory = Directory.empty()
    found = answer(request, request.actor, model, directory, judge)
    outcome, _ = concluded(found, request, model, directory, judge)
    return outcome, tuple(v.rule.id for v in found.ruling.verdicts)
