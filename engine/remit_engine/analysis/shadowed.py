"""Grants that give nothing of their own: other grants cover all that they give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.scope.findings import listing
from remit_engine.analysis.answer import About, Answer, proven, refuted, unsettled, waive
from remit_engine.analysis.cover import Cover, cover, sure
from remit_engine.analysis.examples import Examples
from remit_engine.analysis.findings import places
from remit_engine.analysis.formula import TooEntangled
from remit_engine.analysis.grid import TooManySteps
from remit_engine.analysis.leftover import left
from remit_engine.analysis.prober import ENTANGLED, EXHAUSTED, HANGING, Prober
from remit_engine.analysis.space import Space
from remit_engine.rules.ir import GRANT, Rule

NAME = "shadowed"


def shadowed(prober: Prober) -> Iterator[Answer]:
    """One answer for each grant: does another give all that it gives, to everybody it names?"""
    for name, rules in prober.model.actions.items():
        covers = _Covers(prober, prober.space(name))
        gone: set[int] = set()
        for rule in reversed([r for r in rules.rules if r.kind == GRANT and not r.unset]):
            answer = _shadow(rule, covers, gone)
            if answer.finding is not None and answer.finding.code == "W0802":
                gone.add(rule.index)
            yield answer


class _Covers:
    """The covers of the grants of one action, by verb and position."""

    def __init__(self, prober: Prober, space: Space) -> None:
        self.prober = prober
        self.space = space
        self.examples = Examples(space, prober.scope)
        self._kept: dict[tuple[str, str], Cover] = {}

    def of(self, verb: str, position: str) -> Cover:
        """All grants of a verb to a position. Raises TooEntangled."""
        key = (verb, position)
        if key not in self._kept:
            self._kept[key] = cover(self.space, [sure(self.rules(verb, position))], position)
        return self._kept[key]

    def rules(self, verb: str, position: str) -> tuple[Rule, ...]:
        """All grants of a verb to a position."""
        return self.space.sides(verb, position).grants


def _about(rule: Rule) -> About:
    return About(rule.action, rule.verb, tuple(sorted(rule.positions or ())), (rule.id,))


def _shadow(rule: Rule, covers: _Covers, gone: set[int]) -> Answer:
    about = _about(rule)
    behind: dict[int, Rule] = {}
    try:
        for verb in sorted(rule.verbs):
            for position in sorted(rule.positions or covers.space.model.program.positions):
                found = covers.of(verb, position)
                if not found.whole(rule):
                    continue
                rivals = _others(found, rule, gone)
                by = _alone(found, rule, rivals)
                if by is None:
                    cell = found.left(rule, rivals, covers.prober.scope.steps)
                    others = [r for r in covers.rules(verb, position) if r.index not in gone]
                    rest = left(
                        covers.prober,
                        covers.space,
                        rule,
                        sure([r for r in others if r is not rule]),
                        position,
                        cell,
                    )
                    if rest is None:
                        return _unsettled(about, rule, HANGING)
                    if rest:
                        return proven(NAME, about)
                of_those = _meeting(found, rule, rivals) if by is None else [by]
                behind.update({i: covers.space.model.rules[i] for i in of_those})
    except TooEntangled:
        return _unsettled(about, rule, ENTANGLED)
    except TooManySteps:
        return _unsettled(about, rule, EXHAUSTED)
    if not behind:  # it never applies from today on, which other questions tell
        return proven(NAME, about)
    example = covers.examples.of(rule)
    return refuted(
        NAME, about, _shadow_finding(rule, list(behind.values()), waive(NAME, about)), example
    )


def _others(found: Cover, rule: Rule, gone: set[int]) -> int:
    mask = 0
    for index, of_rule in found.masks.items():
        if index != rule.index and index not in gone:
            mask |= of_rule
    return mask


def _meeting(found: Cover, rule: Rule, rivals: int) -> list[int]:
    """The rules that meet it."""
    near = found.rivals(rule) & rivals
    return [i for i, mask in found.masks.items() if mask & near]


def _alone(found: Cover, rule: Rule, rivals: int) -> int | None:
    """A rule that covers it by itself, box by box."""
    near = found.rivals(rule) & rivals
    for index, mask in found.masks.items():
        if mask & near and found.inside(rule, mask):
            return index
    return None


def _shadow_finding(rule: Rule, behind: Sequence[Rule], waiver: str) -> Diagnostic:
    names = listing(r.id for r in behind[:4])
    together = " together" if len(behind) > 1 else ""
    return Diagnostic(
        rule.span,
        "W0802",
        f"`{rule.id}` gives nothing that {names} {'do' if together else 'does'} not give{together}",
        f"leave it out, widen it, or {waiver}",
        places(behind, "this gives it already"),
    )


def _unsettled(about: About, rule: Rule, why: str) -> Answer:
    return unsettled(NAME, about, rule.span, f"`{rule.id}` gives more than others", why)
