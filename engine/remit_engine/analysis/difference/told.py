"""What a request is told: the outcome with its limit, its steps and whom it goes to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from remit_dsl.program import ApprovalStep
from remit_engine.deciding import concluded
from remit_engine.decision import Outcome
from remit_engine.explanation.extents import extent, stated, strongest, unset
from remit_engine.explanation.steps_text import needs
from remit_engine.judging.chain import Answer, answer
from remit_engine.judging.steps import Outstanding
from remit_engine.judging.verdict import Judge
from remit_engine.people.directory import Directory
from remit_engine.request import Request
from remit_engine.rules.ir import Model

REFUSED = "refused"
"""What stands for the outcome of a request that one of the texts cannot understand."""


@dataclass(frozen=True, slots=True)
class Told:
    """Equal where a request is answered alike; why it is so is left out.

    limit: the deciding one, in words. steps: those outstanding. able: who may instead.
    """

    outcome: str
    limit: str = ""
    steps: tuple[str, ...] = ()
    able: tuple[str, ...] = ()

    def apart(self, other: Told) -> str:
        """In what two answers differ, the weightiest: outcome, limit, steps, chain or nothing."""
        if self.outcome != other.outcome:
            return "outcome"
        if self.limit != other.limit:
            return "limit"
        if self.steps != other.steps:
            return "steps"
        return "chain" if self.able != other.able else ""


def told(request: Request, model: Model, directory: Directory, judge: Judge) -> Told:
    """The answer to a request, without its explanation."""
    best = answer(request, request.actor, model, directory, judge)
    outcome, stops = concluded(best, request, model, directory, judge)
    limit = ""
    measure = model.actions[request.action].action.measure
    grant = strongest(best.ruling.verdicts)
    if grant is not None and measure is not None:
        bound = stated(grant, best.case)
        limit = "" if bound is None else extent(bound, measure.value.type, "en").text
    elif any(v.rule.unset for v in best.ruling.verdicts):
        limit = unset("en").text
    return Told(
        outcome=str(outcome),
        limit=limit,
        steps=_steps(best) if outcome is Outcome.NEEDS else (),
        able=tuple(sorted(s.position for s in stops if s.able)),
    )


def _steps(best: Answer) -> tuple[str, ...]:
    """The steps outstanding, in no order but that of what must be done before what."""
    found: set[str] = set()
    for one in best.ruling.needs:
        (need,) = needs((_plain(one),), best.case, "en")
        before = f" after {', '.join(sorted(need.after))}" if need.after else ""
        found.add(need.text + before)
    return tuple(sorted(found))


def _plain(outstanding: Outstanding) -> Outstanding:
    """The same without what is but wording: the order of the positions, the label."""
    step = outstanding.step
    plain = (
        replace(step, positions=tuple(sorted(step.positions)))
        if isinstance(step, ApprovalStep)
        else replace(step, label=None)
    )
    return replace(outstanding, step=plain, after=tuple(map(_plain, outstanding.after)))
