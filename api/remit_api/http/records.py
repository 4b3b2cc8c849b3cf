"""Rows of the ledger as callers see them."""

from __future__ import annotations

from typing import Any

import msgspec

from remit_api.http.access import Access
from remit_engine.storage.entries import Entry
from remit_engine.text import exact


def location(id: str) -> str:
    """Where a record is read."""
    return f"/v1/decisions/{id}"


def answer_of(entry: Entry) -> bytes:
    """The JSON of a recorded answer: the answer, with its place in the ledger."""
    return entry.answer.encode()[:-1] + b"," + msgspec.json.encode(receipt(entry))[1:]


def receipt(entry: Entry) -> dict[str, Any]:
    """Where in the ledger it stands."""
    return {
        "id": entry.id,
        "seq": entry.seq,
        "hash": entry.hash,
        "recorded_at": entry.made,
    }


def headline(entry: Entry) -> dict[str, Any]:
    """A record as lists show it."""
    return {
        **receipt(entry),
        "kind": entry.kind,
        "day": entry.day.isoformat(),
        "caller": entry.caller,
        "actor": entry.actor,
        "requester": entry.requester,
        "action": entry.action,
        "verb": entry.verb,
        "outcome": entry.outcome,
        "consumed": None if entry.consumed is None else exact(entry.consumed),
        "unit": entry.unit,
        "reverses": entry.reverses,
        "reason": entry.reason,
    }


def record(entry: Entry) -> dict[str, Any]:
    """A record whole."""
    return {
        **headline(entry),
        "request": _as_it_stands(entry.request),
        "answer": _as_it_stands(entry.answer),
        "totals": _as_it_stands(entry.totals),
        "facts": entry.facts,
        "policy": entry.policy,
        "revision": entry.revision,
        "authority": entry.authority,
        "counted": None if entry.counted is None else entry.counted.isoformat(),
        "keys": _as_it_stands(entry.keys),
        "previous": entry.previous,
    }


def _as_it_stands(text: str) -> msgspec.Raw:
    """JSON that is handed on as it is: its numbers are exact."""
    return msgspec.Raw(text.encode())


def is_own(entry: Entry, access: Access) -> bool:
    """Whether a record concerns the caller: he decides, he asked for it, or he recorded it."""
    caller = access.caller
    persons = (entry.actor, entry.requester)
    return entry.caller == caller.label or (caller.person is not None and caller.person in persons)


def decided(entry: Entry, access: Access, behind: str) -> bool:
    """Whether the caller decided it, had it recorded, or it was decided by his authority: what is
    given back is his to use again. behind: who stands behind the caller, where he is a program."""
    caller = access.caller
    hands = {caller.label, caller.person, behind} - {None}
    used = entry.authority in {f"person {hand}" for hand in hands}
    return used or entry.caller in hands or entry.actor in hands
