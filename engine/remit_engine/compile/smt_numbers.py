"""Arithmetic, comparisons and rounding as terms of the solver."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from remit_dsl import expressions as x
from remit_engine.compile.smt_library import z3
from remit_engine.compile.smt_scope import Read, Scope, scalar
from remit_engine.compile.smt_values import (
    Condition,
    Scalar,
    crisp,
    every,
    no,
    number,
    same,
    settled,
    term_of,
)

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def arithmetic(e: x.Arithmetic, scope: Scope, read: Read) -> Scalar:
    """A long sum leans to the left: it is walked, not recursed into."""
    chain: list[x.Arithmetic] = []
    first: x.Expression = e
    while isinstance(first, x.Arithmetic):
        chain.append(first)
        first = first.left
    value = scalar(first, scope, read)
    for link in reversed(chain):
        value = combined(link.operator, value, scalar(link.right, scope, read))
    return value


def combined(sign: str, a: Scalar, b: Scalar) -> Scalar:
    """One operation; a division by zero is unknown."""
    known = every(a.known, b.known)
    if sign == "/":
        known = every(known, no(settled(b.term == 0, b.term)))
        if known is False:
            return Scalar(False, number(0))
    return Scalar(known, _ARITHMETIC[sign](a.term, b.term))


def negate(e: x.Negate, scope: Scope, read: Read) -> Scalar:
    """- a."""
    value = scalar(e.operand, scope, read)
    return Scalar(value.known, -value.term)


def absolute(e: x.Absolute, scope: Scope, read: Read) -> Scalar:
    """The amount without its sign."""
    value = scalar(e.operand, scope, read)
    return Scalar(value.known, size(value.term))


def size(term: z3.ArithRef) -> z3.ArithRef:
    """The term without its sign."""
    return term_of(settled(term < 0, term), -term, term)


def extremum(e: x.Extremum, scope: Scope, read: Read) -> Scalar:
    """min, max."""
    values = [scalar(o, scope, read) for o in e.operands]
    best = values[0].term
    for value in values[1:]:
        best = better(e.function, best, value.term)
    return Scalar(every(*(v.known for v in values)), best)


def better(function: str, a: z3.ArithRef, b: z3.ArithRef) -> z3.ArithRef:
    """The smaller or the larger of two."""
    return term_of(settled(a <= b if function == "min" else a >= b, a, b), a, b)


def compare(e: x.Compare, scope: Scope, read: Read) -> Condition:
    """A comparison of two values of one kind."""
    a, b = read(e.left, scope), read(e.right, scope)
    known = every(a.known, b.known)
    if e.operator in ("=", "!="):
        equal = same(a, b, e)
        return crisp(equal if e.operator == "=" else no(equal), known)
    a, b = scalar(e.left, scope, read), scalar(e.right, scope, read)
    return crisp(settled(_ORDER[e.operator](a.term, b.term), a.term, b.term), known)


def rounded(e: x.Round, scope: Scope, read: Read) -> Scalar:
    """To a multiple of the step, ties by the mode; the sign is put back at the end."""
    value = scalar(e.operand, scope, read)
    steps = size(value.term) / number(e.step)
    whole = z3.ToInt(steps)
    result = z3.ToReal(whole + z3.If(_up(e.mode, whole, steps), 1, 0)) * number(e.step)
    return Scalar(value.known, z3.If(value.term < 0, -result, result))


def _up(mode: str, whole: z3.ArithRef, steps: z3.ArithRef) -> z3.BoolRef:
    rest = steps - z3.ToReal(whole)
    half = number(1) / 2
    match mode:
        case "half up":
            return rest >= half
        case "half down":
            return rest > half
        case "half even":
            return z3.Or(rest > half, z3.And(rest == half, whole % 2 == 1))
        case "up":
            return rest > 0
        case "down":
            return z3.BoolVal(False)
    raise ValueError(f"no such rounding: {mode}")
