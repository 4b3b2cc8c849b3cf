"""Exact values of single facts: numbers, money, percents, durations, dates, texts.

Typing is strict: `"900"` is not 900, true is not 1. Each reader gives the exact value or raises
`Unreadable` with one sentence that says what was given and what is expected.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from remit_dsl.lexing.currencies import thousands
from remit_dsl.types import Type
from remit_engine.text import is_finite_decimal, number_text

LONGEST_TEXT = 1_000_000
MOST_DIGITS = 4_000

_AMOUNT = r"(?P<number>[-+]?[0-9]+(?:_[0-9]+)*(?:\.[0-9]+(?:_[0-9]+)*)?)\s*(?P<myriad>万|亿)?"
_NUMBER = re.compile(_AMOUNT)
_RATIO = re.compile(r"(?P<above>[-+]?[0-9]+)/(?P<below>[0-9]+)")
_MONEY = re.compile(_AMOUNT + r"\s*(?P<unit>[A-Z]{3})")
_PERCENT = re.compile(_AMOUNT + r"\s*(?P<unit>%|％|‰|bp)")
_DURATION = re.compile(r"(?P<number>[-+]?[0-9]+)\s*(?P<unit>day|week|month|year)s?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNITS = {"%": 100, "％": 100, "‰": 1_000, "bp": 10_000}
_MYRIADS = {None: 1, "万": 10_000, "亿": 100_000_000}
_LENGTHS = {"day": ("days", 1), "week": ("days", 7), "month": ("months", 1), "year": ("months", 12)}


class Unreadable(ValueError):
    """A value that is not of the type; the sentence says what would be."""


def shown(value: Any) -> str:
    """A value as the caller wrote it, shortened."""
    text = written(value)
    return text if len(text) <= 40 else f"{text[:37]}…"


def written(value: Any) -> str:
    """A value as JSON or YAML would spell it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value[:60], ensure_ascii=False)
        case date():
            return value.isoformat()
        case int() if abs(value) >= 10**100:
            return "a number of more than 100 digits"
        case Fraction() if value.denominator != 1:
            return f"{written(value.numerator)}/{written(value.denominator)}"
        case Mapping():
            return "an object" if value else "{}"
        case list() | tuple() | set() | frozenset():
            return "a list" if value else "[]"
        case int() | Decimal() | Fraction() | float():
            return str(value)
    return "something else"


def exact(value: Any) -> Fraction | None:
    """The exact number given, None when no number was given; `Unreadable` when it is not finite."""
    match value:
        case bool():
            return None
        case float():
            raise Unreadable("a binary fraction is not exact: pass it as a decimal")
        case Decimal() if not value.is_finite():
            raise Unreadable(f"`{value}` is not a number that can be compared")
        case Decimal() if abs(value.adjusted()) > MOST_DIGITS or _digits(value) > MOST_DIGITS:
            raise Unreadable(f"the number has more than {MOST_DIGITS:_} digits")
        case int() | Decimal():
            return Fraction(value)
        case Fraction():
            return value
        case str() if len(value) <= 2 * MOST_DIGITS:
            return _ratio(value)
    return None


def _ratio(text: str) -> Fraction | None:
    """A number with no finite decimal form, as answers write it: `1/3`."""
    found = _RATIO.fullmatch(text)
    if found is None:
        return None
    above, below = found["above"], found["below"]
    if max(len(above), len(below)) > MOST_DIGITS:
        raise Unreadable(f"the number has more than {MOST_DIGITS:_} digits")
    if int(below) == 0:
        raise Unreadable(f"`{text[:40]}` divides by zero")
    return Fraction(int(above), int(below))


def _digits(value: Decimal) -> int:
    return len(value.as_tuple().digits)


def _plain(match: re.Match[str]) -> Fraction:
    digits = match["number"].replace("_", "")
    if len(digits) > MOST_DIGITS:
        raise Unreadable(f"the number has more than {MOST_DIGITS:_} digits")
    return Fraction(Decimal(digits)) * _MYRIADS[match.groupdict().get("myriad")]


def _expected(value: Any, expected: str, cure: str) -> Unreadable:
    return Unreadable(f"`{shown(value)}` is not {expected}: {cure}")


def bare_number(text: str) -> Fraction | None:
    """A number written as text, as on a command line: `180000`, `200_000`, `0.12`, `20万`."""
    found = _NUMBER.fullmatch(text.strip())
    return _plain(found) if found else None


def _number(value: Any, type: Type) -> Fraction:
    number = exact(value)
    if number is None:
        raise _expected(value, "a number", _unquoted(value, "write it in digits, such as 900"))
    return number


def _unquoted(value: Any, otherwise: str) -> str:
    """The cure for a number that was put in quotes, else another one."""
    quoted = isinstance(value, str) and bare_number(value[:100]) is not None
    return f"write {value[:30].strip()} without quotes" if quoted else otherwise


def _integer(value: Any, type: Type) -> Fraction:
    number = _number(value, type)
    if number.denominator != 1:
        raise _expected(value, "a whole number", "leave the decimals out")
    return number


def _percent(value: Any, type: Type) -> Fraction:
    number = exact(value)
    written = not isinstance(value, Fraction)  # a Fraction has been read already
    if written and number is not None and abs(number) >= 1 and type.kind == "percent":
        raise Unreadable(f"`{shown(value)}` {_without_unit(number)}")
    if number is not None:
        return number
    if _short(value) and value.endswith("%") and (ratio := _ratio(value[:-1])) is not None:
        return ratio / 100
    found = _PERCENT.fullmatch(value.strip()) if _short(value) else None
    if found is None:
        cure = 'write it with its unit, such as "12%", or as a ratio below 1, such as 0.12'
        raise _expected(value, "a percent", cure)
    return _plain(found) / _UNITS[found["unit"]]


def _without_unit(number: Fraction) -> str:
    """`4` may be meant for 4 % or for 400 %: a ratio is taken without a unit only below 1."""
    if abs(number) >= 1_000 or not is_finite_decimal(number):
        return 'has no unit: write it with its sign, such as "12%"'
    bare, whole = number_text(number, "number"), number_text(number, "percent")
    return f'without a unit would be {whole}: write "{bare}%", or "{whole}"'


def _money(value: Any, type: Type) -> Fraction:
    if isinstance(value, Mapping):
        return _money_object(value, type)
    number = exact(value)
    if number is not None:
        return number
    found = _MONEY.fullmatch(value.strip()) if _short(value) else None
    if _short(value) and (either := in_doubt(value, type)):
        raise Unreadable(either)
    if found is None:
        unit = type.currency or "CNY"
        cure = f'write 900, or with its currency "900 {unit}"'
        raise _expected(value, "an amount of money", _unquoted(value, cure))
    _same_currency(found["unit"], type)
    return _plain(found)


def in_doubt(text: str, type: Type) -> str | None:
    """What to say of `300.000` typed for money, which may be 300 or 300,000; None if clear."""
    readings = thousands(text.strip(), type.currency) if type.kind == "money" else None
    if readings is None:
        return None
    small, large = readings
    return f"`{text.strip()}` may be {small} or {int(large):,}: write {small} or {large}"


def _money_object(value: Mapping[str, Any], type: Type) -> Fraction:
    if not set(value) <= {"amount", "currency"} or "amount" not in value:
        unit = type.currency or "CNY"
        cure = f'write {{"amount": 900, "currency": "{unit}"}}'
        raise _expected(value, "an amount of money", cure)
    if "currency" in value:
        _same_currency(value["currency"], type)
    return _number(value["amount"], type)


def _same_currency(given: Any, type: Type) -> None:
    if not isinstance(given, str):
        raise _expected(given, "a currency", 'write its code, such as "CNY"')
    if type.currency is None:
        raise Unreadable(
            f"`{given[:20]}` was given, and the policy names no currency: leave it out"
        )
    if given != type.currency:
        raise Unreadable(f"`{given[:20]}` was given where {type.currency} is expected")


def _duration(value: Any, type: Type) -> Fraction:
    found = _DURATION.fullmatch(value.strip()) if _short(value) else None
    if found is None:
        number = exact(value)
        if number is None or number.denominator != 1:
            cure = f'write a whole number, or "3 {type.kind}"'
            raise _expected(value, f"a number of {type.kind}", cure)
        return number
    kind, factor = _LENGTHS[found["unit"]]
    if kind != type.kind:
        raise Unreadable(f"`{shown(value)}` cannot be counted in {type.kind}")
    return _plain(found) * factor


def _short(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 2 * MOST_DIGITS


def text_of(value: Any) -> str:
    """A text of bounded length with whole characters."""
    if not isinstance(value, str):
        raise _expected(value, "text", "write it in quotes")
    if len(value) > LONGEST_TEXT:
        raise Unreadable(f"the text is longer than {LONGEST_TEXT:_} characters")
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise Unreadable("the text holds half a character (a lone surrogate)") from None
    return value


def day_of(value: Any) -> date:
    """A real day, given as a date or as text such as `2026-03-01`."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise Unreadable(f"there is no day {value}") from None
    raise _expected(value, "a date", 'write it as "2026-03-01"')


def _boolean(value: Any, type: Type) -> bool:
    if not isinstance(value, bool):
        raise _expected(value, "true or false", "write true or false without quotes")
    return value


SIMPLE: dict[str, Callable[[Any, Type], Any]] = {
    "number": _number,
    "ratio": _percent,
    "literal": _number,
    "integer": _integer,
    "percent": _percent,
    "money": _money,
    "days": _duration,
    "months": _duration,
    "boolean": _boolean,
    "text": lambda value, type: text_of(value),
    "date": lambda value, type: day_of(value),
}
"""kind -> reader of a value of that kind."""
