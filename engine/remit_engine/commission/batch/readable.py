"""What stands in kept files as people read it: ids, periods as written, dates, exact decimals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from remit_engine.warehouse.warehouse import BIGINT, TEXT, Columns

DIGITS = 6
"""The decimals of an amount, at least."""
MOST = 18
NARROW = 18
"""The digits of a decimal that an engine keeps in 64 bits."""
EPOCH = date(1970, 1, 1).toordinal()
PERSONS = "pay_persons"
"""The table of PERSON_COLUMNS, that there is while files are written."""
PERSON_COLUMNS: Columns = (("payee", BIGINT), ("person", TEXT))


def decimals(unit: int) -> int | None:
    """How many decimals hold every multiple of 1/unit; None where none do."""
    return next((k for k in range(MOST + 1) if 10**k % unit == 0), None)


def amount(sql: str, unit: int, name: str, most: int = 2**63) -> str:
    """A column of an amount, given as whole multiples of 1/unit. Where no decimals are exact, it
    is the whole number itself, and the column's name says of what: `credit_in_1_300`. most: what
    the whole number does not exceed, with either sign; small ones have a narrower decimal."""
    digits = decimals(unit)
    if digits is None:
        return f"{sql} AS {called(name, unit)}"
    scale = max(DIGITS, digits)
    at_once = NARROW - scale - (unit == 1)  # so that the product has the scale already
    if most < 10**at_once:
        made = f"CAST({sql} AS DECIMAL({at_once}, 0)) * {_part(unit, scale)}"
        return f"CAST({made} AS DECIMAL({NARROW}, {scale})) AS {name}"
    whole, all_digits = 19, 38
    room = NARROW - digits - 1  # so that the product has no more digits
    if most < 10**room and most * 10**scale < unit * 10**NARROW:
        whole, all_digits = room, NARROW
    made = f"CAST({sql} AS DECIMAL({whole}, 0)) * {_part(unit, digits)}"
    return f"CAST({made} AS DECIMAL({all_digits}, {scale})) AS {name}"


def called(name: str, unit: int) -> str:
    """The name of the column that `amount` makes."""
    return name if decimals(unit) is not None else f"{name}_in_1_{unit}"


def number(sql: str, unit: int) -> str:
    """The whole number again, of a column that `amount` made or of a sum of it."""
    digits = decimals(unit)
    if digits is None:
        return f"CAST({sql} AS BIGINT)"
    wide = f"CAST({sql} AS DECIMAL(38, {max(DIGITS, digits)}))"  # a narrow one may have no room
    return f"CAST({wide} * {unit} AS BIGINT)"


def day(sql: str) -> str:
    """A date, of its ordinal."""
    return f"(DATE '1970-01-01' + CAST({sql} - {EPOCH} AS INTEGER))"


def ordinal(sql: str) -> str:
    """The ordinal again, of a date."""
    return f"(CAST({sql} - DATE '1970-01-01' AS BIGINT) + {EPOCH})"


def persons(people: Mapping[str, int]) -> Sequence[tuple[int, str]]:
    """Its rows."""
    return [(number, person) for person, number in people.items()]


def _part(unit: int, digits: int) -> str:
    """1/unit as a decimal with so many digits behind the point."""
    whole, rest = divmod(10**digits // unit, 10**digits)
    written = f"{whole}.{rest:0{digits}}" if digits else str(whole)
    return f"CAST('{written}' AS DECIMAL({digits + whole}, {digits}))"
