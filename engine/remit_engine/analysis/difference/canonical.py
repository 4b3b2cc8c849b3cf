"""Expressions as canonical text: equal where the meaning is the same however it is written.

Places, spelling of numbers, names of bound variables and the order of what commutes are left out.
Names of parameters, definitions and tables stay: what they say is compared on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.program import (
    AllSteps,
    ApprovalStep,
    Bound,
    EvidenceStep,
    Limit,
    SequenceSteps,
    Step,
    Total,
)
from remit_dsl.types import Type

Names = Mapping[str, str]
"""Bound variable -> its canonical name, `_` and a number: one that is bound again gets another."""

_MIRRORED = {">": "<", ">=": "<="}
_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def canonical(e: x.Expression, names: Names | None = None) -> str:
    """The canonical text of an expression."""
    known = names or {}
    match e:
        case x.Constant():
            return _constant(e.value, e.type)
        case x.Fact():
            return f"fact {'.'.join(e.path)}"
        case x.Variable():
            return ".".join((known.get(e.name, e.name), *e.path))
        case x.ParameterValue() | x.DefinitionValue():
            return f"value {e.name}"
        case x.AllOf() | x.AnyOf() | x.Extremum():
            return _gathered(e, known)
        case x.Compare():
            return _comparison(e.operator, e, known)
        case x.Not(operand=x.Compare() as inner):
            return _comparison(_OPPOSITE[inner.operator], inner, known)
        case x.Not(operand=x.Not(operand=inner)):
            return canonical(inner, known)
        case x.Arithmetic():
            return _arithmetic(e, known)
        case x.Aggregate():
            return _aggregate(e, known)
        case x.BandLookup():
            rows = [
                _call(r.side or "otherwise", [r.bound, r.value] if r.bound else [r.value], known)
                for r in e.rows
            ]
            return f"bands({canonical(e.operand, known)}; {'; '.join(rows)})"
    return _call(_head(e), x.children(e), known)


def canonical_bound(bound: Bound | None) -> str:
    """A bound with its side."""
    return "" if bound is None else _call(bound.side, bound.ends, {})


def canonical_limit(limit: Limit | None) -> str:
    """A limit; running totals hold together, in whatever order."""
    if limit is None:
        return ""
    totals = sorted(_total(t) for t in limit.totals)
    return f"{limit.kind} {canonical_bound(limit.bound)} [{', '.join(totals)}]"


def canonical_steps(step: Step | None) -> str:
    """The steps of a requirement; those that may be done in any order are sorted."""
    match step:
        case ApprovalStep():
            return f"{step.verb} by {step.count} of {sorted(set(step.positions))}"
        case EvidenceStep():
            return f"evidence {step.name}"
        case AllSteps():
            parts = sorted({canonical_steps(s) for s in _steps(step, AllSteps)})
            return parts[0] if len(parts) == 1 else f"all({', '.join(parts)})"
        case SequenceSteps():
            return f"then({', '.join(canonical_steps(s) for s in _steps(step, SequenceSteps))})"
    return ""


def _steps(step: Step, kind: type[AllSteps | SequenceSteps]) -> Iterable[Step]:
    """The steps of one kind of joint, however they are grouped."""
    if not isinstance(step, kind):
        yield step
        return
    for inner in step.steps:
        yield from _steps(inner, kind)


def canonical_all(conjuncts: Iterable[x.Expression]) -> str:
    """Conditions that must all hold."""
    return " & ".join(sorted({canonical(c) for c in conjuncts}))


def value_key(value: Any) -> str:
    """A value by itself, without its type."""
    match value:
        case bool():
            return str(value).lower()
        case Fraction():
            return f"{value.numerator:x}/{value.denominator:x}"
        case date():
            return value.isoformat()
        case frozenset():
            return f"({', '.join(sorted(value_key(v) for v in value))})"
    return repr(value)


def _constant(value: Any, kind: Type) -> str:
    """A bare number weighs the same as a percent of its value; durations and currencies do not."""
    inner = kind.element or kind
    unit = {"money": inner.currency or "", "days": "days", "months": "months"}.get(inner.kind, "")
    return f"{value_key(value)} {unit}".strip()


def _total(total: Total) -> str:
    key = ".".join(total.key.path) if total.key is not None else ""
    return f"{canonical(total.amount)} per {key} per {total.period}"


def _call(head: str, parts: Iterable[x.Expression], names: Names) -> str:
    return f"{head}({', '.join(canonical(p, names) for p in parts)})"


def _parts(e: x.Expression, like: x.Expression) -> Iterable[x.Expression]:
    """The operands of a chain of one operator."""
    same = type(e) is type(like) and getattr(e, "function", "") == getattr(like, "function", "")
    if not same:
        yield e
        return
    for child in x.children(e):
        yield from _parts(child, like)


def _gathered(e: x.AllOf | x.AnyOf | x.Extremum, names: Names) -> str:
    """What holds in any order, each part once."""
    parts = sorted({canonical(p, names) for p in _parts(e, e)})
    head = e.function if isinstance(e, x.Extremum) else _head(e)
    return parts[0] if len(parts) == 1 else f"{head}({', '.join(parts)})"


def _comparison(operator: str, e: x.Compare, names: Names) -> str:
    left, right = canonical(e.left, names), canonical(e.right, names)
    if operator in _MIRRORED:
        operator, left, right = _MIRRORED[operator], right, left
    elif operator in ("=", "!="):
        left, right = sorted((left, right))
    return f"({left} {operator} {right})"


def _arithmetic(e: x.Arithmetic, names: Names) -> str:
    if e.operator not in "+*":
        return _call(e.operator, (e.left, e.right), names)
    parts = sorted(canonical(p, names) for p in _terms(e, e.operator))
    return f"{e.operator}({', '.join(parts)})"


def _terms(e: x.Expression, operator: str) -> Iterable[x.Expression]:
    if isinstance(e, x.Arithmetic) and e.operator == operator:
        yield from _terms(e.left, operator)
        yield from _terms(e.right, operator)
    else:
        yield e


def _aggregate(e: x.Aggregate, names: Names) -> str:
    free = 1 + max((int(name[1:]) for name in names.values()), default=-1)
    inner = {**names, e.variable: f"_{free}"}
    where = canonical(e.where, inner) if e.where is not None else ""
    body = canonical(e.body, inner) if e.body is not None else ""
    return f"{e.function}({canonical(e.over, names)}; {where}; {body})"


def _head(e: x.Expression) -> str:
    """The name of a form, with all of it that is not an operand."""
    match e:
        case x.TableLookup():
            own: tuple[Any, ...] = (e.name,)
        case x.ReportsTo():
            own = ("directly" if e.direct else "at all",)
        case x.HoldsPosition():
            own = (e.position,)
        case x.DateDifference():
            own = (e.unit,)
        case x.PeriodEdge():
            own = (e.edge, e.unit)
        case x.AddToDate():
            own = (e.sign, e.month_rule)
        case x.Round():
            own = (e.mode, value_key(e.step))
        case x.Exchanged():
            own = (e.base, e.quote)
        case _:
            own = ()
    return " ".join((type(e).__name__, *(str(part) for part in own)))
