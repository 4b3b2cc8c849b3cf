"""One cell as the exact value of a type.

A text is read as what it would be as a literal of data: digits with a point and without grouping,
ISO dates, `12%` or `0.12`, `true`, names and labels of an enum. Other values must be of the type:
a whole number may be money, true may not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from remit_dsl.types import Type
from remit_engine.reading.exact import MOST_DIGITS, Unreadable, day_of, in_doubt, shown, text_of
from remit_engine.reading.facts_reader import NOT_READ, FactsReader, read_fact
from remit_engine.request import InvalidRequest
from remit_engine.rules.ir import Model
from remit_engine.rules.names import is_person, names_of
from remit_engine.text import currency_places

Read = Callable[[Any], Any]
"""From a cell, which is no empty one, to its value; raises `Unreadable`."""

_PLAIN = re.compile(r"([+-]?[0-9]+)(?:\.([0-9]+))?")
_MONEY = re.compile(r"([+-]?[0-9]+)(?:\.([0-9]+))?\s*([A-Z]{3})")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[,_' \u00a0\u202f][0-9]{3})+(?:[.,][0-9]+)?")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_KINDS = {"money": "an amount of money", "integer": "a whole number", "number": "a number"}
_SHORT = 40
_TENS = tuple(10**n for n in range(40))


def reader(type: Type, model: Model, currency: str | None) -> Read:
    """The reader of a type. currency: of money that names none itself."""
    if type.kind == "money":
        return _money(Type("money", currency=type.currency or currency), model)
    if type.kind in ("number", "integer"):
        return lambda cell: _number(cell, type, model)
    if type.kind == "date":
        return day_of
    if type.kind == "text":
        return text_of
    if is_person(type):
        return key
    return lambda cell: _other(cell, type, model)


def key(cell: Any) -> str:
    """A text or an id; a whole number is taken as its digits."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    return text_of(cell)


def _money(type: Type, model: Model) -> Read:
    most = currency_places(type.currency)

    def read(cell: Any) -> Fraction:
        found = _PLAIN.fullmatch(cell) if isinstance(cell, str) else None
        if found is not None and found.end() <= _SHORT:
            whole, decimals = found.groups("")
            if len(decimals) <= most:  # all but a few cells
                above, below = int(whole + decimals), _TENS[len(decimals)]
                return Fraction(above, below) if above % below else Fraction(above // below)
        if found is not None:
            amount = _exact(found[1], found[2])
        elif isinstance(cell, str):
            amount = _with_currency(cell, type)
        else:
            amount = _native(cell, type, model)
        if (amount * _TENS[most]).denominator != 1:
            unit = type.currency or "the currency"
            raise Unreadable(f"`{shown(cell)}` has more than the {most} decimals of {unit}")
        if isinstance(cell, str) and (said := in_doubt(cell, type)) is not None:
            raise Unreadable(said)
        return amount

    return read


def _exact(whole: str, decimals: str | None) -> Fraction:
    if decimals is None:
        decimals = ""
    size = len(decimals)
    if len(whole) + size > MOST_DIGITS:
        raise Unreadable(f"the number has more than {MOST_DIGITS:_} digits")
    above, below = int(whole + decimals), _TENS[size] if size < len(_TENS) else 10**size
    return Fraction(above // below) if above % below == 0 else Fraction(above, below)


def _with_currency(text: str, type: Type) -> Fraction:
    found = _MONEY.fullmatch(text)
    if found is None:
        raise Unreadable(_no_number(text, "money", "900.50"))
    if type.currency is None:
        raise Unreadable(f"`{found[3]}` was given, and the policy names no currency: leave it out")
    if found[3] != type.currency:
        raise Unreadable(f"`{found[3]}` was given where {type.currency} is expected")
    return _exact(found[1], found[2])


def _no_number(text: str, kind: str, example: str) -> str:
    """Why a text is no number, with the cure."""
    if _GROUPED.fullmatch(text):
        bare = re.sub(r"[,_' \u00a0\u202f](?=[0-9]{3})", "", text)
        return f"`{shown_text(text)}` groups its digits: write {bare}"
    if _COMMA.fullmatch(text):
        return f"`{shown_text(text)}` has a comma: write {text.replace(',', '.')}"
    return f"`{shown_text(text)}` is not {_KINDS[kind]}: write it in digits, such as {example}"


def shown_text(text: str) -> str:
    """A text of a cell, shortened and on one line."""
    short = text if len(text) <= 40 else f"{text[:37]}…"
    return " ".join(short.split())


def _number(cell: Any, type: Type, model: Model) -> Fraction:
    if not isinstance(cell, str):
        value: Fraction = _native(cell, type, model)
        return value
    found = _PLAIN.fullmatch(cell)
    example = "900" if type.kind == "integer" else "0.75"
    if found is None or (type.kind == "integer" and found[2] and int(found[2])):
        raise Unreadable(_no_number(cell, type.kind, example))
    return _exact(*found.groups())


def _native(cell: Any, type: Type, model: Model) -> Any:
    """A value that is no text."""
    facts = FactsReader(names_of(model), model)
    value = facts.value(cell, type, ("value",))
    if value is NOT_READ:
        raise Unreadable(facts.placed[0][1])
    return value


def _other(cell: Any, type: Type, model: Model) -> Any:
    if not isinstance(cell, str):
        return _native(cell, type, model)
    if cell == "null":
        raise Unreadable("`null` is no value: leave the cell empty")
    if type.kind == "percent" and len(cell) < MOST_DIGITS and _PLAIN.fullmatch(cell):
        return _native(Decimal(cell), type, model)
    try:
        return read_fact(cell, type, model)
    except InvalidRequest as fault:
        raise Unreadable(fault.problems[0].message) from None


def ratio(cell: Any, model: Model) -> Fraction:
    """A share: `50%`, `0.5`, `1/3`; 1 is the whole."""
    if cell in ("1", 1, Decimal(1)) and not isinstance(cell, bool):
        return Fraction(1)
    value = _other(cell, Type("percent"), model)
    if not isinstance(value, Fraction):
        raise TypeError("a percent that is no number")
    return value
