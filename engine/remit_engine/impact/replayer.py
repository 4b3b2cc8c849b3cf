"""How one text answers a past request: the outcome, and the rules that decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from remit_dsl.program import AllSteps, ApprovalStep, EvidenceStep, SequenceSteps, Step
from remit_engine.decision import Outcome
from remit_engine.engine import Engine
from remit_engine.request import Request
from remit_engine.rules.ir import Model

UNMET = "not met"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as far as it is compared. rules: ids of those that decided, in order of the
    alphabet. steps: what these rules ask for before the act. reason: only where it was asked.
    recorded: not an answer of a text, but what was written down at the time."""

    outcome: Outcome
    rules: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    reason: str | None = None
    recorded: bool = False


class EngineReplayer:
    """Answers past requests through an engine, each with its reason."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._steps = steps_by_rule(engine.model)

    def reply(self, request: Request) -> Reply:
        """The reply to one request."""
        decision = self.engine.decide(request)
        used = {rule.id for rule in decision.rules if rule.role != UNMET}
        return replied(decision.outcome, used, self._steps, decision.reason)


def replied(
    outcome: Outcome,
    rules: Iterable[str],
    steps: Mapping[str, str],
    reason: str | None = None,
) -> Reply:
    """A reply from what was decided, by whichever back end."""
    ordered = tuple(sorted(rules))
    asked = tuple(steps[rule] for rule in ordered if rule in steps)
    return Reply(outcome, ordered, asked, reason)


def steps_by_rule(model: Model) -> dict[str, str]:
    """What each rule that asks for steps asks for, by its id."""
    return {rule.id: _step(rule.steps, rule.verb) for rule in model.rules if rule.steps is not None}


def _step(step: Step, verb: str, inside: bool = False) -> str:
    """Brackets tell `(a and b) then c` from `a and (b then c)`."""
    match step:
        case ApprovalStep():
            named = " or ".join(p.rsplit(".", 1)[-1] for p in step.positions)
            return f"{step.verb or verb} by {step.count} of {named}"
        case EvidenceStep():
            return f"evidence {step.name}"
        case SequenceSteps() | AllSteps():
            word = " and " if isinstance(step, AllSteps) else " then "
            text = word.join(_step(s, verb, inside=True) for s in step.steps)
            return f"({text})" if inside else text
