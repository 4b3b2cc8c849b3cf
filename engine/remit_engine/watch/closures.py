"""Expressions that are asked again and again, as closures; what is rare is left to `evaluate`."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from remit_dsl import expressions as x
from remit_engine.judging.evaluate import Environment, evaluate, follow
from remit_engine.judging.unknown import Unknown, merged, missing

Reader = Callable[[Environment], Any]
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_GONE = object()
_DEEPEST = 20


def reader(e: x.Expression) -> Reader:
    """What gives the value that `evaluate` gives."""
    match e:
        case x.Constant():
            value = e.value
            return lambda env: value
        case x.Fact(path=(root,)):
            return _fact(root)
        case x.Fact():
            return _path(e.path)
        case x.Arithmetic() if e.operator in _OPERATORS and not _is_long(e):
            return _both(_OPERATORS[e.operator], reader(e.left), reader(e.right))
    return lambda env: evaluate(e, env)


def _is_long(e: x.Expression) -> bool:
    """Whether a sum leans so far to the left that closures would be too deep."""
    for _ in range(_DEEPEST):
        if not isinstance(e, x.Arithmetic):
            return False
        e = e.left
    return True


def _fact(root: str) -> Reader:
    gone = missing(root)

    def read(env: Environment) -> Any:
        value = env.facts.get(root, _GONE)
        return gone if value is _GONE or value is None else value

    return read


def _path(path: tuple[str, ...]) -> Reader:
    shown = ".".join(path)
    gone = missing(shown)

    def read(env: Environment) -> Any:
        value = follow(env.facts, path, shown)
        return gone if value is None else value

    return read


def _both(operate: Callable[[Any, Any], Any], left: Reader, right: Reader) -> Reader:
    def read(env: Environment) -> Any:
        one, other = left(env), right(env)
        if isinstance(one, Unknown) or isinstance(other, Unknown):
            return merged((one, other))
        return operate(one, other)

    return read
