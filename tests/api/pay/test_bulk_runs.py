"""Runs over folders: whether events go straight into DuckDB or row by row, everything is the same:
what is paid, what is not counted, what is told on the way, and every fault of the data."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.test_pay_bulk import HOSTILE, PEOPLE, PLAIN, WHOLE, in_parquet, to_parquet
from api.test_pay_bulk import sales as write_sales
from engine.commission.data_folder import write_dataset
from engine.commission.datasets import dataset
from engine.commission.plans import plan_text
from remit_api.failures import Failure
from remit_api.pay import batches, running
from remit_api.pay.batches import MANY, BulkRun
from remit_api.pay.running import Computed, Means, Texts, compute, compute_over, read_data, wanted
from remit_api.pay_data import staged_rows
from remit_api.pay_data.opening import open_data
from remit_api.pay_data.plain_file import NotPlain
from remit_api.pay_data.staging import Asked, row_count, stage_data
from remit_dsl.loader import check_text
from remit_engine.commission.basis.periods import Period
from remit_engine.rules.lower import lower
from remit_engine.warehouse.duckdb import DuckDB
from remit_engine.warehouse.warehouse import Warehouse

POLICY = """policy pay { currency CNY  owner head }
enum Region "Region" { north "The north" zh "北方" { beijing } south }
position head
position lead { reports to head }
position rep { reports to lead }
record Person { region: Region optional }
record Account { region: Region  rate: percent optional }
event Sale {
  id: text  date: date  net: money  account: Account  parent: Account optional  seller: Person
  note: text optional  rush: boolean optional  size: number optional  count: integer optional
  to: position optional
}
event Payment { id: text  sale: Sale  date: date  amount: money }
commission own {
  pays rep
  period month
  from Sale by date when account.region in north
  credit net to seller
  hold until Payment.amount by date covers net
  payable = 1% of credit rounded half up to 0.01
}
commission above { pays lead  period month  on own of direct reports
  payable = 0.5% of paid rounded half up to 0.01 }
"""
PAYMENT = "id,sale,date,amount\np1,s1,2026-02-28,1200.5\n"
RUNS = int(os.environ.get("REMIT_BULK_RUNS", "2"))
MARCH = Period.of("month", date(2026, 3, 31))


@dataclass(frozen=True)
class Told:
    """What came of a run, as a person sees it."""

    run: Any
    remarks: tuple[str, ...]
    files: dict[str, Any]


def texts(policy: str) -> Texts:
    program, found = check_text(policy)
    assert program is not None, found
    return Texts(lower(program))


def told_of(
    made: Callable[[Means], Computed], plans: Sequence[str], folder: Path | None = None
) -> Told:
    """A run, or its failure."""
    remarks: list[str] = []
    with tempfile.TemporaryDirectory() as left:
        means = Means("duckdb", folder=Path(left), notice=remarks.append)
        try:
            run: Any = made(means).run
        except Failure as fault:
            run = (type(fault), str(fault), getattr(fault, "faults", None))
        files = {path.name: _rows(path) for path in Path(left).iterdir()}
    read = ("rows are read one by one", "computed person by person")
    return Told(run, tuple(r for r in remarks if not r.startswith(read)), files)


def _rows(path: Path) -> Any:
    return duckdb.sql(f"SELECT * FROM '{path}' ORDER BY ALL").fetchall()


def both(of: Texts, folder: Path, plans: Sequence[str], period: Period) -> tuple[Told, Told]:
    """By files, and row by row."""

    def silent(phase: str, done: int, of: int) -> None:
        """Shows nothing."""

    def by_rows(by: Means) -> Computed:
        assert by.notice is not None
        data = read_data(str(folder), of, plans, silent, by.notice)
        return compute(of, data, plans, period, silent, by)

    return (
        told_of(lambda by: compute_over(str(folder), of, plans, period, silent, by), plans),
        told_of(by_rows, plans),
    )


def alike(of: Texts, folder: Path, period: Period = MARCH) -> Told:
    plans = [p.name for p in of.model.program.plans.values() if p.period == period.kind]
    straight, by_row = both(of, folder, plans, period)
    assert straight.run == by_row.run
    assert straight.remarks == by_row.remarks
    assert straight.files == by_row.files
    return straight


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "payment.csv").write_text(PAYMENT, encoding="utf-8")
    write_sales(tmp_path)
    return tmp_path


def read_alike(engine: Warehouse, of: Texts, folder: Path) -> bool:
    """Whether events go straight into the engine; then rows, all beside them and what is told are
    what the reader of rows has, and it finds no fault."""
    assert isinstance(engine, DuckDB)
    told, read_told, meant = list[str](), list[str](), asked(of, folder)
    try:
        found = stage_data(engine, meant, lambda *_: None, lambda each: told.append(str(each)))
    except NotPlain:
        return False
    data = open_data(
        str(folder), of.model, notice=lambda each: read_told.append(str(each)), wanted=meant.wanted
    )
    assert told == read_told
    assert found.data == replace(data, events={})
    for name, rows in data.events.items():
        engine.create("every", f"SELECT n FROM {found.staged[name].table}")
        pieces = list(found.rows.pieces(name, (), "every"))
        assert [row for piece in pieces for row in piece[name]] == list(rows)
        assert all(len(piece[name]) <= staged_rows.MANY for piece in pieces)
    return True


def asked(of: Texts, folder: Path) -> Asked:
    return Asked(folder, of.model, None, wanted(of.model, list(of.model.program.plans)))


@pytest.mark.parametrize("cells", PLAIN, ids=ascii)
def test_a_plain_cell_is_read_alike(engine: Warehouse, folder: Path, cells: dict[str, str]) -> None:
    write_sales(folder, cells)
    assert read_alike(engine, texts(POLICY), folder)


@pytest.mark.parametrize("cells", HOSTILE, ids=ascii)
def test_a_cell_at_fault_is_never_read_straight(
    engine: Warehouse, folder: Path, cells: dict[str, str]
) -> None:
    write_sales(folder, cells)
    assert not read_alike(engine, texts(POLICY), folder)


MORE: tuple[dict[str, str], ...] = (
    {"seller": "stranger"},
    {"seller": "stranger", "account.region": "south"},
    {"net": "5 USD"},
    {"net": "99999999999999999999"},
    {"date": "2026-04-01"},
    {"id": "s1"},
)


@pytest.mark.parametrize("cells", MORE, ids=ascii)
def test_a_run_tells_a_cell_alike(folder: Path, cells: dict[str, str]) -> None:
    write_sales(folder, {**cells, "id": cells.get("id", "x")})
    alike(texts(POLICY), folder)


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_at_fault_is_never_read_straight(engine: Warehouse, folder: Path, kind: str) -> None:
    write_sales(folder, {})
    WHOLE[kind](folder)
    assert not read_alike(engine, texts(POLICY), folder)


STRAIGHT = (
    ("net", "5"), ("net", "CAST(5.120 AS DECIMAL(9, 3))"),
    ("id", "17"), ("seller", "7"), ("seller", "'stranger'"), ("colour", "'red'"),
    ("date", "DATE '2026-02-03'"), ("rush", "true"), ("account", "{'region': 'south'}"),
)  # fmt: skip
BY_ROW = (
    ("net", "CAST(5 AS DOUBLE)"), ("net", "CAST(5.5 AS DOUBLE)"), ("net", "CAST('NaN' AS DOUBLE)"),
    ("net", "CAST(5 AS FLOAT)"), ("net", "CAST(16777216 AS FLOAT)"),
    ("net", "CAST('infinity' AS DOUBLE)"), ("net", "CAST(9007199254740992 AS DOUBLE)"),
    ("net", "CAST(9007199254740991 AS DOUBLE)"), ("net", "9007199254740993"),
    ("net", "NULL"), ("net", "true"),
    ("net", "CAST(5.125 AS DECIMAL(9, 3))"),
    ("date", "TIMESTAMP '2026-01-31 00:00:00'"), ("date", "TIMESTAMP '2026-01-31 09:30:00'"),
    ("date", "TIMESTAMPTZ '2026-01-31 00:00:00+00'"), ("date", "DATE '12000-01-01'"),
    ("date", "DATE 'infinity'"), ("date", "NULL"), ("rush", "1"), ("note", "5"),
    ("count", "1.5"), ("account.rate", "1"), ("account.rate", "12.0"), ("seller", "NULL"),
    ("further", "CAST(0.1 AS DOUBLE)"), ("id", "NULL"), ("id", "CAST(17 AS HUGEINT)"),
    ("file_row_number", "1"), ("note", "[1, 2]"),
    ("net", "CAST(10 AS DECIMAL(38, 2)) * 1000000000000000"),
)  # fmt: skip


def with_parquet(folder: Path, column: str, value: str) -> None:
    in_parquet(folder, {column: value})
    (folder / "payment.csv").write_text(PAYMENT.splitlines()[0] + "\n", encoding="utf-8")


@pytest.mark.parametrize(("column", "value"), STRAIGHT)
def test_a_cell_of_parquet_is_read_alike(
    engine: Warehouse, folder: Path, column: str, value: str
) -> None:
    with_parquet(folder, column, value)
    assert read_alike(engine, texts(POLICY), folder)


@pytest.mark.parametrize(("column", "value"), BY_ROW)
def test_a_cell_of_parquet_is_left_to_the_reader_of_rows(
    engine: Warehouse, folder: Path, column: str, value: str
) -> None:
    with_parquet(folder, column, value)
    assert not read_alike(engine, texts(POLICY), folder)


OTHER: dict[str, Callable[[Path], None]] = {
    "nobody": lambda folder: (folder / "people.csv").unlink(),
    "people at fault": lambda f: (f / "people.csv").write_text(PEOPLE + "eve,boss,,,,,\n") and None,
    "a column more": lambda f: (f / "payment.csv").write_text(
        "id,sale,date,amount,by\np1,s1,2026-02-28,1,wire\n") and None,
    "payments of nothing": lambda f: (f / "payment.csv").write_text(
        PAYMENT + "p2,s9,2026-02-28,1\np3,s8,2026-02-28,1\n") and None,
    "payments without amounts": lambda f: (f / "payment.csv").write_text(
        PAYMENT + "p2,s1,2026-02-28,\n") and None,
    "no folder": lambda f: [p.unlink() for p in f.iterdir()] and f.rmdir(),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHER)
def test_other_faults_are_told_alike(folder: Path, kind: str) -> None:
    OTHER[kind](folder)
    alike(texts(POLICY), folder)


def test_rows_that_are_not_counted_have_their_places(engine: Warehouse, folder: Path) -> None:
    strangers = [{"seller": f"x{i}", "id": f"a{9 - i}"} for i in range(3)]
    write_sales(folder, {"id": "z"}, *strangers, {"seller": "ann", "id": "b"})
    of = texts(POLICY)
    assert read_alike(engine, of, folder)
    told = alike(of, folder)
    assert [u.place for u in told.run.uncounted] == [f"sale.csv:{n}" for n in (4, 5, 6, 7)]
    assert told.remarks[0] == "sale.csv:4, column seller: there is no person `x0`"
    assert [u.fault for u in told.run.uncounted] == [True, True, True, False]


SPLIT = """policy pay { currency CNY  owner head }
position head
position rep { reports to head }
event Sale { id: text  date: date  net: money }
commission own {
  pays rep  period month  from Sale by date when net > 0
  credit net split by credits total 100%
  payable = 1% of credit rounded half up to 0.01
}
"""
SHARES = {
    "whole": "Sale,s1,ann,50%\nSale,s1,bob,50%\nSale,s2,ann,1\n",
    "not 100%": "Sale,s1,ann,50%\nSale,s2,ann,1\n",
    "a stranger": "Sale,s1,ann,50%\nSale,s1,eve,50%\nSale,s2,ann,1\n",
    "not in the plan": "Sale,s1,ann,50%\nSale,s1,hea,50%\nSale,s2,ann,1\n",
    "none": "Sale,s2,ann,1\n",
    "of a sale that is not": "Sale,s1,ann,1\nSale,s2,ann,1\nSale,s9,ann,1\n",
    "twice": "Sale,s1,ann,1\nSale,s1,ann,1\nSale,s2,ann,1\n",
}


@pytest.mark.parametrize("kind", SHARES)
def test_shares_are_told_alike(tmp_path: Path, kind: str) -> None:
    people = "id,position,unit,manager,from,until\nann,rep,,,,\nbob,rep,,,,\nhea,head,,,,\n"
    (tmp_path / "people.csv").write_text(people)
    (tmp_path / "sale.csv").write_text(
        "id,date,net\ns1,2026-03-01,100.01\ns2,2026-03-02,7\ns3,2026-03-03,-1\n"
    )
    (tmp_path / "credits.csv").write_text("event,id,person,share\n" + SHARES[kind])
    alike(texts(SPLIT), tmp_path)


# --- whole programs ------------------------------------------------------------------------


def drawn(seed: int, place: str, binary: bool) -> Texts | None:
    """A random program, and its data in a folder."""
    rnd = Random(seed)
    program, _ = check_text(plan_text(rnd).text)
    if program is None:
        return None
    of = Texts(lower(program))
    write_dataset(dataset(rnd, program), Path(place), of.model)
    if binary:
        to_parquet(of.model, Path(place))
    return of


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9), st.booleans(), st.integers(1, 4))
def test_random_data_are_read_alike(engine: Warehouse, seed: int, binary: bool, many: int) -> None:
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patched:
        patched.setattr(staged_rows, "MANY", many)
        of = drawn(seed, place, binary)
        assert of is None or read_alike(engine, of, Path(place))


@pytest.mark.parametrize("binary", [False, True])
def test_runs_of_random_plans_are_alike(binary: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    ways: list[Any] = []

    def noted(*given: Any) -> Any:
        ways.append(batches.bulk_run(*given))
        return ways[-1]

    monkeypatch.setattr(running, "bulk_run", noted)
    for seed in range(100 * binary, 100 * binary + 60):
        with tempfile.TemporaryDirectory() as place:
            of = drawn(seed, place, binary)
            if of is None:
                continue
            kind = next(iter(of.model.program.plans.values())).period
            alike(of, Path(place), Period.of(kind, date(2024, 6, 30)))
        straight = [each.run for each in ways if isinstance(each, BulkRun)]
        if len(straight) >= RUNS and any(each.uncounted for each in straight):
            return
    pytest.fail("too few runs went straight into the engine")


def test_rows_are_counted_at_a_glance(folder: Path) -> None:
    of = texts(POLICY)
    assert row_count(asked(of, folder), MANY) == 2
    write_sales(folder, {}, {})
    assert row_count(asked(of, folder), MANY) == 4
    in_parquet(folder, {"net": "5"})
    assert row_count(asked(of, folder), MANY) == 2
    (folder / "sale.parquet").write_bytes(b"no parquet")
    assert row_count(asked(of, folder), MANY) == 1
    write_sales(folder, *[{}] * 20)
    assert row_count(asked(of, folder), 5) >= 5


BINARY = {
    "CAST(9007199254740991 AS DOUBLE)": None,
    "CAST(9007199254740992 AS DOUBLE)": "9007199254740992 is kept in binary, where whole numbers",
    "CAST(-1e300 AS DOUBLE)": "beyond 9007199254740991 stand for others as well: store the column",
    "CAST(16777215 AS FLOAT)": None,
    "CAST(16777217 AS FLOAT)": "16777216 is kept in binary, where whole numbers beyond 16777215",
    "CAST(0.5 AS FLOAT)": "0.5 is a binary fraction and not exact",
    "CAST('-infinity' AS FLOAT)": "-inf is a binary fraction and not exact",
}


@pytest.mark.parametrize("value", BINARY)
def test_a_binary_number_is_taken_where_it_can_be_no_other(folder: Path, value: str) -> None:
    with_parquet(folder, "net", value)
    wanted = BINARY[value]
    if wanted is None:
        (row,) = open_data(str(folder), texts(POLICY).model).events["pay.Sale"]
        assert row.facts["net"] == int(value[5:].split(" ", maxsplit=1)[0])
        return
    with pytest.raises(Failure) as found:
        open_data(str(folder), texts(POLICY).model)
    assert wanted in str(found.value)
    assert "store the column as" in str(found.value)
