"""Faults that only the whole program shows: circles, unreachable steps, orphaned delegations."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.program import Authority, Grant, Program
from remit_dsl.scope.circles import circles
from remit_dsl.scope.findings import listing
from remit_dsl.scope.qualified import short
from remit_dsl.validation.amounts import bare_amounts
from remit_dsl.validation.thousands import doubtful_amounts

Check = Callable[[Program], Iterator[Diagnostic]]


def reporting_circles(program: Program) -> Iterator[Diagnostic]:
    """Nobody reports to himself, directly or through others."""
    graph = {
        p.name: [n for n in (p.reports_to, *p.dotted_line_to) if n is not None]
        for p in program.positions.values()
    }
    for circle in circles(graph):
        first, names = program.positions[circle[0]], [short(name) for name in circle]
        through = f" through {listing(names[1:])}" if len(names) > 1 else ""
        places = tuple(
            Related(program.positions[n].span, f"`{short(n)}` is declared here") for n in circle[1:]
        )
        message = f"position `{names[0]}` reports to itself{through}"
        yield Diagnostic(first.span, "E0214", message, "end the line with one position", places)


def policy_periods(program: Program) -> Iterator[Diagnostic]:
    """A policy ends after it begins."""
    for policy in program.policies.values():
        start, until = policy.start, policy.effective_until
        if start is not None and until is not None and until <= start:
            yield Diagnostic(
                policy.span,
                "E0108",
                f"policy `{policy.name}` ends on {until}, not after its beginning on {start}",
                "`until` is the first day on which it holds no more",
            )


def escalation_targets(program: Program) -> Iterator[Diagnostic]:
    """What is escalated to a position, that position may decide."""
    for action, blocks in by_action(program).items():
        grants = [g for b in blocks for g in b.grants]
        for block in blocks:
            target = block.escalation.target if block.escalation else None
            if block.escalation is None or target is None or not grants:
                continue
            if any(granted(program, blocks, target, verb) for verb in _decided(grants)):
                continue
            verbs = listing(sorted(_decided(grants)), "or")
            yield Diagnostic(
                block.escalation.span,
                "E0405",
                f"`{short(target)}` may not {verbs} in action `{short(action)}`, so escalating "
                "to it leads nowhere",
                f"grant it: `{short(target)} may {min(_decided(grants))} any`",
            )


def _decided(grants: list[Grant]) -> set[str]:
    """The verbs whose grants may fall short, by a limit or a condition; else all of them."""
    short = {g.verb for g in grants if g.limit.kind == "bound" or g.condition is not None}
    return short or {g.verb for g in grants}


def granted(program: Program, blocks: list[Authority], position: str, verb: str) -> bool:
    """True when some grant gives the position the verb, also by implication or inheritance."""
    below = {position}
    if any(b.superiors_inherit for b in blocks):
        below |= {p for p in program.positions if position in superiors(program, p)}
    return any(
        verb in implied(program, grant.verb)
        and (not grant.positions or below.intersection(grant.positions))
        for block in blocks
        for grant in block.grants
    )


def implied(program: Program, verb: str) -> set[str]:
    """The verb and all that it implies."""
    found, todo = {verb}, [verb]
    while todo:
        right = program.rights.get(todo.pop())
        new = set(right.implies if right else ()) - found
        found |= new
        todo.extend(new)
    return found


def superiors(program: Program, position: str) -> list[str]:
    """The positions above one, nearest first; a circle is gone round once."""
    line: list[str] = []
    at = program.positions[position].reports_to if position in program.positions else None
    while at is not None and at not in line and at in program.positions:
        line.append(at)
        at = program.positions[at].reports_to
    return line


def by_action(program: Program) -> dict[str, list[Authority]]:
    """The authority blocks of each action."""
    found: dict[str, list[Authority]] = {}
    for block in program.authorities:
        found.setdefault(block.action, []).append(block)
    return found


def orphaned_delegations(program: Program) -> Iterator[Diagnostic]:
    """Only what somebody may decide can be delegated."""
    blocks = by_action(program)
    for delegation in program.delegations:
        if any(block.grants for block in blocks.get(delegation.action, ())):
            continue
        action = short(delegation.action)
        yield Diagnostic(
            delegation.span,
            "E0406",
            f"nobody may decide `{action}`, so there is nothing to delegate",
            f"grant it to somebody in `authority {action}`",
        )


STRUCTURE: tuple[Check, ...] = (reporting_circles, policy_periods, doubtful_amounts)
CHECKS: tuple[Check, ...] = (*STRUCTURE, escalation_targets, orphaned_delegations, bare_amounts)
