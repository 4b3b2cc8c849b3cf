"""The steps a requirement asks for: approvals, evidence, in any order or in a stated one."""

from __future__ import annotations

from collections.abc import Callable

from remit_dsl import syntax
from remit_dsl.declaring.declarations import label
from remit_dsl.diagnostics import Related
from remit_dsl.program import AllSteps, ApprovalStep, EvidenceStep, SequenceSteps, Step
from remit_dsl.scope.findings import Findings

FindVerb = Callable[[syntax.Name], str | None]
FindPosition = Callable[[syntax.QName], str | None]


def steps(
    findings: Findings, verb: FindVerb, position: FindPosition, node: syntax.Step
) -> Step | None:
    """The checked steps, or None when something in them was reported."""
    match node:
        case syntax.ApprovalStep():
            return _approval(findings, verb, position, node)
        case syntax.EvidenceStep():
            return EvidenceStep(node.name.text, label(node.label))
        case syntax.AllSteps() | syntax.SequenceSteps():
            inner = [steps(findings, verb, position, s) for s in node.steps]
            known = tuple(s for s in inner if s is not None)
            if len(known) < len(inner):
                return None
            return (AllSteps if isinstance(node, syntax.AllSteps) else SequenceSteps)(known)
    return None


def _approval(
    findings: Findings, verb: FindVerb, position: FindPosition, node: syntax.ApprovalStep
) -> ApprovalStep | None:
    act = verb(node.verb) if node.verb is not None else None
    found = [position(p) for p in node.positions]
    known = tuple(p for p in found if p is not None)
    if len(known) < len(found) or (node.verb is not None and act is None):
        return None
    if not _enough(findings, node) or _repeated(findings, node, known):
        return None
    count = len(known) if node.count is None else node.count
    return ApprovalStep(act, count, known)


def _enough(findings: Findings, node: syntax.ApprovalStep) -> bool:
    listed = len(node.positions)
    if listed == 0 or node.count == 0:
        findings.add(node.span, "E0404", "this step asks for nobody", "name who must act")
        return False
    if node.count is not None and node.count > listed:
        message = f"this step asks for {node.count} of {listed} positions"
        findings.add(node.span, "E0404", message, "list more positions, or ask for fewer")
        return False
    return True


def _repeated(findings: Findings, node: syntax.ApprovalStep, known: tuple[str, ...]) -> bool:
    for i, name in enumerate(known):
        first = known.index(name)
        if first < i:
            place = Related(node.positions[first].span, "first listed here")
            message = f"`{node.positions[i].text}` is listed twice in one step"
            findings.add(
                node.positions[i].span, "E0415", message, "list each position once", [place]
            )
            return True
    return False
