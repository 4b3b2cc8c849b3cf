"""A reader of plain facts: from decoded JSON to exact values, for one action.

It takes the same plain forms as `python_reader`, and gives what the full reader gives; for
everything else it raises `Irregular`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from remit_dsl.program import Field, Program
from remit_dsl.types import Type
from remit_engine.compile.python_reader import (
    COUNTS,
    DEEPEST,
    LONGEST_TEXT,
    NUMBERS,
    Irregular,
    day,
    short,
)
from remit_engine.rules.names import is_person

Facts = dict[str, Any]
ReadFacts = Callable[[Mapping[str, Any]], tuple[int, Facts]]
Value = Callable[[Any], Any]


def facts_reader(fields: Mapping[str, Field], program: Program, depth: int = 1) -> ReadFacts:
    """`read(facts)` gives how many members the facts have, those of records included, and their
    values. It knows them all: a member that no field declares is Irregular."""
    values = {n: f.optional for n, f in fields.items()}
    records: dict[str, ReadFacts] = {}
    plain: dict[str, Value] = {}
    for name, field in fields.items():
        if _is_record(field.type, program) and depth < DEEPEST:
            below = program.records[field.type.name or ""].fields
            records[name] = facts_reader(below, program, depth + 1)
        else:
            plain[name] = _value(field.type, program)

    def read(given: Mapping[str, Any]) -> tuple[int, Facts]:
        count = len(given)
        found: Facts = {}
        for name, value in given.items():
            one = plain.get(name)
            if value is None:
                if values[name]:
                    found[name] = None
            elif one is not None:
                found[name] = one(value)
            elif type(value) is dict:
                more, found[name] = records[name](value)
                count += more
            else:
                raise Irregular
        return count, found

    def strictly(given: Mapping[str, Any]) -> tuple[int, Facts]:
        try:
            return read(given)
        except (KeyError, TypeError, AttributeError):  # no such field, no object
            raise Irregular from None

    return strictly if depth == 1 else read


def _is_record(type: Type, program: Program) -> bool:
    return type.kind == "record" and type.name in program.records and not is_person(type)


def _value(type: Type, program: Program) -> Value:
    if type.kind == "percent":
        return _share
    if type.kind in NUMBERS:
        return _number
    if type.kind in COUNTS:
        return _count
    if type.kind == "enum":
        return _member(frozenset(program.enums[type.name or ""].members))
    return _OTHERS.get(type.kind, _none)


def _number(value: Any) -> Fraction:
    kind = type(value)
    if kind is int or (kind is Decimal and short(value)):
        return Fraction(value)
    raise Irregular


def _share(value: Any) -> Fraction:
    found = _number(value)
    if not -1 < found < 1:
        raise Irregular
    return found


def _count(value: Any) -> Fraction:
    if type(value) is not int:
        raise Irregular
    return Fraction(value)


def _member(members: frozenset[str]) -> Value:
    def read(value: Any) -> str:
        if type(value) is not str or value not in members:
            raise Irregular
        return value

    return read


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise Irregular
    return value


def _text(value: Any) -> str:
    if type(value) is not str or not value.isascii() or len(value) > LONGEST_TEXT:
        raise Irregular
    return value


def _day(value: Any) -> date:
    if type(value) is not str:
        raise Irregular
    return day(value)


def _none(value: Any) -> Any:
    raise Irregular


_OTHERS: dict[str, Value] = {"boolean": _truth, "text": _text, "date": _day}
