"""What AuthZEN is answered: a decision, true for `permit` alone, with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import sqlalchemy as sql

from remit_api.http.access import Access
from remit_api.http.authzen.asked import Asked, asked_of
from remit_api.http.authzen.translation import person_of, request_of
from remit_api.http.authzen_mapping import AuthzenMapping
from remit_api.http.desk import Desk
from remit_api.http.refusals import Forbidden, NotUnderstood
from remit_api.http.standing import with_totals
from remit_engine.decision import Decision, Outcome
from remit_engine.request import InvalidRequest, Problem

MOST = 1_000
"""How many evaluations one request may have."""
EVALUATIONS, OPTIONS, SEMANTIC = "evaluations", "options", "evaluations_semantic"
DEFAULTS = ("subject", "action", "resource", "context")
STOPS: Mapping[str, bool | None] = {
    "execute_all": None,
    "deny_on_first_deny": False,
    "permit_on_first_permit": True,
}
"""The decision behind which nothing more is answered, by semantic."""

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Point:
    """Where AuthZEN is answered from: one desk, for one caller, on one day."""

    desk: Desk
    mapping: AuthzenMapping
    store: sql.Engine
    access: Access

    def require(self, asked: Asked) -> None:
        """Raises Forbidden where the caller may not ask about this subject."""
        person = person_of(asked.subject, self.mapping)
        own = person is not None and person == self.access.caller.person
        self.access.require(own and person in self.desk.directory.people)

    def decide(self, asked: Asked) -> Decision:
        """The policy's answer, with the totals of the ledger; raises InvalidRequest where the
        question cannot be put to it."""
        request = request_of(asked, self.mapping, self.desk, self.access.day)
        return with_totals(self.desk.court, self.store, request, self.desk.engine.decide)

    def permits(self, asked: Asked) -> bool:
        """Whether the answer is `permit`; what cannot be asked is not permitted."""
        try:
            return self.decide(asked).outcome is Outcome.PERMIT
        except InvalidRequest:
            return False


def evaluation(document: Mapping[str, Any], point: Point) -> Answer:
    """The answer to one question; raises NotUnderstood for what is none, and Forbidden."""
    asked = asked_of(document)
    point.require(asked)
    return _answered(asked, point)


def evaluations(document: Mapping[str, Any], point: Point) -> Answer:
    """The answers to many questions, in their order. Without any, the document is the question.

    Raises NotUnderstood for what concerns the whole; what is wrong with one makes it false.
    """
    items = document.get(EVALUATIONS, [])
    stop = _stop(document, items)
    if not items:
        return evaluation(document, point)
    defaults = {name: document[name] for name in DEFAULTS if name in document}
    return {EVALUATIONS: list(_until(stop, (_item(item, defaults, point) for item in items)))}


def _stop(document: Mapping[str, Any], items: Any) -> bool | None:
    """Reads what concerns the whole."""
    options = document.get(OPTIONS, {})
    problems = [
        Problem(name, f"`{name}` is not an object")
        for name in (*DEFAULTS, OPTIONS)
        if not isinstance(document.get(name, {}), Mapping)
    ]
    if not isinstance(items, list):
        problems.append(Problem(EVALUATIONS, "the evaluations are not a list"))
    elif len(items) > MOST:
        problems.append(Problem(EVALUATIONS, f"there are {len(items):,}, at most {MOST:,} go"))
    semantic = options.get(SEMANTIC, "execute_all") if isinstance(options, Mapping) else ""
    if isinstance(options, Mapping) and (not isinstance(semantic, str) or semantic not in STOPS):
        known = ", ".join(f"`{one}`" for one in STOPS)
        problems.append(Problem(f"{OPTIONS}.{SEMANTIC}", f"it is none of {known}"))
    if problems:
        raise NotUnderstood("the request cannot be understood", problems=problems)
    return STOPS[semantic]


def _until(stop: bool | None, answers: Iterator[Answer]) -> Iterator[Answer]:
    for answer in answers:
        yield answer
        if answer["decision"] is stop:
            return


def _item(item: Any, defaults: Mapping[str, Any], point: Point) -> Answer:
    if not isinstance(item, Mapping):
        return _faulty(400, "an evaluation is an object")
    try:
        return evaluation({**defaults, **item}, point)
    except (NotUnderstood, Forbidden) as fault:
        told = "; ".join(problem.message for problem in fault.problems)
        return _faulty(fault.status, told or fault.message)


def _faulty(status: int, message: str) -> Answer:
    error = {"status": status, "message": message}
    return {"decision": False, "context": {"reason_admin": {"en": message}, "error": error}}


def _answered(asked: Asked, point: Point) -> Answer:
    try:
        return _told(point.decide(asked))
    except InvalidRequest as fault:
        told = "; ".join(f"{p.path}: {p.message}" for p in fault.problems)
        user = {"en": "the question cannot be put to the policy"}
        context = {"reason_user": user, "reason_admin": {"en": told}, "outcome": "invalid_request"}
        return {"decision": False, "context": context}


def _told(decision: Decision) -> Answer:
    rules = [rule.id for rule in decision.rules if rule.role != "not met"]
    places = ", ".join(
        f"{r.id} ({PurePath(r.file).name}:{r.line})" for r in decision.rules if r.id in rules
    )
    context = {
        "reason_user": {"en": decision.reason},
        "reason_admin": {"en": f"{decision.outcome.value}: {places or 'no rule decides'}"},
        "outcome": decision.outcome.value,
        "rules": rules,
        "missing": [fact.path for fact in decision.missing],
        "policy": decision.policy.digest,
    }
    return {"decision": decision.outcome is Outcome.PERMIT, "context": context}
