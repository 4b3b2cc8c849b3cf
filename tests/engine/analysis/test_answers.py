"""Over random policies: what is proven holds for sampled requests, what is refuted replays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.complete import model_of, request
from engine.generators import POSITIONS, Written, examples, written
from remit_engine.analysis.answer import Answer, Status
from remit_engine.analysis.draft import held_by
from remit_engine.analysis.goal import deciding, positions_given, sides
from remit_engine.analysis.prove import prove
from remit_engine.analysis.replay import YES, own_outcome
from remit_engine.analysis.scope import Scope
from remit_engine.decision import Outcome
from remit_engine.judging.capacities import cases
from remit_engine.judging.interpreter import judge, measure
from remit_engine.judging.ruling import within
from remit_engine.judging.verdict import Verdict
from remit_engine.people.directory import Directory
from remit_engine.request import Request
from remit_engine.rules.dependence import facts_in, read_by
from remit_engine.rules.ir import GRANT, PROHIBITION, REQUIREMENT, Model, Rule

ACTION = "p.act"
TODAY = date(2025, 1, 1)
SEARCHING = (
    "unreachable", "shadowed", "emptied", "dead_end", "monotone", "separation", "contradiction",
)  # fmt: skip
SAMPLES = int(os.environ.get("REMIT_SAMPLES", "25"))
HOPEFUL = frozenset({Outcome.PERMIT, Outcome.NEEDS, Outcome.INCOMPLETE, Outcome.UNDEFINED})


@given(st.integers(0, 10**9))
@settings(max_examples=examples(40, 2_000))
def test_answers_hold(seed: int) -> None:
    rnd = Random(seed)
    w = written(rnd)
    model = model_of(w)
    answers = prove(model, Scope(TODAY, steps=3_000), SEARCHING)
    for answer in answers:
        assert answer.status is not Status.UNKNOWN or answer.why
        replays(answer, model)
    for asked in sampled(rnd, w, model):
        for answer in answers:
            holds(answer, asked, model)


def sampled(rnd: Random, w: Written, model: Model) -> Iterator[Request]:
    requested = looks_at_requester(model)
    verbs = sorted({v for r in model.rules for v in r.verbs})
    for _ in range(SAMPLES):
        made = request(rnd, w, model, rnd.choice(POSITIONS), rnd.choice(verbs), requested=requested)
        value = measure(cases(made, made.actor, model, Directory.empty())[0])
        if not (hasattr(value, "numerator") and value < 0):
            yield made


def looks_at_requester(model: Model) -> bool:
    """Where no rule does, the questions leave the requester unnamed."""
    return any(
        fact.path[0] == "requester"
        for rule in model.rules
        for e in read_by(rule)
        for fact in facts_in(e, model.program)
    )


def replays(answer: Answer, model: Model) -> None:
    """Every witness gets, from the interpreter, the outcome that it is shown with."""
    for shown in answer.witness:
        mine = own_outcome(shown.request, model)
        assert mine is None or mine is shown.outcome


def verdict(rule: Rule, asked: Request, model: Model) -> Verdict:
    return judge(rule, cases(asked, asked.actor, model, Directory.empty())[0])


def gives(rule: Rule, asked: Request, model: Model) -> bool:
    """A grant surely applies to who asks, with the measure inside."""
    (position,) = asked.actor.positions
    concerned = rule.positions is None or position in rule.positions
    return concerned and rule.in_force(asked.as_of) and within(verdict(rule, asked, model)) is True


def bars(rule: Rule, asked: Request, model: Model) -> bool:
    """A bar may apply to who asks."""
    if not rule.in_force(asked.as_of) or asked.verb not in rule.verbs:
        return False
    return rule.concerns(asked.actor.positions) and verdict(rule, asked, model).applies is not False


def holds(answer: Answer, asked: Request, model: Model) -> None:
    """A sampled request does not speak against an answer."""
    about, refuted = answer.about, answer.status is Status.REFUTED
    rules = {r.id: r for r in model.rules}
    named = [rules[i] for i in about.rules if i in rules]
    match answer.question:
        case "unreachable" if refuted:
            (rule,) = named
            if rule.kind == GRANT:
                assert not gives(rule, asked, model)
            elif rule.in_force(asked.as_of) and rule.concerns(asked.actor.positions):
                assert verdict(rule, asked, model).applies is not True
        case "shadowed" if refuted and gives(named[0], asked, model):
            if asked.verb in named[0].verbs:
                others = [r for r in rules.values() if r.kind == GRANT and r is not named[0]]
                assert any(gives(r, asked, model) and asked.verb in r.verbs for r in others)
        case "emptied" if refuted and gives(named[0], asked, model):
            (position,) = asked.actor.positions
            if asked.verb == named[0].verb and position in about.positions:
                barring = [r for r in rules.values() if r.kind not in (GRANT, REQUIREMENT)]
                assert any(bars(r, asked, model) for r in barring)
        case "dead_end" if answer.status is Status.PROVEN and asked.verb == about.verb:
            assert not ends(asked, model)
        case "monotone" if answer.status is Status.PROVEN and asked.verb == about.verb:
            superior, report = about.positions
            low, high = held_by(asked, report), held_by(asked, superior)
            assert own_outcome(low, model) not in YES or own_outcome(high, model) in HOPEFUL
        case "contradiction" if refuted and gives(named[0], asked, model):
            deciders = [r for r in named[1:] if r.concerns(frozenset(about.positions))]
            if next(iter(asked.actor.positions)) == about.positions[0]:
                put = replace(asked, verb=about.verb or "")
                assert any(gives(r, put, model) for r in deciders)


def ends(asked: Request, model: Model) -> bool:
    """Whether nobody may, in the sense of the question: see `dead_end`."""
    rules = model.actions[ACTION]
    fresh = replace(asked, totals=dict.fromkeys(asked.totals, Fraction(0)))
    positions = positions_given(model, ACTION, asked.verb)
    grants = [r for r in rules.rules if r.kind == GRANT and asked.verb in r.verbs]
    if asked.verb not in deciding(model, rules) or not any(r.in_force(asked.as_of) for r in grants):
        return False
    for position in positions:
        put = held_by(fresh, position)
        if own_outcome(put, model) in HOPEFUL:
            return False
        mine = sides(rules, asked.verb, position)
        for rule in mine.bars:
            if rule.kind == PROHIBITION and rule.positions is None and bars(rule, put, model):
                return False
    return not _hangs_on_actor(model)


def _hangs_on_actor(model: Model) -> bool:
    """Where rules ask for attributes of the actor, another holder may have suitable ones."""
    return any("actor." in source.text for source in model.program.sources.values())
