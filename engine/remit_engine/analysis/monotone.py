"""A superior who may less than his report: limits that do not rise along `reports to`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.scope.qualified import short
from remit_engine.analysis.answer import About, Answer, Asked, Status, proven, refuted, unsettled
from remit_engine.analysis.draft import held_by
from remit_engine.analysis.findings import where
from remit_engine.analysis.goal import (
    Applies,
    Goal,
    Met,
    able,
    both,
    deciding,
    leaves,
    neither,
    sides,
)
from remit_engine.analysis.judgement import POSSIBLE, SURE
from remit_engine.analysis.leftover import applies
from remit_engine.analysis.parts import Part, others, parts, waived
from remit_engine.analysis.prober import Found, Prober, Sought
from remit_engine.analysis.replay import YES, asked, own_outcome
from remit_engine.analysis.space import Space
from remit_engine.decision import Outcome
from remit_engine.request import Request
from remit_engine.rules.ir import ActionRules, Model, Rule

NAME = "monotone"
_AT_LEAST = YES | {Outcome.INCOMPLETE, Outcome.UNDEFINED}


def monotone(prober: Prober) -> Iterator[Answer]:
    """One answer for each deciding verb of each action and each report who may.

    The superior is asked with the report's own attributes (his territory, his product lines) and
    the same totals used: what is compared is the text, not two people.
    """
    model = prober.model
    for name, rules in model.actions.items():
        for verb in deciding(model, rules):
            for position in model.program.positions.values():
                above = position.reports_to
                if above is not None and sides(rules, verb, position.name).grants:
                    yield from _compared(prober, prober.space(name), verb, position.name, above)


def _compared(
    prober: Prober, space: Space, verb: str, report: str, superior: str
) -> Iterator[Answer]:
    rules = space.model.actions[space.action]
    about = About(space.action, verb, (superior, report))
    goal = _goal(space, rules, verb, report, superior)
    sought = Sought(verb, report, goal, lambda request: _shown(request, superior, space.model))
    within = _grants(goal)

    def ask(one: Sought) -> Iterator[Found]:
        return prober.each(space, one, within)

    for part in parts(prober, space, NAME, superior, sought, ask):
        if part.found.nothing:
            yield proven(NAME, about)
        elif part.found.status is Status.UNKNOWN:
            what = (
                f"`{short(superior)}` may {verb} all that `{short(report)}` may of "
                f"`{short(space.action)}`"
            )
            span = sides(rules, verb, report).grants[0].span
            yield unsettled(NAME, about, span, what, part.found.why or "")
        else:
            finding = _finding(part, space, verb, report, superior)
            yield waived(refuted(NAME, about, finding, part.found.witness), part.waiver)


def _goal(space: Space, rules: ActionRules, verb: str, report: str, superior: str) -> Goal:
    mine, theirs = sides(rules, verb, report), sides(rules, verb, superior)
    return both(
        able(rules, verb, report, space.open_demands(mine.demands, report)),
        neither(
            Met(tuple(g for g in theirs.grants if g.unset), superior),
            both(
                Applies(POSSIBLE, theirs.grants, superior),
                neither(Applies(SURE, theirs.bars, superior)),
            ),
        ),
    )


def _grants(goal: Goal) -> Applies:
    """The grants of the report, on which the goal rests."""
    return next(leaf for leaf in leaves(goal) if isinstance(leaf, Applies) and leaf.mode == SURE)


def _shown(request: Request, superior: str, model: Model) -> tuple[Asked, ...]:
    higher = held_by(request, superior)
    if own_outcome(request, model) in YES and own_outcome(higher, model) not in _AT_LEAST:
        return (asked(request, model), asked(higher, model))
    return ()


def _finding(part: Part, space: Space, verb: str, report: str, superior: str) -> Diagnostic:
    rules = space.model.actions[space.action]
    mine, theirs = sides(rules, verb, report), sides(rules, verb, superior)
    found = part.found
    case = where(found.region, space)
    related = [Related(r.span, f"what `{short(superior)}` may") for r in theirs.grants[:4]]
    related += [Related(r.span, f"what `{short(superior)}` may not") for r in theirs.bars[:2]]
    lacks = "may not"
    if not theirs.grants:
        lacks = "has no such right"
        span = space.model.program.positions[superior].span
        related = [Related(span, f"`{short(superior)}` has no such right at all")]
    return Diagnostic(
        _giving(found, mine.grants, space).span,
        "W0805",
        f"`{short(report)}` may {verb} `{short(space.action)}`{case}, and his superior "
        f"`{short(superior)}` {lacks}{others(part)}",
        f"raise what the superior may, or give the reason: "
        f'`waive {NAME} on {short(space.action)} for {short(superior)} because "…"`',
        tuple(related),
    )


def _giving(found: Found, grants: Sequence[Rule], space: Space) -> Rule:
    """The grant that gives the report what was found."""
    for rule in grants:
        if found.witness and applies(rule, found.witness[0].request, space, SURE):
            return rule
    return grants[0]
