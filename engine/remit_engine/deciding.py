"""`decide`: from a request to the answer, whichever back end judges the rules."""

from __future__ import annotations

from remit_engine.decision import Decision, Outcome
from remit_engine.explanation.explain import Explained, explain
from remit_engine.explanation.material import Material
from remit_engine.explanation.trace import Tracer
from remit_engine.judging.capacities import cases
from remit_engine.judging.chain import Answer, Stop, anybody, chain
from remit_engine.judging.chain import answer as best_answer
from remit_engine.judging.interval import highest
from remit_engine.judging.maximum import Reach, reach
from remit_engine.judging.verdict import Judge
from remit_engine.people.directory import Directory
from remit_engine.request import Request
from remit_engine.rules.ir import Model


def decide(
    request: Request, model: Model, directory: Directory, judge: Judge, tracer: Tracer
) -> Decision:
    """The full explained answer."""
    return explained(request, model, directory, judge, tracer).decision


def explained(
    request: Request, model: Model, directory: Directory, judge: Judge, tracer: Tracer
) -> Explained:
    """The full explained answer with what it was told from."""
    answer = best_answer(request, request.actor, model, directory, judge)
    outcome, stops = concluded(answer, request, model, directory, judge)
    material = Material(
        request=request,
        answer=answer,
        outcome=outcome,
        reach=farthest(request, model, directory, judge),
        stops=tuple(stops),
    )
    return explain(material, tracer)


def concluded(
    answer: Answer, request: Request, model: Model, directory: Directory, judge: Judge
) -> tuple[Outcome, list[Stop]]:
    """Steps 6 and 7 of the order, where the actor's own ruling leaves the question open."""
    if answer.ruling.outcome is not None:
        return answer.ruling.outcome, []
    if not anybody(request, model):
        return Outcome.UNDEFINED, []
    stops = chain(request, model, directory, judge)
    return (Outcome.ESCALATE if stops else Outcome.DENY), stops


def farthest(request: Request, model: Model, directory: Directory, judge: Judge) -> Reach:
    """How far the actor reaches over all capacities."""
    reaches = [reach(case, judge) for case in cases(request, request.actor, model, directory)]
    if len(reaches) == 1:
        return reaches[0]
    return Reach(
        permit=highest([r.permit for r in reaches if r.permit is not None]),
        with_steps=highest([r.with_steps for r in reaches if r.with_steps is not None]),
        missing=frozenset().union(*(r.missing for r in reaches)),
        rules=tuple(dict.fromkeys(rule for r in reaches for rule in r.rules)),
        known=all(r.known for r in reaches),
    )
