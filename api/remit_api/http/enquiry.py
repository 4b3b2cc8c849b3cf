"""What a caller asks, as the service lets him ask it: himself, today, with what the ledger knows.

A rule of the service, not of the company's policy: who may ask for whom, on which day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from remit_api.http.access import Access
from remit_api.http.desk import Desk
from remit_api.http.refusals import NotUnderstood
from remit_api.http.spelling import refuse_misspelt
from remit_engine.reading.exact import Unreadable, day_of
from remit_engine.reading.request_reader import read_request
from remit_engine.request import Problem, Request

ASK, ASK_OTHER_DAY, RECORD = "ask", "ask_other_day", "record"


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A request read by one desk, with what it was read from."""

    document: Mapping[str, Any]
    request: Request
    access: Access

    def again(self, desk: Desk) -> Enquiry:
        """The same, read by another desk; raises InvalidRequest where that knows it not."""
        today = self.access.day
        request = read_request(self.document, desk.model, desk.directory, default_as_of=today)
        return Enquiry(self.document, request, self.access)


def enquiry(document: Mapping[str, Any], access: Access, desk: Desk, *, record: bool) -> Enquiry:
    """The request of a document without `record`; raises InvalidRequest, NotUnderstood, Forbidden,
    and Misspelt for a name that is nearly a known one.

    record: it is to be kept, so that it is about today and states nothing the ledger knows.
    """
    members = addressed(document, access, desk)
    own = concerns(members.get("actor"), access, desk)
    access.require(own, RECORD if record else ASK)
    check_day(members, access, own, record=record)
    if record:
        _stated(members, access)
    request = read_request(members, desk.model, desk.directory, default_as_of=access.day)
    refuse_misspelt(request, desk.model, document, "record")
    return Enquiry(members, request, access)


def addressed(document: Mapping[str, Any], access: Access, desk: Desk) -> dict[str, Any]:
    """The document with the caller as the actor, where it names none."""
    members = dict(document)
    if members.get("actor") is None and access.caller.person is not None:
        members["actor"] = access.caller.person
    return members


def concerns(actor: Any, access: Access, desk: Desk) -> bool:
    """Whether an actor, as stated, is the caller himself: a person the directory knows, so that he
    cannot state what he is."""
    person = access.caller.person
    if person is None or person not in desk.directory.people:
        return False
    if isinstance(actor, Mapping):
        ids = [actor[name] for name in ("person", "id") if actor.get(name) is not None]
        return bool(ids) and all(one == person for one in ids)
    return bool(actor == person)


def check_day(members: Mapping[str, Any], access: Access, own: bool, *, record: bool) -> None:
    """Another day than today is only asked about, by those whose role may."""
    given = members.get("as_of")
    try:
        day: date | None = None if given is None else day_of(given)
    except Unreadable:
        return  # the reader of the request says what is wrong with it
    if day is None or day == access.day:
        return
    if record:
        said = f"what is recorded is of today, {access.day}: send `record: false` to ask about"
        raise NotUnderstood("the day is another", problems=[Problem("as_of", f"{said} {day}")])
    replace(access, resource="decisions").require(own, ASK_OTHER_DAY)


def _stated(members: Mapping[str, Any], access: Access) -> None:
    """What the ledger knows is not stated; nor are steps, by one who may record for himself only:
    he would be his own witness."""
    problems = []
    if members.get("totals"):
        problems.append(Problem("totals", "the ledger knows the totals of what is recorded"))
    if members.get("approvals") and not access.may(own=False, operation=RECORD):
        message = "steps are done in a request for approval, and not stated by who needs them"
        problems.append(Problem("approvals", message))
    if problems:
        help = "leave it out, or send `record: false` for an answer that is not kept"
        raise NotUnderstood("what is recorded states too much", help, problems)
