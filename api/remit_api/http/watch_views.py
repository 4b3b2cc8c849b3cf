"""Alerts and holds as callers see them, and whose they are."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Query

from remit_api.http.access import Access
from remit_api.http.desk import Desk
from remit_api.http.people_views import plain
from remit_api.watching.document import alert_document
from remit_engine.storage.alerts import KeptAlert, Told
from remit_engine.storage.holds import KeptHold
from remit_engine.watch.alert import Alert
from remit_engine.watch.entry import Entry, as_date

InLanguage = Annotated[Literal["en", "zh"], Query(description="Of reasons.")]


def alert(kept: KeptAlert, language: str) -> dict[str, Any]:
    """An alert as it stands: what the log says of it, and what people did."""
    return {
        **alert_document(kept.alert, language),
        "status": kept.status.value,
        "owner": kept.owner,
        "note": kept.note,
        "made": kept.made,
        "changed": kept.changed,
        "edition": kept.edition,
    }


def told(line: Told) -> dict[str, Any]:
    """A line of the history."""
    return {
        "seq": line.seq,
        "kind": line.kind,
        "day": line.day.isoformat(),
        "made": line.made,
        "by": line.by,
        "text": line.text,
        "body": dict(line.body),
    }


def hold(kept: KeptHold, language: str) -> dict[str, Any]:
    """A hold as it stands, or stood."""
    held, restraint = kept.hold, kept.hold.restraint
    return {
        "id": held.id,
        "alert": held.alert,
        "rule": held.rule,
        "subject": held.subject,
        "row": held.row,
        "kind": restraint.kind,
        "action": restraint.action,
        "fact": ".".join(restraint.fact),
        "value": held.value,
        "verb": restraint.verb,
        "position": restraint.position,
        "text": held.text,
        "reason": held.because.localized(language) if held.because is not None else None,
        "source": held.source,
        "since": held.since.isoformat(),
        "stands": kept.stands,
        "ended_on": None if kept.ended_on is None else kept.ended_on.isoformat(),
        "ending": kept.ending,
        "lifted_by": kept.by,
        "because": kept.because,
    }


def entry(found: Entry) -> dict[str, Any]:
    """An entry of the log; numbers of its facts are exact texts."""
    name = found.id if found.entry is None else found.entry
    of = f"events/{quote(found.kind, safe='')}" if found.entry is None else "observations"
    return {
        "kind": found.kind,
        "id": found.id,
        "entry": found.entry,
        "on": as_date(found.day).isoformat(),
        "facts": plain(found.facts),
        "place": f"/v1/{of}/{quote(name, safe='')}",
    }


def positions_of(access: Access, desk: Desk) -> frozenset[str]:
    """The positions that the caller holds today."""
    person = access.caller.person
    party = None if person is None else desk.directory.party(person, access.day)
    return frozenset() if party is None else party.positions


def concerns(about: Alert, owner: str | None, access: Access, desk: Desk) -> bool:
    """Whether an alert is the caller's: a position of his owns it or was told of it, or the report
    that is missing was his."""
    if about_him(about, access):
        return True
    mine = positions_of(access, desk)
    return owner in mine or not mine.isdisjoint(about.notify)


def for_him(about: Alert, owner: str | None, access: Access, desk: Desk) -> bool:
    """Whether it is the caller's to see to: a position of his owns it, or was told of what nobody
    owns."""
    mine = positions_of(access, desk)
    return owner in mine if owner is not None else not mine.isdisjoint(about.notify)


def judges_himself(about: Alert, access: Access) -> bool:
    """Whether the caller would see to what is about himself: a report, or a person's own key."""
    return about.subject == access.caller.person


def about_him(about: Alert, access: Access) -> bool:
    """Whether the report that is missing was the caller's."""
    return about.kind == "duty" and about.subject == access.caller.person
