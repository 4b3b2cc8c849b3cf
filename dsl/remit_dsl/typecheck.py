"""Types: which go together, how they are called, and what is wrong when they do not."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from remit_dsl.expressions import (
    Absolute,
    Aggregate,
    Arithmetic,
    BandLookup,
    Choose,
    Constant,
    Expression,
    Extremum,
    Negate,
    Round,
)
from remit_dsl.types import NUMBER, PERSON, Type

UNDECIDED = frozenset({"ratio", "literal"})
UNKNOWN = Type("unknown")
"""The type of a declaration whose written type could not be read: never reported again."""

_WORDS = {
    "percent": "a percent",
    "number": "a number",
    "integer": "a whole number",
    "text": "a text",
    "boolean": "true or false",
    "date": "a date",
    "days": "a duration in days",
    "months": "a duration in months",
    "position": "a position",
    "ratio": "a ratio",
    "literal": "a bare number",
    "money": "money",
}


def describe(type_: Type) -> str:
    """A type as a reader calls it: `money in CNY`, `a percent`, ``a `Region` ``."""
    match type_.kind:
        case "money" if type_.currency:
            return f"money in {type_.currency}"
        case "record" if type_ == PERSON:
            return "a person"
        case "enum" | "record":
            return f"{_article(str(type_))} `{type_}`"
        case "set" | "list" if type_.element is not None:
            return f"a {type_.kind} of {_plural(type_.element)}"
    return _WORDS.get(type_.kind, type_.kind)


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeiou" else "a"


def _plural(type_: Type) -> str:
    if type_.kind in ("enum", "record"):
        return f"`{type_}`"
    return describe(type_).removeprefix("a ")


def assignable(actual: Type, wanted: Type) -> bool:
    """True when a value of one type may stand where the other is wanted."""
    if actual == wanted or wanted.kind == "unknown":
        return True
    match actual.kind:
        case "integer":
            return wanted.kind == "number"
        case "ratio":
            return wanted.kind in ("percent", "number")
        case "literal":
            return wanted.kind in ("money", "number", "integer")
    return False


def fits(e: Expression, wanted: Type) -> bool:
    """True when the expression may stand where the type is wanted (3.5 is no whole number)."""
    if e.type.kind == "literal" and wanted.kind == "integer":
        return not isinstance(e, Constant) or _whole(e)
    return assignable(e.type, wanted)


def _whole(e: Constant) -> bool:
    return getattr(e.value, "denominator", 1) == 1


def common(a: Type, b: Type) -> Type | None:
    """The type of two values of which either may come out (`if`, bands, min)."""
    if a == b or assignable(a, b):
        return b
    if assignable(b, a):
        return a
    if {a.kind, b.kind} == {"ratio", "literal"} or {a.kind, b.kind} == {"ratio", "integer"}:
        return NUMBER
    return None


def ordered(type_: Type) -> bool:
    """True when values of the type have an order."""
    return type_.numeric or type_.kind == "date"


# --- deciding a ratio or a bare number ---------------------------------------------------


def carriers(e: Expression) -> tuple[Expression, ...]:
    """The parts of an undecided expression that share its type."""
    match e:
        case Negate() | Absolute() | Round():
            return (e.operand,)
        case Arithmetic(operator="+" | "-"):
            return (e.left, e.right)
        case Extremum():
            return e.operands
        case Choose():
            return (e.then, e.otherwise)
        case BandLookup():
            return tuple(r.value for r in e.rows)
        case Aggregate() if e.body is not None:
            return (e.body,)
    return ()


def _rebuild(e: Expression, parts: list[Expression], wanted: Type) -> Expression:
    match e:
        case Negate() | Absolute() | Round():
            return replace(e, operand=parts[0], type=wanted)
        case Arithmetic(operator="+" | "-"):
            return replace(e, left=parts[0], right=parts[1], type=wanted)
        case Extremum():
            return replace(e, operands=tuple(parts), type=wanted)
        case Choose():
            return replace(e, then=parts[0], otherwise=parts[1], type=wanted)
        case BandLookup():
            rows = tuple(replace(r, value=v) for r, v in zip(e.rows, parts, strict=True))
            return replace(e, rows=rows, type=wanted)
        case Aggregate() if e.body is not None:
            return replace(e, body=parts[0], type=wanted)
    return replace(e, type=wanted)


class _Step(NamedTuple):
    expression: Expression
    parts: int | None = None


def retype(e: Expression, wanted: Type) -> Expression:
    """The expression with every undecided part of its own kind decided for `wanted`."""
    todo, done = [_Step(e)], list[Expression]()
    while todo:
        at, count = todo.pop()
        if count is not None:
            parts = done[len(done) - count :]
            del done[len(done) - count :]
            done.append(_rebuild(at, parts, wanted))
        elif at.type.kind not in UNDECIDED or at.type == wanted:
            done.append(at)
        else:
            inner = carriers(at)
            todo.append(_Step(at, len(inner)))
            todo.extend(_Step(i) for i in reversed(inner))
    return done[0]


def settle(e: Expression) -> Expression:
    """The expression with a type that may stand in a program: undecided means number."""
    return retype(e, NUMBER) if e.type.kind in UNDECIDED else e


# --- what is wrong -----------------------------------------------------------------------


class Fault(NamedTuple):
    """The code, the relation in words and the cure of a clash of two types."""

    code: str
    help: str | None


def clash(actual: Type, wanted: Type) -> Fault | None:
    """A clash that has a code of its own, or None."""
    kinds = {actual.kind, wanted.kind}
    if kinds == {"money"}:
        return Fault("E0304", _convert(actual, wanted))
    if kinds == {"days", "months"}:
        return Fault("E0305", "say both in days, or both in months")
    return None


def _convert(actual: Type, wanted: Type) -> str:
    if actual.currency is None or wanted.currency is None:
        return "write `currency` in the header of the policy"
    return f"convert it by a dated `exchange`: `… as {wanted.currency}`"


def with_unit(written: str, wanted: Type) -> str | None:
    """The cure for a bare number where a unit is needed: ``write `3%` ``."""
    unit = {"percent": "%", "days": " days", "months": " months"}.get(wanted.kind)
    return f"write `{written}{unit}`" if unit else None
