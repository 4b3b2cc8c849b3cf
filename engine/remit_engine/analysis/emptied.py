"""Grants of which prohibitions leave nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.scope.findings import listing
from remit_dsl.scope.qualified import short
from remit_engine.analysis.answer import About, Answer, proven, refuted, unsettled
from remit_engine.analysis.cover import cover, sure
from remit_engine.analysis.examples import Examples
from remit_engine.analysis.findings import places
from remit_engine.analysis.formula import TooEntangled
from remit_engine.analysis.grid import TooManySteps
from remit_engine.analysis.judgement import POSSIBLE
from remit_engine.analysis.leftover import left
from remit_engine.analysis.prober import ENTANGLED, EXHAUSTED, HANGING, Prober
from remit_engine.analysis.space import Space
from remit_engine.rules.ir import GRANT, Rule

NAME = "emptied"


def emptied(prober: Prober) -> Iterator[Answer]:
    """One answer for each grant: do prohibitions leave nothing of it, for all it names or for one
    position that it names itself?"""
    explicit = {s.span: s.positions for a in prober.model.program.authorities for s in a.grants}
    for name, rules in prober.model.actions.items():
        space = prober.space(name)
        examples = Examples(space, prober.scope)
        for rule in rules.rules:
            if rule.kind == GRANT and not rule.unset:
                yield _empty(rule, explicit.get(rule.span, ()), examples, prober)


def _empty(rule: Rule, named: Sequence[str], examples: Examples, prober: Prober) -> Answer:
    space = examples.space
    about = About(rule.action, rule.verb, tuple(sorted(rule.positions or ())), (rule.id,))
    barred: dict[str, list[Rule]] = {}
    everybody = sorted(rule.positions or space.model.program.positions)
    try:
        for position in everybody:
            bars = _bars(rule, position, space, prober)
            if bars is not None:
                barred[position] = bars
    except TooEntangled:
        return _unsettled(about, rule, ENTANGLED)
    except TooManySteps:
        return _unsettled(about, rule, EXHAUSTED)
    except Hanging:
        return _unsettled(about, rule, HANGING)
    told = [p for p in everybody if p in barred and (p in named or len(barred) == len(everybody))]
    if not told:
        return proven(NAME, about)
    bars = list({r.index: r for p in told for r in barred[p]}.values())
    message = f"`{rule.id}` gives {_whom(told)} nothing: {listing(r.id for r in bars[:4])} "
    message += "forbids all of it" if len(bars) == 1 else "forbid all of it together"
    finding = Diagnostic(
        rule.span, "W0803", message, "leave the grant out, or narrow the prohibition",
        places(bars, "this forbids it"),
    )  # fmt: skip
    about = About(rule.action, rule.verb, tuple(told), (rule.id, *(r.id for r in bars)))
    return refuted(NAME, about, finding, examples.of(rule, told[0]))


def _whom(positions: Sequence[str]) -> str:
    return listing(short(p) for p in positions[:4])


class Hanging(Exception):
    """Whether something is left could not be settled."""


def _bars(rule: Rule, position: str, space: Space, prober: Prober) -> list[Rule] | None:
    """The bars that leave nothing of a grant; None where something is left (or nothing was)."""
    every = space.sides(rule.verb, position).bars
    # a bar that was never fixed forbids nothing; that is told by itself
    bars = [bar for bar in every if not space.judgement.unset(bar, position)]
    if not bars:
        return None
    found = cover(space, [sure([rule]), (POSSIBLE, bars)], position)
    if not found.whole(rule):
        return None
    mask = 0
    for bar in bars:
        mask |= found.masks[bar.index]
    steps = prober.scope.steps
    cell = found.left(rule, mask, steps)
    rest = left(prober, space, rule, (POSSIBLE, bars), position, cell)
    if rest is None:
        raise Hanging
    if rest:
        return None
    near = found.rivals(rule) & mask
    for bar in bars:
        if found.left(rule, found.masks[bar.index], steps) is None:
            return [bar]
    # where no bar meets it, nothing was given in the first place
    return [bar for bar in bars if found.masks[bar.index] & near] or None


def _unsettled(about: About, rule: Rule, why: str) -> Answer:
    return unsettled(NAME, about, rule.span, f"`{rule.id}` gives anything", why)
