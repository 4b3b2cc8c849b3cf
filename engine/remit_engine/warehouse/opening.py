"""Opening an engine by its name, proven before it is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remit_engine.warehouse.duckdb import DuckDB
from remit_engine.warehouse.postgres import Postgres
from remit_engine.warehouse.prelude import prepare
from remit_engine.warehouse.probes import prove
from remit_engine.warehouse.spark import Spark
from remit_engine.warehouse.warehouse import Warehouse, WarehouseUnavailable

ENGINES: dict[str, Callable[..., Warehouse]] = {
    "duckdb": DuckDB,
    "postgres": Postgres,
    "spark": Spark,
}


def open_warehouse(name: str = "duckdb", **options: Any) -> Warehouse:
    """An open engine that passed its probes.

    Options: duckdb `path`, `memory_limit`, `threads`; postgres `url`; spark `master`,
    `partitions`. Raises WarehouseUnavailable, WarehouseRefused.
    """
    engine = ENGINES.get(name)
    if engine is None:
        known = ", ".join(f"`{n}`" for n in ENGINES)
        raise WarehouseUnavailable(f"there is no warehouse `{name}`: there are {known}")
    opened = engine(**options)
    try:
        prepare(opened)
        prove(opened)
    except BaseException:
        opened.close()
        raise
    return opened
