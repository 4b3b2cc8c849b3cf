"""Runs in SQL as the doors see them: the same amounts, and the same rows not counted."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest

from engine.commission.datasets import dataset
from engine.commission.plans import plan_text
from remit_api.failures import WrongUse
from remit_api.pay.batches import MANY, NotInSql, batch_run, fitting, wished
from remit_dsl.loader import check_text
from remit_engine.commission.dataset import Dataset, EventRow
from remit_engine.commission.periods import Period
from remit_engine.commission.reference import run
from remit_engine.commission.statement import Run
from remit_engine.lower import lower


def both(seed: int, folder: Path | None = None) -> tuple[Run, Run | NotInSql] | None:
    rnd = Random(seed)
    program, _ = check_text(plan_text(rnd).text)
    if program is None:
        return None
    data = dataset(rnd, program)
    model, plans = lower(program), list(program.plans)
    through = Period.of(program.plans[plans[0]].period, date(2024, 6, 30))
    found = batch_run(model, data, plans, through, "duckdb", lambda *_: None, folder)
    return run(model, data, plans, through), found


@pytest.mark.parametrize("seeds", [range(8), range(500, 508)], ids=["one", "two"])
def test_amounts_and_what_is_not_counted_are_those_of_the_reference(seeds: range) -> None:
    compared = 0
    for seed in seeds:
        pair = both(seed)
        if pair is None or isinstance(pair[1], NotInSql):
            continue
        wanted, found = pair
        assert found.currency == wanted.currency
        assert found.base == wanted.base
        told = [Counter((u.plan, u.event, u.reason, u.fault) for u in r.uncounted) for r in pair]
        assert told[0] == told[1], seed
        for key, statement in found.statements.items():
            if statement.fault is None:
                assert dict(statement.amounts) == dict(wanted.statements[key].amounts), (seed, key)
                compared += 1
        sound = {k for k, s in wanted.statements.items() if s.fault is None}
        assert sound <= found.statements.keys(), seed
        assert wanted.sound == found.sound, seed
    assert compared > 10


def test_the_lines_are_left_in_a_folder(tmp_path: Path) -> None:
    for seed in range(40):
        pair = both(seed, tmp_path)
        if pair is not None and isinstance(pair[1], Run):
            break
    assert list(tmp_path.glob("*.lines.parquet"))
    assert not list(tmp_path.glob("*.part"))


def test_the_engine_by_the_size_of_the_data() -> None:
    row = EventRow("1", {}, "")
    assert fitting("auto", Dataset({"e": (row,)}, {})) == "python"
    assert fitting("auto", Dataset({"e": (row,) * MANY}, {})) == "duckdb"
    assert fitting("spark", Dataset({}, {})) == "spark"


def test_an_engine_there_is_not() -> None:
    with pytest.raises(WrongUse, match="there is no engine `duck`"):
        wished("duck")
