"""`/v1/decisions`: what was recorded, read, replayed, verified, given back."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from remit_api.http import past_desks, records
from remit_api.http.access import NOT_THERE, Access, Guard, unsaid
from remit_api.http.bodies import BodyOf, only
from remit_api.http.paging import PageOf, paged, whole_after
from remit_api.http.recording import key_of
from remit_api.http.refusals import Forbidden, NotFound, NotUnderstood
from remit_api.http.replies import reply
from remit_api.http.service import Service, ServiceOf
from remit_engine.explanation.wire import decision_to_json
from remit_engine.request import Problem
from remit_engine.storage import api_keys, history, idempotency
from remit_engine.storage.canonical import canonical
from remit_engine.storage.docket import taken_back
from remit_engine.storage.entries import GENESIS, Entry
from remit_engine.storage.history import Wanted
from remit_engine.storage.opening import reading, writing

RESOURCE = "decisions"
LONGEST_REASON = 2_000
Outcomes = Literal["permit", "needs", "escalate", "deny", "incomplete", "undefined", "reversed"]
router = APIRouter(prefix="/v1/decisions", tags=[RESOURCE])
Reading = Annotated[Access, Depends(Guard(RESOURCE, "read"))]
Reversing = Annotated[Access, Depends(Guard(RESOURCE, "reverse"))]


class Filter:
    """Which records a list shows."""

    def __init__(
        self,
        actor: Annotated[str | None, Query(description="Who decides.")] = None,
        requester: Annotated[str | None, Query(description="Who asked for it.")] = None,
        action: Annotated[str | None, Query(description="The qualified name.")] = None,
        verb: str | None = None,
        outcome: Outcomes | None = None,
        since: Annotated[date | None, Query(description="The first day.")] = None,
        until: Annotated[date | None, Query(description="The last day.")] = None,
    ) -> None:
        self.members: dict[str, Any] = {
            "actor": actor,
            "requester": requester,
            "action": action,
            "verb": verb,
            "outcome": outcome,
            "since": since,
            "until": until,
        }


@router.get("", summary="What was decided")
def listed(
    access: Reading, service: ServiceOf, page: PageOf, filter: Annotated[Filter, Depends()]
) -> Response:
    """The records the caller may see, the latest first."""
    own = None if access.everything else access.caller.person or access.caller.label
    wanted = Wanted(person=own, **filter.members)
    before = whole_after(page)
    with reading(service.store) as connection:
        rows = history.page(connection, wanted, before=before, limit=page.fetch)
    return reply(paged(rows, page, lambda e: e.seq, records.headline))


@router.get("/{id}", summary="One record")
def read(id: str, access: Reading, service: ServiceOf) -> Response:
    """A record with its request and its answer as they were."""
    return reply(records.record(_seen(id, access, service)))


@router.get("/{id}/verification", summary="Is a record what was recorded?")
def verify(id: str, access: Reading, service: ServiceOf) -> Response:
    """Computes the hash of a record anew, and holds it against the records before and after it. The
    whole ledger is verified under `/v1/audit`."""
    found = _seen(id, access, service)
    with reading(service.store) as connection:
        near = list(history.rows(connection, max(1, found.seq - 1), found.seq + 1))
    first = near[0]
    before = (first["seq"] - 1, first["previous"]) if first["seq"] > 1 else (0, GENESIS)
    wrong = [broken.message for _, all_ in history.checked(iter(near), before) for broken in all_]
    return reply({"id": id, "hash": found.hash, "intact": not wrong, "problems": wrong})


@router.get("/{id}/replay", summary="Would the answer be the same?")
def replay(id: str, access: Reading, service: ServiceOf) -> Response:
    """Asks again with the policy, the people and the totals of the record's day."""
    found = _seen(id, access, service)
    desk = past_desks.desk_of(found, service.desk, service.store)
    request = history.request_of(found, desk.model, desk.directory)
    again = canonical(decision_to_json(desk.engine.decide(request)))
    before, after = msgspec.json.decode(found.answer), msgspec.json.decode(again)
    differs = sorted(n for n in {**before, **after} if before.get(n) != after.get(n))
    answer = msgspec.Raw(again.encode())
    return reply({"id": id, "same": not differs, "differs": differs, "answer": answer})


@router.post("/{id}/reversal", status_code=201, summary="Give back what a permit used up")
def reverse(
    id: str, request: Request, access: Reversing, body: BodyOf, service: ServiceOf
) -> Response:
    """Adds a record that gives back what a permit used up of running totals. Nothing is deleted."""
    key = key_of(request, access.caller.label, body.raw)
    reason = _reason(body.document)
    with writing(service.store) as connection:
        before = None if key is None else idempotency.answer(connection, key)
        if before is not None:
            headers = {"Location": before.location or "", "Idempotency-Replayed": "true"}
            return reply((before.text or "").encode(), before.status or 201, headers)
        original = history.entry(connection, id)
        if not access.may(records.is_own(original, access), "read"):
            raise NotFound(NOT_THERE)
        behind = api_keys.behind(connection, access.caller.label)
        own = records.decided(original, access, behind)
        if own and original.actor not in (access.caller.person, access.caller.label, behind):
            _refuse_hand(original, access)
        access.require(own)
        entry = service.ledger.reverse(
            connection, id, caller=access.caller.label, reason=reason, day=access.day
        )
        moment = service.clock.now().isoformat(timespec="microseconds")
        taken_back(connection, id, reason, access.caller.label, access.day, moment)
        content = msgspec.json.encode(records.headline(entry))
        place = records.location(entry.id)
        if key is not None:
            idempotency.keep(connection, key, 201, place, content.decode())
    return reply(content, 201, {"Location": place})


def _refuse_hand(original: Entry, access: Access) -> None:
    """Raises Forbidden for one by whose hand a decision of another was recorded, where the policy
    of the service lets nobody give back his own."""
    if access.may(own=True) or not access.may(own=False):
        return
    given = msgspec.json.decode(original.request).get("approvals") or ()
    verbs = [f"`{g['verb']}`" for g in given if g.get("by") == access.caller.person]
    hand = f"you did {' and '.join(verbs)} on it" if verbs else "you had it recorded"
    if original.authority == f"person {access.caller.person}":
        hand = "by your authority"
    decider = original.actor or "a position"
    raise Forbidden(f"nobody gives back what he had a hand in: `{decider}` decided it, and {hand}")


def _reason(document: dict[str, Any]) -> str:
    only(document, "reason")
    reason = document.get("reason")
    if not isinstance(reason, str) or not reason.strip() or len(reason) > LONGEST_REASON:
        wrong = Problem("reason", f"say why, in up to {LONGEST_REASON:,} characters")
        raise NotUnderstood("a reversal has a reason", problems=[wrong])
    return reason.strip()


def _seen(id: str, access: Access, service: Service) -> Entry:
    """The record, if it is the caller's to know; raises NotKept, NotFound."""
    with unsaid(access), reading(service.store) as connection:
        found = history.entry(connection, id)
    access.see(own=records.is_own(found, access))
    return found
