"""What the reference interpreter says to a request found by an analysis."""

from __future__ import annotations

from remit_engine.analysis.answer import Asked
from remit_engine.deciding import concluded
from remit_engine.decision import Outcome
from remit_engine.judging.capacities import cases
from remit_engine.judging.chain import answer
from remit_engine.judging.interpreter import Interpreter, concerns, judge
from remit_engine.judging.verdict import Verdict
from remit_engine.people.directory import Directory
from remit_engine.request import Request
from remit_engine.rules.ir import Model, Rule

YES = frozenset({Outcome.PERMIT, Outcome.NEEDS})
_REFERENCE = Interpreter()
_NOBODY = Directory.empty()


def own_outcome(request: Request, model: Model, directory: Directory = _NOBODY) -> Outcome | None:
    """What the actor himself may: None where that leaves the question to others."""
    return answer(request, request.actor, model, directory, _REFERENCE).ruling.outcome


def verdict(rule: Rule, request: Request, model: Model) -> Verdict | None:
    """The interpreter's verdict of one rule; None when it is not in force or not about him."""
    case = cases(request, request.actor, model, _NOBODY)[0]
    if not rule.in_force(request.as_of) or not concerns(rule, case):
        return None
    return judge(rule, case)


def says_yes(request: Request, model: Model, directory: Directory = _NOBODY) -> bool:
    """True when the actor may, at once or with steps done."""
    return own_outcome(request, model, directory) in YES


def asked(request: Request, model: Model, directory: Directory = _NOBODY) -> Asked:
    """The request with its whole answer."""
    best = answer(request, request.actor, model, directory, _REFERENCE)
    outcome, _ = concluded(best, request, model, directory, _REFERENCE)
    return Asked(request, outcome)
