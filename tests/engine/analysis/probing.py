"""One question of the prover put to a small policy: its answers, and single requests."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from engine.analysis.findings import DAY, Found
from engine.asking import House, loaded, peopled
from remit_dsl.diagnostics import Diagnostic
from remit_engine.analysis.answer import Answer, Asked, Status
from remit_engine.analysis.prober import Prober
from remit_engine.analysis.prove import QUESTIONS
from remit_engine.analysis.scope import STEPS, Scope
from remit_engine.compile.to_smt import Solver, SolverMissing
from remit_engine.rules.lower import lower

FILE = "house.remit"


def probe(
    question: str,
    policy: str,
    *,
    people: str | None = None,
    solver: bool = False,
    steps: int = STEPS,
    today: date = DAY,
) -> Found:
    """The answers of one question; every one is of a form that its status allows."""
    model = lower(loaded(policy))
    scope = Scope(today, peopled(people, model), steps=steps, solver=solver)
    answers = list(QUESTIONS[question](Prober(model, scope)))
    for answer in answers:
        assert answer.question == question
        assert (answer.status is Status.PROVEN) == (answer.finding is None)
        assert (answer.status is Status.UNKNOWN) == (answer.why is not None)
        if answer.status is not Status.REFUTED:
            assert answer.witness == ()
    return Found({FILE: policy}, answers)


def solver_installed() -> bool:
    """Whether the optional solver is there."""
    try:
        Solver(lower(loaded("policy house { owner a }\nposition a")))
    except SolverMissing:
        return False
    return True


def the_open(found: Found) -> Answer:
    """The one answer that is not proven."""
    (answer,) = the_opens(found)
    return answer


def the_opens(found: Found) -> list[Answer]:
    """The answers that are not proven, in their order."""
    return [a for a in found.answers if a.status is not Status.PROVEN]


def statuses(found: Found) -> dict[str, str]:
    """By rule (or else by positions), without the names of policy and action."""
    told = {}
    for a in found.answers:
        names = a.about.rules[:1] or a.about.positions or (a.about.verb or "",)
        told["/".join(n.rsplit(".", 1)[-1] for n in names)] = str(a.status)
    assert len(told) == len(found.answers)
    return told


def fact(asked: Asked, path: str) -> Any:
    """A fact of a witness."""
    at: Any = asked.request.facts
    for step in path.split("."):
        at = at[step]
    return at


def outcomes(found: Found, nth: int = 0) -> list[str]:
    """`position outcome` of each request of the witness of an open answer."""
    answer = [a for a in found.answers if a.status is Status.REFUTED][nth]
    return [f"{a.request.actor.shown} {a.outcome}" for a in answer.witness]


def agreed(policy: str, found: Found) -> None:
    """Both engines give every witness the outcome that it is shown with."""
    house = House(policy)
    for answer in found.answers:
        for shown in answer.witness:
            assert house.answer(shown.request).outcome is shown.outcome


def plain(finding: Diagnostic | None) -> str:
    """The message of a finding, with amounts as short as they are written in a policy."""
    assert finding is not None
    return re.sub(r"(\.00)? CNY\b", "", finding.message)
