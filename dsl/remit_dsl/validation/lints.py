"""Warnings: what is written soundly and is probably not meant. Each lint is one plain function."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.expressions import (
    Constant,
    DefinitionValue,
    Expression,
    ParameterValue,
    TableLookup,
    walk,
)
from remit_dsl.pay_expressions import of_allocation, of_plan, of_scorecard
from remit_dsl.program import (
    Authority,
    Grant,
    Program,
    Prohibition,
    Requirement,
    SelfBar,
    Separation,
    Statement,
)
from remit_dsl.scope.qualified import short
from remit_dsl.validation.lookalikes import lookalikes, unbarred_implications
from remit_dsl.validation.validate import by_action, granted, superiors
from remit_dsl.watch_expressions import of_duty, of_watch

Lint = Callable[[Program], Iterator[Diagnostic]]


def missing_owner(program: Program) -> Iterator[Diagnostic]:
    """Somebody must answer for a policy."""
    for policy in program.policies.values():
        if policy.owner is None:
            message = f"policy `{policy.name}` has no owner"
            help = "write `owner …` in its header: who may amend and interpret it"
            yield Diagnostic(policy.span, "W0501", message, help)


# --- use of names ------------------------------------------------------------------------


def _of_statement(rule: Statement) -> Iterator[Expression]:
    bound = None
    if rule.condition is not None:
        yield rule.condition
    if isinstance(rule, Prohibition | Requirement):
        bound = rule.bound
    if isinstance(rule, Grant):
        bound = rule.limit.bound
    if bound is not None:
        yield from bound.ends
    if isinstance(rule, Grant):
        yield from (total.amount for total in rule.limit.totals)


def _expressions(program: Program) -> Iterator[tuple[str, Expression]]:
    """Every expression with the words that say where it stands."""
    for parameter in program.parameters.values():
        yield from ((f"`{short(parameter.name)}`", v.value) for v in parameter.values if v.value)
    for definition in program.definitions.values():
        yield f"`{short(definition.name)}`", definition.value
    for table in program.tables.values():
        for row in table.rows:
            yield from ((f"`{short(table.name)}`", e) for e in (*row.conditions, row.value))
    for exchange in program.exchanges.values():
        yield from (("an exchange", v.value) for v in exchange.values if v.value)
    for action in program.actions.values():
        if action.measure is not None:
            yield f"action `{short(action.name)}`", action.measure.value
    for block in program.authorities:
        words = f"authority `{short(block.action)}`"
        yield from ((words, e) for rule in block.statements for e in _of_statement(rule))
    for delegation in program.delegations:
        if delegation.cap is not None:
            yield f"delegation of `{short(delegation.action)}`", delegation.cap
    for waiver in program.waivers:
        if waiver.condition is not None:
            yield f"a waiver of `{waiver.question}`", waiver.condition
    yield from _of_pay(program)
    for watch in program.watches.values():
        yield from ((f"watch `{watch.short}`", e) for e in of_watch(watch))
    for duty in program.duties:
        yield from ((f"duty `{short(duty.name)}`", e) for e in of_duty(duty))


def _of_pay(program: Program) -> Iterator[tuple[str, Expression]]:
    for plan in program.plans.values():
        yield from ((f"plan `{plan.short}`", e) for e in of_plan(plan))
    for card in program.scorecards.values():
        yield from ((f"scorecard `{short(card.name)}`", e) for e in of_scorecard(card))
    for allocation in program.allocations.values():
        words = f"allocation `{short(allocation.name)}`"
        yield from ((words, e) for e in of_allocation(allocation))


def _uses(program: Program) -> dict[str, str]:
    """Each parameter, definition and table that is used, with the first place that does."""
    found: dict[str, str] = {}
    for words, e in _expressions(program):
        for part in walk(e):
            if isinstance(part, ParameterValue | DefinitionValue | TableLookup):
                found.setdefault(part.name, words)
    return found


READ_BY_DOORS = ("dispute_days",)
"""Parameters beside commission plans that no rule uses: by when a dispute has its answer."""


def unused_names(program: Program) -> Iterator[Diagnostic]:
    """What nothing uses is forgotten, or its use is misspelt."""
    used = _uses(program)
    kinds = (
        ("parameter", program.parameters),
        ("definition", program.definitions),
        ("table", program.tables),
    )
    for word, declared in kinds:
        for name, item in declared.items():
            if name not in used and not (program.plans and short(name) in READ_BY_DOORS):
                message = f"{word} `{short(name)}` is not used"
                yield Diagnostic(item.span, "W0503", message, "use it or leave it out")


def unset_parameters(program: Program) -> Iterator[Diagnostic]:
    """A parameter without a value leaves everything that needs it undefined."""
    used: dict[str, str] | None = None
    for parameter in program.parameters.values():
        unset = next((v for v in parameter.values if v.value is None), None)
        if unset is None:
            continue
        used = _uses(program) if used is None else used
        if parameter.name in used:
            since = f" from {unset.start}" if unset.start else ""
            yield Diagnostic(
                unset.span,
                "W0502",
                f"`{short(parameter.name)}` is unset{since}, and {used[parameter.name]} depends "
                "on it",
                "what depends on it is undefined in that time",
            )


# --- rules -------------------------------------------------------------------------------


def ambiguous_rules(program: Program) -> Iterator[Diagnostic]:
    """Rules without a label are told apart by action, position and verb."""
    for blocks in by_action(program).values():
        first: dict[tuple[object, ...], Statement] = {}
        for rule in (r for block in blocks for r in block.statements if r.label is None):
            before = first.setdefault(_identity(rule), rule)
            if before is not rule:
                yield Diagnostic(
                    rule.span,
                    "W0504",
                    "this rule cannot be told from another by position and verb",
                    "give it a label: `a_name: …`",
                    (Related(before.span, "the other rule"),),
                )


def _identity(rule: Statement) -> tuple[object, ...]:
    """What the name of a rule without a label is made of."""
    match rule:
        case Grant() | Prohibition():
            return (type(rule), rule.positions, rule.verb)
        case Requirement() | SelfBar():
            return (type(rule), rule.verb)
        case Separation():
            return (Separation, rule.verbs)
    return (type(rule),)


def rules_outside_their_policy(program: Program) -> Iterator[Diagnostic]:
    """A rule holds only while its policy does."""
    for block in program.authorities:
        policy = program.policies.get(block.policy)
        if policy is None:
            continue
        for rule in block.statements:
            if rule.start and policy.start and rule.start < policy.start:
                message = f"this rule begins on {rule.start}, before its policy on {policy.start}"
            elif rule.until and policy.effective_until and rule.until > policy.effective_until:
                message = (
                    f"this rule ends on {rule.until}, after its policy on {policy.effective_until}"
                )
            elif rule.start and policy.effective_until and rule.start >= policy.effective_until:
                message = (
                    f"this rule begins on {rule.start}, when its policy has ended on "
                    f"{policy.effective_until}"
                )
            elif rule.until and policy.start and rule.until <= policy.start:
                message = f"this rule ends on {rule.until}, before its policy begins"
            else:
                continue
            place = (Related(policy.span, f"policy `{policy.name}` is declared here"),)
            yield Diagnostic(
                rule.span, "W0507", message, "a rule holds only with its policy", place
            )


# --- escalation --------------------------------------------------------------------------


def dead_ends(program: Program) -> Iterator[Diagnostic]:
    """Where superiors are asked, one of them should be able to do more."""
    for blocks in by_action(program).values():
        for block in blocks:
            if block.escalation is None or block.escalation.mode == "position":
                continue
            stuck = next((g for g in block.grants if _stuck(program, blocks, g)), None)
            if stuck is None:
                continue
            who = short(next(p for p in stuck.positions if _top(program, blocks, stuck, p)))
            yield Diagnostic(
                block.escalation.span,
                "W0510",
                f"no superior of `{who}` may {stuck.verb} more than it, so this leads nowhere",
                "grant more to a superior, or escalate to a position by name",
                (Related(stuck.span, "the grant that ends the line"),),
            )


def _stuck(program: Program, blocks: list[Authority], grant: Grant) -> bool:
    limited = grant.limit.kind == "bound"
    return limited and any(_top(program, blocks, grant, p) for p in grant.positions)


def _top(program: Program, blocks: list[Authority], grant: Grant, position: str) -> bool:
    """True when nobody above the position is granted more of the verb."""
    rivals = [g for b in blocks for g in b.grants if g.verb == grant.verb]
    if any(position in g.positions and _more(g, grant) for g in rivals):
        return False
    return not any(
        granted(program, blocks, above, grant.verb)
        and any((not g.positions or above in g.positions) and _more(g, grant) for g in rivals)
        for above in superiors(program, position)
    )


def _more(one: Grant, other: Grant) -> bool:
    """True unless the limit of `one` is surely no more than that of `other`."""
    if one.limit.kind != "bound":
        return one.limit.kind == "any"
    a, b = one.limit.bound, other.limit.bound
    if a is None or b is None:
        return one is not other
    top, own = a.high or a.value, b.high or b.value
    if not (isinstance(top, Constant) and isinstance(own, Constant)):
        return one is not other
    return bool((top.value, a.side != "under") > (own.value, b.side != "under"))


LINTS: tuple[Lint, ...] = (
    missing_owner,
    unused_names,
    unset_parameters,
    ambiguous_rules,
    rules_outside_their_policy,
    dead_ends,
    lookalikes,
    unbarred_implications,
)
