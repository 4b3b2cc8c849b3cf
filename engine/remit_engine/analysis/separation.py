"""Two duties in one hand: who reviews and approves the same, also through a delegation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.program import AllSteps, ApprovalStep, Delegation, SequenceSteps, Step
from remit_dsl.scope.findings import listing
from remit_dsl.scope.qualified import short
from remit_engine.analysis.answer import (
    About,
    Answer,
    Asked,
    Status,
    proven,
    refuted,
    unsettled,
    waive,
)
from remit_engine.analysis.findings import places, where
from remit_engine.analysis.goal import Applies, Goal, Met, able, both, neither, sides
from remit_engine.analysis.judgement import SURE
from remit_engine.analysis.parts import others, parts, waived
from remit_engine.analysis.prober import Found, Prober, Sought
from remit_engine.analysis.replay import asked, says_yes
from remit_engine.analysis.scope import Scope
from remit_engine.analysis.space import Space
from remit_engine.request import Approval, Request
from remit_engine.rules.ir import GRANT, REQUIREMENT, SEPARATION, ActionRules, Model, Rule

NAME = "separation"
APART = (("review", "approve"), ("countersign", "sign"), ("inspect", "handle"))
"""Duties that check one another: the first checks the second."""
CHECKING = frozenset({"review", "countersign", "inspect", "assess", "approve", "adjudicate"})
"""What a step of these verbs asks for is a check; `handle`, `report` and such are work in turn."""


@dataclass(frozen=True, slots=True)
class Duties:
    """checking is to look at what `decided` does. by: the positions asked for the check (empty:
    whoever may)."""

    checking: str
    decided: str
    by: frozenset[str] = frozenset()
    rule: Rule | None = None


def separation(prober: Prober) -> Iterator[Answer]:
    """One answer for each pair of duties of each action, for delegations, and for the people of
    the directory who hold several positions."""
    model, scope = prober.model, prober.scope
    for name, rules in model.actions.items():
        told: set[tuple[str, str, str]] = set()
        for duties in _pairs(rules, scope.today):
            if _separated(rules, duties, scope.today):
                yield proven(NAME, About(name, duties.decided))
                continue
            hands = [(duties.checking, duties.decided, p) for p in _hands(rules, duties, model)]
            for hand in hands:
                if hand not in told:
                    yield from _in_one_hand(prober, prober.space(name), duties, hand[-1])
            told.update(hands)
            if not hands:
                yield proven(NAME, About(name, duties.decided))
            for answer in (
                *_by_delegation(model, rules, duties),
                *_by_person(model, scope, rules, duties),
            ):
                one = (duties.checking, duties.decided, repr(answer.about))
                if one not in told or answer.finding is None:
                    yield answer
                told.add(one)


def _pairs(rules: ActionRules, today: date) -> list[Duties]:
    verbs = {v for r in rules.rules if r.kind == GRANT for v in r.verbs}
    stated = [
        Duties(step.verb, rule.verb, frozenset(step.positions), rule)
        for rule in rules.rules
        if rule.kind == REQUIREMENT and rule.steps is not None
        if rule.until is None or rule.until > today
        for step in _approvals(rule.steps)
        if step.verb in CHECKING and step.verb is not None and step.verb != rule.verb
    ]
    return [*(Duties(a, b) for a, b in APART if {a, b} <= verbs), *stated]


def _approvals(step: Step) -> Iterator[ApprovalStep]:
    match step:
        case ApprovalStep():
            yield step
        case AllSteps() | SequenceSteps():
            for inner in step.steps:
                yield from _approvals(inner)


def _separated(rules: ActionRules, duties: Duties, today: date) -> bool:
    """Whether the text keeps the two apart, from today on and always."""
    return any(not rule.condition for rule in _apart(rules, duties, today))


def _apart(rules: ActionRules, duties: Duties, today: date) -> tuple[Rule, ...]:
    """The rules that keep the two apart from today on, where their conditions are met."""
    both_verbs = {duties.checking, duties.decided}
    return tuple(
        r
        for r in rules.rules
        if r.kind == SEPARATION and both_verbs <= r.verbs and r.until is None and r.in_force(today)
    )


def _checkers(rules: ActionRules, duties: Duties, model: Model) -> frozenset[str]:
    if duties.by:
        return duties.by
    return frozenset(p for p in model.program.positions if sides(rules, duties.checking, p).grants)


def _hands(rules: ActionRules, duties: Duties, model: Model) -> list[str]:
    """The positions that may do both."""
    return sorted(
        p for p in _checkers(rules, duties, model) if sides(rules, duties.decided, p).grants
    )


def _unhindered(prober: Prober, rules: ActionRules, duties: Duties, position: str) -> Goal:
    """Where the position may do both, and nothing keeps the two apart."""
    goal = able(rules, duties.decided, position)
    if duties.rule is None:
        goal = both(goal, able(rules, duties.checking, position))
    else:  # the check is asked for there, of whoever holds the position
        goal = both(goal, Applies(SURE, (duties.rule,), position))
    apart = _apart(rules, duties, prober.scope.today)
    if apart:  # what these keep in two hands is no fault
        goal = both(goal, neither(Met(apart, position)))
    return goal


def _in_one_hand(prober: Prober, space: Space, duties: Duties, position: str) -> Iterator[Answer]:
    rules = space.model.actions[space.action]
    about = About(space.action, duties.decided, (position,))
    goal = _unhindered(prober, rules, duties, position)

    def shown(request: Request) -> tuple[Asked, ...]:
        if not says_yes(request, space.model):
            return ()
        checked = (Approval(duties.checking, request.actor),)
        by_himself = replace(request, approvals=checked)
        if says_yes(by_himself, space.model):  # he has done both, and nothing speaks against it
            return (asked(by_himself, space.model),)
        return (asked(request, space.model),)

    mine = sides(rules, duties.decided, position).grants
    sought = Sought(duties.decided, position, goal, shown)

    def ask(one: Sought) -> Iterator[Found]:
        return prober.each(space, one)

    for part in parts(prober, space, NAME, position, sought, ask):
        if part.found.nothing:
            yield proven(NAME, about)
        elif part.found.status is Status.UNKNOWN:
            what = (
                f"`{short(position)}` may both {duties.checking} and {duties.decided} one "
                f"`{short(space.action)}`"
            )
            yield unsettled(NAME, about, mine[0].span, what, part.found.why or "")
        else:
            finding = Diagnostic(
                mine[0].span,
                "W0806",
                f"`{short(position)}` may {duties.checking} and {duties.decided} the same "
                f"`{short(space.action)}`{where(part.found.region, space)}{others(part)}",
                f"write `separate {duties.checking} and {duties.decided}`, give one of them to "
                f"another position, or {waive(NAME, about)}",
                _other_places(rules, duties, position),
            )
            yield waived(refuted(NAME, about, finding, part.found.witness), part.waiver)


def _other_places(rules: ActionRules, duties: Duties, position: str) -> tuple[Related, ...]:
    checks = sides(rules, duties.checking, position).grants
    found = places(checks[:2], f"this lets him {duties.checking}")
    if duties.rule is not None:
        found += (Related(duties.rule.span, f"this asks him to {duties.checking}"),)
    return found


# --- delegation ----------------------------------------------------------------------------------


def _by_delegation(model: Model, rules: ActionRules, duties: Duties) -> Iterator[Answer]:
    checkers = _checkers(rules, duties, model)
    for delegation in rules.delegations:
        broken = sorted(
            taker
            for taker in checkers
            if any(
                _reaches(delegation, giver, taker, model)
                for giver in model.program.positions
                if giver != taker and sides(rules, duties.decided, giver).grants
            )
        )
        about = About(rules.action.name, duties.decided, tuple(broken))
        if not broken:
            yield proven(NAME, about)
            continue
        finding = Diagnostic(
            delegation.span,
            "W0807",
            f"by this delegation {listing(short(p) for p in broken)} may {duties.decided} what "
            f"he is to {duties.checking}",
            f"write `separate {duties.checking} and {duties.decided}` in `authority "
            f"{rules.action.short}`, or name other positions after `to`",
            _other_places(rules, duties, broken[0]),
        )
        yield refuted(NAME, about, finding)


def _reaches(delegation: Delegation, giver: str, taker: str, model: Model) -> bool:
    if delegation.to:
        return taker in delegation.to
    return giver in model.superiors.get(taker, ())[: delegation.levels]


# --- people --------------------------------------------------------------------------------------


def _by_person(model: Model, scope: Scope, rules: ActionRules, duties: Duties) -> Iterator[Answer]:
    """People who hold two positions that do not go together in one hand."""
    checkers = _checkers(rules, duties, model)
    for person in scope.directory.people.values():
        held = {h.position for h in person.held(scope.today)}
        deciding = {p for p in held if sides(rules, duties.decided, p).grants}
        checking = held & checkers
        if len(held) < 2 or not deciding or not checking or held <= (deciding & checking):
            continue
        if deciding & checking:  # told of the position itself
            continue
        about = About(
            rules.action.name, duties.decided, tuple(sorted(deciding | checking)), name=person.id
        )
        decision, check = sorted(deciding)[0], sorted(checking)[0]
        finding = Diagnostic(
            sides(rules, duties.decided, decision).grants[0].span,
            "W0806",
            f"`{person.id}` holds `{short(decision)}` and `{short(check)}`, and so may "
            f"{duties.checking} and {duties.decided} the same `{rules.action.short}`",
            f"write `separate {duties.checking} and {duties.decided}`, let another hold one, or "
            f"{waive(NAME, about)}",
            _other_places(rules, duties, check),
        )
        yield refuted(NAME, about, finding)
