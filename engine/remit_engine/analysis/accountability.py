"""Do responsibility, power and obligation belong together?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.program import (
    AllSteps,
    ApprovalStep,
    EvidenceStep,
    Position,
    Program,
    SequenceSteps,
    Step,
)
from remit_dsl.scope.qualified import short
from remit_engine.analysis.answer import About, Answer, proven, refuted
from remit_engine.analysis.scope import Scope
from remit_engine.rules.ir import GRANT, Model, Rule

NAME = "accountability"
DECIDING = frozenset({"approve", "sign", "adjudicate"})
"""To approve, sign and adjudicate binds the company. The other verbs prepare, watch or carry out;
a declared right decides when it implies one of these."""
MOST_SHOWN = 3
MOST_QUOTED = 2


def accountability(model: Model, scope: Scope) -> Iterator[Answer]:
    """For every position: may it decide without answering for anything, or the reverse?

    - A house is a policy that declares positions. One that never says `answers for` does not use
      the word, and its positions are not asked about.
    - External positions answer by contract, not by this text.
    - What anyone may do is no power of a position. What has ended before today counts for nothing.
    - Neither responsibility nor power is inherited along the reporting line: a superior who may
      decide says what he answers for himself, as `superiors inherit` must be written too.
    """
    rights = _rights(model, scope)
    shares = _shares(model.program)
    houses = {_house(p) for p in model.program.positions.values() if p.answers_for}
    for position in model.program.positions.values():
        if position.external or _house(position) not in houses:
            continue
        finding = _finding(position, rights.get(position.name, []), position.name in shares)
        about = About(positions=(position.name,))
        yield refuted(NAME, about, finding) if finding else proven(NAME, about)


def _house(position: Position) -> str:
    return position.name.rpartition(".")[0]


def _finding(position: Position, rights: list[Rule], shares: bool) -> Diagnostic | None:
    deciding = [r for r in rights if r.verbs & DECIDING and not r.unset]
    if deciding and not position.answers_for:
        return _unaccountable(position, deciding)
    if position.answers_for and not rights and not shares:
        return _powerless(position)
    return None


# --- what a position may do ----------------------------------------------------------------


def _rights(model: Model, scope: Scope) -> Mapping[str, list[Rule]]:
    """The grants of each position that hold today or later."""
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in model.rules:
        if rule.kind == GRANT and (rule.until is None or rule.until > scope.today):
            for position in rule.positions or ():
                found[position].append(rule)
    return found


def _shares(program: Program) -> set[str]:
    """Positions with a say that no grant gives: owners of policies, and the hands that a step,
    a delegation or an escalation names."""
    found: set[str | None] = {p.owner for p in program.policies.values()}
    for authority in program.authorities:
        found.add(authority.escalation.target if authority.escalation else None)
        for requirement in authority.requirements:
            found |= _hands(requirement.steps)
    for delegation in program.delegations:
        found |= {delegation.approval_by, *delegation.to}
    return {p for p in found if p is not None}


def _hands(step: Step) -> set[str]:
    match step:
        case ApprovalStep():
            return set(step.positions)
        case AllSteps() | SequenceSteps():
            return {p for part in step.steps for p in _hands(part)}
        case EvidenceStep():
            return set()


# --- findings ------------------------------------------------------------------------------


def _unaccountable(position: Position, deciding: list[Rule]) -> Diagnostic:
    verb = min(deciding[0].verbs & DECIDING, key=lambda v: (v != deciding[0].verb, v))
    actions = list(dict.fromkeys(short(r.action) for r in deciding))
    more = f" and {len(actions) - 1} more" if len(actions) > 1 else ""
    return Diagnostic(
        position.span,
        "W0808",
        f"`{position.short}` may {verb} in action `{actions[0]}`{more}, and answers for nothing",
        f'write what it answers for in position `{position.short}`: `answers for "…"`',
        tuple(Related(r.span, f"rule `{r.id}` gives it that right") for r in deciding[:MOST_SHOWN]),
    )


def _powerless(position: Position) -> Diagnostic:
    quoted = " and ".join(f"“{text}”" for text in position.answers_for[:MOST_QUOTED])
    rest = len(position.answers_for) - MOST_QUOTED
    more = f" and {rest} more" if rest > 0 else ""
    return Diagnostic(
        position.span,
        "W0809",
        f"`{position.short}` answers for {quoted}{more}, and has no right in any action",
        "grant it what it needs for that, or let the position that may decide answer for it",
    )
