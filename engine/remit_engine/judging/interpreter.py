"""The reference back end: naive, no index. Every other target is tested against it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from remit_dsl.program import Bound
from remit_engine.judging.evaluate import Environment, evaluate, truth
from remit_engine.judging.interval import Interval
from remit_engine.judging.unknown import (
    Truth,
    Unknown,
    conjunction,
    disjunction,
    fault,
    merged,
    missing,
)
from remit_engine.judging.verdict import STATED, Case, TotalState, Verdict
from remit_engine.people.party import same_party
from remit_engine.rules.ir import GRANT, Rule
from remit_engine.rules.totals import window_total


class Interpreter:
    """Judges a case by reading every rule on its action."""

    def verdicts(self, case: Case) -> list[Verdict]:
        """The verdicts of all rules in force that concern the case and may apply."""
        request = case.request
        every = (
            judge(rule, case)
            for rule in case.model.actions[request.action].rules
            if request.verb in rule.verbs and rule.in_force(request.as_of) and concerns(rule, case)
        )
        return [v for v in every if v.applies is not False]


def concerns(rule: Rule, case: Case) -> bool:
    """Whether a rule speaks about the capacity: grants by what it holds, bars by all it is."""
    capacity = case.capacity
    if rule.kind != GRANT:
        return rule.concerns(capacity.barred)
    # `anyone` means anyone of the organisation: who holds no position has no rights in it
    return bool(capacity.positions) and rule.concerns(capacity.positions)


def environment(case: Case) -> Environment:
    """Where the expressions of a case are read."""
    return Environment(
        case.model, case.request.as_of, case.facts, case.directory.within, variables={}
    )


def judge(rule: Rule, case: Case) -> Verdict:
    """The naive verdict of one rule."""
    env = environment(case)
    condition = conjunction(truth(c, env) for c in rule.condition)
    bound = None if rule.bound is None else interval(rule.bound, env)
    return conclude(rule, case, condition, bound, measure(case))


def conclude(
    rule: Rule, case: Case, condition: Truth, bound: Interval | Unknown | None, value: Any
) -> Verdict:
    """The verdict, given the rule's condition, its bound as written and the measure."""
    if condition is False:
        return Verdict(rule, False)
    match rule.kind:
        case "grant":
            return _grant(rule, case, condition, bound, value)
        case "prohibition" | "requirement":
            return _region(rule, case, condition, bound, value)
        case "self bar":
            return Verdict(rule, conjunction((condition, is_requester(case))))
        case "separation":
            return Verdict(rule, conjunction((condition, has_done_other(rule, case))))
    raise ValueError(f"not a kind of rule: {rule.kind}")


def _grant(
    rule: Rule, case: Case, condition: Truth, bound: Interval | Unknown | None, value: Any
) -> Verdict:
    bounds = [] if bound is None else [measured(bound, case)]
    totals = []
    for total in rule.limit.totals if rule.limit else ():
        limit, used = evaluate(total.amount, environment(case)), used_total(total.name, case)
        totals.append(TotalState(total.name, limit, used))
        bounds.append(remaining(limit, used))
    if case.capacity.cap is not None:
        bounds.append(measured(Interval(high=case.capacity.cap), case))
    inside = False if rule.unset else conjunction(contains(b, value) for b in bounds)
    return Verdict(rule, condition, inside, tuple(bounds), tuple(totals))


def _region(
    rule: Rule, case: Case, condition: Truth, bound: Interval | Unknown | None, value: Any
) -> Verdict:
    if bound is None:
        return Verdict(rule, condition)
    region = measured(bound, case)
    return Verdict(rule, conjunction((condition, contains(region, value))), bounds=(region,))


def interval(bound: Bound, env: Environment) -> Interval | Unknown:
    """A bound with its words read: up to and at least include, under and over exclude."""
    value = evaluate(bound.value, env)
    high = None if bound.high is None else evaluate(bound.high, env)
    if isinstance(value, Unknown) or isinstance(high, Unknown):
        return merged((value, high))
    match bound.side:
        case "up to":
            return Interval(high=value)
        case "under":
            return Interval(high=value, high_open=True)
        case "at least":
            return Interval(low=value)
        case "over":
            return Interval(low=value, low_open=True)
        case "between":
            if value > high:  # whoever wrote it meant some numbers: it cannot mean none
                return fault("reversed", "between", bound.span)
            return Interval(low=value, high=high)
    raise ValueError(f"not a bound: {bound.side}")


def measure(case: Case) -> Any:
    """The value the limits measure; None when the action has none."""
    if case.measure is not STATED:
        return case.measure
    stated = case.model.actions[case.request.action].action.measure
    return None if stated is None else evaluate(stated.value, environment(case))


def window_name(case: Case) -> str | None:
    """The name of the total that an anti-splitting measure adds: `vendor over 60 days`."""
    stated = case.model.actions[case.request.action].action.measure
    return None if stated is None else window_total(stated)


def measured(bound: Interval | Unknown, case: Case) -> Interval | Unknown:
    """The bound for this act alone, what the window has already used taken off."""
    name = window_name(case)
    if name is None:
        return bound
    used = used_total(name, case)
    if isinstance(bound, Unknown) or isinstance(used, Unknown):
        return merged((bound, used))
    return bound.shifted(-used)


def used_total(name: str, case: Case) -> Any:
    """What a running total has used, or Unknown when the request does not say."""
    used = case.request.totals.get(name)
    return missing(f"totals.{name}") if used is None else used


def remaining(limit: Any, used: Any) -> Interval | Unknown:
    """What a running total leaves for this act."""
    if isinstance(limit, Unknown) or isinstance(used, Unknown):
        return merged((limit, used))
    return Interval(high=limit - used)


def contains(bound: Interval | Unknown, value: Any) -> Truth:
    """Whether a measure is within a bound."""
    if isinstance(bound, Unknown) or isinstance(value, Unknown):
        return merged((bound, value))
    if not isinstance(value, Fraction):
        raise TypeError("a measure is an exact number")
    return value in bound


def is_requester(case: Case) -> Truth:
    """Whether the decider (or whom he stands for) made the request.

    A position without a person is an abstract question: nobody is named who could be the same
    person, so an unnamed requester does not bar it (the answer carries the obligation).
    """
    requester = case.request.requester
    answers: list[Truth] = []
    for person in case.capacity.persons:
        if requester is None:
            answers.append(missing("requester") if person.person is not None else False)
        else:
            same = same_party(person, requester)
            answers.append(missing("actor") if same is None else same)
    return disjunction(answers)


def has_done_other(rule: Rule, case: Case) -> Truth:
    """Whether the decider has already done the other of two separated verbs."""
    others = rule.verbs - {case.request.verb}
    done = [a for a in case.request.approvals if a.verb in others]
    earlier = [p for a in done for p in a.persons]
    same = [same_party(p, e) for p in case.capacity.persons for e in earlier]
    return disjunction(missing("actor") if s is None else s for s in same)
