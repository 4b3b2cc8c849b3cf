"""The quarter as a folder that `remit commission run` reads: a policy, sales in Parquet, people."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.commission.month import Quarter
from benchmarks.commission.plan import policy
from remit_engine.warehouse.duckdb import DuckDB

EPOCH = 719_163
PEOPLE = ("id", "position", "manager", "from", "until", "region", "grade")


def make_folder(quarter: Quarter, folder: Path) -> None:
    """Leaves `bench.remit` and `data/` there."""
    data = folder / "data"
    data.mkdir()
    (folder / "bench.remit").write_text(policy(quarter.hold), encoding="utf-8")
    with DuckDB(threads=2) as engine:
        engine.write_parquet(_sales(quarter), data / "sale.parquet")
    with (data / "people.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(PEOPLE)
        for person, (stretch,) in quarter.people().items():
            held = (person, stretch.position, " ".join(stretch.managers), "", "")
            writer.writerow((*held, stretch.attributes["region"], stretch.attributes["grade"]))


def _sales(quarter: Quarter) -> str:
    return (
        f"SELECT id, {_day('day')} AS date, 'p' || lpad(CAST(seller AS VARCHAR), 7, '0') AS "
        "seller, CAST(CAST(net AS DECIMAL(16, 0)) * CAST('0.01' AS DECIMAL(2, 2)) AS "
        f"DECIMAL(18, 2)) AS net, {_day('collected')} AS collected_on, {_day('returned')} AS "
        f"returned_on FROM ({quarter.query}) s"
    )


def _day(ordinal: str) -> str:
    return f"DATE '1970-01-01' + CAST({ordinal} - {EPOCH} AS INTEGER)"
