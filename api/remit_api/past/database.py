"""Past requests from a table of a database, by SQLAlchemy: read in pieces, never all at once.

Cells are read as those of Parquet: exact numbers as they are, texts by declared type. A number
that a database keeps in binary is refused unless it is whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from remit_api.batch.json_rows import known_ids
from remit_api.batch.parquet_rows import exact
from remit_api.batch.row import OBJECTS, Row, Rows, from_typed_cells, id_columns
from remit_api.failures import BadFacts, FileTrouble, MissingFile, WrongUse, shown
from remit_dsl.suggest import nearest
from remit_engine.reading.json_reader import read_json
from remit_engine.request import InvalidRequest, Problem

CHUNK = 2_000
"""So many rows are held at a time."""
MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns. booleans: those that are true or false, however they are kept.
    order: the columns of its primary key."""

    source: sql.TableClause
    columns: tuple[str, ...]
    booleans: frozenset[str]
    order: tuple[str, ...]


def read(url: str, table: str | None) -> Rows:
    """The rows of a table; without a name, of the only one there is."""
    engine = opened(url)
    try:
        with engine.connect() as connection:
            found = described(connection, table)
            count = sql.select(sql.func.count()).select_from(found.source)
            rows = int(connection.execute(count).scalar_one())
    except SQLAlchemyError as fault:
        raise trouble(url, fault) from None
    return Rows(id_columns(found.columns), rows, _rows(engine, found, url))


def opened(url: str) -> Engine:
    """The engine of an address; WrongUse when it is none, or its driver is not installed."""
    try:
        made = _parsed(url)
        missing = made.get_backend_name() == "sqlite" and _no_file(made.database)
        if missing:
            raise MissingFile(missing, f"there is no database file `{missing}`")
        # numbers inside JSON columns stay exact
        return sql.create_engine(url, json_deserializer=read_json)
    except (ArgumentError, NoSuchModuleError, TypeError, ValueError):
        example = "`sqlite:///decisions.db`, `postgresql+psycopg://host/base`"
        help = f"such as {example}, with `%40` for an `@` in a password"
        raise WrongUse(f"`{safe(url)}` is not a database address", help) from None
    except ModuleNotFoundError as fault:
        message = f"the driver `{fault.name}` for this database is not installed"
        raise WrongUse(message, f"`pip install {fault.name}`") from None


def described(connection: Connection, name: str | None) -> Table:
    """The table that was meant, as the database describes it."""
    inspector = sql.inspect(connection)
    schema, _, bare = (name or "").rpartition(".")
    names = [*inspector.get_table_names(), *inspector.get_view_names()]
    if schema and name not in names:
        names = [f"{schema}.{n}" for n in inspector.get_table_names(schema)]
    else:
        schema, bare = "", name or ""
    if name is None and len(names) == 1:
        bare = names[0]
    elif name not in names:
        raise _no_table(name, sorted(names))
    columns = inspector.get_columns(bare, schema or None)
    key = inspector.get_pk_constraint(bare, schema or None).get("constrained_columns") or ()
    booleans = frozenset(c["name"] for c in columns if isinstance(c["type"], sql.Boolean))
    source = sql.table(bare, schema=schema or None)
    return Table(source, tuple(c["name"] for c in columns), booleans, tuple(key))


def safe(url: str) -> str:
    """An address without what may be secret: its password, and the values after `?`."""
    try:
        made = _parsed(url)
    except (ArgumentError, ValueError):
        return f"{url.partition('://')[0]}://***"
    hidden = made.set(query=dict.fromkeys(made.query, "***"))
    return hidden.render_as_string(hide_password=True).replace("%2A%2A%2A", "***")


def _parsed(url: str) -> URL:
    """An address in its parts. A second `@` before the question is refused: part of a password
    would be taken for a host, and shown. Raises ArgumentError and ValueError."""
    made = make_url(url)
    if made.host and url.partition("?")[0].count("@") > 1:
        raise ArgumentError("more than one `@`")
    return made


def trouble(url: str, fault: SQLAlchemyError) -> FileTrouble:
    """Trouble of a database as a failure, its first line only."""
    cause = getattr(fault, "orig", None) or fault
    said = str(cause).strip().split("\n", 1)[0]
    return FileTrouble(safe(url), f"the database `{safe(url)}` cannot be read: {said}")


def _no_file(path: str | None) -> str | None:
    """A file of SQLite that is not there; opening it would make an empty one."""
    if not path or path == ":memory:" or path.startswith("file:"):
        return None
    return None if Path(path).is_file() else path


def _no_table(name: str | None, names: Sequence[str]) -> WrongUse:
    known = ", ".join(f"`{n}`" for n in names[:MOST_NAMES]) or "none"
    if name is None:
        return WrongUse("no table was named", f"say which with `--table`: {known}")
    near = nearest(name, names)
    help = f"did you mean `{near}`?" if near else f"the database has {known}"
    return WrongUse(f"there is no table `{name}`", help)


def _rows(engine: Engine, table: Table, url: str) -> Iterator[Row]:
    everything: sql.Select[Any] = sql.select(sql.literal_column("*")).select_from(table.source)
    asked = everything.order_by(*map(sql.column, table.order))
    binary = engine.dialect.name == "sqlite"
    ids = id_columns(table.columns)
    try:
        with engine.connect() as connection:
            streaming = connection.execution_options(stream_results=True, yield_per=CHUNK)
            for number, cells in enumerate(streaming.execute(asked).mappings(), 1):
                yield _row(number, cells, table, ids, binary)
    except SQLAlchemyError as fault:
        raise trouble(url, fault) from None
    finally:
        engine.dispose()


def _row(
    number: int, cells: Mapping[Any, Any], table: Table, ids: tuple[str, ...], binary: bool
) -> Row:
    named = known_ids(cells, ids)
    try:
        given = {
            str(name): _cell(str(name), value, table, binary)
            for name, value in cells.items()
            if value is not None
        }
        return Row(number, from_typed_cells(given), None, named, number)
    except BadFacts as fault:
        return Row(number, None, fault.message, named, number)
    except InvalidRequest as fault:
        return Row(number, None, "; ".join(map(shown, fault.problems)), named, number)


def _object_in(name: str, text: str) -> Any:
    try:
        return read_json(text)
    except InvalidRequest as fault:
        raise BadFacts([Problem(name, p.message) for p in fault.problems]) from None


def _cell(name: str, value: Any, table: Table, binary: bool) -> Any:
    if name in table.booleans and value in (0, 1):
        return bool(value)
    if name in OBJECTS and isinstance(value, str):
        return _object_in(name, value)
    if binary and isinstance(value, float) and not value.is_integer():
        message = f"SQLite keeps {value!r} in binary, and not exact: store the column as TEXT"
        raise BadFacts([Problem(name, message)])
    return exact(name, value)
