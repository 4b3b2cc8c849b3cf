"""A request for approval made from an answer, or why there is none to make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from remit_engine.approvals.asking import standing
from remit_engine.approvals.bench import Bench
from remit_engine.approvals.faults import NotForHim, NotOpened
from remit_engine.approvals.life import (
    Act,
    Answered,
    ApprovalRequest,
    Change,
    Event,
    Kind,
    Terms,
)
from remit_engine.approvals.reconciling import in_line
from remit_engine.decision import Outcome
from remit_engine.request import Request

KEPT = ("actor", "verb", "action", "facts", "language")
"""Members of a request document that stay; the others are the service's to say."""


def opened(
    id: str,
    document: Mapping[str, Any],
    opener: str,
    day: date,
    bench: Bench,
    terms: Terms | None = None,
) -> Change:
    """A request for approval of what a request document asks.

    Raises InvalidRequest for a document that cannot be read; NotOpened for an answer with nothing
    to approve; NotForHim where somebody else's decision is asked for.
    """
    terms = terms or Terms()
    _own_members_only(document)
    asked = bench.read({**document, "approvals": []}, day)
    actor = _person(asked)
    requester = asked.requester.person if asked.requester is not None else actor
    if requester is None:
        raise NotOpened("the requester is a position", "name the person who made the request")
    own = {k: v for k, v in document.items() if k != "requester" or requester != actor}
    decision = bench.ask(bench.read(own, day))
    if decision.outcome not in (Outcome.NEEDS, Outcome.ESCALATE):
        raise NotOpened(*_nothing_to_approve(decision.outcome, decision.reason))
    decides = decision.outcome is Outcome.NEEDS
    if decides and opener != actor:
        message = f"this is for `{actor}` to decide, once its steps are done"
        raise NotForHim(message, f"let `{actor}` make the request")
    question = {k: document[k] for k in KEPT if document.get(k) is not None}
    request = ApprovalRequest(
        id=id,
        question=question,
        action=asked.action,
        verb=asked.verb,
        opener=opener,
        actor=actor,
        requester=requester,
        decides=decides,
        opened=day,
        expires=day + timedelta(days=terms.life_days),
        fingerprint=bench.mark(asked),
        answer=Answered(actor, str(decision.outcome), decision.reason, decision.policy.digest, day),
    )
    request = replace(request, acts=_papers(asked, opener, day))
    change, approved = in_line(request, standing(request, day, bench), day, terms)
    if approved is not None or not change.request.waiting:
        raise NotOpened("nobody could be asked: the answer names no step", decision.reason)
    made = Event("opened", day, by=opener, text=decision.reason, body=_told(change.request))
    return Change(change.request, (made, *change.events))


def _own_members_only(document: Mapping[str, Any]) -> None:
    for member in ("approvals", "totals"):
        if document.get(member):
            message = f"`{member}` cannot be stated in a request for approval"
            raise NotOpened(message, f"leave `{member}` out: the service knows them")


def _person(asked: Request) -> str:
    if asked.actor.person is None:
        message = f"`{asked.actor.shown}` is a position, and only a person can ask for approval"
        raise NotOpened(message, "name the person as `actor`")
    return asked.actor.person


def _papers(asked: Request, opener: str, day: date) -> tuple[Act, ...]:
    return tuple(Act(Kind.EVIDENCE, name, opener, day, "") for name in sorted(asked.evidence))


def _told(request: ApprovalRequest) -> dict[str, Any]:
    return {
        "outcome": request.answer.outcome,
        "policy": request.answer.policy,
        "fingerprint": request.fingerprint,
        "steps": [s.text for s in request.waiting],
    }


def _nothing_to_approve(outcome: Outcome, reason: str) -> tuple[str, str]:
    says = {
        Outcome.PERMIT: ("there is nothing to approve: the answer is already yes", "go ahead"),
        Outcome.DENY: (f"no approval makes this a yes: {reason}", "change the facts"),
        Outcome.INCOMPLETE: (f"say first what is missing: {reason}", "add the facts"),
        Outcome.UNDEFINED: (f"the policy does not say: {reason}", "ask the owner of the policy"),
    }
    return says[outcome]
