"""The drivers that need not be installed: the one place that imports them."""

from __future__ import annotations

from typing import Any

from remit_engine.warehouse.warehouse import WarehouseUnavailable

try:
    import psycopg
except ImportError:  # the extra `postgres` is not installed; `driver` says so
    psycopg = None
try:
    import pyspark.sql as spark_sql
except ImportError:  # the extra `spark` is not installed; `driver` says so
    spark_sql = None

INSTALLED: dict[str, Any] = {"psycopg": psycopg, "pyspark": spark_sql}


def driver(name: str, extra: str) -> Any:
    """A driver's module.

    Raises WarehouseUnavailable, naming the extra that brings it.
    """
    found = INSTALLED[name]
    if found is None:
        raise WarehouseUnavailable(
            f"`{name}` is not installed: install it with `pip install 'remit[{extra}]'`"
        )
    return found
