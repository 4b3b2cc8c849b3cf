"""Which steps of a requirement are still to be done."""

from __future__ import annotations

from dataclasses import dataclass, replace

from remit_dsl.program import AllSteps, ApprovalStep, EvidenceStep, SequenceSteps, Step
from remit_engine.ir import SELF_BAR, Rule
from remit_engine.party import Party, same_party
from remit_engine.request import Approval
from remit_engine.verdict import Case


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A step not done yet, `done` of its `count` persons aside; `after`: the steps before it in a
    sequence that are not done either."""

    rule: Rule
    step: ApprovalStep | EvidenceStep
    done: int
    after: tuple[Outstanding, ...] = ()


def outstanding(rule: Rule, case: Case) -> tuple[Outstanding, ...]:
    """The steps of a requirement that the request does not show as done, in order."""
    if rule.steps is None:
        return ()
    found, _ = _settle(rule.steps, rule, case, 0)
    return tuple(found)


def _settle(step: Step, rule: Rule, case: Case, start: int) -> tuple[list[Outstanding], int]:
    """What is outstanding of a step when approvals count from `start` on; and where the next
    step of a sequence may begin to count."""
    match step:
        case EvidenceStep():
            done = step.name in case.request.evidence
            return ([] if done else [Outstanding(rule, step, 0)]), start
        case ApprovalStep():
            return _approvals(step, rule, case, start)
        case AllSteps():
            settled = [_settle(s, rule, case, start) for s in step.steps]
            return [o for found, _ in settled for o in found], max(end for _, end in settled)
        case SequenceSteps():
            found: list[Outstanding] = []
            for s in step.steps:
                # what comes after an outstanding step has not begun, whatever was signed already
                begin = len(case.request.approvals) if found else start
                more, start = _settle(s, rule, case, begin)
                earlier = tuple(found)
                found += [replace(o, after=earlier + o.after) for o in more]
            return found, start


def _approvals(
    step: ApprovalStep, rule: Rule, case: Case, start: int
) -> tuple[list[Outstanding], int]:
    verb = step.verb or rule.verb
    persons: list[Party] = []
    end = start
    for i, approval in enumerate(case.request.approvals[start:], start + 1):
        if (
            len(persons) < step.count
            and _counts(approval, verb, step, case)
            and _is_new(approval.by, persons)
        ):
            persons.append(approval.by)
            end = i
    decider = case.capacity.party
    counts = verb == case.request.verb and not case.capacity.positions.isdisjoint(step.positions)
    if counts and _is_new(decider, persons):
        persons.append(decider)
    done = min(len(persons), step.count)
    return ([] if done >= step.count else [Outstanding(rule, step, done)]), end


def _is_new(party: Party, persons: list[Party]) -> bool:
    return all(same_party(party, p) is False for p in persons)


def _counts(approval: Approval, verb: str, step: ApprovalStep, case: Case) -> bool:
    if approval.verb != verb or approval.by.positions.isdisjoint(step.positions):
        return False
    return not _barred(approval, case)


def _barred(approval: Approval, case: Case) -> bool:
    """An approval by the requester counts for nothing where the requester may not do that verb."""
    requester = case.request.requester
    if requester is None or same_party(approval.by, requester) is False:
        return False
    return any(
        r.kind == SELF_BAR and approval.verb in r.verbs and r.in_force(case.request.as_of)
        for r in case.model.actions[case.request.action].rules
    )
