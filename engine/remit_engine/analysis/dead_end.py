"""Requests that nobody may approve, and the smallest amount where that begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.expressions import Fact
from remit_dsl.scope.qualified import short
from remit_engine.analysis.answer import About, Answer, Asked, Status, proven, refuted, unsettled
from remit_engine.analysis.draft import held_by
from remit_engine.analysis.findings import places, where, words
from remit_engine.analysis.goal import (
    EVERY,
    SOME,
    Applies,
    Goal,
    Met,
    both,
    deciding,
    neither,
    positions_given,
    sides,
)
from remit_engine.analysis.judgement import POSSIBLE, SURE
from remit_engine.analysis.parts import Part, others, parts, waived
from remit_engine.analysis.prober import Found, Prober, Sought
from remit_engine.analysis.replay import asked, own_outcome
from remit_engine.analysis.space import Space
from remit_engine.decision import Outcome
from remit_engine.request import Request
from remit_engine.rules.ir import GRANT, PROHIBITION, SELF_BAR, ActionRules, Model, Rule

NAME = "dead_end"
_NOT_DEAD = frozenset({Outcome.PERMIT, Outcome.NEEDS, Outcome.INCOMPLETE, Outcome.UNDEFINED})


def dead_end(prober: Prober) -> Iterator[Answer]:
    """One answer for each deciding verb of each action.

    Nothing of the running totals is used yet. What a rule forbids to everybody, what waits for an
    absent fact and what was never fixed is no dead end. A position counts as able where a holder
    with suitable attributes (another territory, say) would be. That nobody decides his own
    requests is meant, also at the top, and so is no dead end either.
    """
    model = prober.model
    for name, rules in model.actions.items():
        for verb in deciding(model, rules):
            yield from _ends(prober, prober.space(name, fresh=True), verb)


def _ends(prober: Prober, space: Space, verb: str) -> Iterator[Answer]:
    """The regions without anybody, one after the other, each besides those told before."""
    rules = space.model.actions[space.action]
    about = About(space.action, verb)
    positions = positions_given(space.model, space.action, verb)
    measured = _measure_key(rules)
    grants = [r for r in rules.rules if r.kind == GRANT and verb in r.verbs]
    sought = Sought(
        verb,
        positions[0],
        _goal(rules, verb, positions),
        lambda request: _shown(request, positions, space.model),
    )

    def ask(one: Sought) -> Iterator[Found]:
        return prober.each(space, one, lowest=measured)

    for part in parts(prober, space, NAME, None, sought, ask):
        if part.found.nothing:
            yield proven(NAME, about)
        elif part.found.status is Status.UNKNOWN:
            what = f"somebody may {verb} every `{short(space.action)}`"
            yield unsettled(NAME, about, grants[0].span, what, part.found.why or "")
        else:
            finding = _finding(part, space, verb, grants, measured)
            yield waived(refuted(NAME, about, finding, part.found.witness), part.waiver)


def _goal(rules: ActionRules, verb: str, positions: tuple[str, ...]) -> Goal:
    """Grants are in force, nobody's may reach, and no rule for everybody forbids it."""
    hopeless = []
    for position in positions:
        mine = sides(rules, verb, position)
        bars = tuple(b for b in mine.bars if b.kind != SELF_BAR)
        hopeless.append(
            both(
                Applies(POSSIBLE, mine.grants, position, SOME),
                neither(Applies(SURE, bars, position, EVERY)),
            )
        )
    grants = [r for r in rules.rules if r.kind == GRANT and verb in r.verbs]
    forbidden = tuple(
        r for r in rules.rules if r.kind == PROHIBITION and verb in r.verbs and r.positions is None
    )
    unset = tuple(r for r in grants if r.unset)
    return both(
        Met(tuple(_unconditional(r) for r in grants), positions[0]),
        neither(
            Applies(POSSIBLE, forbidden, positions[0]),
            *(Met(unset, p) for p in positions if unset),
            *hopeless,
        ),
    )


def _unconditional(rule: Rule) -> Rule:
    """The rule's days alone (under an index of its own, as it is another rule)."""
    return replace(rule, condition=(), index=-1 - rule.index)


def _shown(request: Request, positions: tuple[str, ...], model: Model) -> tuple[Asked, ...]:
    """The request put by the lowest and by the highest, when really nobody may."""
    asks = [held_by(request, p) for p in positions]
    if any(own_outcome(r, model) in _NOT_DEAD for r in asks):
        return ()
    ordered = sorted(asks, key=lambda r: len(model.superiors[next(iter(r.actor.positions))]))
    ends = [ordered[0]] if len(ordered) == 1 else [ordered[-1], ordered[0]]
    return tuple(asked(r, model) for r in ends)


def _measure_key(rules: ActionRules) -> str | None:
    measure = rules.action.measure
    if measure is None or not isinstance(measure.value, Fact):
        return None
    return ".".join(measure.value.path)


def _finding(
    part: Part, space: Space, verb: str, grants: list[Rule], measured: str | None
) -> Diagnostic:
    region = part.found.region or {}
    amount = ""
    if measured is not None and measured in region:
        amount = f" where {words(space.columns[measured], region[measured], space)}"
    rest = where(region, space, without=(measured,) if measured else ())
    return Diagnostic(
        space.model.program.actions[space.action].span,
        "W0804",
        f"nobody may {verb} `{short(space.action)}`{amount}{rest}{others(part)}",
        f"grant it to somebody, or say who decides all such requests: "
        f'`waive {NAME} on {short(space.action)} because "…"`',
        places(grants, "as far as it goes"),
    )
