"""From a ruling to the whole answer with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from remit_dsl.types import Type
from remit_engine.decision import (
    Amount,
    Decision,
    Extent,
    Link,
    MissingFact,
    Outcome,
    PolicyUsed,
    RuleUsed,
    RunningTotal,
    TraceLine,
)
from remit_engine.explanation.extents import extent, room, running_totals, stated, strongest, unset
from remit_engine.explanation.material import Material, Telling
from remit_engine.explanation.naming import missing_fact, position_label
from remit_engine.explanation.reason import reason
from remit_engine.explanation.steps_text import needs
from remit_engine.explanation.trace import Tracer
from remit_engine.explanation.words import say
from remit_engine.judging.chain import Stop
from remit_engine.judging.evaluate import truth
from remit_engine.judging.interpreter import environment, judge, measure
from remit_engine.judging.unknown import Unknown
from remit_engine.judging.verdict import Verdict
from remit_engine.rules.ir import GRANT, PROHIBITION, REQUIREMENT, SELF_BAR, Rule
from remit_engine.text import amount

MOST_UNMET = 8
"""So many of the actor's grants that do not hold are named."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision with what it was told from."""

    decision: Decision
    telling: Telling
    material: Material


def explain(material: Material, tracer: Tracer) -> Explained:
    """The decision in the language of the request."""
    request, case = material.request, material.answer.case
    language = request.language
    verdicts = material.answer.ruling.verdicts
    unmet = _unmet(material)
    kind = material.kind
    stated_measure = measure(case)
    grant = strongest(verdicts)
    limit = _limit(grant, verdicts, material, kind)
    telling = Telling(
        material=material,
        limit=limit,
        headroom=_headroom(grant, stated_measure, kind),
        measure=_amount(stated_measure, kind),
        totals=_totals(grant, material, stated_measure, kind),
        missing=_missing(material),
        needs=needs(material.answer.ruling.needs, case, language),
        links=tuple(_link(s, material) for s in material.stops),
        unmet=unmet,
    )
    rules = _rules(verdicts, unmet, material, tracer)
    shown = [v.rule for v in verdicts] + list(unmet)
    decision = Decision(
        outcome=material.outcome,
        reason=reason(telling),
        actor=request.actor.person or request.actor.shown,
        action=request.action,
        verb=request.verb,
        as_of=request.as_of,
        rules=rules,
        limit=limit,
        headroom=telling.headroom,
        maximum=_maximum(material, kind),
        missing=telling.missing,
        needs=telling.needs,
        chain=telling.links,
        totals=telling.totals,
        obligations=_obligations(material),
        trace=_trace(shown, material, tracer),
        policy=_policy(material),
        on_behalf_of=case.capacity.on_behalf_of,
        ignored=request.ignored,
    )
    return Explained(decision, telling, material)


def _amount(value: Any, kind: Type) -> Amount | None:
    return amount(value, kind) if isinstance(value, Fraction) else None


def _limit(
    grant: Verdict | None, verdicts: tuple[Verdict, ...], material: Material, kind: Type
) -> Extent | None:
    language = material.request.language
    if grant is not None:
        interval = stated(grant, material.answer.case)
        return None if interval is None else extent(interval, kind, language)
    if any(v.rule.unset for v in verdicts):
        return unset(language)
    return None


def _headroom(grant: Verdict | None, value: Any, kind: Type) -> Amount | None:
    whole = room(grant) if grant is not None else None
    if whole is None or whole.high is None or not isinstance(value, Fraction):
        return None
    return amount(whole.high - value, kind)


def _totals(
    grant: Verdict | None, material: Material, value: Any, kind: Type
) -> tuple[RunningTotal, ...]:
    if grant is None:
        return ()
    return tuple(running_totals(grant, material.answer.case, value, kind))


def _maximum(material: Material, kind: Type) -> Extent | None:
    if not material.reach.known or (material.reach.permit is None and material.reach.missing):
        return None
    if material.answer.case.model.actions[material.request.action].action.measure is None:
        return None
    return extent(material.reach.permit, kind, material.request.language)


def _missing(material: Material) -> tuple[MissingFact, ...]:
    ruling, request = material.answer.ruling, material.request
    model = material.model
    paths = set(ruling.missing)
    if material.outcome is Outcome.ESCALATE:
        others = {m for s in material.stops for _, a in s.able for m in a.ruling.missing}
        paths = {m for m in others if m.partition(".")[0] != "actor"}
    needed: dict[str, list[str]] = {p: [] for p in paths}
    for v in ruling.verdicts:
        for state in (v.applies, v.inside):
            for path in state.missing if isinstance(state, Unknown) else ():
                if path in needed and v.rule.id not in needed[path]:
                    needed[path].append(v.rule.id)
    return tuple(
        missing_fact(p, request.action, model, request.language, tuple(needed[p]))
        for p in sorted(paths)
    )


def _link(stop: Stop, material: Material) -> Link:
    model = material.model
    able = stop.able
    shown = able or stop.answers
    first = shown[0][1].ruling if shown else None
    return Link(
        position=stop.position,
        label=position_label(stop.position, model, material.request.language),
        people=tuple(p.person for p, _ in shown if p.person is not None),
        able=bool(able),
        outcome=str(first.outcome) if first and first.outcome else "",
        missing=tuple(sorted({m for _, a in able for m in a.ruling.missing})),
        rules=tuple(v.rule.id for v in first.verdicts if v.rule.kind == GRANT) if first else (),
    )


def _unmet(material: Material) -> tuple[Rule, ...]:
    """The actor's own grants whose conditions do not hold, where that is part of the reason; of
    many, those that fail by the fewest conditions."""
    if material.outcome not in (Outcome.ESCALATE, Outcome.DENY, Outcome.UNDEFINED):
        return ()
    case = material.answer.case
    request = case.request
    unmet = [
        r
        for r in material.rules.in_force(GRANT, request.verb, request.as_of)
        if r.positions is not None
        and r.concerns(case.capacity.positions)
        and judge(r, case).applies is False
    ]
    if len(unmet) <= MOST_UNMET:
        return tuple(unmet)
    env = environment(case)
    nearest = sorted(unmet, key=lambda r: sum(truth(c, env) is not True for c in r.condition))
    return tuple(sorted(nearest[:MOST_UNMET], key=lambda r: r.index))


_ROLES = {PROHIBITION: "forbids", SELF_BAR: "forbids", REQUIREMENT: "requires"}


def _rules(
    verdicts: tuple[Verdict, ...], unmet: tuple[Rule, ...], material: Material, tracer: Tracer
) -> tuple[RuleUsed, ...]:
    language = material.request.language
    used = [tracer.card(v.rule, _role(v), language) for v in verdicts]
    return (*used, *(tracer.card(r, "not met", language) for r in unmet))


def _role(v: Verdict) -> str:
    if v.rule.kind != GRANT:
        return "unknown" if isinstance(v.applies, Unknown) else _ROLES.get(v.rule.kind, "forbids")
    if v.rule.unset:
        return "unset"
    if isinstance(v.inside, Unknown) and any(f.kind == "unset" for f in v.inside.faults):
        return "unset"
    if isinstance(v.applies, Unknown) or isinstance(v.inside, Unknown):
        return "exceeded" if v.inside is False else "unknown"
    return "grants" if v.inside else "exceeded"


def _trace(rules: list[Rule], material: Material, tracer: Tracer) -> tuple[TraceLine, ...]:
    case = material.answer.case
    return tuple(line for rule in rules for line in tracer.lines(rule, case))


def _obligations(material: Material) -> tuple[str, ...]:
    request, case = material.request, material.answer.case
    found = []
    if (
        material.outcome in (Outcome.PERMIT, Outcome.NEEDS)
        and request.actor.person is None
        and material.rules.in_force(SELF_BAR, request.verb, request.as_of)
    ):
        found.append(say(request.language, "obligation.requester"))
    if case.capacity.on_behalf_of is not None:
        giver = case.capacity.party.shown
        found.append(say(request.language, "obligation.behalf", giver=giver))
    return tuple(found)


def _policy(material: Material) -> PolicyUsed:
    model = material.model
    program = model.program
    names = {r.policy for r in material.rules.rules} | {material.rules.action.policy}
    ordered = tuple(sorted(names))
    versions = tuple(program.policies[n].version or "" for n in ordered)
    return PolicyUsed(ordered, versions, program.digest)
