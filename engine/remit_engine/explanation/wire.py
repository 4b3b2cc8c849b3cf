"""The wire form of answers: what `--json` prints and HTTP returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from remit_engine.decision import Amount, Decision, Extent, Outcome, RuleUsed
from remit_engine.text import exact

ORDER = (
    "outcome", "reason", "rules", "limit", "headroom", "maximum", "missing", "needs", "chain",
    "totals", "obligations", "trace", "policy", "as_of", "actor", "action", "verb",
    "on_behalf_of", "ignored",
)  # fmt: skip


def decision_to_json(decision: Decision) -> dict[str, Any]:
    """A decision as JSON-able values; exact numbers are texts (`"0.12"`)."""
    return {name: to_json(getattr(decision, name)) for name in ORDER}


def to_json(value: Any) -> Any:
    """Any part of an answer as JSON-able values."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is tuple or kind is list:
        return [to_json(v) for v in value]
    writer = _WRITERS.get(kind)
    if writer is not None:
        return writer(value)
    return _of_any(value)


_AS_IT_IS = frozenset({str, int, bool, type(None)})


def _of_any(value: Any) -> Any:
    """What is met for the first time, or is of no class of its own."""
    match value:
        case date():
            return value.isoformat()
        case tuple() | list():
            return [to_json(v) for v in value]
        case str():
            return str(value)
        case dict():
            return {str(k): to_json(v) for k, v in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        names = tuple(f.name for f in fields(value))
        written = _WRITERS[type(value)] = lambda v: {n: to_json(getattr(v, n)) for n in names}
        return written(value)
    return value


def _amount(value: Amount) -> dict[str, Any]:
    return {
        "value": exact(value.value),
        "type": value.kind,
        "currency": value.currency,
        "text": value.text,
    }


def _extent(value: Extent) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": value.kind, "value": None, "type": None, "currency": None}
    if value.value is not None:
        found |= _amount(value.value)
    lower = None if value.lower is None else exact(value.lower.value)
    return found | {"inclusive": value.inclusive, "text": value.text, "lower": lower}


_RULE = tuple(f.name for f in fields(RuleUsed) if f.name != "hold")


def _rule(value: RuleUsed) -> dict[str, Any]:
    """`hold` is there only where a watch holds something."""
    found = {name: to_json(getattr(value, name)) for name in _RULE}
    return found if value.hold is None else found | {"hold": to_json(value.hold)}


_WRITERS: dict[type, Callable[[Any], Any]] = {
    Extent: _extent,
    Amount: _amount,
    RuleUsed: _rule,
    Fraction: exact,
    Outcome: str,
    date: date.isoformat,
}
"""By class; those of dataclasses are added when they are met."""
