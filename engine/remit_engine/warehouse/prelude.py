"""Whole division, the one thing that each engine writes in its own way.

Everything else of the common text is the same everywhere. `remit_idiv(a, b)`: BIGINT.
`remit_wdiv(a, b)`: DECIMAL(38, 0), the wide form; its result is BIGINT. Both are for a of 0 or
more and b above 0, and give the whole part of a / b; NULL for NULL.
"""

from __future__ import annotations

from remit_engine.warehouse.warehouse import Warehouse

_DUCKDB = (
    "CREATE OR REPLACE MACRO remit_idiv(a, b) AS a // b",
    "CREATE OR REPLACE MACRO remit_wdiv(a, b) AS "
    "CAST(CAST(a AS HUGEINT) // CAST(b AS HUGEINT) AS BIGINT)",
)
_POSTGRES = (
    "CREATE OR REPLACE FUNCTION remit_idiv(a BIGINT, b BIGINT) RETURNS BIGINT "
    "LANGUAGE SQL IMMUTABLE PARALLEL SAFE AS 'SELECT a / b'",
    "CREATE OR REPLACE FUNCTION remit_wdiv(a NUMERIC, b NUMERIC) RETURNS BIGINT "
    "LANGUAGE SQL IMMUTABLE PARALLEL SAFE AS 'SELECT CAST(div(a, b) AS BIGINT)'",
)
_SPARK = (
    "CREATE OR REPLACE TEMPORARY FUNCTION remit_idiv(a BIGINT, b BIGINT) RETURNS BIGINT "
    "RETURN a div b",
    # its own `div` of decimals wraps silently
    "CREATE OR REPLACE TEMPORARY FUNCTION remit_wdiv(a DECIMAL(38, 0), b DECIMAL(38, 0)) "
    "RETURNS BIGINT RETURN CAST((a - a % b) / b AS BIGINT)",
)
PRELUDES = {"duckdb": _DUCKDB, "postgres": _POSTGRES, "spark": _SPARK}


def prepare(warehouse: Warehouse) -> None:
    """Define the prelude's functions.

    Raises WarehouseTrouble.
    """
    for statement in PRELUDES[warehouse.name]:
        warehouse.run(statement)
