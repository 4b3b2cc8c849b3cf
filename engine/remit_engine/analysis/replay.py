"""What the reference interpreter says to a request found by an analysis."""

from __future__ import annotations

from remit_engine.analysis.answer import Asked
from remit_engine.chain import answer
from remit_engine.deciding import concluded
from remit_engine.decision import Outcome
from remit_engine.directory import Directory
from remit_engine.interpreter import Interpreter
from remit_engine.ir import Model
from remit_engine.request import Request

YES = frozenset({Outcome.PERMIT, Outcome.NEEDS})
_REFERENCE = Interpreter()
_NOBODY = Directory.empty()


def own_outcome(request: Request, model: Model, directory: Directory = _NOBODY) -> Outcome | None:
    """What the actor himself may: None where that leaves the question to others."""
    return answer(request, request.actor, model, directory, _REFERENCE).ruling.outcome


def says_yes(request: Request, model: Model, directory: Directory = _NOBODY) -> bool:
    """True when the actor may, at once or with steps done."""
    return own_outcome(request, model, directory) in YES


def asked(request: Request, model: Model, directory: Directory = _NOBODY) -> Asked:
    """The request with its whole answer."""
    best = answer(request, request.actor, model, directory, _REFERENCE)
    outcome, _ = concluded(best, request, model, directory, _REFERENCE)
    return Asked(request, outcome)
