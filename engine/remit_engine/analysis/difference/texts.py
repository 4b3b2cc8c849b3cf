"""Pieces of a policy as its author wrote them, on one line and without comments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from remit_dsl.expressions import Expression
from remit_dsl.program import (
    AllSteps,
    ApprovalStep,
    Bound,
    Delegation,
    Escalation,
    EvidenceStep,
    Label,
    Limit,
    Program,
    Step,
    Total,
)
from remit_dsl.scope.qualified import short
from remit_engine.explanation.quoting import conjuncts_written, written


def listed(names: Iterable[str], joint: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    *front, last = names
    return f"{', '.join(front)} {joint} {last}" if front else last


def condition_text(conjuncts: Iterable[Expression], program: Program) -> str:
    """`when a and b`, an empty text where nothing is asked."""
    parts = conjuncts_written(tuple(conjuncts), program)
    return f"when {' and '.join(parts)}" if parts else ""


def period_text(start: date | None, until: date | None) -> str:
    """`from 2026-01-01 until 2027-01-01`, an empty text for always."""
    begins = f"from {start}" if start else ""
    return " ".join(p for p in (begins, f"until {until}" if until else "") if p)


def bound_text(bound: Bound | None, program: Program) -> str:
    """`up to 10%`, `between 1 and 2`, an empty text for none."""
    if bound is None:
        return ""
    ends = " and ".join(written(e.span, program) for e in bound.ends)
    return f"{bound.side} {ends}"


def limit_text(limit: Limit | None, program: Program) -> str:
    """`up to 10%`, `any`, `unset`, `up to 10_000 each, 50_000 per month`."""
    if limit is None:
        return ""
    if limit.kind != "bound":
        return limit.kind
    totals = ", ".join(_total(t, program) for t in limit.totals)
    if limit.bound is None:
        return f"up to {totals}"
    each = bound_text(limit.bound, program)
    return f"{each} each, {totals}" if totals else each


def _total(total: Total, program: Program) -> str:
    return f"{written(total.amount.span, program)} per {total.name}"


def steps_text(step: Step | None, inside: bool = False) -> str:
    """`review by a and 2 of (b, c)`."""
    match step:
        case ApprovalStep():
            by = f"{step.verb} by " if step.verb else ""
            names = [short(p) for p in step.positions]
            several = step.count > 1 or not step.verb
            return f"{by}{step.count} of ({', '.join(names)})" if several else by + listed(names)
        case EvidenceStep():
            return f"evidence {step.name}"
        case None:
            return ""
    word = " and " if isinstance(step, AllSteps) else " then "
    text = word.join(steps_text(s, inside=True) for s in step.steps)
    return f"({text})" if inside else text


def escalation_text(escalation: Escalation | None) -> str:
    """The way an action escalates; the first superior able where nothing is said."""
    if escalation is None or escalation.mode == "first":
        return "the first superior able"
    if escalation.mode == "every" or escalation.target is None:
        return "every level"
    return short(escalation.target)


def delegation_text(delegation: Delegation, program: Program) -> str:
    """`to one level below, at most 90 days, never onward`."""
    reach = "any level" if delegation.levels is None else plural_levels(delegation.levels)
    to = listed(map(short, delegation.to)) if delegation.to else f"{reach} below"
    parts = [f"to {to}"]
    if delegation.longest is not None:
        parts.append(f"at most {delegation.longest} days")
    if delegation.cap is not None:
        parts.append(f"at most {written(delegation.cap.span, program)}")
    if delegation.approval_by is not None:
        parts.append(f"needs approval by {short(delegation.approval_by)}")
    parts.append("onward" if delegation.onward else "never onward")
    return ", ".join(parts)


def plural_levels(count: int) -> str:
    """`one level`, `2 levels`."""
    return "one level" if count == 1 else f"{count} levels"


def label_text(label: Label | None) -> str:
    """A label with its translations."""
    if label is None:
        return ""
    more = "".join(f' {language} "{text}"' for language, text in label.translations)
    return f'"{label.text}"{more}'
