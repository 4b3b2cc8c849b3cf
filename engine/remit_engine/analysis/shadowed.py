"""Grants that give nothing: other grants cover all that they give, or bars take it all away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.findings import listing
from remit_engine.analysis.answer import About, Answer, Asked, proven, refuted, unknown
from remit_engine.analysis.concrete import Maker
from remit_engine.analysis.cover import Cover, cover, sure
from remit_engine.analysis.findings import places, short
from remit_engine.analysis.formula import TooEntangled
from remit_engine.analysis.goal import sides
from remit_engine.analysis.grid import TooManySteps
from remit_engine.analysis.judgement import POSSIBLE
from remit_engine.analysis.replay import asked
from remit_engine.analysis.scope import Scope
from remit_engine.analysis.space import Space
from remit_engine.ir import GRANT, Model, Rule

SHADOWED = "shadowed"
EMPTIED = "emptied"
_ENTANGLED = "its conditions are too entangled to be taken apart"


def shadowed(model: Model, scope: Scope) -> Iterator[Answer]:
    """One answer for each grant: does another give all that it gives, to everybody it names?"""
    for name, rules in model.actions.items():
        space = Space(model, name, scope.today)
        covers = _Covers(space, scope)
        gone: set[int] = set()
        for rule in reversed([r for r in rules.rules if r.kind == GRANT and not r.unset]):
            answer = _shadow(rule, covers, gone)
            if answer.finding is not None and answer.finding.code == "W0802":
                gone.add(rule.index)
            yield answer


class _Covers:
    """The covers of the grants of one action, by verb and position."""

    def __init__(self, space: Space, scope: Scope) -> None:
        self.space = space
        self.scope = scope
        self._kept: dict[tuple[str, str], Cover] = {}

    def of(self, verb: str, position: str) -> Cover:
        """All grants of a verb to a position. Raises TooEntangled."""
        key = (verb, position)
        if key not in self._kept:
            rules = self.space.model.actions[self.space.action]
            self._kept[key] = cover(
                self.space, [sure(sides(rules, verb, position).grants)], position
            )
        return self._kept[key]


def _about(rule: Rule) -> About:
    return About(rule.action, rule.verb, tuple(sorted(rule.positions or ())), (rule.id,))


def _shadow(rule: Rule, covers: _Covers, gone: set[int]) -> Answer:
    about = _about(rule)
    behind: dict[int, Rule] = {}
    met = False
    try:
        for verb in sorted(rule.verbs):
            for position in sorted(rule.positions or covers.space.model.program.positions):
                found = covers.of(verb, position)
                if not found.whole(rule):
                    continue
                met = True
                rivals = _others(found, rule, gone)
                if found.left(rule, rivals, covers.scope.steps) is not None:
                    return proven(SHADOWED, about)
                behind.update(_named(found, rule, rivals, covers.space.model))
    except TooEntangled:
        return _unsettled(SHADOWED, about, rule, _ENTANGLED)
    except TooManySteps:
        return _unsettled(SHADOWED, about, rule, "there are too many cases to look at each")
    if not met:  # it never applies from today on, which other questions tell
        return proven(SHADOWED, about)
    return refuted(SHADOWED, about, _shadow_finding(rule, list(behind.values())),
                   _example(rule, covers.space, covers.scope))  # fmt: skip


def _others(found: Cover, rule: Rule, gone: set[int]) -> int:
    mask = 0
    for index, of_rule in found.masks.items():
        if index != rule.index and index not in gone:
            mask |= of_rule
    return mask


def _named(found: Cover, rule: Rule, rivals: int, model: Model) -> dict[int, Rule]:
    """Those who cover it: one alone where one does, else all that meet it."""
    near = found.rivals(rule) & rivals
    meeting = {i: m for i, m in found.masks.items() if m & near}
    for index, mask in meeting.items():
        if found.left(rule, mask, 2_000) is None:
            return {index: model.rules[index]}
    return {index: model.rules[index] for index in meeting}


def _shadow_finding(rule: Rule, behind: Sequence[Rule]) -> Diagnostic:
    names = listing(r.id for r in behind[:4])
    together = " together" if len(behind) > 1 else ""
    return Diagnostic(
        rule.span,
        "W0802",
        f"`{rule.id}` gives nothing that {names} {'do' if together else 'does'} not give{together}",
        "leave it out, or widen it",
        places(behind, "this gives it already"),
    )


def _unsettled(question: str, about: About, rule: Rule, why: str) -> Answer:
    what = "gives more than others" if question == SHADOWED else "gives anything"
    finding = Diagnostic(
        rule.span, "W0815", f"whether `{rule.id}` {what} could not be settled: {why}"
    )
    return unknown(question, about, finding, why)


def _example(rule: Rule, space: Space, scope: Scope) -> tuple[Asked, ...]:
    """A request that the rule grants, with its answer."""
    position = sorted(rule.positions or space.model.program.positions)[0]
    found = cover(space, [sure([rule])], position)
    cell = found.left(rule, 0, scope.steps)
    if cell is None:
        return ()
    for request in Maker(space, scope.today).requests(cell, rule.verb, position):
        return (asked(request, space.model),)
    return ()


# --- emptied -----------------------------------------------------------------------------------


def emptied(model: Model, scope: Scope) -> Iterator[Answer]:
    """One answer for each grant: do prohibitions leave nothing of it, for all it names or for one
    position that it names itself?"""
    explicit = {s.span: s.positions for a in model.program.authorities for s in a.grants}
    for name, rules in model.actions.items():
        space = Space(model, name, scope.today)
        for rule in rules.rules:
            if rule.kind == GRANT and not rule.unset:
                yield _empty(rule, explicit.get(rule.span, ()), space, scope)


def _empty(rule: Rule, named: Sequence[str], space: Space, scope: Scope) -> Answer:
    about = _about(rule)
    barred: dict[str, list[Rule]] = {}
    everybody = sorted(rule.positions or space.model.program.positions)
    try:
        for position in everybody:
            bars = _bars(rule, position, space, scope)
            if bars is not None:
                barred[position] = bars
    except TooEntangled:
        return _unsettled(EMPTIED, about, rule, _ENTANGLED)
    except TooManySteps:
        return _unsettled(EMPTIED, about, rule, "there are too many cases to look at each")
    told = [p for p in everybody if p in barred and (p in named or len(barred) == len(everybody))]
    if not told:
        return proven(EMPTIED, about)
    bars = list({r.index: r for p in told for r in barred[p]}.values())
    message = f"`{rule.id}` gives {_whom(told)} nothing: {listing(r.id for r in bars[:4])} "
    message += "forbids all of it" if len(bars) == 1 else "forbid all of it together"
    finding = Diagnostic(
        rule.span, "W0803", message, "leave the grant out, or narrow the prohibition",
        places(bars, "this forbids it"),
    )  # fmt: skip
    about = About(rule.action, rule.verb, tuple(told), (rule.id, *(r.id for r in bars)))
    return refuted(EMPTIED, about, finding, _barred_example(rule, told[0], space, scope))


def _whom(positions: Sequence[str]) -> str:
    return listing(short(p) for p in positions[:4])


def _bars(rule: Rule, position: str, space: Space, scope: Scope) -> list[Rule] | None:
    """The bars that leave nothing of a grant; None where something is left (or nothing was)."""
    bars = sides(space.model.actions[space.action], rule.verb, position).bars
    if not bars:
        return None
    found = cover(space, [sure([rule]), (POSSIBLE, bars)], position)
    if not found.whole(rule):
        return None
    mask = 0
    for bar in bars:
        mask |= found.masks[bar.index]
    if found.left(rule, mask, scope.steps) is not None:
        return None
    near = found.rivals(rule) & mask
    for bar in bars:
        if found.left(rule, found.masks[bar.index], scope.steps) is None:
            return [bar]
    return [bar for bar in bars if found.masks[bar.index] & near]


def _barred_example(rule: Rule, position: str, space: Space, scope: Scope) -> tuple[Asked, ...]:
    found = cover(space, [sure([rule])], position)
    cell = found.left(rule, 0, scope.steps)
    if cell is None:
        return ()
    for request in Maker(space, scope.today).requests(cell, rule.verb, position):
        return (asked(request, space.model),)
    return ()
