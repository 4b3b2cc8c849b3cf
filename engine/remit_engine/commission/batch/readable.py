"""What stands in kept files as people read it: ids, periods as written, dates, exact decimals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from remit_engine.commission.periods import Period
from remit_engine.warehouse.warehouse import BIGINT, TEXT, Columns

DIGITS = 6
"""The decimals of an amount, at least."""
MOST = 18
EPOCH = date(1970, 1, 1).toordinal()
PERSONS = "pay_persons"
"""The table of PERSON_COLUMNS, that there is while files are written."""
PERSON_COLUMNS: Columns = (("payee", BIGINT), ("person", TEXT))


def decimals(unit: int) -> int | None:
    """How many decimals hold every multiple of 1/unit; None where none do."""
    return next((k for k in range(MOST + 1) if 10**k % unit == 0), None)


def amount(sql: str, unit: int, name: str) -> str:
    """A column of an amount, given as whole multiples of 1/unit. Where no decimals are exact, it
    is the whole number itself, and the column's name says of what: `credit_in_1_300`."""
    digits = decimals(unit)
    if digits is None:
        return f"{sql} AS {name}_in_1_{unit}"
    part = f"CAST('{_written(unit, digits)}' AS DECIMAL({digits + 1}, {digits}))"
    whole = f"CAST({sql} AS DECIMAL(19, 0))"
    return f"CAST({whole} * {part} AS DECIMAL(38, {max(DIGITS, digits)})) AS {name}"


def number(column: str, unit: int) -> str:
    """The whole number again, of a column that `amount` made."""
    if decimals(unit) is None:
        return f"{column}_in_1_{unit}"
    return f"CAST({column} * {unit} AS BIGINT)"


def period(sql: str, first: Period, through: Period) -> str:
    """A period as written, of its number from `first`."""
    numbers = range(through.index - first.index + 1)
    whens = " ".join(f"WHEN {i} THEN '{Period(first.kind, first.index + i)}'" for i in numbers)
    return f"CASE {sql} {whens} END"


def day(sql: str) -> str:
    """A date, of its ordinal."""
    return f"(DATE '1970-01-01' + CAST({sql} - {EPOCH} AS INTEGER))"


def ordinal(sql: str) -> str:
    """The ordinal again, of a date."""
    return f"(CAST({sql} - DATE '1970-01-01' AS BIGINT) + {EPOCH})"


def persons(people: Mapping[str, int]) -> Sequence[tuple[int, str]]:
    """Its rows."""
    return [(number, person) for person, number in people.items()]


def _written(unit: int, digits: int) -> str:
    """1/unit as a decimal."""
    if unit == 1:
        return "1"
    return f"0.{10**digits // unit:0{digits}}"
