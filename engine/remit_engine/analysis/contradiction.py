"""One position that is told to recommend what it may decide: two clauses that disagree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.scope.findings import listing
from remit_dsl.scope.qualified import short
from remit_engine.analysis.answer import About, Answer, Asked, Status, proven, refuted, unsettled
from remit_engine.analysis.cover import cover, sure
from remit_engine.analysis.examples import Examples
from remit_engine.analysis.findings import places
from remit_engine.analysis.formula import TooEntangled
from remit_engine.analysis.goal import Applies, both
from remit_engine.analysis.grid import TooManySteps
from remit_engine.analysis.judgement import POSSIBLE, SURE
from remit_engine.analysis.leftover import applies, left
from remit_engine.analysis.prober import HANGING, Prober, Sought
from remit_engine.analysis.replay import asked
from remit_engine.analysis.space import Space
from remit_engine.request import Request
from remit_engine.rules.ir import GRANT, Rule

NAME = "contradiction"
PROPOSING = frozenset({"recommend", "nominate"})
DISPOSING = ("approve", "sign", "adjudicate")


def contradiction(prober: Prober) -> Iterator[Answer]:
    """One answer for each grant to propose and each position that has it: may the position decide
    everything that it may propose? Then one of the two clauses is not meant."""
    for name, rules in prober.model.actions.items():
        examples = Examples(prober.space(name), prober.scope)
        for rule in rules.rules:
            if rule.kind == GRANT and rule.verb in PROPOSING and not rule.unset:
                for position in sorted(rule.positions or ()):
                    yield _compared(rule, position, examples, prober)


def _compared(rule: Rule, position: str, examples: Examples, prober: Prober) -> Answer:
    space = examples.space
    about = About(rule.action, rule.verb, (position,), (rule.id,))
    for verb in DISPOSING:
        grants = [g for g in space.sides(verb, position).grants if g.index != rule.index]
        if not grants:
            continue
        try:
            found = cover(space, [sure([rule]), sure(grants)], position)
            mask = 0
            for grant in grants:
                mask |= found.masks[grant.index]
            if not found.whole(rule):
                continue
            cell = found.left(rule, mask, prober.scope.steps)
            rest = left(prober, space, rule, sure(grants), position, cell)
            if rest is False:
                rest = _barred(rule, verb, position, space, prober)
            if rest:
                continue
        except (TooEntangled, TooManySteps):
            rest = None
        if rest is None:
            what = f"`{short(position)}` may {verb} all that `{rule.id}` lets it {rule.verb}"
            return unsettled(NAME, about, rule.span, what, HANGING)
        about = About(rule.action, verb, (position,), (rule.id, *(g.id for g in grants)))
        return refuted(NAME, about, _finding(rule, verb, grants, position),
                       examples.of(rule, position, verb))  # fmt: skip
    return proven(NAME, about)


def _barred(rule: Rule, verb: str, position: str, space: Space, prober: Prober) -> bool | None:
    """Whether a bar may keep the position from deciding some of what it proposes; None when that
    could not be settled."""
    bars = space.sides(verb, position).bars
    if not bars:
        return False
    goal = both(Applies(SURE, (rule,), position), Applies(POSSIBLE, bars, position))

    def shows(request: Request) -> tuple[Asked, ...]:
        met = applies(rule, request, space, SURE)
        return (asked(request, space.model),) if met and _kept(bars, request, space) else ()

    found = prober.find(space, Sought(verb, position, goal, shows))
    return None if found.status is Status.UNKNOWN else found.status is Status.REFUTED


def _kept(bars: Sequence[Rule], request: Request, space: Space) -> bool:
    return any(applies(bar, request, space, POSSIBLE) for bar in bars)


def _finding(rule: Rule, verb: str, grants: list[Rule], position: str) -> Diagnostic:
    return Diagnostic(
        rule.span,
        "W0810",
        f"`{short(position)}` may {rule.verb} what {listing(g.id for g in grants[:3])} lets it "
        f"{verb} outright",
        "keep the one that is meant",
        places(grants, f"here it may {verb}"),
    )
