"""Every engine that runs the common text: it is proven on connecting, and keeps rows exactly."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from engine.warehouses import NAMES, warehouse
from remit_engine.warehouse import drivers
from remit_engine.warehouse.duckdb import DuckDB
from remit_engine.warehouse.opening import open_warehouse
from remit_engine.warehouse.probes import MOST, PROBES, prove
from remit_engine.warehouse.warehouse import (
    Row,
    Warehouse,
    WarehouseFull,
    WarehouseRefused,
    WarehouseTrouble,
    WarehouseUnavailable,
)

COLUMNS = (("n", "BIGINT"), ("t", "TEXT"), ("f", "BOOLEAN"))
ROWS: list[Row] = [
    (1, "", True),
    (2, None, None),
    (3, 'a "quoted", and\nbroken\r\nline', False),
    (-MOST, "\\N", None),
    (MOST, "客户 '\\' %s", True),
    (None, "NULL", False),
]


@pytest.fixture(params=NAMES)
def engine(request: pytest.FixtureRequest) -> Warehouse:
    return warehouse(request.param)


def test_rows_come_back_as_they_were_loaded(engine: Warehouse) -> None:
    engine.load("t1", COLUMNS, iter(ROWS))
    assert sorted(engine.rows("SELECT n, t, f FROM t1"), key=repr) == sorted(ROWS, key=repr)
    engine.load("t1", COLUMNS, [])
    assert list(engine.rows("SELECT n, t, f FROM t1")) == []
    engine.drop("t1")


def test_tables_and_views_replace_one_another(engine: Warehouse) -> None:
    engine.load("t2", (("n", "BIGINT"),), [(1,), (2,)])
    engine.create("t3", "SELECT n + 1 AS n FROM t2")
    engine.view("t4", "SELECT n FROM t3 WHERE n > 2")
    assert list(engine.rows("SELECT n FROM t4")) == [(3,)]
    engine.create("t4", "SELECT n FROM t3 WHERE n = 2")
    assert list(engine.rows("SELECT n FROM t4")) == [(2,)]
    for name in ("t4", "t3", "t2", "t2"):
        engine.drop(name)
    with pytest.raises(WarehouseTrouble):
        list(engine.rows("SELECT n FROM t3"))


def test_trouble_is_one_sentence_and_does_not_end_the_engine(engine: Warehouse) -> None:
    with pytest.raises(WarehouseTrouble) as fault:
        engine.run("SELECT nothing FROM nowhere")
    assert str(fault.value).startswith(f"{engine.name}: ")
    assert "\n" not in str(fault.value)
    assert list(engine.rows("SELECT 1")) == [(1,)]


def test_parquet_goes_out_and_in(engine: Warehouse, tmp_path: Path) -> None:
    columns = (("n", "BIGINT"), ("word", "TEXT"), ("flag", "BOOLEAN"))
    rows = [(1, 'a "b", c', True), (2, None, None), (2**63 - 1, "客\n户", False), (4, "", True)]
    engine.load("t5", columns, rows)
    file = tmp_path / "o'clock.parquet"
    amount = "CAST(CAST(n AS DECIMAL(19, 0)) * CAST('0.01' AS DECIMAL(3, 2)) AS DECIMAL(38, 6))"
    day = f"(DATE '1970-01-01' + CAST({date(2026, 3, 1).toordinal()} - 719163 AS INTEGER))"
    placed = "CASE n WHEN 1 THEN 0 WHEN 2 THEN 2 ELSE 1 END"
    engine.write_parquet(
        f"SELECT n, word, flag, {placed} AS month, {amount} AS amount, {day} AS day FROM t5",
        file,
        {"month": ["2026-01", "it's 客"]},
    )
    assert file.is_file()
    months = {1: "2026-01", 2: None}  # a number without a word
    wanted = [
        (*row, months.get(row[0], "it's 客"), Decimal(row[0]) / 100, date(2026, 3, 1))
        for row in rows
    ]
    written = duckdb.read_parquet(str(file))
    assert sorted(written.fetchall(), key=repr) == sorted(wanted, key=repr)
    assert written.types[3] == "VARCHAR"
    engine.read_parquet("t6", file)
    ordinal = "(CAST(day - DATE '1970-01-01' AS BIGINT) + 719163)"
    shown = f"n, word, flag, CAST(amount * 100 AS BIGINT), {ordinal}"
    again = [(*row, row[0], date(2026, 3, 1).toordinal()) for row in rows]
    assert sorted(engine.rows(f"SELECT {shown} FROM t6")) == sorted(again)
    engine.drop("t6")
    engine.drop("t5")


def test_texts_that_repeat_stay_what_they_are(engine: Warehouse, tmp_path: Path) -> None:
    people = (("n", "BIGINT"), ("person", "TEXT"))
    engine.load("t7", people, [(1, "客户"), (2, ""), (3, "o'neil"), (4, "nobody's")])
    engine.create("t8", "SELECT n + 10 AS n, CASE WHEN n < 4 THEN person END AS person FROM t7")
    wanted = [(11, "客户"), (12, ""), (13, "o'neil"), (14, None)]
    for _ in range(2):
        engine.encode("t8", "person", "t7")
        assert sorted(engine.rows("SELECT n, person FROM t8")) == wanted
    engine.write_parquet("SELECT n, person FROM t8", tmp_path / "t8.parquet")
    written = duckdb.read_parquet(str(tmp_path / "t8.parquet"))
    assert sorted(written.fetchall()) == wanted
    assert written.types[1] == "VARCHAR"
    engine.drop("t8")
    engine.drop("t7")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_said_in_words() -> None:
    engine = warehouse("duckdb")
    with pytest.raises(WarehouseFull, match=r"^duckdb: no space is left on the disk$"):
        engine.run("COPY (SELECT range AS n FROM range(1000000)) TO '/dev/full' (FORMAT csv)")
    assert list(engine.rows("SELECT 1")) == [(1,)]


def test_every_engine_here_passes_its_probes(engine: Warehouse) -> None:
    prove(engine)


class Liar(DuckDB):
    """An engine that computes through floats, as some do."""

    def rows(self, sql: str) -> Iterator[Row]:
        for row in super().rows(sql):
            yield tuple(int(float(v)) if isinstance(v, int) and abs(v) > 2**60 else v for v in row)


def test_an_engine_that_rounds_is_refused() -> None:
    with Liar(threads=1) as liar, pytest.raises(WarehouseRefused) as fault:
        prove(liar)
    assert "`duckdb` is refused, it does not compute exactly" in str(fault.value)
    assert "products at the bounds: another answer" in str(fault.value)


class Wrapping(DuckDB):
    """An engine that wraps or widens where 64 bits end."""

    def rows(self, sql: str) -> Iterator[Row]:
        yield from super().rows(sql.replace("a * b", "CAST(a AS HUGEINT) * b"))


def test_an_engine_that_does_not_refuse_overflow_is_refused() -> None:
    with Wrapping(threads=1) as engine, pytest.raises(WarehouseRefused) as fault:
        prove(engine)
    assert "a product beyond 64 bits: no error" in str(fault.value)


def test_probes_ask_for_the_bounds_and_for_errors() -> None:
    assert sum(p.rows is None for p in PROBES) == 9
    assert any(p.rows and (0, MOST) in p.rows for p in PROBES)


def test_a_driver_that_is_not_installed_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(drivers.INSTALLED, "psycopg", None)
    with pytest.raises(WarehouseUnavailable) as fault:
        open_warehouse("postgres", url="host=nowhere")
    assert str(fault.value) == (
        "`psycopg` is not installed: install it with `pip install 'remit[postgres]'`"
    )


def test_an_engine_nobody_knows_and_a_server_that_is_not_there() -> None:
    with pytest.raises(WarehouseUnavailable, match="there is no warehouse `oracle`: there are `d"):
        open_warehouse("oracle")
    pytest.importorskip("psycopg")
    with pytest.raises(WarehouseUnavailable, match="postgres: "):
        open_warehouse("postgres", url="host=/nowhere user=x dbname=y")


def test_a_memory_limit_holds_and_a_wrong_one_is_refused() -> None:
    with open_warehouse("duckdb", memory_limit="64MB", threads=1) as engine:
        engine.create("t7", "SELECT i AS n FROM range(3000000) r(i)")
        assert list(engine.rows("SELECT COUNT(*) FROM t7")) == [(3_000_000,)]
    with pytest.raises(WarehouseTrouble, match="duckdb: "):
        open_warehouse("duckdb", memory_limit="a lot")


def test_a_running_statement_is_interrupted_from_another_thread() -> None:
    with open_warehouse("duckdb", threads=1) as engine:
        threading.Timer(0.3, engine.interrupt).start()
        begin = time.monotonic()
        with pytest.raises(WarehouseTrouble):
            engine.run("SELECT COUNT(*) FROM range(10000000000) a, range(100000) b")
        assert time.monotonic() - begin < 30
        assert list(engine.rows("SELECT 1")) == [(1,)]
