"""Authority statements as canonical text: a head and its clauses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remit_dsl.printing.print_expressions import VALUE, bound, expression, label, quoted
from remit_dsl.syntax import (
    AllSteps,
    ApprovalStep,
    Bound,
    Clauses,
    Escalation,
    EvidenceStep,
    Expr,
    Grant,
    Inherit,
    Limit,
    Name,
    Prohibition,
    QName,
    Requirement,
    SelfBar,
    Separation,
    SequenceSteps,
    Statement,
    Step,
    Total,
    Waiver,
)

Parts = tuple[str, list[tuple[str, Expr | None]]]


def parts(node: Statement) -> Parts:
    """The head of a statement, and its clauses: each a text, with its condition if it has one."""
    head = _HEADS[type(node)](node)
    named: Name | None = getattr(node, "label", None)
    clauses: Clauses | None = getattr(node, "clauses", None)
    if named is not None:
        head = f"{named.text}: {head}"
    return head, _clauses(clauses) if clauses is not None else []


def conditions(node: Clauses | Waiver) -> list[tuple[str, Expr | None]]:
    """`when …` and `unless …`, each with its condition."""
    said = (("when", node.when), ("unless", node.unless))
    return [(f"{word} {expression(e)}", e) for word, e in said if e is not None]


def _clauses(node: Clauses) -> list[tuple[str, Expr | None]]:
    found = conditions(node)
    dates = [
        f"{word} {day.isoformat()}"
        for word, day in (("from", node.start), ("until", node.until))
        if day is not None
    ]
    if dates:
        found.append((" ".join(dates), None))
    if node.because is not None:
        found.append((f"because{label(node.because)}", None))
    if node.source is not None:
        found.append((f"source {quoted(node.source)}", None))
    return found


def _subjects(names: tuple[QName, ...], nobody: str) -> str:
    return ", ".join(name.text for name in names) or nobody


def _after(text: str) -> str:
    return f" {text}" if text else ""


def limit(node: Limit) -> str:
    """`up to 3%`, `any`, `up to 10_000 each, 50_000 per month`; an empty text for none."""
    if node.kind != "bound":
        return "" if node.kind == "none" else node.kind
    totals = ", ".join(_total(total) for total in node.totals)
    if node.bound is None:
        return f"up to {totals}"
    return f"{bound(node.bound)} each, {totals}" if totals else bound(node.bound)


def _total(node: Total) -> str:
    key = f" per {node.key.text}" if node.key is not None else ""
    return f"{expression(node.amount, VALUE)}{key} per {node.period}"


def _bound(node: Bound | None) -> str:
    return f" {bound(node)}" if node is not None else ""


def _grant(node: Grant) -> str:
    who = _subjects(node.subjects, "anyone")
    return f"{who} may {node.verb.text}{_after(limit(node.limit))}"


def _prohibition(node: Prohibition) -> str:
    if not node.subjects:
        return f"nobody may {node.verb.text}{_bound(node.bound)}"
    return f"{_subjects(node.subjects, '')} may not {node.verb.text}{_bound(node.bound)}"


def _requirement(node: Requirement) -> str:
    return f"{node.verb.text}{_bound(node.bound)} needs {steps(node.steps)}"


def _self_bar(node: SelfBar) -> str:
    return f"requester may not {node.verb.text}"


def _separation(node: Separation) -> str:
    return f"separate {node.verbs[0].text} and {node.verbs[1].text}"


def _inherit(node: Inherit) -> str:
    return "superiors inherit"


def _escalation(node: Escalation) -> str:
    if node.mode == "position" and node.target is not None:
        return f"escalate to {node.target.text}"
    first = node.mode == "first"
    return "escalate to the first superior able" if first else "escalate through every level"


_HEADS: dict[type[Statement], Callable[[Any], str]] = {
    Grant: _grant,
    Prohibition: _prohibition,
    Requirement: _requirement,
    SelfBar: _self_bar,
    Separation: _separation,
    Inherit: _inherit,
    Escalation: _escalation,
}


def steps(node: Step, inside: bool = False) -> str:
    """`review by a and inspect by b then countersign by 2 of (c, d)`."""
    if isinstance(node, SequenceSteps):
        text = " then ".join(_member(step, (SequenceSteps,)) for step in node.steps)
    elif isinstance(node, AllSteps):
        text = " and ".join(_member(step, (SequenceSteps, AllSteps)) for step in node.steps)
    elif isinstance(node, EvidenceStep):
        text = f"evidence {node.name.text}{label(node.label)}"
    else:
        text = _approval(node) if isinstance(node, ApprovalStep) else ""
    return f"({text})" if inside else text


def step_lines(node: Step) -> list[str]:
    """The steps, broken before each `then`, else before each `and`."""
    if not isinstance(node, SequenceSteps | AllSteps):
        return [steps(node)]
    word = "then" if isinstance(node, SequenceSteps) else "and"
    kinds = (SequenceSteps,) if word == "then" else (SequenceSteps, AllSteps)
    first, *rest = (_member(step, kinds) for step in node.steps)
    return [first, *(f"{word} {step}" for step in rest)]


def _member(node: Step, grouped: tuple[type[Step], ...]) -> str:
    several = isinstance(node, ApprovalStep) and node.verb is not None and node.count == 1
    either = several and len(node.positions) > 1  # type: ignore[attr-defined]
    return steps(node, inside=isinstance(node, grouped) or (either and AllSteps in grouped))


def _approval(node: ApprovalStep) -> str:
    by = f"{node.verb.text} by " if node.verb is not None else ""
    names = [position.text for position in node.positions]
    if node.count is None:
        return f"{by}all of ({', '.join(names)})"
    if node.count == 1 and node.verb is not None:
        return by + " or ".join(names)
    return f"{by}{node.count} of ({', '.join(names)})"
