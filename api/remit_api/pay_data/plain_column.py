"""A column of cells as the reader of rows would read them, where SQL can tell that it would.

What has few different values (days in text, percents, members, true and false) is read by that
reader itself, each value once. Numbers, ids and texts are held against the plainest of its forms.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from remit_api.pay_data.plain_file import DAY, DECIMAL, FLAG, TEXT, WHOLE, NotPlain
from remit_dsl.types import Type
from remit_engine.commission.batch.staged import DAY as DAYS
from remit_engine.commission.batch.staged import FINEST, NUMBER, Column
from remit_engine.commission.batch.staged import FLAG as FLAGS
from remit_engine.commission.reading.cells import Read, reader
from remit_engine.commission.reading.columns import Leaf
from remit_engine.reading.exact import LONGEST_TEXT, Unreadable
from remit_engine.rules.ir import Model
from remit_engine.text import currency_places
from remit_engine.warehouse.duckdb import DuckDB, literal

MOST_WORDS = 100_000
"""So many different values of a column are read one by one."""
_BLANK = (
    r"\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
)
_ODD = literal(rf"\A[{_BLANK}]|[{_BLANK}]\z|\x00|\r")
"""A text that a reader would change, or a writer could not keep."""
_NUMBERS = ("money", "number", "integer")
_FIRST_DAY = date(1970, 1, 1).toordinal()
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Part:
    """One column of the staged table. value: in SQL over `r`, the cells, and what is joined.
    wrong: holds, over `r`, for cells that are not plain. joined: a table with `word` and `value`,
    its alias, and the text in `r` that is looked up there."""

    value: str
    per_unit: int = 1
    wrong: str = ""
    joined: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one column: its name in a table, and its type as DuckDB has it."""

    table: str
    name: str
    type: str

    @property
    def sql(self) -> str:
        """How a query over `r` reads them."""
        return f"r.{self.name}"


def words(cells: Cells) -> Part:
    """Ids: texts, or whole numbers taken as their digits."""
    if cells.type in WHOLE:
        return Part(f"CAST({cells.sql} AS VARCHAR)")
    return texts(cells)


def texts(cells: Cells) -> Part:
    """Texts as they are."""
    if cells.type != TEXT:
        raise NotPlain(f"a text is given as {cells.type}")
    odd = f"regexp_matches({cells.sql}, {_ODD}) OR strlen({cells.sql}) > {LONGEST_TEXT}"
    return Part(cells.sql, wrong=odd)


def looked_up(cells: Cells, table: str) -> Part:
    """Ids by their numbers in a table; -1 for those that are not there."""
    ids = words(cells)
    alias = f"j_{cells.name}"
    value = f"CASE WHEN {cells.sql} IS NOT NULL THEN coalesce({alias}.value, -1) END"
    return Part(value, 1, ids.wrong, (table, alias, ids.value))


def values(
    warehouse: DuckDB, cells: Cells, leaf: Leaf, column: Column, model: Model, currency: str | None
) -> Part:
    """What is neither a person nor a linked event."""
    if leaf.type.kind == "text":
        return texts(cells)
    if leaf.type.kind in _NUMBERS:
        return _numbers(warehouse, cells, leaf.type, currency)
    if cells.type == DAY and column.form == DAYS:
        wrong = f"{cells.sql} < DATE '0001-01-01' OR {cells.sql} > DATE '9999-12-31'"
        return Part(f"({cells.sql} - DATE '1970-01-01' + {_FIRST_DAY})", 1, wrong)
    if cells.type == FLAG and column.form == FLAGS:
        return Part(cells.sql)
    if cells.type == TEXT or (column.form == NUMBER and cells.type not in (DAY, FLAG)):
        return _read(warehouse, cells, column, reader(leaf.type, model, currency))
    raise NotPlain(f"a {leaf.type.kind} is given as {cells.type}")


# --- numbers -------------------------------------------------------------------------------


def _numbers(warehouse: DuckDB, cells: Cells, type: Type, currency: str | None) -> Part:
    most = {"money": currency_places(type.currency or currency), "integer": 0}.get(type.kind, 6)
    scale = most if cells.type == TEXT else _scale(cells.type)
    width = 15 if scale <= 2 else _DIGITS  # 64 bits do, with the unit
    number = f"TRY_CAST({cells.sql} AS DECIMAL({width}, {scale}))"
    wrong = f"({cells.sql} IS NOT NULL AND {number} IS NULL)"
    if cells.type == TEXT:
        decimals = f"(\\.[0-9]{{1,{scale}}})?" if scale else ""
        form = literal(f"-?[0-9]{{1,{width - scale}}}{decimals}")
        wrong += f" OR NOT regexp_full_match({cells.sql}, {form})"
    tens = 10**scale
    whole = f"CAST({number} * CAST({tens} AS DECIMAL({scale + 1}, 0)) AS BIGINT)"
    found = [n for (n,) in warehouse.rows(_units(cells, whole, tens))]
    if type.kind != "number" and any(10**most % n for n in found):
        raise NotPlain("an amount has too many decimals")
    per_unit = _common(found)
    return Part(whole if per_unit == tens else f"({whole} // {tens // per_unit})", per_unit, wrong)


def _scale(type: str) -> int:
    if type in WHOLE:
        return 0
    found = DECIMAL.fullmatch(type)
    if found is None or int(found[1]) > 9:
        raise NotPlain(f"a number is given as {type}")
    return int(found[1])


def _units(cells: Cells, whole: str, tens: int) -> str:
    """The denominators of the numbers."""
    each = f"{tens} // gcd(abs({whole} % {tens}), {tens})"
    return f"SELECT DISTINCT {each} FROM {cells.table} r WHERE {whole} IS NOT NULL"


def _common(denominators: list[int]) -> int:
    found = math.lcm(*denominators, 1)
    if found > FINEST:
        raise NotPlain("amounts are too fine")
    return found


# --- what has few different values ---------------------------------------------------------


def _read(warehouse: DuckDB, cells: Cells, column: Column, read: Read) -> Part:
    word = f"CAST({cells.sql} AS VARCHAR)"
    query = f"SELECT DISTINCT {cells.sql}, {word} FROM {cells.table} r"
    query += f" WHERE {cells.sql} IS NOT NULL LIMIT {MOST_WORDS + 1}"
    known = dict(_each_read(warehouse.rows(query), read))
    if len(known) > MOST_WORDS:
        raise NotPlain("there are too many different values")
    per_unit = _common([v.denominator for v in known.values() if isinstance(v, Fraction)])
    table = f"{cells.table}_{cells.name}"
    rows = ((word, _number(v, column.form, per_unit)) for word, v in known.items())
    warehouse.load(table, [("word", "TEXT"), ("value", column.type)], rows)
    alias = f"j_{cells.name}"
    return Part(f"{alias}.value", per_unit, joined=(table, alias, word))


def _each_read(rows: Iterator[tuple[Any, ...]], read: Read) -> Iterator[tuple[str, Any]]:
    for cell, word in rows:
        if not word or word != word.strip():
            raise NotPlain(f"blanks about `{word}`")
        try:
            value = read(cell)
        except Unreadable as fault:
            raise NotPlain(str(fault)) from None
        if value is None:
            raise NotPlain(f"`{word}` is no value")
        yield word, value


def _number(value: Any, form: str, per_unit: int) -> Any:
    if form == NUMBER:
        return int(value * per_unit)
    return value.toordinal() if form == DAYS else value
