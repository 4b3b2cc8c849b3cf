"""Which steps of a requirement are still to be done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from remit_dsl.program import AllSteps, ApprovalStep, EvidenceStep, SequenceSteps, Step
from remit_engine.judging.interpreter import judge
from remit_engine.judging.verdict import Capacity, Case
from remit_engine.people.party import Party, same_party
from remit_engine.request import Approval
from remit_engine.rules.ir import PROHIBITION, SELF_BAR, SEPARATION, Rule


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A step not done yet, `done` of its `count` persons aside; `after`: the steps before it in a
    sequence that are not done either."""

    rule: Rule
    step: ApprovalStep | EvidenceStep
    done: int
    after: tuple[Outstanding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Begun:
    """From where approvals count: a place in the request's list, and a day."""

    place: int = 0
    day: date = date.min
    trusting: bool = False


def outstanding(rule: Rule, case: Case, *, trusting: bool = False) -> tuple[Outstanding, ...]:
    """The steps of a requirement that the request does not show as done, in order.

    Where the requester may not do a step and is not named, what somebody did counts only for
    the `trusting`.
    """
    if rule.steps is None:
        return ()
    found, _ = _settle(rule.steps, rule, case, _Begun(trusting=trusting))
    return tuple(found)


def _settle(step: Step, rule: Rule, case: Case, begun: _Begun) -> tuple[list[Outstanding], _Begun]:
    """What is outstanding of a step, and from where the next step of a sequence counts."""
    match step:
        case EvidenceStep():
            done = step.name in case.request.evidence
            return ([] if done else [Outstanding(rule, step, 0)]), begun
        case ApprovalStep():
            return _approvals(step, rule, case, begun)
        case AllSteps():
            settled = [_settle(s, rule, case, begun) for s in step.steps]
            ends = [end for _, end in settled]
            last = replace(begun, place=max(e.place for e in ends), day=max(e.day for e in ends))
            return [o for found, _ in settled for o in found], last
        case SequenceSteps():
            found: list[Outstanding] = []
            for s in step.steps:
                # what comes after an outstanding step has not begun, whatever was signed already
                start = replace(begun, place=len(case.request.approvals)) if found else begun
                more, begun = _settle(s, rule, case, start)
                earlier = tuple(found)
                found += [replace(o, after=earlier + o.after) for o in more]
            return found, begun


def _approvals(
    step: ApprovalStep, rule: Rule, case: Case, begun: _Begun
) -> tuple[list[Outstanding], _Begun]:
    """Distinct persons, each for another of the positions, as many as are asked for."""
    verb = step.verb or rule.verb
    wanted = frozenset(step.positions)
    offices: list[frozenset[str]] = []
    persons: list[tuple[Party, ...]] = []
    end, done = begun, 0
    for i, approval in enumerate(case.request.approvals[begun.place :], begun.place):
        day = approval.on or begun.day
        if (
            done < step.count
            and day >= begun.day
            and _counts(i, verb, case, begun.trusting)
            and _is_new(approval.persons, persons)
        ):
            persons.append(approval.persons)
            offices.append(approval.positions & wanted)
            if _filled(offices) > done:
                done, end = done + 1, replace(end, place=i + 1, day=max(end.day, day))
    capacity = case.capacity
    if verb == case.request.verb and done < step.count and _is_new(capacity.persons, persons):
        offices.append(capacity.positions & wanted)
        done = _filled(offices)
    return ([] if done >= step.count else [Outstanding(rule, step, done)]), end


def _is_new(who: tuple[Party, ...], persons: list[tuple[Party, ...]]) -> bool:
    """True when none of the persons is surely or possibly one of those who acted already."""
    return all(same_party(p, q) is False for p in who for acted in persons for q in acted)


def _filled(offices: list[frozenset[str]]) -> int:
    """How many of the persons can stand for a position of their own each (a matching)."""
    held_by: dict[str, int] = {}

    def place(person: int, tried: set[str]) -> bool:
        for office in sorted(offices[person] - tried):
            tried.add(office)
            if office not in held_by or place(held_by[office], tried):
                held_by[office] = person
                return True
        return False

    return sum(place(person, set()) for person in range(len(offices)))


def _counts(index: int, verb: str, case: Case, trusting: bool) -> bool:
    """Whether an approval counts: of the verb, by somebody whom nothing keeps from it."""
    approval = case.request.approvals[index]
    if approval.verb != verb or _is_requester(approval, case, trusting):
        return False
    if _forbidden(approval, case):
        return False
    earlier = case.request.approvals[:index]
    others = _separated(verb, case)
    return _is_new(approval.persons, [e.persons for e in earlier if e.verb in others])


def _forbidden(approval: Approval, case: Case) -> bool:
    """Whether a prohibition of the verb applies, or may apply, to one of those who did it."""
    return any(_is_barred(approval.verb, who, case) for who in approval.persons)


def _is_barred(verb: str, who: Party, case: Case) -> bool:
    request = case.request
    rules = case.model.actions[request.action].in_force(PROHIBITION, verb, request.as_of)
    capacity = Capacity(who, who.positions, who.barred, (who,))
    facts = {**case.facts, "actor": who}
    theirs = replace(case, capacity=capacity, facts=facts, own=None)
    return any(
        judge(rule, theirs).applies is not False for rule in rules if rule.concerns(who.barred)
    )


def _separated(verb: str, case: Case) -> frozenset[str]:
    """The verbs that another person must have done than the one who does this verb."""
    request = case.request
    rules = case.model.actions[request.action].in_force(SEPARATION, verb, request.as_of)
    return frozenset().union(*(rule.verbs for rule in rules)) - {verb}


def _is_requester(approval: Approval, case: Case, trusting: bool) -> bool:
    """Whether the requester did a step of a verb that the requester may not do."""
    request = case.request
    if not case.model.actions[request.action].in_force(SELF_BAR, approval.verb, request.as_of):
        return False
    if request.requester is None:
        return not trusting and case.capacity.party.person is not None
    return not _is_new(approval.persons, [(request.requester,)])
