"""Runs in SQL as the doors see them: the same amounts, and the same rows not counted."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import duckdb
import pytest

from api.pay.conftest import Shared
from engine.asking import loaded
from engine.commission.datasets import dataset
from engine.commission.paying import HOUSE, plan
from engine.commission.paying import dataset as small_dataset
from engine.commission.plans import plan_text
from engine.warehouses import warehouse
from remit_api.failures import Refused, WrongUse
from remit_api.pay import batches
from remit_api.pay.batches import MANY, NotInSql, batch_run, fitting, wished
from remit_api.pay.running import Means, Texts, compute
from remit_dsl.loader import check_text
from remit_engine.commission.basis.dataset import Dataset, EventRow
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.reference import run
from remit_engine.commission.statement import Run
from remit_engine.rules.lower import lower
from remit_engine.warehouse.opening import open_warehouse


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


POOL = """
commission plan {
  pays rep
  period month
  from Sale by date when net > 0
  credit net
  pool 1% of credit rounded half up to 0.01
  share equally
  group team = payee.team
  remainders to largest
}
"""
FIELD = plan("payable = 1% of credit rounded half up to 0.01").replace(
    "by date", "by date when net > 0"
)
SALES = """id date net team seller
1 2026-01-05 5000 a ann
2 2026-01-06 70 - ann
3 2026-01-07 0 - ann
4 2026-01-08 80 a bob
5 2026-01-09 90 a -
6 2026-01-10 40 a nobody"""


@pytest.mark.parametrize("text", [POOL, FIELD], ids=["by group", "by seller"])
def test_every_event_in_no_line_is_told_as_by_the_reference(text: str) -> None:
    program = loaded(HOUSE + text)
    people = "person position team from\nann rep a -\nbob rep a 2026-01-09"
    data, model = small_dataset(program, people, sale=SALES), lower(program)
    through = Period.of("month", date(2026, 1, 31))
    found = batch_run(model, data, ["pay.plan"], through, "duckdb", lambda *_: None)
    assert isinstance(found, Run)
    wanted = run(model, data, ["pay.plan"], through)
    told, said = ([(u.event, u.reason) for u in r.uncounted] for r in (found, wanted))
    assert sorted(told) == sorted(said)
    assert {event for event, _ in told} == ({"2"} if text is POOL else {"4", "5", "6"})


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


def test_a_server_is_named_where_one_computes_and_nowhere_else() -> None:
    with pytest.raises(WrongUse, match="computes on a server, and none was named") as found:
        wished("postgres")
    assert "`--warehouse`" in str(found.value.help)
    for engine in ("auto", "python", "duckdb", "spark"):
        assert wished(engine) == (engine, None)
        with pytest.raises(WrongUse, match=f"`--engine {engine}` has no server"):
            wished(engine, "postgresql://host/base")
    for url in ("postgresql+psycopg://u@host/base?x=1", "postgresql://u@host/base?x=1"):
        assert wished("postgres", url) == ("postgres", "postgresql://u@host/base?x=1")
    assert wished("postgres", "host=/tmp dbname=a") == ("postgres", "host=/tmp dbname=a")


@pytest.mark.parametrize("name", ["postgres", "spark"])
def test_every_engine_leaves_the_files_that_duckdb_leaves(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = warehouse(name)
    for folder in ("duckdb", name):
        (tmp_path / folder).mkdir()
    program, _ = check_text(PLANS)
    assert program is not None
    model, plans, through = lower(program), list(program.plans), Period("month", 2024 * 12 + 5)
    data = dataset(Random(4), program)
    ran = []
    for engine in ("duckdb", name):
        if engine != "duckdb":
            monkeypatch.setattr(batches, "open_warehouse", lambda *_, **__: Shared(other))
        ran.append(
            batch_run(model, data, plans, through, engine, lambda *_: None, tmp_path / engine)
        )
    assert isinstance(ran[0], Run)
    assert ran[0] == ran[1]
    names = sorted(path.name for path in (tmp_path / "duckdb").iterdir())
    assert names == ["lead.lines.parquet", "lead.statements.parquet", "own.lines.parquet",
                     "own.statements.parquet"]  # fmt: skip
    assert names == sorted(path.name for path in (tmp_path / name).iterdir())
    for each in names:
        found = [
            duckdb.sql(f"SELECT * FROM '{tmp_path / engine / each}' ORDER BY ALL")
            for engine in ("duckdb", name)
        ]
        assert found[0].columns == found[1].columns
        assert found[0].types == found[1].types
        rows = found[0].fetchall()
        assert rows
        assert rows == found[1].fetchall()


def test_a_server_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "open_warehouse", open_warehouse)
    program, _ = check_text(PLANS)
    assert program is not None
    month, by = Period("month", 24293), Means("postgres", "host=/nowhere user=x dbname=y")
    with pytest.raises(Refused, match="postgres") as found:
        compute(Texts(lower(program)), Dataset({}, {}), ["pay.own"], month, lambda *_: None, by)
    assert found.value.help == "`--engine python` computes without it"


PLANS = """policy pay { currency CNY  owner head }
position head
position lead { reports to head }
position rep { reports to lead }
record Person { weight: number optional }
event Sale { id: text  date: date  net: money  seller: Person  collected_on: date optional }
commission own {
  pays rep  period month  from Sale by date when net > 0  credit net to seller
  earned = marginal rates on credit quarter to date { up to 1_000 -> 1%  over -> 2% }
  payable = earned rounded half up to 0.01
  hold until collected_on
}
commission lead { pays lead  period month  on own of all reports
  payable = 0.5% of credit rounded half up to 0.01 }
"""
