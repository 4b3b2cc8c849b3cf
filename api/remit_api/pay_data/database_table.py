"""Tables of a database, by SQLAlchemy: read in pieces, in the order of their keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from remit_api.failures import BadFacts
from remit_api.past import database
from remit_api.pay_data.parquet_table import exact_chunk
from remit_engine.commission.reading.table import Chunk, Table
from remit_engine.request import Problem

CHUNK = 5_000


def table_list(engine: Engine, url: str) -> frozenset[str]:
    """The names of all tables and views."""
    try:
        inspector = sql.inspect(engine)
        return frozenset([*inspector.get_table_names(), *inspector.get_view_names()])
    except SQLAlchemyError as fault:
        raise database.trouble(url, fault) from None


def database_table(engine: Engine, name: str, url: str, told: Callable[[int], None]) -> Table:
    """One table; raises FileTrouble where it cannot be read."""
    try:
        with engine.connect() as connection:
            found = database.described(connection, name)
    except SQLAlchemyError as fault:
        raise database.trouble(url, fault) from None
    return Table(name, found.columns, _chunks(engine, found, url, told))


def _chunks(
    engine: Engine, table: database.Table, url: str, told: Callable[[int], None]
) -> Iterator[Chunk]:
    columns: list[sql.ColumnClause[Any]] = [sql.column(name) for name in table.columns]
    asked = sql.select(*columns).select_from(table.source)
    asked = asked.order_by(*map(sql.column, table.order))
    binary = engine.dialect.name == "sqlite"
    number = 0
    try:
        with engine.connect() as connection:
            streaming = connection.execution_options(stream_results=True, yield_per=CHUNK)
            for rows in streaming.execute(asked).partitions(CHUNK):
                yield _chunk(rows, table, number + 1, binary)
                number += len(rows)
                told(number)
    except SQLAlchemyError as fault:
        raise database.trouble(url, fault) from None


def _chunk(rows: Any, table: database.Table, first: int, binary: bool) -> Chunk:
    return exact_chunk(rows, table.columns, first, database_cell(table, binary))


def database_cell(table: database.Table, binary: bool) -> Callable[[str, Any], Any]:
    """What a cell holds: true and false as such, and no number that SQLite keeps in binary."""

    def cell(name: str, value: Any) -> Any:
        if name in table.booleans and value in (0, 1):
            return bool(value)
        if binary and isinstance(value, float) and not value.is_integer():
            message = f"SQLite keeps {value!r} in binary, and not exact: store the column as TEXT"
            raise BadFacts([Problem(name, message)])
        return value

    return cell
