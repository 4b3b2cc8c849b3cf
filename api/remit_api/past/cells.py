"""How a cell of a file becomes the exact value of a fact, in SQL: the same as the reader of rows
finds, or a fault, and then the row is read by that.

Every cell has a value (NULL where there is none) and a fault: whether it is there and has no value
here. What is written in a less common way (`20万`, `1_000`, a label of an enum) may be a fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from remit_api.past.leaves import TEXT, Leaf
from remit_engine.compile.sql_columns import SCALES
from remit_engine.warehouse.duckdb import literal

EXACT = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(\d+,\d+\))")
BINARY = ("FLOAT", "DOUBLE")
_PLAIN = re.compile(rf"({EXACT.pattern}|VARCHAR|BOOLEAN|DATE|UUID)(\[\])*")
LARGEST_EXACT = 2**53 - 1
FORMS = {
    "money": "money", "number": "ratio", "percent": "ratio", "integer": "whole", "days": "whole",
    "months": "whole",
}  # fmt: skip
_WIDEST = {"money": 9 * 10**14, "ratio": 9 * 10**12, "whole": 9 * 10**18}
_AT_THE_ENDS = r"^[\p{Z}\x09-\x0d\x1c-\x1f\x{85}]|[\p{Z}\x09-\x0d\x1c-\x1f\x{85}]$"
_LONGEST = 100_000
_THOUSANDS = r"-?[1-9][0-9]{0,2}\.[0-9]{3}"


@dataclass(frozen=True, slots=True)
class Cell:
    """Two expressions: the staged value, and whether the cell has none though it is there."""

    value: str
    fault: str


def cell(kind: str, leaf: Leaf, words: Mapping[str, str] | None = None) -> Cell:
    """A fact of a kind of type from a leaf. words: what the texts of enums and positions mean."""
    e = leaf.value
    if kind in FORMS:
        return _checked(e, *_number(kind, leaf))
    if kind == "date":
        return _checked(e, *_date(leaf))
    if kind == "boolean" and leaf.type == "BOOLEAN":
        return Cell(e, "false")
    if kind == "boolean" and leaf.type == TEXT:
        return _checked(e, f"{e} IN ('true', 'false')", f"({e} = 'true')")
    if kind == "text" and leaf.type == TEXT:
        blank = f"regexp_matches({e}, {literal(_AT_THE_ENDS)})"
        return _checked(e, f"NOT {blank} AND length({e}) <= {_LONGEST}", e)
    if kind in ("enum", "position") and leaf.type == TEXT and words:
        return _checked(e, f"{e} IN ({', '.join(map(literal, words))})", meaning(e, words))
    return Cell("NULL", f"({e} IS NOT NULL)")


def unreadable(leaf: Leaf) -> str | None:
    """When the reader of rows refuses a cell, whatever it is about; None for never."""
    e = leaf.value
    if _PLAIN.fullmatch(leaf.type):
        return None
    if leaf.type in BINARY:
        return f"({e} IS NOT NULL AND NOT ({_whole(e)}))"
    if _is_timestamp(leaf):
        return f"({e} IS NOT NULL AND NOT ({_midnight(e)}))"
    return f"({e} IS NOT NULL)"


def meaning(value: str, words: Mapping[str, str]) -> str:
    """What a text stands for; NULL for one that is not among the words."""
    if not words:
        return "NULL"
    if all(word == meant for word, meant in words.items()):
        return f"CASE WHEN {value} IN ({', '.join(map(literal, words))}) THEN {value} END"
    cases = " ".join(f"WHEN {literal(w)} THEN {literal(m)}" for w, m in words.items())
    return f"CASE {value} {cases} END"


def _checked(e: str, fits: str, value: str) -> Cell:
    """The value where it fits."""
    sure = f"coalesce({fits}, false)"
    return Cell(f"CASE WHEN {sure} THEN {value} END", f"({e} IS NOT NULL AND NOT {sure})")


def _number(kind: str, leaf: Leaf) -> tuple[str, str]:
    """When a number fits, and the whole number that stands for it."""
    form = FORMS[kind]
    if leaf.type == TEXT:
        return _written(kind, form, leaf.value)
    if EXACT.fullmatch(leaf.type):
        return _exact(kind, form, leaf.value)
    if leaf.type in BINARY:
        e = leaf.value
        fits, value = _exact(kind, form, f"TRY_CAST({e} AS BIGINT)")
        return f"({_whole(e)}) AND {fits}", value
    return "false", "NULL"


def _exact(kind: str, form: str, e: str) -> tuple[str, str]:
    scale, widest = SCALES[form], _WIDEST[form]
    below = f" AND {e} > -1 AND {e} < 1" if kind == "percent" else ""
    decimal = f"TRY_CAST({e} AS DECIMAL({20 if scale else 19}, {scale}))"
    fits = f"{e} BETWEEN -{widest} AND {widest} AND {decimal} = {e}{below}"
    return fits, _scaled(decimal, scale)


def _scaled(decimal: str, scale: int) -> str:
    return f"CAST({decimal} * {10**scale} AS BIGINT)" if scale else f"CAST({decimal} AS BIGINT)"


def _written(kind: str, form: str, e: str) -> tuple[str, str]:
    scale = SCALES[form]
    bare = "-?[0-9]{1,12}" + (rf"(\.[0-9]{{1,{scale}}})?" if scale else "")
    value = _scaled(f"TRY_CAST({e} AS DECIMAL({20 if scale else 19}, {scale}))", scale)
    if kind == "percent":
        signed = rf"-?[0-9]{{1,8}}(\.[0-9]{{1,{scale - 2}}})?%"
        ratio = _scaled(f"TRY_CAST(rtrim({e}, '%') AS DECIMAL(20, {scale}))", scale - 2)
        bare = rf"-?0(\.[0-9]{{1,{scale}}})?"
        fits = f"({_like(e, signed)} OR {_like(e, bare)})"
        return fits, f"CASE WHEN ends_with({e}, '%') THEN {ratio} ELSE {value} END"
    if kind in ("days", "months"):
        unit = f"(-?[0-9]{{1,9}})( {kind[:-1]}s?)?"
        number = f"TRY_CAST(regexp_extract({e}, '^-?[0-9]+') AS BIGINT)"
        return _like(e, unit), number
    if kind == "money":  # `300.000` may be 300,000: the reader of rows says so
        return f"{_like(e, bare)} AND NOT {_like(e, _THOUSANDS)}", value
    return _like(e, bare), value


def _like(e: str, pattern: str) -> str:
    return f"regexp_full_match({e}, {literal(pattern)})"


def _date(leaf: Leaf) -> tuple[str, str]:
    e = leaf.value
    if leaf.type == TEXT:
        day = f"TRY_CAST({e} AS DATE)"
        return f"{_like(e, '[0-9]{4}-[0-9]{2}-[0-9]{2}')} AND {_real(day)}", _days(day)
    if leaf.type == "DATE":
        return _real(e), _days(e)
    if _is_timestamp(leaf):
        day = f"TRY_CAST({e} AS DATE)"
        return f"{_midnight(e)} AND {_real(day)}", _days(day)
    return "false", "NULL"


def _whole(e: str) -> str:
    """A binary number that is exact all the same."""
    return f"isfinite({e}) AND {e} = trunc({e}) AND abs({e}) <= {LARGEST_EXACT}"


def _is_timestamp(leaf: Leaf) -> bool:
    return leaf.type.startswith("TIMESTAMP") and "TIME ZONE" not in leaf.type


def _midnight(e: str) -> str:
    return f"isfinite({e}) AND {e} = date_trunc('day', {e})"


def _real(day: str) -> str:
    return f"isfinite({day}) AND {day} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"


def _days(day: str) -> str:
    return f"CAST({day} - DATE '1970-01-01' AS BIGINT)"
