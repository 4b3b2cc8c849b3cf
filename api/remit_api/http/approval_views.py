"""Requests for approval as callers see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from remit_api.http.etags import etag
from remit_engine.approvals.doing import Way
from remit_engine.approvals.life import Act, ApprovalRequest, Step
from remit_engine.storage.approvals import Kept, Told


def location(id: str) -> str:
    """Where a request is read."""
    return f"/v1/approval-requests/{id}"


def tag(kept: Kept) -> str:
    """The `ETag` of a request: its edition."""
    return etag(kept.request.id, kept.request.edition)


def headline(kept: Kept) -> dict[str, Any]:
    """A request as lists show it."""
    request = kept.request
    return {
        "id": request.id,
        "state": str(request.state),
        "action": request.action,
        "verb": request.verb,
        "actor": request.actor,
        "requester": request.requester,
        "opener": request.opener,
        "opened": request.opened.isoformat(),
        "expires": request.expires.isoformat(),
        "reason": request.answer.reason,
        "waiting": [s.text for s in request.waiting],
        "decided_by": request.decided_by,
        "decision": request.decision,
        "because": request.because,
        "edition": request.edition,
    }


def whole(kept: Kept, told: Iterable[Told], ways: Iterable[Way]) -> dict[str, Any]:
    """A request with its steps, all that was done on it, and what the caller can do on it now."""
    request = kept.request
    answer = request.answer
    return {
        **headline(kept),
        "facts": request.question.get("facts", {}),
        "fingerprint": request.fingerprint,
        "made_from": kept.origin,
        "made": kept.made,
        "changed": kept.changed,
        "answer": {
            "actor": answer.actor,
            "outcome": answer.outcome,
            "reason": answer.reason,
            "policy": answer.policy,
            "as_of": answer.day.isoformat(),
        },
        "steps": [_step(s) for s in request.steps],
        "done": [_act(a) for a in request.acts],
        "you_can": [offer(w) for w in ways],
        "history": [_line(t) for t in told],
    }


def offer(way: Way) -> dict[str, Any]:
    """A step that somebody can do now, and in which quality."""
    return {
        "step": way.step.id,
        "text": way.step.text,
        "verb": way.step.verb,
        "position": way.position,
        "on_behalf_of": way.standing.on_behalf_of,
        "due": way.step.due.isoformat(),
        "overdue": bool(way.step.raised),
    }


def waiting_for(kept: Kept, ways: Iterable[Way]) -> dict[str, Any]:
    """A request as an inbox shows it."""
    return {**headline(kept), "you_can": [offer(w) for w in ways]}


def _step(step: Step) -> dict[str, Any]:
    return _plain(asdict(step)) | {"kind": str(step.kind)}


def _act(act: Act) -> dict[str, Any]:
    return _plain(asdict(act)) | {"kind": str(act.kind)}


def _line(told: Told) -> dict[str, Any]:
    event = told.event
    return {
        "seq": told.seq,
        "at": told.made,
        "edition": told.edition,
        "kind": event.kind,
        "day": event.day.isoformat(),
        "by": event.by,
        "on_behalf_of": event.on_behalf_of,
        "step": event.step,
        "text": event.text,
        "more": event.body,
    }


def _plain(members: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in members.items()}


def concerns(request: ApprovalRequest, person: str | None) -> bool:
    """Whether somebody made a request, it is for him, or he did something on it."""
    if person is None:
        return False
    return person in request.barred or any(person in act.persons for act in request.acts)
