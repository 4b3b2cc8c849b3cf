"""Events staged straight from files are those that are staged from rows, or there are none."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.commission.data_folder import write_dataset
from engine.commission.datasets import dataset
from engine.commission.plans import plan_text
from engine.commission.programs import model
from remit_api.pay_data.bulk import stage_folder
from remit_api.pay_data.opening import open_data
from remit_api.pay_data.plain_file import NotPlain
from remit_dsl.loader import check_text
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.batch.staged import Staged, ranks, stage
from remit_engine.commission.reading.columns import leaves
from remit_engine.commission.reading.naming import file_name
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower
from remit_engine.warehouse.duckdb import DuckDB

TYPES = {"money": "DECIMAL(18, 2)", "number": "DECIMAL(12, 4)", "integer": "BIGINT"}
TYPES |= {"date": "DATE", "boolean": "BOOLEAN"}


@pytest.fixture(scope="module")
def engine() -> Any:
    with DuckDB(threads=2) as opened:
        yield opened


def rows_of(engine: DuckDB, staged: Staged) -> list[tuple[Any, ...]]:
    """The rows, and the types that they have."""
    names = ["n", "id", *(c.name for c in staged.columns.values())]
    query = f"SELECT {', '.join(names)} FROM {staged.table}"
    shape = list(engine.rows(f"DESCRIBE {query}"))
    return [tuple(row[:2]) for row in shape] + list(engine.rows(f"{query} ORDER BY n"))


def same(engine: DuckDB, of: Model, data: Dataset, folder: Path) -> None:
    """Both ways stage the same, column by column and row by row."""
    by_row = stage(engine, of.program, data, "by_row")
    events = [n for n in of.program.events if n in data.events]
    found = stage_folder(engine, of, folder, events, ranks(data), prefix="by_file")
    assert list(found) == list(by_row)
    for name, wanted in by_row.items():
        assert found[name].columns == wanted.columns
        assert found[name].rows == wanted.rows
        assert rows_of(engine, found[name]) == rows_of(engine, wanted)
    for staged in (*found.values(), *by_row.values()):
        engine.drop(staged.table)
    assert not list(engine.rows("SELECT table_name FROM information_schema.tables"))


def to_parquet(of: Model, folder: Path) -> None:
    """Every table of an event as Parquet, its columns of the types that people give them."""
    for name, event in of.program.events.items():
        path = folder / f"{file_name(name)}.csv"
        shown = ", ".join(
            f'CAST("{leaf.column}" AS {TYPES.get(leaf.type.kind, "VARCHAR")}) AS "{leaf.column}"'
            for leaf in leaves(event, of.program)
        )
        source = f"read_csv('{path}', all_varchar = true, header = true, delim = ',', quote = '\"')"
        target = path.with_suffix(".parquet")
        duckdb.sql(f"COPY (SELECT {shown} FROM {source}) TO '{target}' (FORMAT parquet)")
        path.unlink()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9), st.booleans())
def test_files_and_rows_are_staged_as_the_same(engine: DuckDB, seed: int, binary: bool) -> None:
    rnd = Random(seed)
    program, _ = check_text(plan_text(rnd).text)
    if program is None:
        return
    of, data = lower(program), dataset(rnd, program)
    with tempfile.TemporaryDirectory() as place:
        write_dataset(data, Path(place), of)
        if binary:
            to_parquet(of, Path(place))
        same(engine, of, data, Path(place))


# --- single cells --------------------------------------------------------------------------

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
  from Sale by date when account.region = north
  credit net to seller
  hold until Payment.amount by date covers net
  payable = 1% of credit rounded half up to 0.01
}
"""
CELLS = {
    "id": "s1", "date": "2026-01-31", "net": "1200.50", "account.region": "beijing",
    "account.rate": "", "parent.region": "", "parent.rate": "", "seller": "bob", "note": "",
    "rush": "", "size": "", "count": "", "to": "",
}  # fmt: skip
PEOPLE = "id,position,unit,manager,from,until,region\nann,lead,,,,,\nbob,rep,,ann,,,\n"
PAYMENT = "id,sale,date,amount\np1,s1,2026-02-28,1200.5\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "payment.csv").write_text(PAYMENT, encoding="utf-8")
    sales(tmp_path)
    return tmp_path


def sales(folder: Path, *more: dict[str, str], without: str = "", quote: str = '"') -> None:
    """A sale, and others with some cells that differ."""
    rows = [CELLS, *({**CELLS, "id": f"s{i}", **cells} for i, cells in enumerate(more, 2))]
    names = [name for name in CELLS if name != without]
    lines = [",".join(f"{quote}{row[n]}{quote}" for n in names) for row in rows]
    text = "\n".join([",".join(names), *lines, ""])
    (folder / "sale.csv").write_text(text, encoding="utf-8", newline="")


def bulk(engine: DuckDB, folder: Path) -> bool:
    """Whether the files are taken."""
    events = ("pay.Sale", "pay.Payment")
    try:
        found = stage_folder(engine, model(POLICY), folder, events, {"ann": 0, "bob": 1})
    except NotPlain:
        return False
    for staged in found.values():
        engine.drop(staged.table)
    return True


PLAIN: tuple[dict[str, str], ...] = (
    {},
    {"net": "-0.05"},
    {"net": "0012.5"},
    {"date": "2024-02-29"},
    {"account.region": "北方"},
    {"account.rate": "12.5%"},
    {"account.rate": "1/3"},
    {"account.rate": "0.07"},
    {"parent.region": "south"},
    {"parent.region": "south", "parent.rate": "-1%"},
    {"seller": "nobody"},
    {"note": "a, b"},
    {"note": 'the ""big"" one'},
    {"note": "null"},
    {"rush": "true"},
    {"rush": "false"},
    {"size": "0.125"},
    {"count": "-7"},
    {"to": "rep"},
    {"to": "pay.lead"},
    {"id": "客户"},
    {"id": "S1"},
)


@pytest.mark.parametrize("cells", PLAIN, ids=str)
def test_plain_cells_are_staged_as_rows_are(
    engine: DuckDB, folder: Path, cells: dict[str, str]
) -> None:
    sales(folder, cells)
    same(engine, model(POLICY), open_data(str(folder), model(POLICY)), folder)


HOSTILE: tuple[dict[str, str], ...] = (
    {"net": "1e3"},
    {"net": "1,000"},
    {"net": "12.345"},
    {"net": " 5"},
    {"net": "5 CNY"},
    {"net": "0x10"},
    {"net": "١٢"},
    {"net": "NaN"},
    {"net": "5."},
    {"net": ".5"},
    {"net": "1_000"},
    {"net": "99999999999999999999"},
    {"net": ""},
    {"date": "2026-02-30"},
    {"date": "0000-01-01"},
    {"date": "2026-1-31"},
    {"date": "2026-01-31 00:00:00"},
    {"date": "20260131"},
    {"id": "s1"},
    {"id": ""},
    {"id": " s9"},
    {"id": "s9\u00a0"},
    {"id": "s\x009"},
    {"seller": "bob\u3000"},
    {"seller": ""},
    {"account.region": "nowhere"},
    {"account.region": "null"},
    {"account.rate": "12"},
    {"account.rate": "1/0"},
    {"parent.rate": "5%"},
    {"note": "\ttab"},
    {"note": "two\nlines"},
    {"note": "a\rb"},
    {"rush": "yes"},
    {"rush": "TRUE"},
    {"rush": "1"},
    {"count": "1.5"},
    {"size": "1e-3"},
    {"size": "inf"},
    {"to": "boss"},
)


@pytest.mark.parametrize("cells", HOSTILE, ids=ascii)
def test_cells_that_are_not_plain_are_left_to_the_reader_of_rows(
    engine: DuckDB, folder: Path, cells: dict[str, str]
) -> None:
    sales(folder, cells)
    assert not bulk(engine, folder)
    assert not list(engine.rows("SELECT table_name FROM information_schema.tables"))


def changed(old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "sale.csv"
        data = path.read_bytes()
        assert old.encode() in data
        path.write_bytes(data.replace(old.encode(), new.encode("utf-8", "surrogateescape"), 1))

    return change


def unknown_sale(folder: Path) -> None:
    (folder / "payment.csv").write_text(PAYMENT.replace("s1", "s7"), encoding="utf-8")


def copied(folder: Path) -> None:
    (folder / "sale.parquet").write_bytes((folder / "sale.csv").read_bytes())


WHOLE: dict[str, Callable[[Path], None]] = {
    "mark before the header": changed("id,", "\ufeffid,"),
    "column twice": changed("id,date", "id,id,date"),
    "column missing": lambda folder: sales(folder, without="net"),
    "no UTF-8": changed("bob", "b\udcffb"),
    "blanks before a quote": changed(',"bob"', ', "bob"'),
    "quote within a cell": changed('"bob"', 'b"o"b'),
    "open quote": changed('"bob"', '"bob'),
    "text after a quote": changed('"bob"', '"bob"x'),
    "too many cells": changed('"bob"', '"bob",'),
    "too few cells": changed(',"bob"', ""),
    "blank line": changed('\n"s1"', '\n\n"s1"'),
    "ends of lines": changed('\n"s1"', '\r\n"s1"'),
    "semicolons": changed(",", ";"),
    "no header": lambda folder: (folder / "sale.csv").write_text("") and None,
    "no file": lambda folder: (folder / "sale.csv").unlink(),
    "two files": copied,
    "unknown sale": unknown_sale,
}


@pytest.mark.parametrize("kind", WHOLE)
def test_files_that_are_not_plain_are_left_to_the_reader_of_rows(
    engine: DuckDB, folder: Path, kind: str
) -> None:
    sales(folder, {})
    assert bulk(engine, folder)
    WHOLE[kind](folder)
    assert not bulk(engine, folder)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("net", "CAST(5 AS DOUBLE)"), ("net", "CAST(5.125 AS DECIMAL(9, 3))"), ("net", "true"),
        ("date", "TIMESTAMP '2026-01-31 00:00:00'"), ("date", "DATE '12000-01-01'"),
        ("date", "DATE 'infinity'"), ("rush", "1"), ("note", "5"), ("count", "1.5"),
        ("account.rate", "1"), ("account.rate", "12.0"), ("seller", "NULL"),
        ("further", "CAST(0.1 AS DOUBLE)"),
        ("net", "CAST(10 AS DECIMAL(38, 2)) * 1000000000000000"),
    ],
)  # fmt: skip
def test_types_of_parquet_that_are_not_plain(
    engine: DuckDB, folder: Path, column: str, value: str
) -> None:
    in_parquet(folder, {column: value})
    assert not bulk(engine, folder)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("net", "5"), ("net", "CAST(5.120 AS DECIMAL(9, 3))"), ("net", "'5.5'"), ("id", "17"),
        ("date", "DATE '2026-02-03'"), ("rush", "true"), ("rush", "'true'"), ("size", "0.125"),
        ("account.rate", "0.125"), ("account.rate", "'12.5%'"), ("seller", "CAST(7 AS BIGINT)"),
        ("count", "CAST(3 AS SMALLINT)"), ("count", "3.0"), ("account", "{'region': 'south'}"),
    ],
)  # fmt: skip
def test_types_of_parquet_are_staged_as_rows_are(
    engine: DuckDB, folder: Path, column: str, value: str
) -> None:
    in_parquet(folder, {column: value})
    (folder / "payment.csv").write_text(PAYMENT.splitlines()[0] + "\n", encoding="utf-8")
    same(engine, model(POLICY), open_data(str(folder), model(POLICY)), folder)


def in_parquet(folder: Path, cells: dict[str, str]) -> None:
    """The sale as Parquet, with cells as SQL writes them."""
    given = {n: f"'{v}'" for n, v in CELLS.items() if v} | cells
    if "account" in cells:
        del given["account.region"]
    shown = ", ".join(f'{v} AS "{n}"' for n, v in given.items())
    duckdb.sql(f"COPY (SELECT {shown}) TO '{folder / 'sale.parquet'}' (FORMAT parquet)")
    (folder / "sale.csv").unlink()


def test_columns_that_nobody_asks_for_are_told(folder: Path) -> None:
    in_parquet(folder, {"colour": "'red'"})
    told: list[str] = []
    with DuckDB(threads=2) as engine:
        stage_folder(
            engine, model(POLICY), folder, ("pay.Sale", "pay.Payment"), {"bob": 0},
            notice=lambda f: told.append(str(f)),
        )  # fmt: skip
    assert told == ["sale.parquet: columns that nothing asks for: `colour`"]


def test_lines_may_end_as_in_windows(engine: DuckDB, folder: Path) -> None:
    path = folder / "sale.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    same(engine, model(POLICY), open_data(str(folder), model(POLICY)), folder)
