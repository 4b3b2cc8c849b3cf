"""Lowering: the checked program becomes flat rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from remit_dsl.expressions import AllOf, Expression
from remit_dsl.program import (
    BUILT_IN_VERBS,
    Authority,
    Grant,
    Program,
    Prohibition,
    Requirement,
    SelfBar,
    Separation,
    Statement,
)
from remit_dsl.validation.validate import implied, superiors
from remit_engine.rules.dependence import bends
from remit_engine.rules.ir import (
    GRANT,
    PROHIBITION,
    REQUIREMENT,
    SELF_BAR,
    SEPARATION,
    ActionRules,
    Model,
    Period,
    Rule,
)


def lower(program: Program) -> Model:
    """The model of a checked program. Rule ids are stable and unique (see `_stem`)."""
    above = {p: tuple(superiors(program, p)) for p in program.positions}
    verbs = {*BUILT_IN_VERBS, *program.rights}
    world = _World(program, above, {v: frozenset(implied(program, v)) for v in verbs})
    short = Counter(a.short for a in program.actions.values())
    seen: Counter[str] = Counter()
    rules: list[Rule] = []
    for authority in program.authorities:
        action = program.actions[authority.action]
        prefix = action.short if short[action.short] == 1 else action.name
        for statement in sorted(authority.statements, key=lambda s: s.span):
            stem = f"{prefix}.{_stem(statement)}"
            seen[stem] += 1
            rule_id = stem if seen[stem] == 1 else f"{stem}.{seen[stem]}"
            rules.append(_rule(authority, statement, len(rules), rule_id, world))
    return Model(
        program=program,
        rules=tuple(rules),
        actions=_by_action(program, rules),
        superiors=above,
        bending=frozenset(
            (r.action, verb)
            for r in rules
            if bends(r, program.actions[r.action], program)
            for verb in r.verbs
        ),
        names=_names(program),
    )


def _stem(statement: Statement) -> str:
    """The label, else a name made of who, what and which kind of sentence it is."""
    if statement.label:
        return statement.label
    match statement:
        case Grant():
            return f"{_who(statement.positions, 'anyone')}.{statement.verb}"
        case Prohibition():
            who = _who(statement.positions, "nobody")
            return f"{who}.{statement.verb}" + (".not" if statement.positions else "")
        case Requirement():
            return f"{statement.verb}.needs"
        case SelfBar():
            return f"requester.{statement.verb}"
        case Separation():
            return "separate." + ".".join(statement.verbs)
    raise TypeError(f"not a rule: {type(statement).__name__}")


def _who(positions: tuple[str, ...], everybody: str) -> str:
    return "+".join(p.rsplit(".", 1)[-1] for p in positions) or everybody


@dataclass(frozen=True, slots=True)
class _World:
    """What lowering a statement needs besides it: who is above whom, what a verb implies."""

    program: Program
    superiors: dict[str, tuple[str, ...]]
    implied: dict[str, frozenset[str]]


def _rule(
    authority: Authority, statement: Statement, index: int, rule_id: str, world: _World
) -> Rule:
    policy = world.program.policies[authority.policy]
    return Rule(
        index=index,
        id=rule_id,
        policy=authority.policy,
        action=authority.action,
        condition=_conjuncts(statement.condition),
        start=_latest(policy.start, statement.start),
        until=_earliest(policy.effective_until, statement.until),
        because=statement.because,
        source=statement.source,
        span=statement.span,
        **_own(statement, authority, world),
    )


def _own(statement: Statement, authority: Authority, world: _World) -> dict[str, Any]:
    """What each kind of sentence says in its own way."""
    match statement:
        case Grant():
            return {
                "kind": GRANT,
                "verb": statement.verb,
                "verbs": world.implied[statement.verb],
                "limit": statement.limit,
                "bound": statement.limit.bound,
                "positions": _granted(statement, authority, world),
            }
        case Prohibition():
            return {
                **_of_verb(PROHIBITION, statement.verb),
                "bound": statement.bound,
                "positions": frozenset(statement.positions) or None,
            }
        case Requirement():
            own = _of_verb(REQUIREMENT, statement.verb)
            return {**own, "bound": statement.bound, "steps": statement.steps, "positions": None}
        case SelfBar():
            return {**_of_verb(SELF_BAR, statement.verb), "positions": None}
        case Separation():
            own = _of_verb(SEPARATION, statement.verbs[0])
            return {**own, "verbs": frozenset(statement.verbs), "positions": None}
    raise TypeError(f"not a rule: {type(statement).__name__}")


def _of_verb(kind: str, verb: str) -> dict[str, Any]:
    return {"kind": kind, "verb": verb, "verbs": frozenset({verb})}


def _granted(grant: Grant, authority: Authority, world: _World) -> frozenset[str] | None:
    if not grant.positions:
        return None
    above = (s for p in grant.positions for s in world.superiors[p])
    return frozenset(grant.positions) | frozenset(above if authority.superiors_inherit else ())


def _conjuncts(condition: Expression | None) -> tuple[Expression, ...]:
    if condition is None:
        return ()
    if isinstance(condition, AllOf):
        return tuple(c for operand in condition.operands for c in _conjuncts(operand))
    return (condition,)


def _latest(a: date | None, b: date | None) -> date | None:
    return max(a, b) if a and b else a or b


def _earliest(a: date | None, b: date | None) -> date | None:
    return min(a, b) if a and b else a or b


def _by_action(program: Program, rules: list[Rule]) -> dict[str, ActionRules]:
    grouped: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        grouped[rule.action].append(rule)
    escalations = {a.action: a.escalation for a in reversed(program.authorities) if a.escalation}
    return {
        name: ActionRules(
            action=action,
            rules=tuple(grouped[name]),
            escalation=escalations.get(name),
            delegations=tuple(d for d in program.delegations if d.action == name),
            by_kind=_by_kind(grouped[name]),
            periods=_periods(grouped[name]),
        )
        for name, action in program.actions.items()
    }


def _by_kind(rules: list[Rule]) -> dict[tuple[str, str], tuple[Rule, ...]]:
    found: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        for verb in rule.verbs:
            found[rule.kind, verb].append(rule)
    return {key: tuple(of) for key, of in found.items()}


def _periods(rules: list[Rule]) -> dict[str, dict[str | None, frozenset[Period]]]:
    found: dict[str, dict[str | None, set[Period]]] = defaultdict(lambda: defaultdict(set))
    for rule in rules:
        for verb in rule.verbs if rule.kind == GRANT else ():
            for position in rule.positions or (None,):
                found[verb][position].add((rule.start, rule.until))
    return {
        verb: {position: frozenset(periods) for position, periods in of.items()}
        for verb, of in found.items()
    }


def _names(program: Program) -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = defaultdict(list)
    for qualified in [*program.actions, *program.positions, *program.parameters,
                      *program.definitions, *program.tables]:  # fmt: skip
        names[qualified].append(qualified)
        names[qualified.rsplit(".", 1)[-1]].append(qualified)
    return {k: tuple(dict.fromkeys(v)) for k, v in names.items()}
